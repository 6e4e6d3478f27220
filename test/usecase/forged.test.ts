// Commits that are not what they say: none of them passes a policy that takes exact picks and picks resolved by hand.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CommitSpec } from "../support/history.ts";
import type { Entry } from "../support/tree.ts";
import type { TestRepository } from "../support/repository.ts";
import { fileSandbox } from "../support/sandbox.ts";
import type { Checked } from "../../src/usecase/checking/check-commits.ts";
import { BINARY, checkEach, FIX, fixes, land, LINE, picked, refusals, text, type Variant } from "./landing.ts";

type Oid = (mark: string) => string;
type Files = Readonly<Record<string, Entry | null>>;

interface Forgery extends Variant {
  /** A rule of severity error that refuses it. */
  readonly rule: string;
}

const AUTHOR = { author: { name: "Ada", email: "ada@example.org" } };
/** The honest pick of `fix`. */
const FIXED = { clean: text({ 2: "own", 20: "fixed" }) };
/** An honest resolution of `two`. */
const RESOLVED = { clash: text({ 10: "own and fixed", 25: "also" }) };

/** Names `fix` in the message, and holds something else. */
function asFix(name: string, files: Files, rule = "class-approvals", more: Partial<CommitSpec> = {}): Forgery {
  return { name, rule, spec: (oid) => ({ ...AUTHOR, message: picked(FIX, oid("fix")), files, ...more }) };
}

/** Names another commit of main. */
function as(
  mark: string,
  name: string,
  files: Files,
  rule = "class-approvals",
  more: Partial<CommitSpec> = {},
): Forgery {
  return { name, rule, spec: (oid) => ({ message: picked(`${mark}\n`, oid(mark)), files, ...more }) };
}

/** Holds the honest pick of `fix`, and says something else. */
function says(name: string, message: (oid: Oid) => string, rule = "x-line"): Forgery {
  return { name, rule, spec: (oid) => ({ ...AUTHOR, message: message(oid), files: FIXED }) };
}

const line = (oid: string): string => `(cherry picked from commit ${oid})`;
const GONE = "0123456789abcdef0123456789abcdef01234567";

const WORDS: readonly Forgery[] = [
  says("names an unrelated commit", (oid) => picked(FIX, oid("unrelated")), "x-line-lies"),
  says("names a far change of the same file", (oid) => picked(FIX, oid("far")), "x-line-lies"),
  says("names an unmerged commit that does something else", (oid) => picked(FIX, oid("unmerged")), "unmerged-source"),
  says("names an object that is not there", () => picked(FIX, GONE), "unreachable-source"),
  says("names a tree", () => picked(FIX, TREE), "unreachable-source"),
  says("names an object that nothing reaches", () => picked(FIX, UNREACHABLE), "unreachable-source"),
  says("names a commit that only a pull request's ref reaches", () => picked(FIX, FOREIGN), "unreachable-source"),
  says("abbreviates to twelve digits", (oid) => picked(FIX, oid("fix").slice(0, 12))),
  says("abbreviates to seven digits", (oid) => picked(FIX, oid("fix").slice(0, 7))),
  says("abbreviates by one digit", (oid) => picked(FIX, oid("fix").slice(0, -1))),
  says("writes the ID in capitals", (oid) => picked(FIX, oid("fix").toUpperCase())),
  says("has the line in the first paragraphs", (oid) => `fix: line 20\n\n${line(oid("fix"))}\n\nIt was wrong.\n`),
  says("has the line in the subject", (oid) => `fix: line 20 ${line(oid("fix"))}\n`),
  says("has the line in prose", (oid) => `fix: line 20\n\nIt was wrong,\nand it is ${line(oid("fix"))} now.\n`),
  says(
    "has the line at the end of prose",
    (oid) =>
      `fix: line 20\n\nIt was wrong, very wrong,\nvery very wrong, and\nwrong once more,\nand again.\nSo: ${line(oid("fix"))}\n`,
  ),
  says("has the line apart from the trailers", (oid) => `${FIX}\n${line(oid("fix"))}\n`),
  says("has text behind the line", (oid) => picked(FIX, oid("fix")).replace(/\)\n$/, ") or so\n")),
  says("indents the line", (oid) => picked(FIX, oid("fix")).replace(/^\(cherry/m, "  (cherry")),
  says("writes the line with a hyphen", (oid) => picked(FIX, oid("fix")).replace("(cherry picked", "(cherry-picked")),
  says("writes the line without brackets", (oid) => picked(FIX, oid("fix")).replace(/\((cherry.*)\)/, "$1")),
  says("has the line twice", (oid) => picked(FIX, oid("fix"), oid("fix"))),
  says("has a second line, to an unrelated commit", (oid) => picked(FIX, oid("fix"), oid("unrelated")), "x-line-lies"),
  says("has a first line, to an unrelated commit", (oid) => picked(FIX, oid("unrelated"), oid("fix")), "x-line-lies"),
  says("has a second line, to nothing", (oid) => picked(FIX, oid("fix"), GONE), "unreachable-source"),
  says("has a first line, to nothing", (oid) => picked(FIX, GONE, oid("fix")), "unreachable-source"),
  {
    ...says("is of another author", (oid) => picked(FIX, oid("fix")), "author"),
    spec: (oid) => ({
      message: picked(FIX, oid("fix")),
      files: FIXED,
      author: { name: "Ada", email: "eve@example.org" },
    }),
  },
  {
    name: "is nobody's pick",
    rule: "class-approvals",
    spec: () => ({ message: "chore: tidy\n", files: { evil: "evil\n" } }),
  },
  {
    name: "has the words of a fix without its line",
    rule: "class-approvals",
    spec: () => ({ ...AUTHOR, message: FIX, files: { ...FIXED, evil: "evil\n" } }),
  },
  {
    name: "has the number of a pull request",
    rule: "class-approvals",
    spec: () => ({ message: "topic (#77)\n", files: { "topic.txt": "one\ntwo\nevil\n" } }),
  },
];

const CONTENTS: readonly Forgery[] = [
  asFix("brings a file along", { ...FIXED, evil: "evil\n" }),
  asFix("brings an empty file along", { ...FIXED, evil: "" }),
  asFix("brings a file of a name like another's", { ...FIXED, Clean: text() }),
  asFix("brings a file of a name that is no UTF-8", { ...FIXED, "ev\u00eel ": "evil\n" }),
  asFix("changes a far line", { clean: text({ 2: "own", 20: "fixed", 29: "evil" }) }),
  asFix("changes the next line", { clean: text({ 2: "own", 20: "fixed", 21: "evil" }) }),
  asFix("adds a line at the end", { clean: text({ 2: "own", 20: "fixed" }, { tail: "evil\n" }) }),
  asFix("adds a line at the beginning", { clean: text({ 2: "own", 20: "fixed" }, { head: "evil\n" }) }),
  asFix("fixes two lines", { clean: text({ 2: "own", 20: "fixed\nfixed" }) }),
  asFix("fixes the wrong line", { clean: text({ 2: "own", 21: "fixed" }) }),
  asFix("fixes it otherwise", { clean: text({ 2: "own", 20: "fixed, or not" }) }),
  asFix("takes back the line's own change", { clean: text({ 20: "fixed" }) }),
  asFix("changes nothing", {}, "x-line-lies"),
  asFix("does the opposite", { clean: text({ 2: "own", 20: "line 20\nbroken" }) }),
  asFix("changes another file instead", { bystander: "evil\n" }, "x-line-lies"),
  asFix("changes a far line instead", { clean: text({ 2: "own", 30: "evil" }) }, "x-line-lies"),
  asFix("adds white space at a line's end", { clean: text({ 2: "own", 20: "fixed " }) }),
  asFix("indents another line", { clean: text({ 2: "own", 20: "fixed", 22: "\tline 22" }) }),
  asFix("changes a line's end", { clean: text({ 2: "own", 20: "fixed\r" }) }),
  asFix("takes the last newline away", { clean: text({ 2: "own", 20: "fixed" }).slice(0, -1) }),
  asFix("changes the mode of the file", { clean: { executable: text({ 2: "own", 20: "fixed" }) } }),
  asFix("changes the mode of another file", FIXED, "class-approvals", { chmod: { "run.sh": "100755" } }),
  asFix("makes the file a symlink", { clean: { symlink: "clash" } }),
  asFix("makes another file a symlink", { ...FIXED, bystander: { symlink: "/etc/passwd" } }),
  asFix("turns a symlink", { ...FIXED, link: { symlink: "/etc/passwd" } }),
  asFix("bumps a submodule", { ...FIXED, module: { submodule: "evil module" } }),
  asFix("makes a submodule a directory", { ...FIXED, "module/evil": "evil\n" }),
  asFix("deletes another file", { ...FIXED, bystander: null }),
  asFix("renames another file", FIXED, "class-approvals", { rename: { bystander: "standby" } }),
  asFix("brings attributes along", { ...FIXED, ".gitattributes": "* merge=union\n" }),
  asFix("brings submodule settings along", { ...FIXED, ".gitmodules": '[submodule "module"]\n\turl = evil\n' }),
  asFix("changes the policy along", { ...FIXED, "morello.yaml": "policy: { rules: { class-approvals: off } }\n" }),
  asFix(
    "leaves markers",
    { clean: text({ 2: "own", 20: "<<<<<<< ours\nfixed\n=======\nline 20\n>>>>>>> theirs" }) },
    "markers",
  ),
  as("mode", "picks a mode and changes the file", { "run.sh": { executable: "echo evil\n" } }),
  as("mode", "picks a mode the wrong way", { "run.sh": "echo evil\n" }),
  as("symlink", "points a symlink elsewhere", { link: { symlink: "/etc/shadow" } }),
  as("submodule", "takes another commit of a submodule", { module: { submodule: "evil module" } }),
  as("windows", "loses the carriage returns", { windows: text({ 1: "one", 2: "zwei", 3: "three" }) }),
  as("renamed", "fixes the old name again", { "old/name": text({ 5: "a name", 15: "fixed" }) }),
  as("added", "adds something else", { "new.txt": "new\nevil\n" }),
  as("empty", "does something for an empty commit", { clean: text({ 2: "evil" }) }, "x-line-lies"),
  as("merged", "brings more than the merge did", { "topic.txt": "one\ntwo\n", "evil": "evil\n" }),
  as("root", "brings more than a root did", { "root.txt": "root\n", "evil": "evil\n" }),
];

const CONFLICTS: readonly Forgery[] = [
  as(
    "two",
    "leaves all markers",
    { clash: text({ 10: "<<<<<<< HEAD\nown\n=======\nfixed\n>>>>>>> two", 25: "also" }) },
    "markers",
  ),
  as("two", "leaves one marker", { clash: text({ 10: "own\n=======\nfixed", 25: "also" }) }),
  as("two", "leaves a marker of another size", { clash: text({ 10: "<<<<<<< HEAD\nown and fixed", 25: "also" }) }),
  as("two", "adds a line at the end of a conflicted file", {
    clash: text({ 10: "own and fixed", 25: "also" }, { tail: "evil\n" }),
  }),
  as("two", "adds a line at the beginning of a conflicted file", {
    clash: text({ 10: "own and fixed", 25: "also" }, { head: "evil\n" }),
  }),
  as("two", "changes a far line of a conflicted file", {
    clash: text({ 10: "own and fixed", 25: "also", 29: "evil" }),
  }),
  as("two", "drops the clean part", { clash: text({ 10: "own and fixed" }) }),
  as("two", "takes the line's file as it was", {}, "x-line-lies"),
  as("two", "brings a file along with a resolution", { ...RESOLVED, evil: "evil\n" }),
  as("two", "changes the mode with a resolution", { clash: { executable: RESOLVED.clash } }),
  as("two", "deletes the conflicted file", { clash: null }),
  as("two", "makes the conflicted file a symlink", { clash: { symlink: "clean" } }),
  as("gone", "brings a deleted file back", { gone: text({ 6: "fixed" }) }, "resurrected"),
  as("gone", "brings a deleted file back with more", { gone: text({ 6: "fixed", 9: "evil" }) }),
  as("ours", "keeps a file and changes it", { ours: text({ 1: "ours", 4: "own", 9: "evil" }) }),
  as("binary", "makes a third binary", { image: BINARY(2), picture: BINARY(9) }),
  as("way", "turns a conflicted symlink elsewhere", { way: { symlink: "/etc/passwd" } }),
  as("part", "takes a third commit of a submodule", { part: { submodule: "evil module" } }),
];

const merge = (
  name: string,
  message: string,
  files: Files,
  merges: readonly string[],
  rule = "class-approvals",
): Forgery => {
  return { name, rule, merges, spec: (oid) => ({ message: message.replace("FIX", oid("fix")), files }) };
};
const MERGES: readonly Forgery[] = [
  merge("merges and adds a file", "Merge branch topic\n", { evil: "evil\n" }, ["topic"]),
  merge("merges and changes a line", "Merge branch topic\n", { clean: text({ 2: "evil" }) }, ["topic"]),
  merge("merges and drops what was merged", "Merge branch topic\n", { "topic.txt": null }, ["topic"]),
  merge(
    "merges, and names a fix that it has not",
    `Merge branch topic\n\n${line("FIX")}\n`,
    {},
    ["topic"],
    "x-line-lies",
  ),
  merge("merges two branches and adds a file", "Merge branches\n", { evil: "evil\n" }, ["topic", "roots"]),
];

const ALL = [...WORDS, ...CONTENTS, ...CONFLICTS, ...MERGES];
let TREE = "";
let UNREACHABLE = "";
let FOREIGN = "";

describe("refused:", () => {
  const sandbox = fileSandbox();
  let found: ReadonlyMap<string, Checked> = new Map();

  beforeAll(async () => {
    const repository = await fixes().create(sandbox);
    TREE = await repository.git(["rev-parse", "main^{tree}"]);
    UNREACHABLE = await hidden(repository, "hidden\n");
    FOREIGN = await hidden(repository, "foreign\n");
    await repository.git(["update-ref", "refs/pull/1/head", FOREIGN]);
    const commits = await land(repository, ALL);
    const checked = await checkEach(repository, commits);
    found = new Map(ALL.map(({ name }, n) => [name, checked[n]!] as const));
  }, 120_000);

  test.each(ALL.map(({ name, rule }) => [name, rule] as const))("%s (%s)", (name, rule) => {
    const checked = found.get(name);
    expect(checked === undefined ? [] : refusals(checked)).toContain(rule);
  });
});

/** The honest change of `fix` as a commit that no ref reaches. */
async function hidden(repository: TestRepository, message: string): Promise<string> {
  const tree = await repository.git(["rev-parse", `${repository.oid("fix")}^{tree}`]);
  return repository.git(["commit-tree", tree, "-p", repository.oid("start"), "-m", message]);
}

describe("nothing in the repository talks the verifier over:", () => {
  const sandbox = fileSandbox();
  const evil = asFix("evil", { ...FIXED, evil: "evil\n" });
  let count = 0;

  /** The forged pick, in a repository that was tampered with. */
  async function refused(tamper: (repository: TestRepository, landed: string) => Promise<void>): Promise<string[]> {
    const repository = await fixes().create(sandbox, { name: `tampered-${count++}` });
    const [landed = ""] = await land(repository, [evil]);
    await tamper(repository, landed);
    const [checked] = await checkEach(repository, [landed]);
    return checked === undefined ? [] : refusals(checked);
  }

  /** A commit with another's parents and message, and the evil file. */
  async function disguise(repository: TestRepository, of: string, tree: string): Promise<string> {
    return repository.git(["commit-tree", `${tree}^{tree}`, "-p", `${of}^`, "-m", "disguise"]);
  }

  test("a source that was replaced", async () => {
    const rules = await refused(async (repository) => {
      const source = repository.oid("fix");
      await repository.git(["read-tree", source]);
      const blob = await repository.git(["hash-object", "-w", "--stdin"], { input: "evil\n" });
      await repository.git(["update-index", "--add", "--cacheinfo", `100644,${blob},evil`]);
      const tree = await repository.git(["write-tree"]);
      await repository.git(["replace", source, await disguise(repository, source, tree)]);
    });
    expect(rules).toContain("class-approvals");
  });

  test("a landed commit that was replaced by an honest one", async () => {
    const rules = await refused(async (repository, landed) => {
      const honest = await land(repository, [asFix("honest", FIXED)]);
      await repository.git(["replace", landed, honest[0] ?? ""]);
    });
    expect(rules).toContain("class-approvals");
  });

  test("grafts that give a landed commit another parent", async () => {
    const rules = await refused(async (repository, landed) => {
      const tree = await repository.git(["rev-parse", `${landed}^{tree}`]);
      const before = await repository.git(["commit-tree", tree, "-p", repository.oid("line"), "-m", "before"]);
      mkdirSync(join(repository.gitDir, "info"), { recursive: true });
      writeFileSync(join(repository.gitDir, "info", "grafts"), `${landed} ${before}\n`);
    });
    expect(rules).toContain("class-approvals");
  });

  test("attributes and merge drivers of the repository", async () => {
    const rules = await refused(async (repository) => {
      mkdirSync(join(repository.gitDir, "info"), { recursive: true });
      writeFileSync(join(repository.gitDir, "info", "attributes"), "* merge=evil\n");
      const touched = join(sandbox.root, "driver-ran");
      await repository.git(["config", "merge.evil.driver", `touch ${touched}; exit 0`]);
      await repository.git(["config", "merge.directoryRenames", "false"]);
      expect(existsSync(touched)).toBe(false);
    });
    expect(rules).toContain("class-approvals");
  });

  test("a tag of the line's name", async () => {
    const rules = await refused(async (repository, landed) => {
      await repository.git(["tag", LINE, landed]);
      await repository.git(["tag", repository.oid("fix"), landed]);
    });
    expect(rules).toContain("class-approvals");
  });

  test("a branch of the name of the source's object ID", async () => {
    const rules = await refused(async (repository, landed) => {
      await repository.git(["update-ref", `refs/heads/${repository.oid("fix")}`, landed]);
    });
    expect(rules).toContain("class-approvals");
  });
});

test("there are at least sixty of them", () => {
  expect(ALL.length + 6).toBeGreaterThanOrEqual(60);
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
});
