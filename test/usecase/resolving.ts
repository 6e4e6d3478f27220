// A pick that stopped, laid out for a person, and what a person does there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { continueResolution } from "../../src/usecase/continue.ts";
import { abortResolution, resolve, skipResolution } from "../../src/usecase/resolve.ts";
import type { VerifyOptions } from "../../src/usecase/verifying/verify-trees.ts";
import type { AbortOutcome, ContinueOutcome, Resolution } from "../../src/wire/outcome.ts";
import type { TestRepository } from "../support/repository.ts";
import { depsOf, pick, VERIFY, type Place, type Wish } from "./setting.ts";

export interface Desk {
  readonly repository: TestRepository;
  readonly resolution: Resolution;
  /** The work tree in which the conflict lies. */
  readonly path: string;
  readonly read: (name: string) => string;
  readonly write: (name: string, content: string) => void;
  readonly git: (args: readonly string[], ok?: readonly number[]) => Promise<string>;
}

/** Picks onto a line where it stops, and lays it out. */
export async function stopped(
  repository: TestRepository,
  revisions: string | readonly string[],
  line: string,
  wish: Wish & Place = {},
): Promise<Desk> {
  await pick(repository, revisions, line, wish);
  return desk(repository, line, wish);
}

/** `morello resolve LINE`. */
export async function desk(repository: TestRepository, line: string | null, place: Place = {}): Promise<Desk> {
  const outcome = await resolve(depsOf(repository, place), { line });
  if (outcome.kind !== "laid-out") throw new Error(`There is no conflict on ${line}`);
  return deskOf(repository, outcome.resolution);
}

export function deskOf(repository: TestRepository, resolution: Resolution): Desk {
  const path = resolution.worktree;
  return {
    repository,
    resolution,
    path,
    read: (name) => readFileSync(join(path, name), "utf8"),
    write: (name, content) => {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    },
    git: async (args, ok = [0]) => {
      const done = await repository.sandbox.gitRun(args, { cwd: path, ok });
      return done.stdout.toString("utf8").trimEnd();
    },
  };
}

export interface ContinueWish extends Place {
  readonly line?: string;
  readonly adapt?: boolean;
  readonly reason?: string;
  readonly verify?: VerifyOptions;
}

export function goOn(repository: TestRepository, wish: ContinueWish = {}): Promise<ContinueOutcome> {
  const { line = null, adapt = false, reason = null, verify = VERIFY } = wish;
  return continueResolution(depsOf(repository, wish), { line, adapt, reason, verify });
}

export function skip(repository: TestRepository, wish: ContinueWish = {}): Promise<ContinueOutcome> {
  return skipResolution(depsOf(repository, wish), {
    line: wish.line ?? null,
    verify: wish.verify ?? VERIFY,
  });
}

export function abort(repository: TestRepository, wish: ContinueWish = {}): Promise<AbortOutcome> {
  return abortResolution(depsOf(repository, wish), { line: wish.line ?? null });
}
