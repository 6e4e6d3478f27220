// What tests of use-cases begin with: the inputs a face would give, and histories with a fix and lines that want it.
import { isAppError, type AppError } from "../../src/error.ts";
import type { PickInput } from "../../src/usecase/pick.ts";
import { pick as pickWith } from "../../src/usecase/pick.ts";
import { plan as planWith } from "../../src/usecase/plan.ts";
import type { VerifyOptions } from "../../src/usecase/verifying/verify-trees.ts";
import type { Deps } from "../../src/usecase/workspace.ts";
import type { ApplyOutcome } from "../../src/wire/outcome.ts";
import type { PickOptions, PickOutcome, Plan } from "../../src/wire/plan.ts";
import { CLOCK, type Environment } from "../support/environment.ts";
import { history, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";

/** A day after the clock of all histories, in Unix seconds. */
export const NOW = CLOCK + 86_400;

export interface Place {
  /** Default: the repository's own directory. */
  readonly cwd?: string;
  readonly env?: Environment;
  readonly now?: number;
}

export function depsOf(repository: TestRepository, { cwd, env = {}, now = NOW }: Place = {}): Deps {
  return { cwd: cwd ?? repository.path, environment: { ...repository.sandbox.env, ...env }, now };
}

const OPTIONS: PickOptions = {
  mainline: null,
  signoff: false,
  trailers: [],
  messages: {},
  via: "source",
  toBranch: null,
};

/** As a person who allows whatever is asked. */
export const VERIFY: VerifyOptions = {
  run: true,
  container: false,
  again: false,
  allow: () => Promise.resolve(true),
};

export type Wish = Partial<Omit<PickInput, "options" | "revisions" | "onto">> & {
  readonly options?: Partial<PickOptions>;
};

export function pickInput(
  revisions: string | readonly string[],
  onto: string | readonly string[],
  wish: Wish = {},
): PickInput {
  return {
    fetch: false,
    withPrerequisites: false,
    keepGoing: false,
    push: false,
    remote: null,
    sign: null,
    confirm: () => Promise.resolve(true),
    each: false,
    confirmPick: null,
    edit: null,
    verify: VERIFY,
    ...wish,
    revisions: [revisions].flat(),
    onto: [onto].flat(),
    options: { ...OPTIONS, ...wish.options },
  };
}

/** `morello pick REV… --onto LINE… --yes`. */
export function pick(
  repository: TestRepository,
  revisions: string | readonly string[],
  onto: string | readonly string[],
  wish: Wish & Place = {},
): Promise<ApplyOutcome> {
  const { cwd, env, now, ...rest } = wish;
  return pickWith(depsOf(repository, placeOf(cwd, env, now)), pickInput(revisions, onto, rest));
}

export async function plan(
  repository: TestRepository,
  revisions: string | readonly string[],
  onto: string | readonly string[],
  wish: {
    readonly options?: Partial<PickOptions>;
    readonly fetch?: boolean;
    readonly withPrerequisites?: boolean;
  } & Place = {},
): Promise<Plan> {
  const { cwd, env, now, fetch = false, withPrerequisites = false, options } = wish;
  const input = {
    revisions: [revisions].flat(),
    onto: [onto].flat(),
    options: { ...OPTIONS, ...options },
    fetch,
    withPrerequisites,
  };
  return (await planWith(depsOf(repository, placeOf(cwd, env, now)), input)).plan;
}

function placeOf(cwd: string | undefined, env: Environment | undefined, now: number | undefined): Place {
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(now === undefined ? {} : { now }),
  };
}

/** The applied or stopped outcome; throws with all of it if it is another. */
export function ran(outcome: ApplyOutcome): Extract<ApplyOutcome, { kind: "applied" | "stopped" }> {
  if (outcome.kind === "applied" || outcome.kind === "stopped") return outcome;
  throw new Error(JSON.stringify(outcome, null, 2));
}

/** `release/v2.7: moved`, a line each. */
export function results(outcome: ApplyOutcome): string[] {
  return ran(outcome).lines.map(({ line, kind }) => `${line}: ${kind}`);
}

/** `clean` or what else became of each pick of a line. */
export function kindsOn(plan: Plan, line: string): PickOutcome["kind"][] {
  return plan.lines.find(({ line: { name } }) => name === line)?.picks.map(({ outcome }) => outcome.kind) ?? [];
}

/** The error that a call ends in; throws if it ends well. */
export async function failure(call: Promise<unknown>): Promise<AppError> {
  try {
    const value = await call;
    throw new Error(`It went well: ${JSON.stringify(value, null, 2)}`);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}\n`).join("");

/** Thirty lines, of which some are replaced. */
export function text(replaced: Readonly<Record<number, string>> = {}): string {
  return lines(1, 30)
    .split("\n")
    .slice(0, -1)
    .map((line, n) => `${replaced[n + 1] ?? line}\n`)
    .join("");
}

/**
 * `main` with a leak fix (mark `fix`, changes line 20 of `loader.py`) and two lines that lack it: `release/v2.7` and
 * `release/v2.8`, each with a commit of its own and a tag. HEAD is main.
 */
export function fixStory(): History {
  return history()
    .commit("base", { files: { "loader.py": text(), "README": "read me\n" } })
    .branch("release/v2.7")
    .tag("v2.7.0")
    .commit("only 2.7", { files: { "seven.txt": "7\n" } })
    .branch("release/v2.8", "base")
    .commit("only 2.8", { files: { "eight.txt": "8\n" } })
    .tag("v2.8.0")
    .checkout("main")
    .commit("more", { files: { "more.txt": "more\n" } })
    .commit("fix", {
      message: "loader: limit the prefetch queue\n\nIt grew without end.\n",
      files: { "loader.py": text({ 20: "limited" }) },
    });
}

/** As `fixStory`, and `release/v2.6` whose line 20 is another: the fix conflicts there. */
export function conflictStory(): History {
  return fixStory()
    .branch("release/v2.6", "base")
    .commit("only 2.6", { files: { "loader.py": text({ 20: "another" }) } })
    .checkout("main");
}
