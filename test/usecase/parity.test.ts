import { describe, expect, test } from "vitest";
import { hashObject } from "../../src/object/hash.ts";
import { quotePath, type BytePath } from "../../src/object/path.ts";
import { plan } from "../../src/usecase/plan.ts";
import type { PickOptions, PlannedLine } from "../../src/wire/plan.ts";
import { PICK_CASES, standCase, type PickCase, type StandingCase } from "../support/cases.ts";
import { cherryPickOracle, type CherryPickResult } from "../support/cherry-pick.ts";
import { CLOCK } from "../support/environment.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const LINE = "release/v1";

/** Messages whose bytes nobody declared: git rewrites them as if they were latin1, and a pick leaves them alone. */
const UNDECLARED = /^(message: bytes that are not declared|encoding: undeclared author bytes)/;

// `-x` is always on, so a case with and without it is one.
const CASES = PICK_CASES.filter(({ name }) => !/^message: .*; plain$/.test(name));

async function planned(sandbox: Sandbox, standing: StandingCase, twice: boolean): Promise<PlannedLine> {
  const { repository, onto, sources, options } = standing;
  await repository.git(["update-ref", `refs/heads/${LINE}`, onto]);
  const wanted: PickOptions = {
    mainline: options.mainline ?? null,
    signoff: options.signoff ?? false,
    trailers: [],
    messages: {},
    via: "source",
    toBranch: null,
  };
  const deps = { cwd: repository.path, environment: sandbox.env, now: CLOCK };
  const input = { revisions: sources, onto: [LINE], options: wanted, fetch: false };
  const first = await plan(deps, input);
  // What is remembered from the first run must not change the second.
  if (twice) expect(await plan(deps, input)).toEqual(first);
  const line = first.kind === "plan" ? first.plan.lines[0] : undefined;
  if (line === undefined) throw new Error("no line was planned");
  return line;
}

/** One line, equal for equal answers; for clean picks the commit's ID stands for all its bytes. */
function ofPlan(line: PlannedLine): string {
  const stopped = line.picks.find(({ source }) => source === line.firstFailure);
  switch (stopped?.outcome.kind) {
    case "refused":
      return stopped.outcome.reason;
    case "not-applicable":
      return `conflict at ${stopped.source}`;
    case "conflict": {
      const stages = stopped.outcome.paths.flatMap(({ path, base, ours, theirs }) =>
        [base, ours, theirs].flatMap((stage, n) =>
          stage === null ? [] : [`${settled(path)} ${n + 1} ${stage.mode} ${stage.oid}`],
        ),
      );
      return [`conflict at ${stopped.source}`, ...stages.sort()].join("\n");
    }
    default: {
      const clean = line.picks.findLast(({ outcome }) => outcome.kind === "clean")?.outcome;
      return clean?.kind === "clean" ? `tree ${clean.tree} commit ${line.result}` : "empty";
    }
  }
}

function ofGit(answer: CherryPickResult): string {
  switch (answer.kind) {
    case "clean":
      return `tree ${answer.tree} commit ${answer.commit}`;
    case "conflict": {
      const stages = answer.unmerged.flatMap(({ path, stages: found }) =>
        found.map(({ stage, mode, oid }) => `${settled(quotePath(path as BytePath))} ${stage} ${mode} ${oid}`),
      );
      return [`conflict at ${answer.source}`, ...stages.sort()].join("\n");
    }
    case "empty":
    case "error":
      return answer.kind;
  }
}

/** A file that made room for another is named after its side; what a side is called is no part of parity. */
function settled(path: string): string {
  return path.replace(/~(HEAD|[0-9a-f]{40,64}|[0-9a-f]{7,} \(.*\))(_\d+)?("?)$/, "~side$3");
}

async function both(one: PickCase): Promise<{ line: PlannedLine; we: string; git: string; answer: CherryPickResult }> {
  const sandbox = makeSandbox();
  const standing = await standCase(one, sandbox);
  const { mainline, signoff } = standing.options;
  const oracle = cherryPickOracle(sandbox, standing.repository);
  const options = { x: true, ...(mainline == null ? {} : { mainline }), ...(signoff === true ? { signoff } : {}) };
  const answer = await oracle.pick(standing.onto, standing.sources, options);
  const line = await planned(sandbox, standing, !one.name.startsWith("message: "));
  return { line, we: ofPlan(line), git: ofGit(answer), answer };
}

const REFUSED: Readonly<Record<string, string>> = {
  "merge without mainline": "merge-without-mainline",
  "merge, mainline 3": "no-such-parent",
  "ordinary commit with mainline": "mainline-not-a-merge",
};

function refusal(name: string): string | undefined {
  return REFUSED[name.replace("SHA-256: ", "")];
}

const isPlain = ({ name, exception }: PickCase): boolean =>
  exception === undefined && !UNDECLARED.test(name) && refusal(name) === undefined;

describe("a pick is git cherry-pick's, to the last byte of the commit", () => {
  test.each(CASES.filter(isPlain))("$name", async (one) => {
    const { line, we, git } = await both(one);
    const applicable = line.picks.every(({ outcome }) => outcome.kind !== "not-applicable");
    expect(we).toBe(applicable ? git : git.split("\n")[0]); // what has nothing to apply to has no stages to show
  });
});

describe("what git refuses is refused, with the reason", () => {
  test.each(CASES.filter(({ name }) => refusal(name) !== undefined))("$name", async (one) => {
    const { we, git } = await both(one);
    expect({ we, git }).toEqual({ we: refusal(one.name), git: "error" });
  });
});

describe("exceptions to parity, by name", () => {
  test.each(CASES.filter(({ name }) => UNDECLARED.test(name)))("$name stay as they are", async (one) => {
    const { line, answer } = await both(one);
    if (answer.kind !== "clean") throw new Error("git did not pick it");
    const kept = Buffer.from(answer.rawCommit.toString("utf8"), "latin1");
    expect(kept.equals(answer.rawCommit)).toBe(false);
    expect(line.result).toBe(hashObject("sha1", "commit", kept));
  });

  test.each(CASES.filter(({ exception }) => exception !== undefined))(
    "$name is a conflict, whatever the submodule says",
    async (one) => {
      const { line } = await both(one);
      expect(line.picks[0]?.outcome).toMatchObject({ kind: "conflict", paths: [{ path: "m", kind: "submodule" }] });
    },
  );
});

test("every outcome that a pick case can have is there", () => {
  expect(new Set(CASES.filter(isPlain).map(({ outcome }) => outcome))).toEqual(new Set(["clean", "conflict", "empty"]));
  expect(CASES.length).toBeGreaterThan(200);
});
