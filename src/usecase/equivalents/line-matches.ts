// One source commit and many lines: the commits of each line that may be it, judged from both sides.
import type { Features } from "../../equivalence/features.ts";
import type { Judgement } from "../../equivalence/judge.ts";
import { union } from "../../equivalence/union.ts";
import { candidatesOf } from "../../index/candidates.ts";
import type { Original, Originals } from "./originals.ts";

export interface Found {
  readonly line: string;
  readonly source: number;
  readonly commit: number;
  /** Null: the commit is the source itself. */
  readonly judged: (Judgement & { readonly features: Features; readonly chain: readonly number[] | null }) | null;
  /** Further commits of the line that carry the rest of the source. */
  readonly parts: readonly number[];
  /** Further commits of main that the commit carries. */
  readonly others: readonly number[];
}

/** Candidates on all lines together. */
const MOST = 80;
/** A commit whose lines are the source's to this share may be a part of it. */
const PART = 0.6;
/** A part has at least this share of the whole. */
const SMALL = 0.1;
/** With this share of the whole a commit is no part. */
const WHOLE = 0.8;

/** Picks that come from one set of patches score this near to each other. */
const NEAR = 0.05;

/** Whether a line reaches a commit. */
interface Reach {
  readonly name: string;
  readonly reached: (number: number) => boolean;
}

/** Every commit of a line that is not plainly different, in no order. `insisted` are looked at whatever they hold. */
export function lineMatches(
  originals: Originals,
  main: number | null,
  source: number,
  lines: readonly { readonly name: string; readonly tip: string }[],
  insisted: readonly number[],
): Found[] {
  const { graph } = originals.index;
  const query = originals.compared(source);
  const reach = reachOf(originals, lines);
  const found: Found[] = reach
    .filter(({ reached }) => reached(source))
    .map(({ name }) => ({ line: name, source, commit: source, judged: null, parts: [], others: [] }));
  const asked = reach.filter(({ reached }) => !reached(source));
  if (query === null || asked.length === 0) return found;
  const inLine = (number: number): boolean => asked.some(({ reached }) => reached(number));
  const behind = (number: number): boolean => graph.isAncestor(number, source);
  const inMain = (number: number): boolean => (main !== null && graph.isAncestor(number, main)) || behind(number);
  const named = [...originals.namedBy(source), ...insisted];
  const candidates = candidatesOf(originals.index, { number: source, ...query }, named, inLine, MOST);
  const judgedAll = new Map<number, Original>();
  for (const commit of candidates) {
    if (!named.includes(commit) && !originals.mayBeLike(commit, source)) continue;
    const judged = originals.judge(commit, source);
    if (judged === null) continue;
    judgedAll.set(commit, judged);
    // What the source stands on is the same only to the letter: applied, taken back, applied again.
    if (judged.features.bareEqual === 0 && behind(commit)) continue;
    const squash = squashed(originals, commit, judged, inMain);
    const best = squash !== null && squash.judged.score > judged.score ? squash.judged : judged;
    const isInsisted = insisted.includes(commit);
    // Whether the patch IDs are equal too is found out later, for all such commits at once.
    if (!isInsisted && best.band === "different" && best.features.bareEqual === 0) continue;
    if (!isInsisted && squash === null && !isPlain(judged) && outdone(originals, commit, judged, inMain)) continue;
    for (const { name, reached } of asked)
      if (reached(commit))
        found.push({ line: name, source, commit, judged: best, parts: [], others: squash?.others ?? [] });
  }
  for (const line of asked) {
    const own = found.filter((one) => one.line === line.name);
    if (own.some(({ judged }) => judged !== null && judged.features.ofCandidate >= WHOLE)) continue;
    const together = split(originals, source, line, judgedAll);
    if (together === null) continue;
    const parts = [together.commit, ...together.parts];
    found.splice(
      0,
      found.length,
      ...found.filter((one) => !(own.includes(one) && parts.includes(one.commit))),
      together,
    );
  }
  return found;
}

function reachOf(originals: Originals, lines: readonly { readonly name: string; readonly tip: string }[]): Reach[] {
  const { graph } = originals.index;
  const tips = lines.flatMap(({ name, tip }) => {
    const number = graph.find(tip);
    return number === null ? [] : [{ name, number }];
  });
  graph.track(tips.map(({ number }) => number));
  return tips.map(({ name, number: tip }) => ({ name, reached: (number) => graph.isAncestor(number, tip) }));
}

/** Nothing on main could explain the commit better. */
function isPlain({ features, chain, unlike }: Original): boolean {
  if (chain !== null && !unlike) return true;
  if (features.bareEqual === 1) return features.dateEqual === 1 || features.subjectEqual === 1;
  return features.dateEqual === 1 && features.author === 1 && features.subjectEqual === 1;
}

/** Another commit of main explains the commit better than the source does. */
function outdone(originals: Originals, commit: number, own: Original, inMain: (number: number) => boolean): boolean {
  const query = originals.compared(commit);
  if (query === null) return false;
  return originals
    .of(commit, query, inMain)
    .some(({ number, score }) => number !== own.number && score > own.score + NEAR);
}

/** A commit that holds the whole source and more: with which other commits of main it makes a match. */
function squashed(
  originals: Originals,
  commit: number,
  { number: source, features }: Original,
  inMain: (number: number) => boolean,
): { judged: NonNullable<Found["judged"]>; others: number[] } | null {
  const query = originals.compared(commit);
  const first = originals.compared(source);
  if (query === null || first === null || features.ofCandidate < WHOLE) return null;
  if (features.ofQuery < SMALL || features.ofQuery >= WHOLE) return null;
  const others = originals
    .of(commit, query, inMain)
    .filter((one) => one.number !== source && one.features.ofCandidate >= WHOLE && one.features.ofQuery >= SMALL)
    .map(({ number }) => number);
  if (others.length === 0) return null;
  const whole = union(
    first,
    others.flatMap((other) => originals.compared(other) ?? []),
  );
  const judged = { ...originals.judgeUnion(query, whole), chain: null };
  return judged.band === "different" ? null : { judged, others };
}

/** Commits of a line that make up the source together, none of them alone. */
function split(
  originals: Originals,
  source: number,
  line: Reach,
  judgedAll: ReadonlyMap<number, Original>,
): Found | null {
  const whole = originals.compared(source);
  const parts = [...judgedAll]
    .filter(
      ([
        commit,
        {
          features: { ofQuery, ofCandidate },
        },
      ]) => {
        return line.reached(commit) && ofQuery >= PART && ofCandidate >= SMALL && ofCandidate < WHOLE;
      },
    )
    .sort(([, a], [, b]) => b.features.ofCandidate - a.features.ofCandidate)
    .map(([commit]) => commit);
  const [first, ...rest] = parts;
  const query = first === undefined ? null : originals.compared(first);
  if (first === undefined || rest.length === 0 || whole === null || query === null) return null;
  const together = union(
    query,
    rest.flatMap((part) => originals.compared(part) ?? []),
  );
  const judged = { ...originals.judgeUnion(together, whole), chain: null };
  if (judged.band === "different") return null;
  return { line: line.name, source, commit: first, judged, parts: rest, others: [] };
}
