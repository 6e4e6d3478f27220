// Commits on a line beside fixes of every kind on main, for tests that class them and hold them to a strict policy.
import { NO_CONTEXT } from "../../src/usecase/checking/context.ts";
import { checkCommits, type Checked } from "../../src/usecase/checking/check-commits.ts";
import { historyOf, linesOf, withWorkspace } from "../../src/usecase/workspace.ts";
import { ClassedCommit } from "../../src/wire/class.ts";
import { history, type CommitSpec, type History, type HistoryOptions } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { depsOf } from "./setting.ts";

export const LINE = "release/v1.4";

/** A text of thirty lines, some of them replaced, by number. */
export function text(
  replaced: Readonly<Record<number, string>> = {},
  more: { head?: string; tail?: string } = {},
): string {
  const lines = Array.from({ length: 30 }, (_, n) => `${replaced[n + 1] ?? `line ${n + 1}`}\n`);
  return `${more.head ?? ""}${lines.join("")}${more.tail ?? ""}`;
}

export const BINARY = (n: number): Buffer => Buffer.from([0, 1, 2, 3, n, 0, 255, n]);

const POLICY = `policy:
  classes: { exact: 0, resolved: 0, adapted: refused, native: refused }
  unmergedSource: refused
  rules:
    class-approvals: error
    unmerged-source: error
    x-line: error
    author: error
    duplicate: off
    message-form: off
    newer-lines-first: off
    one-concern: off
    self-contained: off
`;

/**
 * main: `start`, then one fix a commit. The line left at `start` and has its own lines 2 of `clean` and 10 of
 * `clash`, and changes of its own that each conflict with one fix.
 */
export function fixes(options: HistoryOptions = {}): History {
  return history(options)
    .commit("start", {
      files: {
        "morello.yaml": POLICY,
        "clean": text(),
        "clash": text(),
        "run.sh": "echo\n",
        "gone": text(),
        "ours": text({ 1: "ours" }),
        "image": BINARY(1),
        "picture": BINARY(1),
        "link": { symlink: "clean" },
        "way": { symlink: "clean" },
        "module": { submodule: "module 1" },
        "part": { submodule: "module 1" },
        "windows": text({ 1: "one\r", 2: "two\r", 3: "three\r" }),
        "old/name": text({ 5: "a name" }),
        "bystander": "nothing happens here\n",
      },
    })
    .tag("v1.4.0")
    .branch(LINE)
    .commit("line", {
      files: {
        clean: text({ 2: "own" }),
        clash: text({ 10: "own" }),
        gone: null,
        ours: text({ 1: "ours", 4: "own" }),
        picture: BINARY(7),
        way: { symlink: "bystander" },
        part: { submodule: "module 7" },
      },
      rename: { "old/name": "new/name" },
    })
    .checkout("main")
    .commit("fix", {
      message: FIX,
      files: { clean: text({ 20: "fixed" }) },
      author: { name: "Ada", email: "ada@example.org" },
    })
    .commit("far", { message: "far\n", files: { clean: text({ 20: "fixed", 28: "far" }) } })
    .commit("two", { message: "two\n", files: { clash: text({ 10: "fixed", 25: "also" }) } })
    .commit("mode", { message: "mode\n", chmod: { "run.sh": "100755" } })
    .commit("binary", { message: "binary\n", files: { image: BINARY(2), picture: BINARY(2) } })
    .commit("symlink", { message: "symlink\n", files: { link: { symlink: "clash" } } })
    .commit("way", { message: "way\n", files: { way: { symlink: "clash" } } })
    .commit("submodule", { message: "submodule\n", files: { module: { submodule: "module 2" } } })
    .commit("part", { message: "part\n", files: { part: { submodule: "module 2" } } })
    .commit("windows", { message: "windows\n", files: { windows: text({ 1: "one\r", 2: "zwei\r", 3: "three\r" }) } })
    .commit("renamed", { message: "renamed\n", files: { "old/name": text({ 5: "a name", 15: "fixed" }) } })
    .commit("gone", { message: "gone\n", files: { gone: text({ 6: "fixed" }) } })
    .commit("ours", { message: "ours\n", files: { ours: null } })
    .commit("added", { message: "added\n", files: { "new.txt": "new\n" } })
    .commit("empty", { message: "empty\n" })
    .commit("unrelated", { message: "unrelated\n", files: { bystander: "nothing happens here now\n" } })
    .branch("topic", "start")
    .commit("topic 1", { message: "topic 1\n", files: { "topic.txt": "one\n" } })
    .commit("topic 2", { message: "topic 2\n", files: { "topic.txt": "one\ntwo\n" } })
    .checkout("main")
    .merge("merged", "topic", { message: "Merge pull request #77 from topic\n" })
    .orphan("roots")
    .commit("root", { message: "root\n", files: { "root.txt": "root\n" } })
    .checkout("main")
    .merge("adopted", "roots", { message: "Merge the roots\n" })
    .branch("experiment", "start")
    .commit("unmerged", { message: "unmerged\n", files: { clean: text({ 24: "experiment" }) } })
    .checkout("main");
}

export const FIX = "fix: line 20\n\nIt was wrong.\n\nSigned-off-by: Ada <ada@example.org>\n";

/** As `git cherry-pick -x` writes it. */
export function picked(message: string, ...oids: readonly string[]): string {
  const lines = oids.map((oid) => `(cherry picked from commit ${oid})\n`).join("");
  return `${message}${/\n[\w-]+: [^\n]*\n$/.test(message) ? "" : "\n"}${lines}`;
}

/** A commit on the line's tip, on a branch of its own, or something that is told otherwise. */
export interface Variant {
  readonly name: string;
  readonly spec: (oid: (mark: string) => string) => CommitSpec;
  /** Where it stands; the line's tip unless said. */
  readonly on?: string;
  /** For a merge: what it merges. */
  readonly merges?: readonly string[];
}

/** Adds the variants to the history, each on a branch `variant/N`, and gives their object IDs in order. */
export async function land(repository: TestRepository, variants: readonly Variant[]): Promise<string[]> {
  await repository.extend((told) => {
    for (const [n, { name, spec, on = "line", merges = [] }] of variants.entries()) {
      told.branch(`variant/${n}`, on);
      const made = spec((mark) => repository.oid(mark));
      if (merges.length === 0) told.commit(name, made);
      else told.merge(name, merges, made);
    }
    told.checkout("main");
  });
  return variants.map(({ name }) => repository.oid(name));
}

/** Each commit by itself, as what would land on the line, held to the policy of main. */
export function checkEach(repository: TestRepository, commits: readonly string[]): Promise<Checked[]> {
  return withWorkspace(depsOf(repository), async (workspace) => {
    const graph = await historyOf(workspace, commits);
    const line = linesOf(workspace, graph).find(({ name }) => name === LINE);
    if (line === undefined) throw new Error(`there is no line ${LINE}`);
    const checked: Checked[] = [];
    for (const commit of commits) checked.push(await checkCommits(workspace, graph, line, [commit], NO_CONTEXT));
    for (const { commits: classed } of checked) for (const one of classed) ClassedCommit.parse(one);
    return checked;
  });
}

/** Rules of severity error that a commit breaks, in order. */
export const refusals = ({ violations }: Checked): string[] =>
  violations.flatMap(({ rule, severity, waiver }) => (severity === "error" && waiver === null ? [rule] : [])).sort();
