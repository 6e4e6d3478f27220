// Landed commits of a test's repository, classed.
import { withWorkspace, historyOf, type Workspace } from "../../src/usecase/workspace.ts";
import { classCommits, type ClassRequest } from "../../src/usecase/classing/class-commits.ts";
import type { ClassedCommit } from "../../src/wire/class.ts";
import { ClassedCommit as Schema } from "../../src/wire/class.ts";
import type { TestRepository } from "../support/repository.ts";
import { CLOCK } from "../support/environment.ts";

/** The commits of a line since a mark, oldest first; checked against the published shape. */
export async function classAll(
  repository: TestRepository,
  line: string,
  since: string,
  more: Partial<ClassRequest> = {},
): Promise<ClassedCommit[]> {
  const listed = await repository.git(["rev-list", "--reverse", "--topo-order", `${repository.oid(since)}..${line}`]);
  const commits = listed.split("\n").filter((oid) => oid !== "");
  return classThese(repository, line, commits, more);
}

export async function classThese(
  repository: TestRepository,
  line: string,
  commits: readonly string[],
  more: Partial<ClassRequest> = {},
): Promise<ClassedCommit[]> {
  const deps = { cwd: repository.path, environment: repository.sandbox.env, now: CLOCK };
  return withWorkspace(deps, async (workspace: Workspace) => {
    const graph = await historyOf(workspace, commits);
    const classed = await classCommits(workspace, graph, {
      line: { name: line },
      commits,
      recorded: new Map(),
      ...more,
    });
    return classed.map((one) => Schema.parse(one));
  });
}

/** The only commit that landed on a line since a mark. */
export async function classOne(
  repository: TestRepository,
  line: string,
  since: string,
  more: Partial<ClassRequest> = {},
): Promise<ClassedCommit> {
  const [one, ...others] = await classAll(repository, line, since, more);
  if (one === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} commits, not one`);
  return one;
}
