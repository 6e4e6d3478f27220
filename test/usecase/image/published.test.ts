import { expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { environmentInputs } from "../../../src/environment/inputs.ts";
import { lockText } from "../../../src/environment/lock-text.ts";
import { append, scratchImage } from "../../../src/oci/append.ts";
import { LABEL } from "../../../src/oci/label.ts";
import { OCI } from "../../../src/oci/media-type.ts";
import { contentOf, digestOf } from "../../../src/registry/content.ts";
import { openImageStore } from "../../../src/registry/open.ts";
import { parseReference } from "../../../src/oci/reference.ts";
import { adoptImage, type ImageAdoptInput } from "../../../src/usecase/image/adopt.ts";
import { finished } from "../../support/process.ts";
import { bareRemote } from "../../support/remote.ts";
import { registryServer } from "../../support/registry.ts";
import type { TestRepository } from "../../support/repository.ts";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";
import { deb, imageSection, lockOf, onlyVariant } from "../../environment/sections.ts";
import { depsOf, failure, type Place } from "../setting.ts";
import { build, LINE, namesIn, only, releases, SPEC, tagsOf } from "./images.ts";

const LOG = `refs/morello/ledger/${LINE}`;

const recordsOf = async (repository: TestRepository): Promise<string[]> =>
  (await repository.git(["log", "--format=%s", LOG])).split("\n").filter((subject) => subject.startsWith("image"));

test("an image in a registry is on record once, with every tag of its version", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const { host } = await registryServer(sandbox);
  const output = `${host}/team/app`;
  const first = await build(repository, "v2.7.1", { output });
  expect(first).toMatchObject({ kind: "built", recorded: { appended: 1, reason: null } });
  const again = await build(repository, "v2.7.1", { output });
  expect(again).toMatchObject({ recorded: { appended: 0 }, transfer: { blobs: 0, bytes: 0 } });
  expect(await recordsOf(repository)).toEqual(["image: v2.7.1"]);
  const inspected = await finished("skopeo", ["inspect", "--tls-verify=false", `docker://${output}:v2.7`], {
    cwd: sandbox.root,
    env: sandbox.env,
  });
  expect(JSON.parse(inspected.stdout.toString())).toMatchObject({
    Digest: only(first).digest,
    RepoTags: ["latest", "v2.7", "v2.7.1"],
  });
});

test("a layout touches nothing of the repository", async () => {
  const repository = await releases().create(makeSandbox());
  const refs = await repository.git(["for-each-ref"]);
  expect(await build(repository, "v2.7.1")).toMatchObject({ recorded: null });
  expect(await repository.git(["for-each-ref"])).toBe(refs);
});

test("another digest than the one on record is refused, before anything is sent", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const { host } = await registryServer(sandbox);
  await build(repository, "v2.7.1", { output: `${host}/team/app` });
  await repository.git(["tag", "-f", "-a", "-m", "moved", "v2.7.1", LINE]);
  const error = await failure(build(repository, "v2.7.1", { output: `${host}/another/app` }));
  expect(error).toMatchObject({ code: "image-refused", message: expect.stringContaining("ledger") as string });
  const store = await openImageStore(parseReference(`${host}/another/app`), depsEnv(sandbox));
  expect(await store.tags()).toEqual([]);
  await store.close();
});

const depsEnv = (sandbox: Sandbox) => ({ env: sandbox.env, cwd: sandbox.root });

test("what was built into a layout is pushed as it is, with its names", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const { host } = await registryServer(sandbox);
  const built = only(await build(repository, "v2.7.1"));
  const from = `oci:${sandbox.path("out")}`;
  const pushed = await build(repository, "v2.7.1", { output: `${host}/team/app`, from });
  expect(only(pushed).digest).toBe(built.digest);
  expect(tagsOf(only(pushed))).toContain("latest created");
  await repository.git(["tag", "-f", "-a", "-m", "moved", "v2.7.1", "v2.7.0^{}"]);
  const moved = await failure(build(repository, "v2.7.1", { output: `${host}/third/app`, from, record: false }));
  expect(moved.code).toBe("image-refused");
});

/** An image as somebody else builds it: times and modes of their own, in one layer. */
async function elsewhere(
  sandbox: Sandbox,
  place: string,
  files: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const root = `elsewhere-${Object.keys(files).length}`;
  for (const [path, content] of Object.entries(files)) sandbox.write(`${root}/${path}`, content);
  const done = await finished("tar", ["-C", sandbox.path(root), "--mtime=2020-01-01", "-cf", "-", "."], {
    cwd: sandbox.root,
    env: sandbox.env,
  });
  const layer = contentOf(OCI.layerGzip, gzipSync(done.stdout));
  const { manifest, config } = append(
    scratchImage({ os: "linux", architecture: "amd64" }),
    [{ digest: layer.digest, size: layer.size, diffId: digestOf(done.stdout), createdBy: "COPY . ." }],
    { created: "2020-01-01T00:00:00Z", labels, annotations: {} },
  );
  const store = await openImageStore(parseReference(place), depsEnv(sandbox));
  await store.putBlob(layer);
  await store.putBlob(contentOf(config.mediaType, config.bytes));
  await store.putManifest(manifest, parseReference(place).tag);
  await store.close();
  return manifest.digest;
}

const adopt = (repository: TestRepository, wish: Partial<ImageAdoptInput> & Place & { image: string }) =>
  adoptImage(depsOf(repository, wish), { at: "v2.7.0", variant: null, dryRun: false, sign: null, ...wish });

const PLAIN = { "app/train.py": "print('leaks')\n", "app/data.csv": "1,2\n" };

test("an adopted image lies under what is released after, on every machine that has the ledger", async () => {
  const sandbox = makeSandbox();
  const { host } = await registryServer(sandbox);
  const place = `${host}/team/app`;
  const spec = SPEC.replace("registry.example.com/team/app", place);
  const repository = await releases(
    `${spec}  environment: {packages: {apt: [tmux]}}\nledger: {publish: true}\n`,
    PLAIN,
  ).create(sandbox);
  const digest = await elsewhere(sandbox, `${place}:theirs`, {
    "opt/app/app/train.py": PLAIN["app/train.py"],
    "opt/app/app/data.csv": PLAIN["app/data.csv"],
    "etc/passwd": "root\n",
  });
  expect(await adopt(repository, { image: `${place}@${digest}` })).toMatchObject({ kind: "adopted", files: 2 });
  expect(await adopt(repository, { image: `${place}@${digest}` })).toMatchObject({ recorded: { appended: 0 } });
  const here = only(await build(repository, "v2.7.1"));
  expect(here.environment).toMatchObject({ release: "v2.7.0", digest, found: "adopted" });
  expect(here.layers.map(({ role }) => role)).toEqual(["environment", "diff"]);
  const remote = await bareRemote(repository);
  const clone = sandbox.path("clone");
  await sandbox.git(["clone", "-q", remote.path, clone]);
  const there = only(await build(repository, "v2.7.1", { cwd: clone, output: `oci:${sandbox.path("there")}` }));
  expect(there.digest).toBe(here.digest);
  expect((await failure(build(repository, "v2.7.0"))).message).toContain("adopted");
});

test("an image that does not hold the tag's tree is not adopted: every path is told", async () => {
  const sandbox = makeSandbox();
  const repository = await releases(SPEC, { ...PLAIN, "app/run": { executable: "go\n" } }).create(sandbox);
  const layout = `oci:${sandbox.path("theirs")}`;
  const digest = await elsewhere(sandbox, `${layout}:a`, {
    "opt/app/app/train.py": "print('other')\n",
    "opt/app/app/run": "go\n",
    "opt/app/app/extra.pyc": "\0",
  });
  const outcome = await adopt(repository, { image: `${layout}@${digest}` });
  expect(outcome).toMatchObject({
    kind: "different",
    differences: [
      { path: "/opt/app/app/data.csv", what: "missing" },
      { path: "/opt/app/app/extra.pyc", what: "extra" },
      { path: "/opt/app/app/run", what: "mode 644 instead of 755" },
      { path: "/opt/app/app/train.py", what: "contents" },
    ],
  });
  expect(await repository.git(["for-each-ref", "refs/morello"])).toBe("");
  expect((await failure(adopt(repository, { image: `${layout}:a` }))).code).toBe("image-reference");
});

test("where the image below does not hold what it says, the proof fails and nothing is named", async () => {
  const sandbox = makeSandbox();
  const lock = lockOf({ debs: [deb("tmux")] });
  const repository = await releases(`${SPEC}  environment: {packages: {apt: [tmux]}}\n`, PLAIN)
    .commit("lock", { files: { "morello.lock": lockText(lock) } })
    .annotatedTag("v2.7.2")
    .commit("more", { files: { "app/data.csv": "3\n" } })
    .annotatedTag("v2.7.3")
    .create(sandbox);
  const section = { name: "registry.example.com/team/app", environment: { packages: { apt: ["tmux"] } } };
  const image = imageSection({ ...section, source: { path: "/opt/app", include: ["app"] } });
  const labels = {
    [LABEL.environment]: environmentInputs(image, lock, onlyVariant(image), "linux/amd64").key,
    [LABEL.tree]: await repository.git(["rev-parse", "v2.7.2^{tree}"]),
  };
  const files = { "opt/app/app/train.py": "tampered\n", "opt/app/app/data.csv": PLAIN["app/data.csv"] };
  await elsewhere(sandbox, `oci:${sandbox.path("out")}:v2.7.2`, files, labels);
  expect(await failure(build(repository, "v2.7.3"))).toMatchObject({
    code: "image-refused",
    message: expect.stringContaining("/opt/app/app/train.py (contents)") as string,
  });
  expect(Object.keys(namesIn(sandbox.path("out")))).toEqual(["v2.7.2"]);
});
