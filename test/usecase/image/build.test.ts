import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { finished } from "../../support/process.ts";
import { bareRemote } from "../../support/remote.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { failure } from "../setting.ts";
import { APP, build, LINE, namesIn, only, releases, SPEC, tagsOf } from "./images.ts";

describe.each(["sha1", "sha256"] as const)("in a repository of %s", (format) => {
  test("a patch release is its environment's image and one layer more", async () => {
    const repository = await releases(SPEC, APP, format).create(makeSandbox());
    const first = only(await build(repository, "v2.7.0"));
    const patch = only(await build(repository, "v2.7.1"));
    expect(first.layers.map(({ role }) => role)).toEqual(["source"]);
    expect(patch.layers.map(({ digest }) => digest).slice(0, -1)).toEqual(first.layers.map(({ digest }) => digest));
    expect(patch.layers.at(-1)).toMatchObject({ role: "diff" });
    expect(patch.environment).toMatchObject({ release: "v2.7.0", digest: first.digest, found: "computed" });
    expect(patch.proof.image).toBe(patch.proof.expected);
  });
});

const CLONES = process.env["MORELLO_LONG"] === "1" ? 20 : 3;
const ZONES = ["UTC", "Asia/Tokyo", "America/St_Johns", "Pacific/Chatham"];
const SETTINGS = [
  "core.autocrlf=true",
  "core.eol=crlf",
  "core.fileMode=false",
  "core.abbrev=5",
  "core.quotePath=false",
];

test(`${CLONES} clones, in other directories, on other days, with other settings, give one digest`, async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const remote = await bareRemote(repository);
  const here = only(await build(repository, "v2.7.1", { output: `oci:${sandbox.path("here")}` }));
  sandbox.write("home/.config/git/attributes", "*.py text eol=crlf ident\n* export-subst\n");
  const before = process.umask();
  for (let n = 0; n < CLONES; n += 1) {
    process.umask([0o022, 0o077, 0o002][n % 3] ?? 0o022);
    const clone = sandbox.path(`place ${n}`, "clone");
    const settings = SETTINGS.slice(0, 1 + (n % SETTINGS.length)).flatMap((each) => ["-c", each]);
    await sandbox.git(["clone", "-q", ...settings, remote.path, clone]);
    const there = await build(repository, "v2.7.1", {
      cwd: clone,
      now: 1_500_000_000 + n * 40_000_000,
      output: `oci:${sandbox.path(`out ${n}`)}`,
      env: { TZ: ZONES[n % ZONES.length], LC_ALL: "tr_TR.UTF-8", GIT_ATTR_NOSYSTEM: undefined },
    });
    expect(only(there)).toEqual(here);
  }
  process.umask(before);
});

test("labels say the release, and nothing of the machine", async () => {
  const sandbox = makeSandbox();
  const spec = `${SPEC}  url: https://example.com/app\n  labels: {team: ml, morello.line: mine}\n`;
  const repository = await releases(spec).create(sandbox);
  const { environment } = only(await build(repository, "v2.7.1"));
  const inspected = JSON.parse(await skopeo(sandbox, ["inspect", `oci:${sandbox.path("out")}:v2.7.1`])) as Inspected;
  expect(inspected.Labels).toEqual({
    "org.opencontainers.image.version": "v2.7.1",
    "org.opencontainers.image.revision": repository.oid("fix"),
    "org.opencontainers.image.source": "https://example.com/app",
    "org.opencontainers.image.created": "2026-01-01T00:01:00Z",
    "org.opencontainers.image.title": "app",
    "org.opencontainers.image.base.name": "registry.example.com/team/app:v2.7.0",
    "org.opencontainers.image.base.digest": environment.digest,
    "morello.line": "v2.7",
    "morello.environment": environment.key,
    "morello.ledger": "c".repeat(40),
    "morello.tree": await repository.git(["rev-parse", "v2.7.1^{tree}"]),
    "team": "ml",
  });
  expect(inspected.Created).toBe("2026-01-01T00:01:00Z");
});

interface Inspected {
  readonly Labels: Record<string, string>;
  readonly Created: string;
}

async function skopeo(sandbox: ReturnType<typeof makeSandbox>, args: readonly string[]): Promise<string> {
  const done = await finished("skopeo", args, { cwd: sandbox.root, env: sandbox.env });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return done.stdout.toString();
}

test("a dirty work tree never matters", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const clean = only(await build(repository, "v2.7.1", { output: `oci:${sandbox.path("one")}` }));
  writeFileSync(`${repository.path}/app/train.py`, "something else\n");
  writeFileSync(`${repository.path}/morello.yaml`, "image: nonsense\n");
  expect(only(await build(repository, "v2.7.1", { output: `oci:${sandbox.path("two")}` })).digest).toBe(clean.digest);
});

test("a patch keeps one layer however many went before, with deletions, renames, modes and links", async () => {
  const repository = await releases()
    .commit("more", {
      files: { "app/data": null, "app/link": { symlink: "run" }, "app/train.py": { executable: "print('x')\n" } },
      rename: { "app/run": "app/bin/run" },
    })
    .annotatedTag("v2.7.2")
    .commit("again", { files: { "app/data": "a file where a directory was\n", "app/latest": null } })
    .annotatedTag("v2.7.3")
    .create(makeSandbox());
  const third = only(await build(repository, "v2.7.3"));
  expect(third.layers.map(({ role }) => role)).toEqual(["environment", "diff"]);
  expect(third.environment.release).toBe("v2.7.0");
});

test("a release that changes nothing of the image has its environment's layers, and its own labels", async () => {
  const repository = await releases()
    .commit("docs", { files: { "notes.txt": "more notes\n", "app/train.py": APP["app/train.py"] ?? "" } })
    .annotatedTag("v2.7.2")
    .create(makeSandbox());
  const same = only(await build(repository, "v2.7.2"));
  expect(same.layers.map(({ role }) => role)).toEqual(["environment"]);
  expect(same.digest).not.toBe(only(await build(repository, "v2.7.0")).digest);
});

test("another environment begins anew, and says which part of it changed", async () => {
  const repository = await releases()
    .commit("env", { files: { "morello.yaml": `${SPEC}  ports: [8080]\n` } })
    .annotatedTag("v2.7.2")
    .commit("next", { files: { "app/new.py": "new\n" } })
    .annotatedTag("v2.7.3")
    .create(makeSandbox());
  const anew = only(await build(repository, "v2.7.2"));
  expect(anew.environment).toMatchObject({
    release: null,
    differs: { from: "v2.7.1", parts: expect.arrayContaining(["variables and ports"]) as string[] },
  });
  expect(anew.layers.map(({ role }) => role)).toEqual(["source"]);
  expect(only(await build(repository, "v2.7.3")).environment).toMatchObject({ release: "v2.7.2", digest: anew.digest });
});

test("the first release of the next series begins an environment of its own", async () => {
  const repository = await releases()
    .branch("release/v2.8", LINE)
    .commit("eight", { files: { "app/train.py": "eight\n" } })
    .annotatedTag("v2.8.0")
    .create(makeSandbox());
  expect(only(await build(repository, "v2.8.0")).environment).toMatchObject({ release: null, differs: null });
});

test("a line whose tip is released is that release", async () => {
  const repository = await releases().create(makeSandbox());
  expect(await build(repository, "v2.7", { dryRun: true })).toMatchObject({ tag: "v2.7.1", line: "v2.7" });
});

test("a line between releases gets a name as git describe has it, and no release's or floating one", async () => {
  const repository = await releases()
    .commit("later", { files: { "app/new.py": "new\n" } })
    .create(makeSandbox());
  const outcome = await build(repository, LINE);
  const described = await repository.git(["describe", "--abbrev=12", LINE]);
  expect(outcome).toMatchObject({ version: described, tag: null });
  expect(tagsOf(only(outcome))).toEqual([`${described} created`]);
  expect(only(outcome).environment.release).toBe("v2.7.0");
});

test("floating names go to the newest version, never back", async () => {
  const sandbox = makeSandbox();
  const repository = await releases()
    .branch("release/v2.8", LINE)
    .commit("eight", { files: { "app/train.py": "eight\n" } })
    .annotatedTag("v2.8.0")
    .create(sandbox);
  expect(tagsOf(only(await build(repository, "v2.8.0")))).toEqual(["v2.8.0 created", "v2.8 created", "latest created"]);
  expect(tagsOf(only(await build(repository, "v2.7.1")))).toEqual(["v2.7.1 created", "v2.7 created"]);
  expect(tagsOf(only(await build(repository, "v2.7.0")))).toEqual(["v2.7.0 created"]);
  const names = namesIn(sandbox.path("out"));
  expect([names["v2.7"], names["latest"]]).toEqual([names["v2.7.1"], names["v2.8.0"]]);
});

test("a floating name that stands for a newer version stays, though that version's own tag is gone", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  await build(repository, "v2.7.1");
  const index = JSON.parse(readFileSync(sandbox.path("out/index.json"), "utf8")) as { manifests: Named[] };
  const kept = index.manifests.filter(({ annotations }) => annotations["org.opencontainers.image.ref.name"] === "v2.7");
  sandbox.write("out/index.json", JSON.stringify({ ...index, manifests: kept }));
  expect(tagsOf(only(await build(repository, "v2.7.0")))).toContain("v2.7 kept");
});

interface Named {
  readonly annotations: Record<string, string>;
}

test("the same build twice writes nothing", async () => {
  const repository = await releases().create(makeSandbox());
  await build(repository, "v2.7.1");
  const again = await build(repository, "v2.7.1");
  expect(again.transfer).toMatchObject({ blobs: 0, bytes: 0 });
  expect(tagsOf(only(again))).toEqual(["v2.7.1 there", "v2.7 there", "latest there"]);
});

test("a version's tag that stands for another image is never moved", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const first = only(await build(repository, "v2.7.1"));
  await repository.git(["tag", "-f", "-a", "-m", "again", "v2.7.1", LINE]);
  await expect(build(repository, "v2.7.1")).rejects.toMatchObject({ code: "image-refused" });
  expect(namesIn(sandbox.path("out"))["v2.7.1"]).toBe(first.digest);
});

test("a dry run names what would go, and writes nothing", async () => {
  const sandbox = makeSandbox();
  const repository = await releases().create(sandbox);
  const planned = await build(repository, "v2.7.1", { dryRun: true });
  expect(planned.transfer.blobs).toBe(3);
  expect(existsSync(sandbox.path("out"))).toBe(false);
  expect(only(await build(repository, "v2.7.1")).digest).toBe(only(planned).digest);
});

test("variants go together: one name each, and the bare one for the default", async () => {
  const sandbox = makeSandbox();
  const spec = `${SPEC}  variants:\n    cu118: {env: {CUDA: "11.8"}}\n    cu126: {env: {CUDA: "12.6"}}\n  default: cu126\n`;
  const repository = await releases(spec).create(sandbox);
  const { images } = await build(repository, "v2.7.1");
  expect(images.map((image) => [image.variant, tagsOf(image).map((each) => each.replace(" created", ""))])).toEqual([
    ["cu118", ["v2.7.1-cu118", "v2.7-cu118", "latest-cu118"]],
    ["cu126", ["v2.7.1", "v2.7.1-cu126", "v2.7", "latest", "v2.7-cu126", "latest-cu126"]],
  ]);
  expect(images[0]?.digest).not.toBe(images[1]?.digest);
  const error = await failure(build(repository, "v2.7.1", { output: "127.0.0.1:1/app", variants: ["cu118"] }));
  expect(error).toMatchObject({ code: "image-refused" });
});

test("several platforms are one index", async () => {
  const sandbox = makeSandbox();
  const repository = await releases(`${SPEC}  platforms: [linux/amd64, linux/arm64]\n`).create(sandbox);
  const { images } = await build(repository, "v2.7.1");
  expect(images[0]?.platforms.map(({ platform }) => platform)).toEqual(["linux/amd64", "linux/arm64"]);
  const raw = JSON.parse(await skopeo(sandbox, ["inspect", "--raw", `oci:${sandbox.path("out")}:v2.7.1`])) as {
    manifests: { platform: object; digest: string }[];
  };
  expect(raw.manifests.map(({ platform }) => platform)).toEqual([
    { os: "linux", architecture: "amd64" },
    { os: "linux", architecture: "arm64" },
  ]);
});

test("a light tag is taken, and said to be one", async () => {
  const repository = await releases().commit("light").tag("v2.7.2").create(makeSandbox());
  expect((await build(repository, "v2.7.2")).notices).toEqual([expect.stringContaining("light tag")]);
});

test("a pointer of git-lfs goes in as it is, and is named", async () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
  const odd = { files: { "app/model.bin": pointer } };
  const repository = await releases().commit("odd", odd).annotatedTag("v2.7.2").create(makeSandbox());
  expect((await build(repository, "v2.7.2")).notices).toEqual([
    "app/model.bin is in the image as git has it: a pointer of git-lfs, without the content it points to",
  ]);
});

describe("what cannot be an image", () => {
  test("an included path that the tree has not", async () => {
    const odd = { files: { "morello.yaml": SPEC.replace(/include: .*/, "include: [app, lib]") } };
    const repository = await releases().commit("odd", odd).annotatedTag("v2.7.2").create(makeSandbox());
    expect(await failure(build(repository, "v2.7.2"))).toMatchObject({
      code: "image-spec",
      message: 'image.source.include names "lib", and the tree has no such path',
    });
  });

  test("a tag without an image section is told which to add", async () => {
    const repository = await releases("maintainedMonths: 3\n").create(makeSandbox());
    expect(await failure(build(repository, "v2.7.1"))).toMatchObject({
      code: "image-spec",
      hint: expect.stringContaining("image:\n  name:") as string,
    });
  });

  test("only the image section of a tag's morello.yaml is judged", async () => {
    const odd = { files: { "morello.yaml": `${SPEC}a-key-of-another-version: 1\n` } };
    const repository = await releases().commit("odd", odd).annotatedTag("v2.7.2").create(makeSandbox());
    expect((await build(repository, "v2.7.2")).kind).toBe("built");
    const typo = { files: { "morello.yaml": `${SPEC}  nmae: x\n` } };
    const wrong = await releases().commit("typo", typo).annotatedTag("v2.7.2").create(makeSandbox());
    expect(await failure(build(wrong, "v2.7.2"))).toMatchObject({
      code: "image-spec",
      message: expect.stringContaining("unknown key 'nmae' in image; did you mean 'name'?") as string,
    });
  });

  test("packages without a lock are refused, with the command that locks", async () => {
    const repository = await releases(`${SPEC}  environment: {packages: {apt: [tmux]}}\n`).create(makeSandbox());
    expect(await failure(build(repository, "v2.7.1"))).toMatchObject({ code: "lock-invalid" });
  });

  test("a name that is neither tag nor line", async () => {
    const repository = await releases().create(makeSandbox());
    expect(await failure(build(repository, "v2.7.9"))).toMatchObject({
      code: "unknown-revision",
      hint: expect.stringContaining("v2.7.") as string,
    });
  });

  test("an output with a tag", async () => {
    const repository = await releases().create(makeSandbox());
    expect(await failure(build(repository, "v2.7.1", { output: "oci:out:v1" }))).toMatchObject({
      code: "image-reference",
    });
  });

  test("a submodule in the source", async () => {
    const repository = await releases()
      .commit("sub", { files: { "app/vendor": { submodule: "vendor" } } })
      .annotatedTag("v2.7.2")
      .create(makeSandbox());
    expect(await failure(build(repository, "v2.7.2"))).toMatchObject({ code: "image-refused" });
  });

  test("a shallow clone that cannot tell the environment", async () => {
    const sandbox = makeSandbox();
    const repository = await releases().create(sandbox);
    const clone = sandbox.path("shallow");
    await sandbox.git(["clone", "-q", "--depth=1", "-b", "v2.7.1", `file://${repository.path}`, clone]);
    expect(await failure(build(repository, "v2.7.1", { cwd: clone }))).toMatchObject({
      code: "object-missing",
      hint: "git fetch --unshallow --tags",
    });
    await sandbox.git(["fetch", "-q", "--unshallow", "--tags"], { cwd: clone });
    const whole = only(await build(repository, "v2.7.1", { cwd: clone }));
    expect(whole.digest).toBe(only(await build(repository, "v2.7.1")).digest);
  });

  test("a partial clone, whose missing files one command brings", async () => {
    const sandbox = makeSandbox();
    const repository = await releases().create(sandbox);
    await repository.git(["config", "uploadpack.allowFilter", "true"]);
    const clone = sandbox.path("partial");
    await sandbox.git(["clone", "-q", "--no-checkout", "--filter=blob:none", `file://${repository.path}`, clone]);
    const error = await failure(build(repository, "v2.7.1", { cwd: clone }));
    expect(error).toMatchObject({ code: "object-missing" });
    await sandbox.git((error.hint ?? "").split(" ").slice(1), { cwd: clone });
    expect((await build(repository, "v2.7.1", { cwd: clone })).kind).toBe("built");
  });
});
