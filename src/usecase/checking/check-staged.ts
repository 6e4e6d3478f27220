// `morello check --staged`: conflict markers in the index, and nothing else. What a pre-commit hook asks, so it is quick.
import { resolve } from "node:path";
import { markerLines } from "../../apply/markers.ts";
import { stagedFiles } from "../../git/changed-files.ts";
import { ObjectReader } from "../../git/objects.ts";
import { openRepository } from "../../git/repository.ts";
import type { GitContext } from "../../git/run.ts";
import { parseQuotedPath, pathBytes } from "../../object/path.ts";
import { isMet } from "../../policy/evaluate.ts";
import type { Place } from "../../policy/rule.ts";
import { markers } from "../../policy/rules/markers.ts";
import type { CheckOutcome } from "../../wire/check.ts";
import { isMarked } from "./markers.ts";
import type { Deps } from "../workspace.ts";

/** Lines that HEAD, or a commit that is being merged, holds too are text. */
export async function checkStaged({ cwd, environment }: Deps): Promise<CheckOutcome> {
  const repository = await openRepository(cwd, environment);
  const index = environment["GIT_INDEX_FILE"]; // of `git commit PATH`, for as long as its hooks run
  const context: GitContext =
    index === undefined
      ? repository
      : { cwd: repository.cwd, env: { ...repository.env, GIT_INDEX_FILE: resolve(cwd, index) } };
  const suspicious = (await stagedFiles(context)).filter(isMarked);
  const reader = new ObjectReader(context, repository.objectFormat);
  const places: Place[] = [];
  try {
    for (const { path } of suspicious) {
      const name = pathBytes(parseQuotedPath(path)).toString("utf8");
      const sides = await Promise.all(
        ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD"].map((side) => reader.read(`${side}:${name}`)),
      );
      const file = await reader.read(`:${name}`);
      const lines = markerLines(
        file?.body ?? Buffer.alloc(0),
        sides.flatMap((side) => side?.body ?? []),
      );
      places.push(...lines.map((line) => ({ path, line })));
    }
  } finally {
    reader.close();
  }
  const violations = places.length === 0 ? [] : [violationOf(places)];
  return { kind: "staged", violations, ok: isMet(violations) };
}

function violationOf(places: readonly Place[]) {
  const paths = [...new Set(places.map(({ path }) => path))];
  return {
    rule: markers.id,
    severity: "error" as const,
    commit: null,
    subject: "",
    message: `conflict markers are staged in ${paths.join(", ")}`,
    hint: `take them out, then: git add ${paths.join(" ")}`,
    paths: places.map((place) => ({ ...place })),
    waiver: null,
  };
}
