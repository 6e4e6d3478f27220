// Signatures that a push brings: of release tags, and of the push itself. Whose they are, and who vouches for the key.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../git/refs.ts";
import { verifyTag } from "../../git/verify-tag.ts";
import { checkPushCertificate, checkTagSignature, type GitSignature } from "../../ledger/git-signature.ts";
import { parseAllowedSigners, principalsOf, type AllowedSigner } from "../../ledger/ssh/allowed-signers.ts";
import { fingerprintOfKey, standingOf, type TrustLog } from "../../ledger/trust.ts";
import type { Workspace } from "../workspace.ts";
import type { Certificate, Signature } from "./judge.ts";

/** Who may sign what, read when it is first asked for; null where there is no log of keys. */
export type Trusted = () => Promise<TrustLog | null>;

/** `body`: of the tag object. */
export async function tagSignature(
  workspace: Workspace,
  trusted: Trusted,
  oid: string,
  body: Buffer,
): Promise<Signature> {
  const signature = checkTagSignature(body);
  if (signature.kind !== "other") return judged(workspace, trusted, signature);
  if ((await trusted()) !== null) return { kind: "unsure", why: "the log of keys knows SSH keys alone" };
  const { good, detail } = await verifyTag(workspace.repository, oid);
  return good ? { kind: "good", by: "git" } : { kind: "unsure", why: detail };
}

/**
 * The certificate of a `git push --signed`, as git tells a hook of it; null if the push has none. Source: git's
 * receive-pack.c, `prepare_push_cert_sha1`.
 */
export async function pushCertificate(workspace: Workspace, trusted: Trusted): Promise<Certificate | null> {
  const env = workspace.repository.baseEnvironment;
  const oid = env["GIT_PUSH_CERT"] ?? "";
  if (/^0*$/.test(oid)) return null;
  const nonce = env["GIT_PUSH_CERT_NONCE_STATUS"] ?? "";
  const bytes = (await workspace.scratch.reader.read(oid))?.body ?? Buffer.alloc(0);
  const signature = checkPushCertificate(bytes);
  // `G` alone says that some key made the signature; with a signer, that the server's own configuration knows the key.
  const signer = env["GIT_PUSH_CERT_STATUS"] === "G" ? (env["GIT_PUSH_CERT_SIGNER"] ?? "") : "";
  const isSigned = signature.kind === "good" || signature.kind === "other";
  if (isSigned && signer !== "") return { nonce, signature: { kind: "good", by: signer } };
  if (signature.kind === "other") return { nonce, signature: { kind: "unsure", why: "git does not know the key" } };
  return { nonce, signature: await judged(workspace, trusted, signature) };
}

async function judged(
  workspace: Workspace,
  trusted: Trusted,
  signature: Exclude<GitSignature, { kind: "other" }>,
): Promise<Signature> {
  switch (signature.kind) {
    case "unsigned":
      return { kind: "none" };
    case "bad":
      return { kind: "bad", why: signature.why };
    case "good": {
      const by = await knownSigner(workspace, await trusted(), signature);
      return by === null ? { kind: "unsure", why: signature.fingerprint } : { kind: "good", by };
    }
  }
}

/** The principal that a key is known as, by the log of keys, or without one by git's allowed signers; null: nobody's. */
async function knownSigner(
  workspace: Workspace,
  trust: TrustLog | null,
  signed: { readonly key: string; readonly fingerprint: string },
): Promise<string | null> {
  if (trust !== null) {
    const state = trust.findings.length === 0 ? trust.states.at(-1)?.trust : undefined;
    const standing = state === undefined ? null : standingOf(state, signed, "writer", workspace.now);
    return standing?.kind === "holds" ? standing.key.principal : null;
  }
  const signers = await allowedSigners(workspace);
  return signers === null
    ? null
    : (principalsOf(signers, { key: signed.key, namespace: "git", time: workspace.now })[0] ?? null);
}

/**
 * Whether the server's allowed signers hold a root key of a log of keys that nobody has seen before; true where it has
 * no such list, since then the first log is believed.
 */
export async function isVouchedFor(workspace: Workspace, { states, roots }: TrustLog): Promise<boolean> {
  const signers = await allowedSigners(workspace);
  const keys = states[0]?.trust.keys ?? [];
  return (
    signers === null ||
    keys.some(({ key }) => roots.includes(fingerprintOfKey(key) ?? "") && signers.some((known) => known.key === key))
  );
}

/** git's own list of keys; null where there is none. One that cannot be read vouches for nobody. */
async function allowedSigners({ repository }: Workspace): Promise<readonly AllowedSigner[] | null> {
  const file = await readConfig(repository, "gpg.ssh.allowedSignersFile");
  if (file === null) return null;
  const listed = parseAllowedSigners(contentOf(file, repository.baseEnvironment["HOME"] ?? ""));
  return listed.kind === "bad" ? [] : listed.signers;
}

/** `~/` is home, as for git. A file that cannot be read vouches for nobody. */
function contentOf(file: string, home: string): string {
  try {
    return readFileSync(file.startsWith("~/") ? join(home, file.slice(2)) : file, "utf8");
  } catch {
    return "";
  }
}
