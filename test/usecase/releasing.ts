// What tests of releases begin with: a line with a picked fix since its last annotated tag.
import { release as releaseWith, type ReleaseInput } from "../../src/usecase/release.ts";
import type { Release, ReleaseOutcome } from "../../src/wire/release.ts";
import { history, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import type { ObjectFormat } from "../support/tree.ts";
import { depsOf, VERIFY, type Place } from "./setting.ts";

export const LINE = "release/v2.7";

/** `main` with a fix, and `release/v2.7` at an annotated `v2.7.0` that lacks it. HEAD is main. */
export function taggedStory(
  files: Readonly<Record<string, string>> = {},
  objectFormat: ObjectFormat = "sha1",
): History {
  return history({ objectFormat })
    .commit("base", { files: { "loader.py": "leaks\n", ...files } })
    .branch(LINE)
    .annotatedTag("v2.7.0")
    .checkout("main")
    .commit("more", { files: { more: "more\n" } })
    .commit("fix", { message: "fix(loader): limit the queue (#123)\n", files: { "loader.py": "limited\n" } });
}

/** `release/v2.7` with a pick of the fix on top. */
export function pickedStory(
  files: Readonly<Record<string, string>> = {},
  objectFormat: ObjectFormat = "sha1",
): History {
  return taggedStory(files, objectFormat)
    .checkout(LINE)
    .commit("pick", { message: "fix(loader): limit the queue (#123)\n", files: { "loader.py": "limited\n" } })
    .checkout("main");
}

export type Wish = Partial<Omit<ReleaseInput, "line">> & Place;

/** `morello release LINE --yes`. */
export function release(repository: TestRepository, wish: Wish = {}, line = LINE): Promise<ReleaseOutcome> {
  const { cwd, env, now, ...rest } = wish;
  const place = { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
  return releaseWith(depsOf(repository, { ...place, ...(now === undefined ? {} : { now }) }), {
    line,
    dryRun: false,
    pre: null,
    version: null,
    allowed: null,
    push: false,
    remote: null,
    sign: null,
    verify: VERIFY,
    confirm: () => Promise.resolve(true),
    ...rest,
  });
}

/** The release that was made, or would be; throws with the outcome if it is another. */
export function made(outcome: ReleaseOutcome): Release {
  if (outcome.kind === "released" || outcome.kind === "planned") return outcome.release;
  throw new Error(JSON.stringify(outcome, null, 2));
}

/** `v2.7.1`, `nothing since v2.7.1`, `refused: feature`. */
export function brief(outcome: ReleaseOutcome): string {
  switch (outcome.kind) {
    case "released":
    case "planned":
    case "declined":
      return outcome.release.tag;
    case "nothing":
      return `nothing since ${outcome.tag}`;
    case "refused":
      return `refused: ${outcome.reason}`;
  }
}
