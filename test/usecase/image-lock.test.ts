import { readFileSync, existsSync } from "node:fs";
import { expect, test } from "vitest";
import { parseLock } from "../../src/environment/lock-text.ts";
import { lockImage, type LockInput } from "../../src/usecase/image/lock.ts";
import type { ImageLockOutcome } from "../../src/wire/image/lock.ts";
import { baseImage, dpkgStatus } from "../support/base-image.ts";
import { debArchive, type ArchivedDeb } from "../support/deb-archive.ts";
import { CLOCK } from "../support/environment.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { wheelIndex, type IndexedWheel } from "../support/wheel-index.ts";

const LOCK: LockInput = { check: false, online: false, offline: false, update: null };
const RELEASE = { "usr/lib/os-release": "ID=debian\nVERSION_CODENAME=bookworm\n" };
const PIP: IndexedWheel = { name: "pip", version: "24.0" };
const DEBS: ArchivedDeb[] = [
  { name: "base-files", essential: true },
  { name: "tmux", version: "3.3a-3", depends: "libevent (>= 2)" },
  { name: "libevent", version: "1:2.1-8" },
];

interface Project {
  readonly sandbox: Sandbox;
  /** Writes morello.yaml's image.environment, as JSON, which is YAML. */
  readonly environment: (environment: object, image?: object) => void;
  readonly lock: (input?: Partial<LockInput>) => Promise<ImageLockOutcome>;
  readonly text: () => string;
}

async function project(): Promise<Project> {
  const sandbox = makeSandbox();
  await sandbox.git(["init", "-q", "repo"]);
  const cwd = sandbox.path("repo");
  return {
    sandbox,
    environment: (environment, image = {}) => {
      const section = { name: "registry.example/app", environment, ...image };
      sandbox.write("repo/morello.yaml", JSON.stringify({ image: section }));
    },
    lock: (input) => lockImage({ cwd, environment: sandbox.env, now: CLOCK }, { ...LOCK, ...input }),
    text: () => readFileSync(sandbox.path("repo/morello.lock"), "utf8"),
  };
}

test("Debian packages are locked with what they need, for scratch with what every system must have", async () => {
  const { sandbox, environment, lock, text } = await project();
  const archive = await debArchive(sandbox, DEBS);
  sandbox.write("repo/keys/archive.gpg", archive.keyring);
  environment({ packages: { apt: ["tmux"] }, indexes: { apt: [archive.source], keys: ["keys/archive.gpg"] } });
  const outcome = await lock();
  expect(outcome).toMatchObject({
    kind: "locked",
    isWritten: true,
    epoch: CLOCK,
    environments: [{ debs: 3, wheels: 0 }],
  });
  const [locked] = parseLock(text()).environments;
  expect(locked?.debs.map(({ name, version }) => `${name} ${version}`)).toEqual([
    "base-files 1.0-1",
    "libevent 1:2.1-8",
    "tmux 3.3a-3",
  ]);
});

test("a second run changes nothing, and --check holds without asking anybody", async () => {
  const { sandbox, environment, lock, text } = await project();
  const archive = await debArchive(sandbox, DEBS);
  sandbox.write("repo/archive.gpg", archive.keyring);
  environment({ packages: { apt: ["tmux"] }, indexes: { apt: [archive.source], keys: ["archive.gpg"] } });
  await lock();
  const before = text();
  await archive.publish([...DEBS, { name: "tmux", version: "4.0-1", depends: "libevent" }]);
  expect(await lock()).toMatchObject({ kind: "locked", isWritten: false });
  expect(await lock({ check: true })).toEqual({ kind: "holds", online: false, environments: 1, packages: 3 });
  expect(text()).toBe(before);
  const updated = await lock({ update: [] });
  expect(updated).toMatchObject({
    environments: [{ changes: [{ what: "deb", name: "tmux", before: "3.3a-3", after: "4.0-1" }] }],
  });
});

test("what is locked stays where another package is added, and moves where it is named", async () => {
  const { sandbox, environment, lock } = await project();
  const archive = await debArchive(sandbox, DEBS);
  const index = await wheelIndex([]);
  sandbox.write("repo/archive.gpg", archive.keyring);
  const indexes = { apt: [archive.source], keys: ["archive.gpg"], pip: [index.url] };
  environment({ packages: { apt: ["tmux"] }, indexes });
  await lock();
  await archive.publish([...DEBS, { name: "tmux", version: "4.0-1", depends: "libevent" }, { name: "less" }]);
  environment({ packages: { apt: ["tmux", "less"] }, indexes });
  const added = await lock();
  expect(added).toMatchObject({ environments: [{ changes: [{ name: "less", before: null, after: "1.0-1" }] }] });
  expect(await lock({ update: ["tmux"] })).toMatchObject({
    environments: [{ changes: [{ name: "tmux", before: "3.3a-3", after: "4.0-1" }] }],
  });
});

test("--check names what stands in one file alone", async () => {
  const { sandbox, environment, lock } = await project();
  const archive = await debArchive(sandbox, DEBS);
  sandbox.write("repo/archive.gpg", archive.keyring);
  const indexes = { apt: [archive.source], keys: ["archive.gpg"] };
  environment({ packages: { apt: ["tmux"] }, indexes });
  await lock();
  environment({ packages: { apt: ["libevent"] }, indexes, torch: "2.7.1", cuda: "cu126" });
  const outcome = await lock({ check: true });
  expect(outcome.kind === "stale" ? outcome.differences.map(({ what, only }) => `${only}: ${what}`) : outcome).toEqual([
    "morello.yaml: torch 2.7.1",
    "morello.yaml: cuda cu126",
    "morello.yaml: apt libevent",
    ...["matplotlib", "numpy", "pandas", "scikit-learn", "scipy", "torch==2.7.1"].map(
      (name) => `morello.yaml: pip ${name}`,
    ),
    "morello.lock: apt tmux",
  ]);
});

test("--check --online says which package vanished and what is there instead", async () => {
  const { sandbox, environment, lock } = await project();
  const archive = await debArchive(sandbox, DEBS);
  const index = await wheelIndex([PIP, { name: "numpy", version: "2.1.3" }]);
  sandbox.write("repo/archive.gpg", archive.keyring);
  const base = `oci:base@${await baseImage(sandbox.path("repo/base"), {
    layers: [{ ...RELEASE, "var/lib/dpkg/status": dpkgStatus({ python3: "3.11.2-1+b1", libc6: "2.36-9" }) }],
  })}`;
  environment({
    base,
    packages: { apt: ["tmux"], pip: ["numpy"] },
    indexes: { apt: [archive.source], keys: ["archive.gpg"], pip: [index.url] },
  });
  await lock();
  expect(await lock({ check: true, online: true })).toMatchObject({ kind: "holds", online: true });
  await archive.publish([{ name: "tmux", version: "3.3a-3+deb12u1", depends: "libevent" }, DEBS[2]!]);
  index.serve([PIP, { name: "numpy", version: "2.2.0" }]);
  expect(await lock({ check: true, online: true })).toMatchObject({
    kind: "vanished",
    missing: [
      { kind: "deb", name: "tmux", version: "3.3a-3", available: ["3.3a-3+deb12u1"] },
      { kind: "wheel", name: "numpy", version: "2.1.3", available: ["2.2.0"] },
    ],
  });
});

test("wheels fit the Python and C library that the base has, and pip comes with them", async () => {
  const { sandbox, environment, lock, text } = await project();
  const index = await wheelIndex([
    PIP,
    { name: "numpy", version: "2.1.3", tag: "cp311-cp311-manylinux_2_36_x86_64" },
    { name: "numpy", version: "2.2.0", tag: "cp311-cp311-manylinux_2_38_x86_64" },
    { name: "numpy", version: "2.3.0", tag: "cp312-cp312-manylinux_2_17_x86_64" },
  ]);
  const base = await baseImage(sandbox.path("repo/base"), {
    layers: [{ ...RELEASE, "var/lib/dpkg/status": dpkgStatus({ python3: "3.11.2-1+b1", libc6: "2.36-9" }) }],
    created: "2025-06-01T00:00:00Z",
  });
  environment({ base: `oci:base@${base}`, packages: { pip: ["numpy"] }, indexes: { pip: [index.url] } });
  expect(await lock()).toMatchObject({ kind: "locked", epoch: Date.parse("2025-06-01") / 1000 });
  const [locked] = parseLock(text()).environments;
  expect(locked).toMatchObject({ python: "3.11", base: { digest: base } });
  expect(locked?.wheels.map(({ name, version }) => `${name} ${version}`)).toEqual(["numpy 2.1.3", "pip 24.0"]);
});

test("PyTorch is locked as the index calls it, with the set of numbers, which can be left out", async () => {
  const { sandbox, environment, lock, text } = await project();
  const names = ["numpy", "scipy", "pandas", "matplotlib", "scikit-learn"];
  const torch = {
    name: "torch",
    version: "2.7.1+cu126",
    tag: "cp310-cp310-manylinux_2_28_x86_64",
    requires: ["numpy"],
  };
  const index = await wheelIndex([PIP, torch, ...names.map((name) => ({ name, version: "1.0" }))]);
  const base = await baseImage(sandbox.path("repo/base"), { layers: [{ a: "" }], env: ["PYTHON_VERSION=3.10.14"] });
  const asked = { base: `oci:base@${base}`, torch: "2.7", cuda: "12.6", indexes: { pip: [index.url] } };
  environment(asked);
  const outcome = await lock();
  expect(outcome).toMatchObject({ environments: [{ compat: "2.7.1+cu126", python: "3.10", wheels: 7 }] });
  expect(JSON.stringify(outcome)).toContain("packages.defaults: false leaves them out");
  environment({ ...asked, packages: { defaults: false } });
  await lock();
  expect(parseLock(text()).environments[0]?.wheels.map(({ name }) => name)).toEqual(["numpy", "pip", "torch"]);
});

test("variants and platforms have an entry each, and one that cannot be made writes none", async () => {
  const { sandbox, environment, lock, text } = await project();
  const torch = (version: string) => ({ name: "torch", version });
  const index = await wheelIndex([PIP, torch("2.7.1+cu118"), torch("2.7.1+cu126")]);
  const base = await baseImage(sandbox.path("repo/base"), { layers: [{ a: "" }], env: ["PYTHON_VERSION=3.10.14"] });
  const asked = {
    base: `oci:base@${base}`,
    torch: "2.7.1",
    packages: { defaults: false },
    indexes: { pip: [index.url] },
  };
  environment(asked, { variants: { cu118: { cuda: "cu118" }, cu126: { cuda: "12.6" } }, default: "cu126" });
  await lock();
  expect(parseLock(text()).environments.map(({ variant, compat }) => [variant, compat])).toEqual([
    ["cu118", "2.7.1+cu118"],
    ["cu126", "2.7.1+cu126"],
  ]);
  const before = text();
  environment(asked, { variants: { cu118: { cuda: "cu118" }, old: { cuda: "12.1" } }, default: "cu118" });
  expect(await lock()).toMatchObject({
    kind: "impossible",
    variant: "old",
    offers: [{ row: "2.7.1+cu118" }, { row: "2.7.1+cu126" }, { row: "2.5.1+cu121" }],
  });
  expect(text()).toBe(before);
});

test.each([
  [{ torch: "2.7.1", cuda: "cu126" }, "this would replace it: environment.torch: 2.7.1"],
  [{ packages: { pip: ["torchvision"] } }, "this would replace it: packages.pip: torchvision"],
  [{ packages: { pip: ["my-app"] } }, "The base brings torch 2.7.0a0+79aa17489c, which pip must not replace"],
])("a base's own PyTorch is never replaced: %j", async (asked, message) => {
  const { sandbox, environment, lock } = await project();
  const index = await wheelIndex([
    PIP,
    { name: "my-app", version: "1.0", requires: ["torch==2.7.1"] },
    { name: "torch", version: "2.7.1" },
  ]);
  const base = await baseImage(sandbox.path("repo/base"), {
    layers: [{ a: "" }],
    env: ["PYTHON_VERSION=3.12.3", "PYTORCH_VERSION=2.7.0a0+79aa17489c"],
  });
  environment({ base: `oci:base@${base}`, indexes: { pip: [index.url] }, ...asked });
  await expect(lock()).rejects.toMatchObject({ message: expect.stringContaining(message) as string });
  expect(existsSync(sandbox.path("repo/morello.lock"))).toBe(false);
});

test("an archive that lies is refused: a wrong signature, or lists that do not fit it", async () => {
  const { sandbox, environment, lock } = await project();
  const archive = await debArchive(sandbox, DEBS);
  const stranger = await debArchive(makeSandbox(), DEBS);
  sandbox.write("repo/archive.gpg", archive.keyring);
  sandbox.write("repo/stranger.gpg", stranger.keyring);
  const asked = (key: string) => ({ packages: { apt: ["tmux"] }, indexes: { apt: [archive.source], keys: [key] } });
  environment(asked("stranger.gpg"));
  await expect(lock()).rejects.toMatchObject({
    code: "lock-invalid",
    message: expect.stringContaining("signature") as string,
  });
  archive.spoil("/dists/stable/main/binary-amd64/Packages", Buffer.from("Package: tmux\n"));
  environment(asked("archive.gpg"));
  await expect(lock()).rejects.toMatchObject({ code: "registry-failed" });
});

test.each([
  [{ base: `oci:base@sha256:${"0".repeat(64)}`, packages: { pip: ["x"] } }, "image-missing", "is not in oci:base"],
  [{ packages: { pip: ["x"] } }, "image-spec", "no dpkg|which archive"],
])("what cannot be resolved says what to change: %j", async (asked, code, message) => {
  const { environment, lock } = await project();
  environment(asked);
  await expect(lock()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test("--offline takes the lists that are there", async () => {
  const { sandbox, environment, lock, text } = await project();
  const archive = await debArchive(sandbox, DEBS);
  sandbox.write("repo/archive.gpg", archive.keyring);
  environment({ packages: { apt: ["tmux"] }, indexes: { apt: [archive.source], keys: ["archive.gpg"] } });
  await expect(lock({ offline: true })).rejects.toMatchObject({ code: "lock-invalid" });
  await lock();
  const before = text();
  await archive.publish([]);
  sandbox.write("repo/morello.lock", "");
  await lock({ offline: true });
  expect(text()).toBe(before);
});

test("a lock of another Morello holds, and is written anew with the same packages when it is asked for", async () => {
  const { sandbox, environment, lock, text } = await project();
  const archive = await debArchive(sandbox, DEBS);
  sandbox.write("repo/keys/archive.gpg", archive.keyring);
  environment({ packages: { apt: ["tmux"] }, indexes: { apt: [archive.source], keys: ["keys/archive.gpg"] } });
  await lock();
  const written = text();
  sandbox.write("repo/morello.lock", written.replace(/^recipe .*$/m, `recipe ${"7".repeat(64)}`));
  expect(await lock({ check: true })).toMatchObject({ kind: "holds" });
  expect(await lock()).toMatchObject({ kind: "locked", isWritten: true });
  expect(text()).toBe(written);
});
