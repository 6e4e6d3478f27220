// Picks of every kind as git or a careful person makes them: all pass a policy that takes exact picks and picks resolved
// by hand, in SHA-1 and in SHA-256.
import { beforeAll, describe, expect, test } from "vitest";
import type { Checked } from "../../src/usecase/checking/check-commits.ts";
import type { ClassedCommit } from "../../src/wire/class.ts";
import type { CommitSpec } from "../support/history.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";
import { makeKey } from "../support/ssh.ts";
import type { Entry } from "../support/tree.ts";
import { BINARY, checkEach, FIX, fixes, land, picked, refusals, text, type Variant } from "./landing.ts";

type Files = Readonly<Record<string, Entry | null>>;

interface Honest extends Variant {
  readonly class: ClassedCommit["class"];
}

/** A pick of one commit of main. */
function of(
  mark: string,
  name: string,
  files: Files,
  kind: Honest["class"] = "exact",
  more: Partial<CommitSpec> = {},
): Honest {
  const message = (oid: string): string =>
    picked(mark === "merged" ? "Merge pull request #77 from topic\n" : `${mark}\n`, oid);
  return { name, class: kind, spec: (oid) => ({ message: message(oid(mark)), files, ...more }) };
}

const ADA = { author: { name: "Ada", email: "ada@example.org" } };
const FIXED = { clean: text({ 2: "own", 20: "fixed" }) };
const fix = (
  name: string,
  message: (oid: (mark: string) => string) => string,
  more: Partial<CommitSpec> = {},
): Honest => {
  return { name, class: "exact", spec: (oid) => ({ ...ADA, message: message(oid), files: FIXED, ...more }) };
};

const ALL: readonly Honest[] = [
  fix("a clean pick", (oid) => picked(FIX, oid("fix"))),
  fix("a pick signed off by who made it", (oid) => `${picked(FIX, oid("fix"))}Signed-off-by: Rel <rel@example.org>\n`),
  fix("a pick in another encoding", (oid) => picked(FIX, oid("fix")), { encoding: "ISO-8859-1" }),
  of("mode", "a mode", {}, "exact", { chmod: { "run.sh": "100755" } }),
  of("symlink", "a symlink", { link: { symlink: "clash" } }),
  of("submodule", "a submodule", { module: { submodule: "module 2" } }),
  of("windows", "a file with carriage returns", { windows: text({ 1: "one\r", 2: "zwei\r", 3: "three\r" }) }),
  of("renamed", "a file that has another name on the line", { "new/name": text({ 5: "a name", 15: "fixed" }) }),
  of("added", "a new file", { "new.txt": "new\n" }),
  of("empty", "an empty commit", {}),
  of("root", "a root commit", { "root.txt": "root\n" }),
  of("merged", "a merge against its first parent", { "topic.txt": "one\ntwo\n" }),
  {
    name: "two commits squashed",
    class: "exact",
    spec: (oid) => ({
      message: picked("topic\n", oid("topic 1"), oid("topic 2")),
      files: { "topic.txt": "one\ntwo\n" },
    }),
  },
  of("two", "a conflict resolved as the source has it", { clash: text({ 10: "fixed", 25: "also" }) }, "resolved"),
  of("two", "a conflict resolved as the line has it", { clash: text({ 10: "own", 25: "also" }) }, "resolved"),
  of("two", "a conflict resolved with both", { clash: text({ 10: "own\nfixed", 25: "also" }) }, "resolved"),
  of("two", "a conflict resolved in other words", { clash: text({ 10: "own and fixed", 25: "also" }) }, "resolved"),
  of("two", "a conflict resolved with nothing", { clash: text({ 25: "also" }).replace("line 10\n", "") }, "resolved"),
  of("binary", "a binary file as the source has it", { image: BINARY(2), picture: BINARY(2) }, "resolved"),
  of("binary", "a binary file as the line has it", { image: BINARY(2) }, "resolved"),
  of("way", "a symlink in conflict as the source has it", { way: { symlink: "clash" } }, "resolved"),
  of("part", "a submodule in conflict as the source has it", { part: { submodule: "module 2" } }, "resolved"),
  of("ours", "a deletion of a file that the line changed", { ours: null }, "resolved"),
  of("ours", "a file kept that the source deletes", {}, "resolved"),
  of("gone", "a file left deleted that the source changes", {}, "resolved"),
  { name: "a merge", class: "exact", merges: ["topic"], spec: () => ({ message: "Merge branch topic\n" }) },
  {
    name: "a merge of two branches",
    class: "exact",
    merges: ["topic", "roots"],
    spec: () => ({ message: "Merge branches\n" }),
  },
  {
    name: "a merge of another history",
    class: "exact",
    merges: ["roots"],
    spec: () => ({ message: "Merge the roots\n" }),
  },
];

describe.each(["sha1", "sha256"] as const)("accepted, with %s:", (objectFormat) => {
  const sandbox = fileSandbox();
  let found: ReadonlyMap<string, Checked> = new Map();

  beforeAll(async () => {
    const repository = await fixes({ objectFormat }).create(sandbox, { name: objectFormat });
    const checked = await checkEach(repository, await land(repository, ALL));
    found = new Map(ALL.map(({ name }, n) => [name, checked[n]!] as const));
  }, 120_000);

  test.each(ALL.map(({ name, class: kind }) => [name, kind] as const))("%s is %s", (name, kind) => {
    const checked = found.get(name);
    expect(checked?.commits).toMatchObject([{ class: kind, lies: false }]);
    expect(checked === undefined ? ["nothing"] : refusals(checked)).toEqual([]);
  });
});

test("accepted: a signed pick of a signed commit", async () => {
  const sandbox = makeSandbox();
  const repository = await fixes().create(sandbox);
  const key = await makeKey(sandbox, "signer");
  const sign = ["-c", "gpg.format=ssh", "-c", `user.signingkey=${key.file}`, "commit-tree", "-S"];
  const tree = (of: string): Promise<string> => repository.git(["rev-parse", `${of}^{tree}`]);
  const source = await repository.git([
    ...sign,
    await tree(repository.oid("fix")),
    "-p",
    repository.oid("start"),
    "-m",
    "signed",
  ]);
  const [landed = ""] = await land(repository, [
    { name: "plain", spec: () => ({ ...ADA, message: "plain\n", files: FIXED }) },
  ]);
  await repository.git(["update-ref", "refs/heads/main", source]);
  const message = picked("signed\n", source);
  const pick = await repository.git([...sign, await tree(landed), "-p", repository.oid("line"), "-m", message]);
  const [checked] = await checkEach(repository, [pick]);
  expect(await repository.git(["cat-file", "commit", pick])).toContain("-----BEGIN SSH SIGNATURE-----");
  expect(checked?.commits).toMatchObject([{ class: "exact", source: { commit: source, reach: "trusted" } }]);
  expect(checked === undefined ? ["nothing"] : refusals(checked)).toEqual([]);
});
