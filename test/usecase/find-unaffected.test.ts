import { describe, expect, test } from "vitest";
import { unaffectedLines } from "../../src/usecase/standings/repair.ts";
import { sourceOf } from "../../src/usecase/picks/find-sources.ts";
import { historyOf, linesOf, withWorkspace } from "../../src/usecase/workspace.ts";
import { lose } from "../git/open.ts";
import { history, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { FIX_MESSAGE, FIXED, LEAKING, loader, markOf, standingOn } from "./finding.ts";
import { depsOf } from "./setting.ts";

const LINE = "release/v1.4";

/** Before there was a queue at all. */
const EARLY = { "loader.py": loader({ queue: "" }) };

/** A line without the queue; on main it came as `cause`, and `tell` goes on from there. */
function lateStory(tell: (main: History) => unknown): History {
  const story = history()
    .commit("base", { files: EARLY })
    .branch(LINE)
    .commit("only here", { files: { own: "1\n" } })
    .checkout("main")
    .commit("cause", { message: "loader: read ahead\n", files: LEAKING });
  tell(story);
  return story;
}

async function late(tell: (main: History) => unknown = fix): Promise<TestRepository> {
  return lateStory(tell).create(makeSandbox(), { bare: true, head: "main" });
}

function fix(main: History): void {
  main.commit("fix", { message: FIX_MESSAGE, files: FIXED });
}

describe("a line does not need a fix if", () => {
  test("what it changes came in after the line branched off, by blame", async () => {
    const repository = await late();
    expect(await standingOn(repository, LINE)).toMatchObject({
      standing: "not affected",
      notAffected: {
        by: "blame",
        introduced: [{ commit: repository.oid("cause"), subject: "loader: read ahead" }],
        paths: ["loader.py"],
      },
    });
  });

  test("the fix names a cause that the line lacks, though blame would find an older one", async () => {
    const repository = await history()
      .commit("base", { files: { ...EARLY, "pump.py": "def pump_all():\n    return None\n" } })
      .branch(LINE)
      .checkout("main")
      .commit("cause", { message: "loader: read ahead\n", files: LEAKING })
      .create(makeSandbox(), { bare: true, head: "main" });
    await repository.extend((main) =>
      main.commit("fix", {
        message: `${FIX_MESSAGE}\nFixes: ${repository.oid("cause").slice(0, 12)} ("loader: read ahead")\n`,
        files: { "pump.py": "def pump_all():\n    return limit_of(None)\n", ...FIXED },
      }),
    );
    // One of the changed lines stands on the line: it is looked at, whatever the fix says.
    expect((await standingOn(repository, LINE)).standing).toBe("absent");
    await repository.extend((main) =>
      main
        .checkout(LINE)
        .commit("without pump", { files: { "pump.py": null } })
        .checkout("main"),
    );
    expect((await standingOn(repository, LINE)).notAffected).toMatchObject({
      by: "trailer",
      introduced: [{ commit: repository.oid("cause") }],
    });
  });
});

describe("a line may need a fix if", () => {
  test("it has what the fix changes", async () => {
    const repository = await history()
      .commit("base", { files: LEAKING })
      .branch(LINE)
      .commit("only here", { files: { own: "1\n" } })
      .checkout("main")
      .commit("fix", { message: FIX_MESSAGE, files: FIXED })
      .create(makeSandbox(), { bare: true, head: "main" });
    expect(await standingOn(repository, LINE)).toMatchObject({ standing: "absent", notAffected: null });
  });

  test("the cause was backported to it, in whatever form", async () => {
    const repository = await late();
    await repository.extend((line) =>
      line.checkout(LINE).commit("cause 1.4", { message: "loader: read ahead\n", files: LEAKING }),
    );
    expect((await standingOn(repository, LINE)).standing).toBe("absent");
  });

  test("the cause was backported to it, and its lines were written differently since", async () => {
    const repository = await late();
    await repository.extend((line) =>
      line
        .checkout(LINE)
        .commit("cause 1.4", { message: "loader: read ahead\n", files: LEAKING })
        .commit("other words", {
          files: {
            "loader.py": loader({
              queue: "\n\ndef make_queue(count):\n    # As far ahead as they like.\n    return queue.SimpleQueue()\n",
            }),
          },
        }),
    );
    expect((await standingOn(repository, LINE)).standing).toBe("absent");
  });

  test("the file has another name there, and the cause is older than the line", async () => {
    const repository = await history()
      .commit("base", { files: LEAKING })
      .branch(LINE)
      .commit("only here", { files: { own: "1\n" } })
      .checkout("main")
      .commit("moved", { rename: { "loader.py": "src/loader.py" } })
      .commit("fix", { message: FIX_MESSAGE, files: { "src/loader.py": FIXED["loader.py"] } })
      .create(makeSandbox(), { bare: true, head: "main" });
    expect((await standingOn(repository, LINE)).standing).toBe("absent");
  });

  test("the fix only adds a file", async () => {
    const repository = await late((main) =>
      main.commit("fix", { message: "loader: a limit\n", files: { "limit.py": "LIMIT = 2\n" } }),
    );
    expect((await standingOn(repository, LINE)).standing).toBe("absent");
  });

  test("the fix is a root commit", async () => {
    const repository = await lateStory(fix)
      .orphan("imported")
      .commit("root", { files: { "other.py": "import everything\n" } })
      .create(makeSandbox(), { bare: true, head: "main" });
    expect((await standingOn(repository, LINE, repository.oid("root"))).standing).toBe("absent");
  });
});

test("a line whose file cannot be read may need a fix", async () => {
  const repository = await late();
  await repository.extend((line) =>
    line.checkout(LINE).commit("unreadable", { files: { "loader.py": loader({ queue: "", pump: "\n\nPUMP = 1\n" }) } }),
  );
  expect((await standingOn(repository, LINE)).standing).toBe("not affected");
  await repository.extend((line) => line.commit("moved on", { files: { own: "2\n" } }));
  await lose(repository, `${LINE}:loader.py`);
  expect((await standingOn(repository, LINE)).standing).toBe("absent");
});

test("a renamed file that came late is followed to the commit that wrote its lines", async () => {
  const repository = await late((main) =>
    main
      .commit("moved", { rename: { "loader.py": "src/loader.py" } })
      .commit("fix", { message: FIX_MESSAGE, files: { "src/loader.py": FIXED["loader.py"] } }),
  );
  const { notAffected } = await standingOn(repository, LINE);
  expect(notAffected?.introduced.map(({ commit }) => markOf(repository, commit))).toEqual(["cause"]);
});

test("of several lines those that lack the cause are told, each for itself", async () => {
  const repository = await lateStory((main) => {
    main.branch("release/v1.5").commit("only 1.5", { files: { own: "5\n" } });
    fix(main.checkout("main"));
  }).create(makeSandbox(), { bare: true, head: "main" });
  await withWorkspace(depsOf(repository), async (workspace) => {
    const graph = await historyOf(workspace, []);
    const source = await sourceOf(workspace, repository.oid("fix"), 1);
    const found = await unaffectedLines(workspace, graph, source, [], linesOf(workspace, graph));
    expect([...found].map(([line, { introduced }]) => [line, ...introduced])).toEqual([
      [LINE, repository.oid("cause")],
    ]);
  });
});
