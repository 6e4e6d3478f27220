// Random picks, most of them hard: clashes of two sides over the same files, drawn so that fast-check can shrink them.
import fc from "fast-check";
import { action, applyAction, directoryAdditions, edited, type Action, type Side } from "./random-action.ts";
import { attributes, content, message, PATHS } from "./random-content.ts";
import { printable, type Delta, type Scenario } from "./scenario.ts";
import { difference, put, type Entry, type FileTree } from "./tree.ts";

/** What the two sides do about one file of the base; null for a side that does nothing. */
interface Clash {
  readonly target: number;
  readonly source: Action | null;
  readonly line: Action | null;
}

const clash: fc.Arbitrary<Clash> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ target: fc.nat(99), source: action, line: action }) },
  { weight: 3, arbitrary: fc.record({ target: fc.nat(99), source: edited, line: edited }) },
  { weight: 4, arbitrary: fc.record({ target: fc.nat(99), source: action, line: fc.constant(null) }) },
  { weight: 2, arbitrary: fc.record({ target: fc.nat(99), source: fc.constant(null), line: action }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(99), action).map(([target, both]) => ({ target, source: both, line: both })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(99), directoryAdditions, fc.boolean()).map(([target, { move, add }, swap]) => ({
      target,
      source: swap ? add : move,
      line: swap ? move : add,
    })),
  },
);

const baseFile: fc.Arbitrary<readonly [string, Entry]> = fc.tuple(
  fc.constantFrom(...PATHS),
  fc.oneof(
    { weight: 12, arbitrary: content },
    { weight: 1, arbitrary: content.map((body) => ({ executable: body })) },
    { weight: 1, arbitrary: fc.constantFrom("one.txt", "../top.txt", "nowhere").map((symlink) => ({ symlink })) },
    { weight: 1, arbitrary: fc.constantFrom("module 1", "module 2").map((submodule) => ({ submodule })) },
  ),
);

interface Drawn {
  readonly files: readonly (readonly [string, Entry])[];
  readonly attributes: readonly (readonly [string, string])[];
  readonly clashes: readonly Clash[];
  readonly shape: Pick<Scenario, "shape" | "mainline">;
  readonly words: Pick<Scenario, "message" | "encoding" | "author">;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  files: fc.array(baseFile, { minLength: 2, maxLength: 9, size: "max" }),
  attributes: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(attributes, { minLength: 1, maxLength: 2 }) },
  ),
  clashes: fc.oneof(
    { weight: 19, arbitrary: fc.array(clash, { minLength: 1, maxLength: 4, size: "max" }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  shape: fc.oneof(
    { weight: 8, arbitrary: fc.constant({ shape: "ordinary" as const }) },
    { weight: 1, arbitrary: fc.constant({ shape: "merge" as const, mainline: 1 as const }) },
    { weight: 1, arbitrary: fc.constant({ shape: "merge" as const, mainline: 2 as const }) },
    { weight: 1, arbitrary: fc.constant({ shape: "root" as const }) },
  ),
  words: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: message }),
});

/** Random picks. A failing one shrinks to few files and few lines and prints as a literal. */
export function scenario(): fc.Arbitrary<Scenario> {
  return drawn.map((draw) => printable(scenarioOf(draw)));
}

/** The same scenarios for the same seed, to be written in one go by `materialise`. */
export function sampleScenarios(count: number, seed: number): Scenario[] {
  return fc.sample(scenario(), { numRuns: count, seed });
}

function scenarioOf({ files, attributes: attributeFiles, clashes, shape, words }: Drawn): Scenario {
  const base: FileTree = new Map();
  for (const [path, entry] of [...files, ...attributeFiles]) put(base, path, entry);
  const targets = [...base.keys()];
  const side = (which: "source" | "line"): Delta => {
    const state: Side = { tree: new Map(base), moved: new Map(targets.map((path) => [path, path])) };
    for (const { target, [which]: act } of clashes) {
      const path = targets[target % targets.length];
      if (path !== undefined && act !== null) applyAction(state, path, act);
    }
    return Object.fromEntries(difference(base, state.tree));
  };
  return { ...shape, base: Object.fromEntries(base), source: side("source"), line: side("line"), ...words };
}
