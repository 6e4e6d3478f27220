import { describe, expect, onTestFinished, test } from "vitest";
import {
  MergeConversation,
  MergeParser,
  mergeTrees,
  type MergeRequest,
  type MergeResult,
} from "../../src/git/merge-tree.ts";
import { Scratch } from "../../src/git/scratch.ts";
import type { BytePath } from "../../src/object/path.ts";
import { serialiseTree } from "../../src/object/tree.ts";
import { history } from "../support/history.ts";
import { sampleScenarios } from "../support/random-history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { materialise } from "../support/scenario.ts";
import { lines } from "../support/case/case.ts";
import { submodule } from "../support/case/entries.ts";
import { scratchOn } from "./open.ts";

async function requestsOf(repository: TestRepository, scratch: Scratch, count: number): Promise<MergeRequest[]> {
  const standing = await materialise(sampleScenarios(count, 9), repository);
  return Promise.all(
    standing.map(async ({ onto, source, mainline }) => {
      const [tip, picked] = [await scratch.reader.commit(onto), await scratch.reader.commit(source)];
      const parent = picked?.parents[(mainline ?? 1) - 1];
      const base = parent === undefined ? null : await scratch.reader.commit(parent);
      const empty = scratch.write("tree", Buffer.alloc(0));
      return { base: base?.tree ?? empty, ours: tip?.tree ?? "", theirs: picked?.tree ?? "" };
    }),
  );
}

const told = history()
  .commit("base", { files: { a: lines(9), b: lines(9), k: "k\n", m: submodule("1") } })
  .commit("clean", { files: { a: lines(9, { 2: "fixed" }) } })
  .branch("side", "base")
  .commit("conflict", { files: { a: lines(9, { 2: "other" }), b: null, m: submodule("2") } })
  .branch("both", "base")
  .commit("both", { files: { b: lines(9, { 2: "b" }), m: submodule("3") } });

async function treesOf(repository: TestRepository): Promise<(mark: string) => string> {
  const marks = [...repository.history.commits.keys()];
  const trees = await Promise.all(marks.map((mark) => repository.git(["rev-parse", `${repository.oid(mark)}^{tree}`])));
  return (mark) => trees[marks.indexOf(mark)] ?? "";
}

/** A merge of a file that differs on all sides, and whose contents are not there. */
function lacking(scratch: Scratch): MergeRequest {
  const side = (digit: string): string => {
    const entry = { mode: "100644", oid: digit.repeat(40) };
    return scratch.write("tree", serialiseTree(new Map([["a" as BytePath, entry]])));
  };
  return { base: side("1"), ours: side("2"), theirs: side("3") };
}

async function toldRequests(): Promise<{ scratch: Scratch; requests: MergeRequest[] }> {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const tree = await treesOf(repository);
  const requests = [
    { base: tree("base"), ours: tree("base"), theirs: tree("clean") },
    { base: tree("base"), ours: tree("conflict"), theirs: tree("clean") },
    { base: tree("base"), ours: tree("conflict"), theirs: tree("both") },
    { base: tree("base"), ours: tree("clean"), theirs: tree("both") },
  ];
  return { scratch, requests };
}

describe("the parser", () => {
  /** As git 2.39 answers: clean, a conflict, two conflicts and its advice on submodules, clean with a message. */
  const oid = (digit: string): string => digit.repeat(40);
  const ANSWER = Buffer.from(
    [
      "1",
      oid("1"),
      "",
      "",
      "0",
      oid("2"),
      `100644 ${oid("a")} 1\ta`,
      `100644 ${oid("b")} 2\ta`,
      `100644 ${oid("c")} 3\ta`,
      "",
      "1",
      "a",
      "Auto-merging",
      "Auto-merging a\n",
      "1",
      "a",
      "CONFLICT (contents)",
      "CONFLICT (content): Merge conflict in a\n",
      "",
      "0",
      oid("3"),
      `160000 ${oid("d")} 1\tm`,
      `160000 ${oid("e")} 2\tnew\nline \xff`,
      "",
      "2",
      "m",
      "new\nline \xff",
      "CONFLICT (submodule)",
      "Failed to merge submodule m\n",
      "Recursive merging with submodules currently only supports trivial cases.\n - go to m\n",
      "1",
      oid("4"),
      "",
      "1",
      "b",
      "Auto-merging",
      "Auto-merging b\n",
      "",
      "",
    ].join("\0"),
    "latin1",
  );
  const whole = new MergeParser();
  whole.push(ANSWER);

  test("reads trees, stages and messages, and passes over advice for people", () => {
    const stage = (mode: string, digit: string, n: number, path: string): object => ({
      mode,
      oid: oid(digit),
      stage: n,
      path,
    });
    expect(whole.results).toEqual([
      { kind: "merged", clean: true, tree: oid("1"), stages: [], messages: [] },
      {
        kind: "merged",
        clean: false,
        tree: oid("2"),
        stages: [stage("100644", "a", 1, "a"), stage("100644", "b", 2, "a"), stage("100644", "c", 3, "a")],
        messages: [
          { paths: ["a"], type: "Auto-merging" },
          { paths: ["a"], type: "CONFLICT (contents)" },
        ],
      },
      {
        kind: "merged",
        clean: false,
        tree: oid("3"),
        stages: [stage("160000", "d", 1, "m"), stage("160000", "e", 2, "new\nline \xff")],
        messages: [{ paths: ["m", "new\nline \xff"], type: "CONFLICT (submodule)" }],
      },
      { kind: "merged", clean: true, tree: oid("4"), stages: [], messages: [{ paths: ["b"], type: "Auto-merging" }] },
    ]);
  });

  test("gives the same wherever the output is cut in two, and byte by byte", () => {
    for (let at = 0; at <= ANSWER.length; at++) {
      const parser = new MergeParser();
      parser.push(ANSWER.subarray(0, at));
      parser.push(ANSWER.subarray(at));
      expect(parser.results).toEqual(whole.results);
    }
    const parser = new MergeParser();
    for (const byte of ANSWER) parser.push(Buffer.from([byte]));
    expect(parser.results).toEqual(whole.results);
  });

  test("has no result before the last byte of it", () => {
    const parser = new MergeParser();
    parser.push(ANSWER.subarray(0, -1));
    expect(parser.results).toHaveLength(3);
  });

  test("reads what this git says: clean, conflicts, and a submodule conflict with its advice", async () => {
    const { scratch, requests } = await toldRequests();
    const results = await mergeTrees(scratch, requests, scratch.attributeTree("", new Map()));
    expect(results.map((result) => result.kind === "merged" && result.clean)).toEqual([true, false, false, true]);
    expect(results[2]).toMatchObject({
      stages: [{ path: "b" }, { path: "b" }, { path: "m" }, { path: "m" }, { path: "m" }],
    });
    expect(results[2]).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ paths: ["m"] })]) as object,
    });
  });
});

test("one merge a process, as git 2.38 needs it, gives what a batch gives", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const requests = await requestsOf(repository, scratch, 40);
  const attributes = scratch.attributeTree("", new Map());
  const { repository: opened } = scratch;
  const old = new Scratch({ ...opened, capabilities: { ...opened.capabilities, mergeStdin: false } });
  onTestFinished(() => old.close());
  const asked = [...requests, lacking(old), ...requests.slice(0, 3)];
  const known = (result: MergeResult): unknown => (result.kind === "failed" ? result.kind : result);
  lacking(scratch);
  old.write("tree", Buffer.alloc(0)); // the base of root commits
  const [single, batch] = [
    await mergeTrees(old, asked, old.attributeTree("", new Map())),
    await mergeTrees(scratch, asked, attributes),
  ];
  expect(single.map(known)).toEqual(batch.map(known));
  expect(single.filter(({ kind }) => kind === "failed")).toHaveLength(1);
});

test("a merge that git dies on fails alone, with git's words, wherever it stands in the batch", async () => {
  const { scratch, requests } = await toldRequests();
  const attributes = scratch.attributeTree("", new Map());
  const wanted = await mergeTrees(scratch, requests, attributes);
  const broken = lacking(scratch);
  for (let at = 0; at <= requests.length; at++) {
    const results = await mergeTrees(scratch, requests.toSpliced(at, 0, broken, broken), attributes);
    expect(results.toSpliced(at, 2)).toEqual(wanted);
    for (const result of results.slice(at, at + 2))
      expect(result).toMatchObject({ kind: "failed", stderr: expect.stringContaining("1111") as string });
  }
});

test("more merges than a process serves come in order", async () => {
  const { scratch, requests } = await toldRequests();
  const attributes = scratch.attributeTree("", new Map());
  const wanted = await mergeTrees(scratch, requests, attributes);
  const many = Array.from({ length: 1_100 }, (_, n) => requests[n % requests.length] as MergeRequest);
  const results = await mergeTrees(scratch, many, attributes);
  expect(results).toEqual(many.map((_, n) => wanted[n % wanted.length]));
});

test("a conversation answers each question before the next is asked, and says when its process is gone", async () => {
  const { scratch, requests } = await toldRequests();
  const attributes = scratch.attributeTree("", new Map());
  const program = scratch.conversationProgram();
  if (program === null) return; // git before 2.39, or no stdbuf: nobody converses
  const wanted = await mergeTrees(scratch, requests, attributes);
  const conversation = new MergeConversation(scratch, attributes, program);
  for (const [n, request] of requests.entries()) expect(await conversation.merge(request)).toEqual(wanted[n]);
  const broken = lacking(scratch);
  expect(await conversation.merge(broken)).toMatchObject({ kind: "failed" });
  expect(conversation.alive).toBe(false);
  conversation.close();
});

test("a git that holds back its answers until the end of the questions is asked no more in that way", async () => {
  const { scratch, requests } = await toldRequests();
  const attributes = scratch.attributeTree("", new Map());
  if (!scratch.repository.capabilities.mergeStdin) return; // git 2.38: nobody converses
  const [request] = requests as [MergeRequest];
  const wanted = await mergeTrees(scratch, [request], attributes);
  const conversation = new MergeConversation(scratch, attributes, ["env", "GIT_FLUSH=0", "git"]);
  expect([await conversation.merge(request)]).toEqual(wanted);
  expect([conversation.alive, scratch.conversationProgram()]).toEqual([false, null]);
});
