// Releases whose environment an engine builds: from a lock in the tag's own tree to a registry, and on to a container.
import { expect, test } from "vitest";
import { lockText } from "../../../src/environment/lock-text.ts";
import { buildImage, type ImageBuildInput } from "../../../src/usecase/image/build.ts";
import { containers, tinyBase, type Containers } from "../../support/containers.ts";
import { APT_FILES, makeDeb } from "../../support/debs.ts";
import { lockOf } from "../../support/environments.ts";
import { history } from "../../support/history.ts";
import { registryServer } from "../../support/registry.ts";
import type { TestRepository } from "../../support/repository.ts";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";
import { depsOf, failure } from "../setting.ts";

interface Setting {
  readonly repository: TestRepository;
  readonly engines: Containers;
  /** Repository of the registry. */
  readonly name: string;
}

/** `v2.7.0` installs `hello` on the tiny base; `v2.7.1` changes a line of source. `more`: what the lock has otherwise. */
async function releases(
  sandbox: Sandbox,
  more: { readonly base?: string; readonly recipe?: string } = {},
): Promise<Setting> {
  const { host } = await registryServer(sandbox);
  const engines = containers(sandbox);
  const base = await tinyBase(sandbox, APT_FILES);
  const pushed = ["copy", "--quiet", "--dest-tls-verify=false", `oci:${base.directory}:${base.tag}`];
  await engines.run("skopeo", [...pushed, `docker://${host}/tiny:1`]);
  const reference = `${host}/tiny@${base.digest}`;
  const deb = await makeDeb(sandbox, { name: "hello", files: { "usr/bin/hello": "#!/bin/sh\necho hello from $1\n" } });
  const name = `${host}/team/app`;
  const spec = `image:
  name: ${name}
  environment: {base: '${reference}', packages: {apt: [hello]}}
  source: {path: /opt/app, include: [app]}
`;
  const lock = lockOf([deb], `${host}/tiny@${more.base ?? base.digest}`);
  const files = {
    "morello.yaml": spec,
    "morello.lock": lockText({ ...lock, recipe: more.recipe ?? lock.recipe }),
    "app/run": "echo leaks\n",
  };
  const repository = await history()
    .commit("base", { files })
    .branch("release/v2.7")
    .annotatedTag("v2.7.0")
    .commit("fix", { files: { "app/run": "echo fixed\n" } })
    .annotatedTag("v2.7.1")
    .create(sandbox);
  return { repository, engines, name };
}

function build({ repository, engines }: Setting, wanted: string, more: Partial<ImageBuildInput> = {}) {
  const input = { wanted, output: null, from: null, variants: [], rebuild: false, engine: null, dryRun: false };
  const deps = depsOf(repository, { env: engines.env });
  return buildImage(deps, { ...input, attest: false, record: false, sign: null, ...more });
}

test("the first release is built by an engine, the next needs none, and both run", async () => {
  const setting = await releases(makeSandbox());
  const { engines, name } = setting;
  const first = await build(setting, "v2.7.0");
  const [platform] = first.images[0]!.platforms;
  expect(platform!.environment).toMatchObject({ found: "built", engine: { name: "buildah" } });
  expect(platform!.layers.map(({ role }) => role)).toEqual(["environment", "environment", "source"]);
  const noEngine = { ...setting, engines: { ...engines, env: { ...engines.env, PATH: await gitAlone(setting) } } };
  const patch = (await build(noEngine, "v2.7.1")).images[0]!.platforms[0]!;
  expect(patch.environment).toMatchObject({ release: "v2.7.0", found: "tag", engine: null });
  expect(patch.layers.map(({ digest }) => digest).slice(0, 3)).toEqual(platform!.layers.map(({ digest }) => digest));
  const command = "hello $(sh /opt/app/app/run)";
  const run = ["run", "--rm", "--tls-verify=false", `${name}:v2.7.1`, "sh", "-c", command];
  expect(await engines.text("podman", run)).toBe("hello from fixed");
});

/** A PATH with git and without engines. */
async function gitAlone({ repository, engines }: Setting): Promise<string> {
  const { sandbox } = repository;
  const script = `#!/bin/sh\nPATH='${engines.env["PATH"]}' exec git "$@"\n`;
  sandbox.write("only/git", script, 0o755);
  return sandbox.path("only");
}

test("a rebuild with another engine gives the digest that was published", async () => {
  const setting = await releases(makeSandbox());
  const first = await build(setting, "v2.7.0", { engine: "buildah" });
  const again = await build(setting, "v2.7.1", { engine: "podman", rebuild: true });
  expect(again.images[0]!.platforms[0]!.environment).toMatchObject({ rebuilt: true, digest: first.images[0]!.digest });
});

test("a dry run builds nothing, and says that something would be built", async () => {
  const error = await failure(build(await releases(makeSandbox()), "v2.7.0", { dryRun: true }));
  expect(error.code).toBe("image-refused");
  expect(error.message).toBe("The environment of default has to be built, which a dry run does not do");
});

test("a lock that was made for another base is refused before anything is built", async () => {
  const other = `sha256:${"1".repeat(64)}`;
  const error = await failure(build(await releases(makeSandbox(), { base: other }), "v2.7.0"));
  expect(error.code).toBe("lock-invalid");
  expect(error.message).toMatch(
    new RegExp(`^morello.lock is made for the base ${other}, and morello.yaml has sha256:`),
  );
});

test("an environment that another Morello locked is not built otherwise: the lock has to be written anew", async () => {
  const setting = await releases(makeSandbox(), { recipe: "7".repeat(64) });
  expect(await failure(build(setting, "v2.7.0"))).toMatchObject({
    code: "lock-invalid",
    hint: expect.stringContaining("morello image lock") as string,
  });
});
