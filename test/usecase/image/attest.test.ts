import { describe, expect, it } from "vitest";
import { attestationBytes, ATTESTATION_NAMESPACE } from "../../../src/attestation/statement.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { seal, serialiseEnvelope } from "../../../src/ledger/dsse.ts";
import { openRecordSigner, type RecordSigner } from "../../../src/ledger/signer.ts";
import { artifactManifest } from "../../../src/oci/artifact.ts";
import { OCI } from "../../../src/oci/media-type.ts";
import { parseReference } from "../../../src/oci/reference.ts";
import { contentOf } from "../../../src/registry/content.ts";
import { openImageStore } from "../../../src/registry/open.ts";
import type { ImageStore } from "../../../src/registry/store.ts";
import { attestImage, DSSE } from "../../../src/usecase/image/publishing/attest.ts";
import { judgeAttestations } from "../../../src/usecase/image/proving/judge-attestations.ts";
import type { Trust } from "../../../src/wire/record.ts";
import { attestedImage } from "../../attestation/images.ts";
import { put, testImage } from "../../registry/images.ts";
import { history } from "../../support/history.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { keyPair } from "../../support/ssh-keys.ts";

const NOW = 1_800_000_000;

interface Setting {
  readonly store: ImageStore;
  readonly subject: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly image: ReturnType<typeof attestedImage>;
  readonly signer: RecordSigner;
  readonly trust: Trust;
}

async function setting(): Promise<Setting> {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("base", { files: { a: "1\n" } })
    .create(sandbox);
  const key = await keyPair(sandbox, "writer");
  await repository.git(["config", "gpg.format", "ssh"]);
  await repository.git(["config", "user.signingkey", key.file]);
  const signer = await openRecordSigner(await openRepository(repository.path, sandbox.env));
  const store = await openImageStore(parseReference(`oci:${sandbox.path("images")}`), {
    env: sandbox.env,
    cwd: sandbox.root,
  });
  const made = testImage([{ "app/a.txt": "one\n" }]);
  const digest = await put(store, made, "v2.7.1");
  const trusted = { principal: "ada@example.com", key: key.text, roles: ["writer" as const] };
  return {
    store,
    subject: { mediaType: made.manifest.mediaType, digest, size: made.manifest.bytes.length },
    image: attestedImage({ digest }),
    signer: signer!,
    trust: { keys: [{ ...trusted, validAfter: null, validBefore: null }], revoked: [], threshold: 1 },
  };
}

const standings = (verdicts: readonly { standing: string; why: string | null }[]): string[] =>
  verdicts.map(({ standing, why }) => (why === null ? standing : `${standing}: ${why}`)).sort();

describe("statements attached to an image", () => {
  it("hold, each signed by somebody who may, and leave the image's digest as it is", async () => {
    const { store, subject, image, signer, trust } = await setting();
    await attestImage(store, subject, image, signer);
    const verdicts = await judgeAttestations(store, subject.digest, { image, trust, now: NOW });
    expect(
      verdicts.map(({ attestation, standing, signers }) => [attestation, standing, signers[0]?.principal]),
    ).toEqual(
      expect.arrayContaining([
        ["provenance", "holds", "ada@example.com"],
        ["cyclonedx", "holds", "ada@example.com"],
        ["spdx", "holds", "ada@example.com"],
      ]),
    );
    expect((await store.manifest("v2.7.1"))?.digest).toBe(subject.digest);
  });

  it("are the same when they are attached once more", async () => {
    const { store, subject, image, signer } = await setting();
    const first = await attestImage(store, subject, image, signer);
    expect(await attestImage(store, subject, image, signer)).toEqual(first);
    expect(await store.referrers(subject.digest)).toHaveLength(3);
  });

  it("without a signature are told apart from those with one", async () => {
    const { store, subject, image, trust } = await setting();
    await attestImage(store, subject, image, null);
    const verdicts = await judgeAttestations(store, subject.digest, { image, trust, now: NOW });
    expect(new Set(standings(verdicts))).toEqual(new Set(["unsigned: it is not signed"]));
  });

  it.each([
    ["nobody vouches for", (trust: Trust): Trust => ({ ...trust, keys: [] }), /^untrusted: nobody vouches/],
    ["was taken out", (trust: Trust, key: string): Trust => ({ ...trust, revoked: [key] }), /^untrusted: .* revoked/],
    ["may only approve", withRole, /^untrusted: .* may not sign as writer/],
  ] as const)("by a key that %s are not trusted", async (_, change, wanted) => {
    const { store, subject, image, signer, trust } = await setting();
    await attestImage(store, subject, image, signer);
    const changed = change(trust, signer.fingerprint);
    const verdicts = await judgeAttestations(store, subject.digest, { image, trust: changed, now: NOW });
    for (const standing of standings(verdicts)) expect(standing).toMatch(wanted);
    expect(verdicts).toHaveLength(3);
  });

  it("that name another commit than the repository does are broken, at the place that differs", async () => {
    const { store, subject, image, signer, trust } = await setting();
    const lie = { ...image, source: { ...image.source, commit: "0".repeat(40) } };
    await attestImage(store, subject, lie, signer);
    const verdicts = await judgeAttestations(store, subject.digest, { image, trust, now: NOW });
    const provenance = verdicts.find(({ attestation }) => attestation === "provenance");
    expect(provenance).toMatchObject({
      standing: "broken",
      why: expect.stringContaining("predicate.buildDefinition.resolvedDependencies.0.digest.gitCommit") as string,
    });
  });

  it("taken from another image are broken", async () => {
    const { store, subject, image, signer, trust } = await setting();
    const other = attestedImage({ digest: `sha256:${"9".repeat(64)}` });
    await attestImage(store, subject, other, signer);
    const verdicts = await judgeAttestations(store, subject.digest, { image, trust, now: NOW });
    for (const standing of standings(verdicts)) expect(standing).toMatch(/^broken: it is about 9999/);
    expect(verdicts).toHaveLength(3);
  });

  it("with a signature for other bytes are broken", async () => {
    const { store, subject, image, signer, trust } = await setting();
    const right = await seal(attestationBytes("spdx", image), ATTESTATION_NAMESPACE, signer);
    const changed = attestationBytes("spdx", { ...image, tag: "v6.6.6" }).toString("base64");
    await attachBytes(store, subject, serialiseEnvelope({ ...right, payload: changed }));
    expect(standings(await judgeAttestations(store, subject.digest, { image, trust, now: NOW }))).toEqual([
      expect.stringMatching(/^broken: /),
    ]);
  });

  it("signed for another purpose are broken", async () => {
    const { store, subject, image, signer, trust } = await setting();
    const envelope = await seal(attestationBytes("spdx", image), "record@morello", signer);
    await attachBytes(store, subject, serialiseEnvelope(envelope));
    expect(standings(await judgeAttestations(store, subject.digest, { image, trust, now: NOW }))).toEqual([
      expect.stringMatching(/^broken: /),
    ]);
  });
});

function withRole(trust: Trust): Trust {
  return { ...trust, keys: trust.keys.map((key) => ({ ...key, roles: ["approver" as const] })) };
}

async function attachBytes(store: ImageStore, subject: Setting["subject"], bytes: Buffer): Promise<void> {
  const content = contentOf(DSSE, bytes);
  await store.putBlob(contentOf(OCI.empty, Buffer.from("{}")));
  await store.putBlob(content);
  const manifest = artifactManifest({ subject, artifactType: DSSE, content, annotations: {} });
  await store.putManifest({ mediaType: OCI.manifest, bytes: manifest }, "attached");
}
