import { expect, test } from "vitest";
import { parseReference } from "../../../src/oci/reference.ts";
import { openImageStore } from "../../../src/registry/open.ts";
import { readImage } from "../../../src/registry/read-image.ts";
import { imageVerify } from "../../../src/usecase/image/verify.ts";
import { put, testImage } from "../../registry/images.ts";
import { registryServer } from "../../support/registry.ts";
import type { TestRepository } from "../../support/repository.ts";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";
import { makeKey } from "../../support/ssh.ts";
import { depsOf, failure } from "../setting.ts";
import { build, releases, SPEC } from "./images.ts";

interface Published {
  readonly sandbox: Sandbox;
  readonly repository: TestRepository;
  /** Image repository of a real registry. */
  readonly output: string;
}

async function published(more: { readonly spec?: string; readonly sign?: boolean } = {}): Promise<Published> {
  const sandbox = makeSandbox();
  const repository = await releases(more.spec ?? SPEC).create(sandbox);
  const key = await makeKey(sandbox, "writer");
  if (more.sign !== false) {
    await repository.git(["config", "gpg.format", "ssh"]);
    await repository.git(["config", "user.signingkey", key.file]);
  }
  const { host } = await registryServer(sandbox);
  return { sandbox, repository, output: `${host}/team/app` };
}

async function proofs({ repository }: Published, image: string): Promise<readonly string[]> {
  const face = { ...depsOf(repository), clock: () => 0, random: () => "0".repeat(48), user: { uid: 0, gid: 0 } };
  const about = { image, engine: null, manifest: null, probes: false, network: null, compute: false } as const;
  const outcome = await imageVerify(face, { ...about, gpus: "none" });
  return outcome.proofs.map(({ name, state, says }) => `${state} ${name}: ${says}`);
}

test("an image that was pushed holds in every part, and no engine is asked", async () => {
  const setting = await published();
  await build(setting.repository, "v2.7.0", { output: setting.output, attest: true });
  await build(setting.repository, "v2.7.1", { output: setting.output, attest: true });
  expect(await proofs(setting, `${setting.output}:v2.7.1`)).toEqual([
    expect.stringMatching(/^passed digest: recorded as v2\.7\.1 in the ledger/),
    expect.stringMatching(/^passed source: made from v2\.7\.1, [0-9a-f]{40}$/),
    "passed base: scratch",
    ...["provenance", "cyclonedx", "spdx"].map(
      (name) => expect.stringMatching(`^passed ${name}: signed by `) as string,
    ),
  ]);
});

test("statements without a signature are skipped, and say so", async () => {
  const setting = await published({ sign: false });
  await build(setting.repository, "v2.7.1", { output: setting.output, attest: true });
  const said = await proofs(setting, `${setting.output}:v2.7.1`);
  expect(said.filter((line) => line.includes("not signed"))).toHaveLength(3);
  expect(said.filter((line) => line.startsWith("failed"))).toEqual([]);
});

test("another image under a version's tag is found out, whoever put it there", async () => {
  const setting = await published();
  await build(setting.repository, "v2.7.1", { output: setting.output, attest: true });
  const { sandbox, output } = setting;
  const store = await openImageStore(parseReference(output), { env: sandbox.env, cwd: sandbox.root });
  await put(store, testImage([{ "opt/app/app/train.py": "print('evil')\n" }]), "v2.7.1");
  const [digest, source] = await proofs(setting, `${output}:v2.7.1`);
  expect(digest).toMatch(/^failed digest: sha256:.* the ledger of .* has sha256:/);
  expect(source).toMatch(/^skipped source: its labels name no version/);
});

test("an image that claims another commit is found out", async () => {
  const setting = await published();
  const { repository, output } = setting;
  await build(repository, "v2.7.1", { output });
  await repository.git(["tag", "-f", "-a", "-m", "v2.7.1", "v2.7.1", "v2.7.0^{}"]);
  const said = await proofs(setting, `${output}:v2.7.1`);
  expect(said).toContainEqual(expect.stringMatching(/^failed source: org\.opencontainers\.image\.revision is /));
});

test("an image whose lowest layers are not its base's is found out", async () => {
  const base = makeSandbox();
  const { host } = await registryServer(base);
  const under = `${host}/base`;
  const store = await openImageStore(parseReference(under), { env: base.env, cwd: base.root });
  const digest = await put(store, testImage([{ "etc/os": "debian\n" }]), "one");
  const setting = await published({
    spec: SPEC.replace("  source:", `  environment:\n    base: ${under}@${digest}\n  source:`),
  });
  await build(setting.repository, "v2.7.1", { output: setting.output });
  const good = await proofs(setting, `${setting.output}:v2.7.1`);
  expect(good).toContainEqual(expect.stringMatching(/^passed base: its lowest layer is /));
  const { sandbox, output } = setting;
  const own = await openImageStore(parseReference(output), { env: sandbox.env, cwd: sandbox.root });
  const image = await readImage(own, "v2.7.1", null);
  const { layers } = image.manifest;
  const swapped = { ...image.manifest, layers: [...layers].reverse() };
  await own.putManifest({ mediaType: image.stored.mediaType, bytes: Buffer.from(JSON.stringify(swapped)) }, "swapped");
  const bad = await proofs(setting, `${output}:swapped`);
  expect(bad).toContainEqual(expect.stringMatching(/^failed base: its lowest layers are not those of /));
});

test("an image that is nowhere is missing, in a layout", async () => {
  const setting = await published();
  expect(await failure(proofs(setting, `oci:${setting.sandbox.path("none")}:v1`))).toMatchObject({
    code: "image-missing",
  });
});
