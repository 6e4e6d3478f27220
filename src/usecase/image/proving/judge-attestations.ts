// Whether the statements attached to an image hold: signed by a trusted key, about this image, and saying what the
// repository says when it is asked again.
import { isDeepStrictEqual } from "node:util";
import {
  attestationBytes,
  ATTESTATION_NAMESPACE,
  ATTESTATIONS,
  readAttestation,
  type AttestationKind,
} from "../../../attestation/statement.ts";
import type { AttestedImage } from "../../../attestation/subject.ts";
import { openEnvelope, parseEnvelope } from "../../../ledger/dsse.ts";
import { standingOf } from "../../../ledger/trust.ts";
import { Manifest } from "../../../oci/schema.ts";
import type { ImageStore } from "../../../registry/store.ts";
import type { AttestationVerdict } from "../../../wire/image/attestation.ts";
import type { Trust } from "../../../wire/record.ts";
import { DSSE } from "../publishing/attest.ts";

/** More than any bill of materials of a workbench; a larger one is read by nobody. */
const LARGEST_STATEMENT = 64 << 20;

export interface Expectation {
  /** What the repository says of the image; null where there is no repository to ask. */
  readonly image: AttestedImage | null;
  /** The keys that hold now; null without a trust log: then no signature can be judged. */
  readonly trust: Trust | null;
  /** Unix seconds. */
  readonly now: number;
}

/** One verdict for each statement, in order of kind and digest; those of others last; empty: nothing is attached. `digest`: the image's. */
export async function judgeAttestations(
  store: ImageStore,
  digest: string,
  expected: Expectation,
): Promise<readonly AttestationVerdict[]> {
  const verdicts: AttestationVerdict[] = [];
  for (const referrer of await store.referrers(digest)) {
    const judged = await judge(store, referrer.digest, digest, expected);
    if (judged !== null) verdicts.push(judged);
  }
  const place = ({ attestation }: AttestationVerdict): number =>
    attestation === null ? ATTESTATIONS.length : ATTESTATIONS.indexOf(attestation);
  return verdicts.sort((a, b) => place(a) - place(b));
}

/** Null: what is attached is no signed statement. */
async function judge(
  store: ImageStore,
  attached: string,
  digest: string,
  { image, trust, now }: Expectation,
): Promise<AttestationVerdict | null> {
  const broken = (why: string, attestation: AttestationKind | null = null): AttestationVerdict => {
    return { attestation, digest: attached, signers: [], standing: "broken", why };
  };
  const stored = await store.manifest(attached);
  if (stored === null) return broken("it is listed, and it is not there");
  const manifest = Manifest.safeParse(json(stored.bytes));
  if (!manifest.success || manifest.data.artifactType !== DSSE) return null;
  const [content] = manifest.data.layers;
  if (content === undefined || content.size > LARGEST_STATEMENT) return broken("it holds no statement, or a huge one");
  const parts: Uint8Array[] = [];
  for await (const part of store.blob(content)) parts.push(part);
  const parsed = parseEnvelope(Buffer.concat(parts));
  if (parsed.kind === "bad") return broken(parsed.why);
  const { payload, signatures } = openEnvelope(parsed.envelope, ATTESTATION_NAMESPACE);
  const read = readAttestation(payload, digest);
  if (read.kind === "bad") return broken(read.why);
  const bad = signatures.find((signature) => signature.kind === "bad");
  const attestation = read.kind === "read" ? read.attestation : null;
  if (bad !== undefined) return broken(bad.why, attestation);
  const good = signatures.filter((signature) => signature.kind === "good");
  const standings = good.map((signature) => (trust === null ? null : standingOf(trust, signature, "writer", now)));
  const signers = good.map(({ fingerprint }, at) => {
    const standing = standings[at];
    return { fingerprint, principal: standing?.kind === "holds" ? standing.key.principal : null };
  });
  const say = (standing: AttestationVerdict["standing"], why: string | null): AttestationVerdict => {
    return { attestation, digest: attached, signers, standing, why };
  };
  if (read.kind === "other") return say("other", `it is a statement of the kind ${read.predicateType}`);
  const differs = image === null ? null : difference(read.attestation, payload, image);
  if (differs !== null) return say("broken", differs);
  if (good.length === 0) return say("unsigned", "it is not signed");
  if (standings.some((standing) => standing?.kind === "holds")) return say("holds", null);
  const [first] = standings;
  return say("untrusted", first?.kind === undefined || first.kind === "holds" ? NO_TRUST : first.message);
}

const NO_TRUST = "there is no trust log here that says whose key it is: git fetch, or morello ledger trust";

/** Where a statement says something else than the repository does; null: nowhere. */
function difference(kind: AttestationKind, payload: Buffer, image: AttestedImage): string | null {
  const at = firstDifference(json(payload), json(attestationBytes(kind, image)), "");
  return at === null ? null : `it says something else than the repository does, at ${at}`;
}

function firstDifference(a: unknown, b: unknown, path: string): string | null {
  if (isDeepStrictEqual(a, b)) return null;
  if (!isObject(a) || !isObject(b)) return path === "" ? "its top" : path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], path === "" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return path;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return null;
  }
}
