import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import fc from "fast-check";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { history } from "../support/history.ts";
import { sampleScenarios, scenario } from "../support/random-history.ts";
import { fsck } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { featuresOf } from "../support/scenario-features.ts";
import { materialise, printScenario, treeOf, type Scenario } from "../support/scenario.ts";

/** How many of 500 scenarios hold it, at least. */
const WANTED: Readonly<Record<string, number>> = {
  "edits by both sides": 100,
  "same edit on both sides": 15,
  "rename by source": 60,
  "rename by line": 50,
  "rename by source, edit by the other": 10,
  "rename by line, edit by the other": 10,
  "directory rename against an addition": 10,
  "rename/delete or rename": 10,
  "add/add": 15,
  "modify/delete": 25,
  "delete/delete": 10,
  "mode change": 15,
  "type change": 15,
  "symlink": 60,
  "submodule": 60,
  "binary content": 100,
  "CRLF": 100,
  "no last newline": 100,
  "empty file": 30,
  "root attributes": 80,
  "nested attributes": 80,
  "attribute merge=union": 40,
  "attribute binary": 30,
  "attribute -merge": 30,
  "attribute text": 40,
  "attribute merge=custom-driver": 30,
  "name with a space": 60,
  "name with a quote": 30,
  "name with a newline": 30,
  "name with a leading dash": 30,
  "name with UTF-8": 30,
  "name with bytes that are not UTF-8": 30,
  "name with great depth": 30,
  "shape root": 20,
  "shape merge1": 20,
  "shape merge2": 20,
  "empty commit": 20,
  "encoding": 20,
};

test("random histories hold every hard thing often enough", () => {
  const counts = new Map<string, number>();
  for (const one of sampleScenarios(500, 1))
    for (const name of featuresOf(one)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rare = Object.entries(WANTED).filter(([name, wanted]) => (counts.get(name) ?? 0) < wanted);
  expect(rare.map(([name]) => `${name}: ${counts.get(name) ?? 0}`)).toEqual([]);
});

test(
  "they stand in the repository as drawn, and git gives every kind of answer to them",
  { timeout: 60_000 },
  async () => {
    const sandbox = makeSandbox();
    const repository = await history().create(sandbox, { bare: true });
    const standing = await materialise(sampleScenarios(200, 2), repository);
    await fsck(repository);
    const oracle = cherryPickOracle(sandbox, repository, 2);
    const answers = await Promise.all(
      standing.map(async ({ scenario: drawn, onto, source, mainline }) => {
        const paths = await repository.gitRun(["ls-tree", "-r", "-z", "--name-only", onto]);
        expect(paths.stdout.toString("latin1").split("\0").filter(Boolean).sort()).toEqual(
          [...treeOf(drawn, "line").keys()].sort(),
        );
        return (await oracle.pick(onto, source, { mainline })).kind;
      }),
    );
    const share = (kind: string): number => answers.filter((answer) => answer === kind).length / answers.length;
    expect(share("clean")).toBeGreaterThan(0.3);
    expect(share("conflict")).toBeGreaterThan(0.25);
    expect(share("empty")).toBeGreaterThan(0.05);
    expect(share("error")).toBe(0);
  },
);

test("a failing scenario shrinks to a little and prints as a literal that makes it again", () => {
  const bothEdit = (one: Scenario): boolean => featuresOf(one).has("edits by both sides");
  const outcome = fc.check(
    fc.property(scenario(), (one) => !bothEdit(one)),
    { seed: 3, numRuns: 500 },
  );
  const [smallest] = outcome.counterexample ?? [];
  if (smallest === undefined) throw new Error("no scenario had edits by both sides");
  const literal = printScenario(smallest);
  expect(fc.stringify(smallest)).toBe(literal);
  expect(literal.length).toBeLessThan(1000);
  const pasted: unknown = runInNewContext(`(${literal})`);
  expect(pasted).toEqual(smallest);
});
