import { expect, test } from "vitest";
import type { TreeMerge } from "../../src/apply/tree-merge.ts";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { history } from "../support/history.ts";
import { sampleScenarios } from "../support/random-history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { materialise, type Scenario } from "../support/scenario.ts";
import { engineOn, mismatches, oracleVerdicts, sidesOf, verdictOf, type OpenEngine, type Sides } from "./engine.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 2_000 : 200;
const SEED = 20_260_101;

/** Both ways that the engine asks git: many merges at once, and one that waits for the one before. */
async function inBoth(open: OpenEngine, sides: readonly Sides[]): Promise<{ batch: TreeMerge[]; series: TreeMerge[] }> {
  const batch = await open.engine.merge(sides);
  const series: TreeMerge[] = [];
  for (const one of sides) series.push(...(await open.engine.merge([one])));
  return { batch, series };
}

async function compare(scenarios: readonly Scenario[]): Promise<{ mismatches: string[]; merges: TreeMerge[] }> {
  const sandbox = makeSandbox();
  const repository = await history().create(sandbox, { bare: true });
  const standing = await materialise(scenarios, repository);
  const wanted = await oracleVerdicts(cherryPickOracle(sandbox, repository, 2), standing);
  const open = await engineOn(repository);
  const sides = await Promise.all(standing.map(({ onto, source, mainline }) => sidesOf(open, onto, source, mainline)));
  const { batch, series } = await inBoth(open, sides);
  const found = [batch, series].map((merges) => {
    const got = merges.map((merge, n) => verdictOf(merge, sides[n]?.ours ?? ""));
    return mismatches(open, repository, standing, wanted, got);
  });
  return { mismatches: (await Promise.all(found)).flat(), merges: batch };
}

test(`${COUNT} random picks come out as git cherry-pick's, in batches and one by one`, async () => {
  const { mismatches: found, merges } = await compare(sampleScenarios(COUNT, SEED));
  expect(found).toEqual([]);
  const share = (matches: (merge: TreeMerge) => boolean): number => merges.filter(matches).length / merges.length;
  // Both paths take part, with both answers: neither is tested by the other's absence.
  expect(share((merge) => merge.kind === "clean" && !merge.whole)).toBeGreaterThan(0.25);
  expect(share((merge) => merge.kind === "conflict" && !merge.whole)).toBeGreaterThan(0.05);
  expect(share((merge) => merge.kind === "clean" && merge.whole)).toBeGreaterThan(0.05);
  expect(share((merge) => merge.kind === "conflict" && merge.whole)).toBeGreaterThan(0.1);
});

const LINES = Array.from({ length: 20 }, (_, n) => `line ${n}\n`);
const text = (changed: Readonly<Record<number, string>> = {}): string =>
  LINES.map((line, n) => changed[n] ?? line).join("");

/** What random scenarios have found, or could only find by luck. */
const REGRESSIONS: Readonly<Record<string, Scenario>> = {
  "a macro of the root's attributes is used in a directory's": {
    shape: "ordinary",
    base: {
      ".gitattributes": "[attr]mine merge=union\n",
      "lib/.gitattributes": "a.txt mine\n",
      "lib/a.txt": text(),
    },
    source: { "lib/a.txt": text({ 3: "fixed\n" }) },
    line: { "lib/a.txt": text({ 3: "of the line\n" }) },
  },
  "git fails an assertion (merge-ort's process_renames, 2.38 to 2.51 at least)": {
    shape: "ordinary",
    base: { "a/one.txt": { executable: "\x89BIN\0one\0\xff" }, "c": text(), "src/lib/x.py": text({ 1: "\n" }) },
    source: {
      "a/one.txt": null,
      "src/lib/x.py": null,
      "src/lib": { executable: "\x89BIN\0one\0\xff" },
      "src/added.txt": text({ 1: "\n" }),
    },
    line: { "a/one.txt": null, "c": null, "deep/c": text() },
  },
  "a macro is made of a macro": {
    shape: "ordinary",
    base: { ".gitattributes": "[attr]mine merge=union\n[attr]more mine\n*.txt more\n", "a.txt": text() },
    source: { "a.txt": text({ 3: "fixed\n" }) },
    line: { "a.txt": text({ 3: "of the line\n" }) },
  },
  "attributes begin with a byte order mark": {
    shape: "ordinary",
    base: { ".gitattributes": "\xef\xbb\xbfa.txt merge=union\n", "a.txt": text() },
    source: { "a.txt": text({ 3: "fixed\n" }) },
    line: { "a.txt": text({ 3: "of the line\n" }) },
  },
  "a pattern holds the byte 0xa0": {
    shape: "ordinary",
    base: { ".gitattributes": "voil\xc3\xa0.txt merge=union\n", "voil\xc3\xa0.txt": text() },
    source: { "voil\xc3\xa0.txt": text({ 3: "fixed\n" }) },
    line: { "voil\xc3\xa0.txt": text({ 3: "of the line\n" }) },
  },
  "a CRLF file that attributes call binary is renamed with LF": {
    shape: "ordinary",
    base: {
      ".gitattributes": "*.txt -diff\n*.log -diff\n",
      "a.txt": text().replaceAll("\n", "\r\n"),
    },
    source: { "a.txt": text({ 3: "fixed\n" }).replaceAll("\n", "\r\n") },
    line: { "a.txt": null, "b.log": text() },
  },
  "a CRLF file is renamed with LF": {
    shape: "ordinary",
    base: { "a.txt": text().replaceAll("\n", "\r\n") },
    source: { "a.txt": text({ 3: "fixed\n" }).replaceAll("\n", "\r\n") },
    line: { "a.txt": null, "b.log": text() },
  },
  "the line moved a directory, the source adds in a directory below it": {
    shape: "ordinary",
    base: { "old/a": text(), "old/b": text({ 1: "b\n" }), "old/c": text({ 2: "c\n" }), "k": "k\n" },
    source: { "old/below/new": "new\n" },
    line: {
      "old/a": null,
      "old/b": null,
      "old/c": null,
      "now/a": text(),
      "now/b": text({ 1: "b\n" }),
      "now/c": text({ 2: "c\n" }),
    },
  },
  "the source moves a directory into the one that the line adds to": {
    shape: "ordinary",
    base: { "old/a": text(), "old/b": text({ 1: "b\n" }) },
    source: { "old/a": null, "old/b": null, "new/a": text(), "new/b": text({ 1: "b\n" }) },
    line: { "new/own": "own\n" },
  },
  "both move a directory to the same place, each adds in it": {
    shape: "ordinary",
    base: { "old/a": text(), "old/b": text({ 1: "b\n" }) },
    source: { "old/a": null, "old/b": null, "new/a": text(), "new/b": text({ 1: "b\n" }), "new/s": "s\n" },
    line: { "old/a": null, "old/b": null, "new/a": text(), "new/b": text({ 1: "b\n" }), "new/l": "l\n" },
  },
  "a file makes room for a directory of its name": {
    shape: "ordinary",
    base: { a: text(), k: "k\n" },
    source: { "a": null, "a/b/c": text() },
    line: { k: "l\n" },
  },
  "a directory makes room for a file of its name": {
    shape: "ordinary",
    base: { "a/b/c": text(), "k": "k\n" },
    source: { "a/b/c": null, "a": text({ 2: "two\n" }) },
    line: { k: "l\n" },
  },
  "the only file goes": { shape: "ordinary", base: { "a/b/c": text() }, source: { "a/b/c": null }, line: {} },
};

test("named scenarios that were wrong, or nearly, come out as git cherry-pick's", async () => {
  const { mismatches: found } = await compare(Object.values(REGRESSIONS));
  expect(found).toEqual([]);
});
