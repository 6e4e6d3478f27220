// Random picks as they land: made by git cherry-pick where it can, resolved at random where it cannot, and each once
// more with a random edit beyond. The verifier must tell the three apart.
import { expect, test } from "vitest";
import { compareLanded, type Landed } from "../../src/apply/class.ts";
import { lookUp, touchedPaths } from "../../src/apply/touched.ts";
import type { Conflict, TreeMerge } from "../../src/apply/tree-merge.ts";
import type { BytePath } from "../../src/object/path.ts";
import { isRegular, type TreeEntry } from "../../src/object/tree.ts";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { history } from "../support/history.ts";
import { sampleScenarios } from "../support/random-history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { materialise, printScenario, type StandingScenario } from "../support/scenario.ts";
import { engineOn, oracleVerdicts, sidesOf, type OpenEngine } from "./engine.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 2_000 : 150;
const SEED = 20_261_124;

type Edits = ReadonlyMap<BytePath, TreeEntry | null>;

/** Whole numbers below a limit, the same ones for the same seed. Source: Park and Miller's minimal generator. */
function dice(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

interface Made {
  readonly landed: Landed;
  readonly wanted: "exact" | "resolved" | "adapted";
  readonly standing: StandingScenario;
}

test(`${COUNT} random picks are exact, resolved or adapted as they were made`, async () => {
  const sandbox = makeSandbox();
  const repository = await history().create(sandbox, { bare: true });
  const standing = await materialise(sampleScenarios(COUNT, SEED), repository);
  const verdicts = await oracleVerdicts(cherryPickOracle(sandbox, repository, 2), standing);
  const open = await engineOn(repository);
  const sides = await Promise.all(standing.map(({ onto, source, mainline }) => sidesOf(open, onto, source, mainline)));
  const merges = await open.engine.merge(sides);
  const roll = dice(SEED);
  const made: Made[] = [];
  for (const [n, one] of standing.entries()) {
    const [verdict, side, merge] = [verdicts[n], sides[n], merges[n]];
    if (verdict === undefined || side === undefined || merge === undefined || verdict.kind === "error") continue;
    const tree =
      verdict.kind === "clean"
        ? verdict.tree
        : verdict.kind === "empty"
          ? side.ours
          : await resolved(open, merge, roll);
    if (tree === null) continue;
    const isStopped = merge.kind === "conflict" && merge.conflicts.length > 0;
    const add = (landedTree: string, wanted: Made["wanted"]): void => {
      const patches = [{ before: side.base, after: side.theirs }];
      made.push({ landed: { onto: side.ours, tree: landedTree, patches }, wanted, standing: one });
    };
    add(tree, isStopped ? "resolved" : "exact");
    const beyond = await edited(open, tree, merge, roll);
    if (beyond !== null) add(beyond, "adapted");
  }
  const compared = await compareLanded(
    open.engine,
    made.map(({ landed }) => landed),
  );
  const wrong = made.flatMap(({ wanted, standing: { scenario }, landed }, n) => {
    const got = compared[n];
    const kind = got?.kind === "compared" ? got.class : "missing";
    return kind === wanted
      ? []
      : [`wanted ${wanted}, got ${JSON.stringify({ got, landed })}\n${printScenario(scenario)}`];
  });
  expect(wrong).toEqual([]);
  const share = (wanted: Made["wanted"]): number => made.filter((one) => one.wanted === wanted).length / COUNT;
  expect(share("exact")).toBeGreaterThan(0.3);
  expect(share("resolved")).toBeGreaterThan(0.15);
  expect(share("adapted")).toBeGreaterThan(0.7);
  // What is beyond is always shown.
  expect(
    compared.filter((one) => one.kind === "compared" && one.class === "adapted" && one.beyond.length === 0),
  ).toEqual([]);
});

/** A conflict resolved as a person may: in the regions of texts, by one side elsewhere. Null if that is not possible. */
async function resolved(open: OpenEngine, merge: TreeMerge, roll: (below: number) => number): Promise<string | null> {
  if (merge.kind !== "conflict") throw new Error("git cherry-pick stopped where the engine did not");
  const edits = new Map<BytePath, TreeEntry | null>();
  for (const conflict of merge.conflicts) {
    const found = await lookUp(open.engine.tree, merge.tree, conflict.path);
    const options = await optionsOf(open, conflict, found);
    if (options.length === 0) return null;
    const isRegions = isText(conflict) && found !== null;
    const regions = isRegions ? settleRegions((await textOf(open, found)) ?? "", roll) : null;
    if (isRegions && regions === null) return null;
    if (regions !== null && found !== null)
      edits.set(conflict.path, { mode: found.mode, oid: open.scratch.write("blob", Buffer.from(regions, "latin1")) });
    else edits.set(conflict.path, options[roll(options.length)] ?? null);
  }
  return open.engine.splice(merge.tree, edits);
}

const isText = ({ ours, theirs, types }: Conflict): boolean =>
  ours !== null &&
  theirs !== null &&
  isRegular(ours.mode) &&
  isRegular(theirs.mode) &&
  !types.some((type) => /binary/.test(type));

/** Entries that settle a conflict as a whole; null removes the path. */
async function optionsOf(open: OpenEngine, conflict: Conflict, found: TreeEntry | null): Promise<(TreeEntry | null)[]> {
  const { ours, theirs } = conflict;
  if (isText(conflict)) {
    const text = await textOf(open, found);
    return text === null || !/^<{7} [0-9a-f]{40}\r?$/m.test(text) ? [] : [found];
  }
  const sides = [ours, theirs].filter((stage) => stage !== null).map(({ mode, oid }) => ({ mode, oid }));
  const texts = await Promise.all(sides.map((side) => textOf(open, side)));
  if (texts.some((text) => text !== null && /^[<>]{7,} [0-9a-f]{40}/m.test(text))) return []; // nested markers
  return ours === null || theirs === null ? [...sides, null] : sides;
}

async function textOf(open: OpenEngine, entry: TreeEntry | null): Promise<string | null> {
  if (entry === null || !isRegular(entry.mode)) return null;
  return (await open.scratch.reader.read(entry.oid))?.body.toString("latin1") ?? null;
}

/** Each region becomes one side, both, another text or nothing. Null if lines of its own look like its markers. */
function settleRegions(text: string, roll: (below: number) => number): string | null {
  const parts = text.split(/^<{7} [0-9a-f]{40}\r?\n([^]*?)^>{7} [0-9a-f]{40}\r?\n?/m);
  const settled = parts.map((part, n) => {
    if (n % 2 === 0) return part;
    const [ours = "", theirs = "", ...more] = part.split(/^={7}\r?\n/m);
    return more.length > 0 ? null : [ours, theirs, ours + theirs, theirs + ours, "by hand\n", ""][roll(6)];
  });
  return settled.some((part) => part === null) ? null : settled.join("");
}

/** The tree with one edit outside of all conflicted paths. */
async function edited(
  open: OpenEngine,
  tree: string,
  merge: TreeMerge,
  roll: (below: number) => number,
): Promise<string | null> {
  const conflicted = new Set(merge.kind === "conflict" ? merge.conflicts.map(({ path }) => path) : []);
  const empty = open.scratch.write("tree", Buffer.alloc(0));
  const paths = (await touchedPaths(open.engine.tree, empty, tree)).filter(({ path }) => !conflicted.has(path));
  const evil = (): TreeEntry => ({ mode: "100644", oid: open.scratch.write("blob", Buffer.from("evil\n")) });
  const chosen = paths[roll(Math.max(1, paths.length))];
  if (chosen?.after == null || roll(4) === 0)
    return open.engine.splice(tree, new Map([["zz evil" as BytePath, evil()]]));
  const { path, after } = chosen;
  const text = await textOf(open, after);
  const edits: (TreeEntry | null)[] = [null];
  if (text !== null) {
    const blob = (body: string): string => open.scratch.write("blob", Buffer.from(body, "latin1"));
    edits.push({ ...after, oid: blob(`${text}evil\n`) }, { ...after, oid: blob(`evil\n${text}`) });
    edits.push({ ...after, mode: after.mode === "100644" ? "100755" : "100644" });
  }
  const edits2: Edits = new Map([[path, edits[roll(edits.length)] ?? null]]);
  return open.engine.splice(tree, edits2);
}
