import { beforeAll, expect, test } from "vitest";
import { effects } from "../../src/usecase/standings/effect.ts";
import { withWorkspace } from "../../src/usecase/workspace.ts";
import type { TestRepository } from "../support/repository.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { FIXED, LEAKING, leakStory, LIMITED_BY_HAND, loader } from "./finding.ts";
import { depsOf } from "./setting.ts";

const sandbox = fileSandbox();
let repository: TestRepository;

/** The effect of `fix` at those commits. */
async function effectAt(...marks: readonly string[]): Promise<("there" | "gone")[]> {
  const commit = repository.oid("fix");
  return withWorkspace(depsOf(repository), (workspace) =>
    effects(
      workspace,
      marks.map((mark) => ({ commit, tip: repository.oid(mark) })),
    ),
  );
}

beforeAll(async () => {
  repository = await leakStory()
    .branch("kept")
    .commit("kept", { files: { own: "1\n" } })
    .branch("changed", "fix")
    .commit("changed", { files: { "loader.py": loader({ queue: LIMITED_BY_HAND }) } })
    .branch("taken-out", "fix")
    .commit("taken-out", { files: LEAKING })
    .branch("half", "fix")
    .commit("half", { files: { "loader.py": FIXED["loader.py"].replace("    limit = 2 * max(1, workers)\n", "") } })
    .branch("moved", "fix")
    .commit("moved", { rename: { "loader.py": "src/loader.py" } })
    .branch("deleted", "fix")
    .commit("deleted", { files: { "loader.py": null } })
    .checkout("main")
    .create(sandbox, { bare: true, head: "main" });
});

test.each(["fix", "kept", "changed", "half", "moved", "deleted"])("it is there at %j", async (mark) => {
  expect(await effectAt(mark)).toEqual(["there"]);
});

test("it is gone where its lines are as before", async () => {
  expect(await effectAt("taken-out")).toEqual(["gone"]);
});

test("many questions are answered in their order", async () => {
  expect(await effectAt("kept", "taken-out", "changed", "taken-out")).toEqual(["there", "gone", "there", "gone"]);
});

test("of a root commit it is there", async () => {
  const found = await withWorkspace(depsOf(repository), (workspace) =>
    effects(workspace, [{ commit: repository.oid("base"), tip: repository.oid("fix") }]),
  );
  expect(found).toEqual(["there"]);
});
