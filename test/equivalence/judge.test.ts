import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Features } from "../../src/equivalence/features.ts";
import { judge } from "../../src/equivalence/judge.ts";
import { INPUTS } from "../../src/equivalence/inputs.ts";
import { bandOf, probability } from "../../src/equivalence/model.ts";
import { WEIGHTS } from "../../src/equivalence/weights.ts";

const NOTHING: Features = {
  bareEqual: 0,
  exactEqual: 0,
  lines: 0,
  ofQuery: 0,
  ofCandidate: 0,
  shared: 0,
  disjoint: 0,
  opposite: 0,
  paths: 0,
  names: 0,
  tiny: 0,
  subjectEqual: 0,
  subject: 0,
  numbers: 0,
  body: 0,
  bothBodies: 0,
  author: 0,
  dateEqual: 0,
  dateNear: 0,
  later: 0,
};
const PICK: Features = {
  ...NOTHING,
  bareEqual: 1,
  exactEqual: 1,
  lines: 1,
  ofQuery: 1,
  ofCandidate: 1,
  shared: 0.5,
  paths: 1,
  names: 1,
  subjectEqual: 1,
  subject: 1,
  author: 1,
  dateEqual: 1,
  dateNear: 1,
};
const UNNAMED = { named: false, pull: false };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const features = fc.record(
  Object.fromEntries(Object.keys(NOTHING).map((name) => [name, share])),
) as fc.Arbitrary<Features>;

describe("the model", () => {
  test("gives a probability for whatever it is given", () => {
    fc.assert(
      fc.property(features, (given) => {
        const score = probability(given);
        expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });

  test("has a weight for every input and for nothing else", () => {
    expect(Object.keys(WEIGHTS).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      [...Object.keys(INPUTS), "bias"].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  test("knows a plain pick, and two commits that share nothing", () => {
    expect([bandOf(probability(PICK)), bandOf(probability(NOTHING))]).toEqual(["same", "different"]);
  });
});

describe("claims", () => {
  const adapted: Features = { ...NOTHING, lines: 0.3, ofQuery: 0.5, ofCandidate: 0.4, shared: 0.3, names: 1 };

  test("count where the contents resemble", () => {
    expect([judge(adapted, UNNAMED).band, judge(adapted, { named: true, pull: false }).band]).toEqual([
      "different",
      "same",
    ]);
  });

  test("are a question where they do not, however well all else fits", () => {
    const forged: Features = {
      ...PICK,
      bareEqual: 0,
      exactEqual: 0,
      lines: 0,
      ofQuery: 0,
      ofCandidate: 0,
      shared: 0,
      disjoint: 1,
    };
    expect(judge(forged, { named: true, pull: false })).toMatchObject({ band: "ask", unlike: true });
  });

  test("of a common pull request raise the odds, and never for contents that differ", () => {
    const [plain, pull] = [judge(adapted, UNNAMED), judge(adapted, { named: false, pull: true })];
    expect(pull.score).toBeGreaterThan(plain.score);
    const apart: Features = { ...adapted, lines: 0, ofQuery: 0, ofCandidate: 0, shared: 0, disjoint: 1 };
    expect(judge(apart, { named: false, pull: true }).score).toBe(judge(apart, UNNAMED).score);
  });
});

test("the same changed lines are at least a question, unless there are hardly any", () => {
  const bare: Features = {
    ...NOTHING,
    bareEqual: 1,
    lines: 1,
    ofQuery: 1,
    ofCandidate: 1,
    shared: 0.3,
    paths: 1,
    names: 1,
  };
  expect(judge(bare, UNNAMED).band).toBe("ask");
  expect(judge({ ...bare, tiny: 1 }, UNNAMED).band).toBe("different");
});
