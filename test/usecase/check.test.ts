import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check, checkPush } from "../../src/usecase/check.ts";
import type { CheckedLine, CheckOutcome } from "../../src/wire/check.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, failure, fixStory, pick, text, VERIFY } from "./setting.ts";

const LINE = "release/v2.7";

const run = (repository: TestRepository, ...what: readonly string[]): Promise<CheckOutcome> =>
  check(depsOf(repository), { what, line: null, verify: null });

function lines(outcome: CheckOutcome): readonly CheckedLine[] {
  if (outcome.kind !== "checked") throw new Error(outcome.kind);
  return outcome.lines;
}

/** `error markers`, each once, in order. */
function told(outcome: CheckOutcome): string[] {
  const all = lines(outcome).flatMap(({ violations }) => violations);
  return [...new Set(all.map(({ severity, rule }) => `${severity} ${rule}`))];
}

/** The story of the fix, without messages that commitlint would find fault with. */
function story() {
  return fixStory()
    .checkout("main")
    .commit("configuration", { files: { "morello.yaml": "policy: { rules: { message-form: off } }\n" } });
}

const create = (history: ReturnType<typeof story>): Promise<TestRepository> => history.create(makeSandbox());

/** The line with one commit more, whose message may name others by `{mark}`. */
async function landed(
  message: string,
  files: Readonly<Record<string, string | null>>,
  before: (history: ReturnType<typeof story>) => unknown = () => undefined,
): Promise<TestRepository> {
  const history = story();
  before(history);
  const repository = await create(history);
  const named = message.replace(/\{([^}]+)\}/g, (_, mark: string) => repository.oid(mark));
  return repository.extend((line) => line.checkout(LINE).commit("landed", { message: named, files }));
}

const X_LINE = "(cherry picked from commit {fix})\n";
const PICKED = `loader: limit the prefetch queue\n\nIt grew without end.\n\n${X_LINE}`;
const FIXED = { "loader.py": text({ 20: "limited" }) };

describe("a clean pick", () => {
  test("meets the policy of a repository without configuration but for its form", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", [LINE, "release/v2.8"]);
    const outcome = await run(repository, LINE);
    expect(outcome.kind === "checked" && outcome.ok).toBe(true);
    expect(told(outcome)).toEqual(["warning message-form"]);
    expect(lines(outcome)[0]?.commits.map(({ class: kind }) => kind)).toEqual(["exact"]); // what was there before the ledger began is history
  });

  test("by git itself is as good", async () => {
    const repository = await landed(PICKED, FIXED);
    expect(told(await run(repository, LINE))).toEqual(["warning newer-lines-first"]);
  });

  test("of a branch that is not merged is named", async () => {
    const repository = await landed("fix\n\n(cherry picked from commit {side})\n", { "side.txt": "1\n" }, (history) =>
      history
        .branch("topic", "base")
        .commit("side", { files: { "side.txt": "1\n" } })
        .checkout("main"),
    );
    const outcome = await run(repository, LINE);
    expect(told(outcome)).toEqual(["warning unmerged-source", "warning newer-lines-first"]);
    expect(lines(outcome)[0]?.violations[0]?.message).toMatch(/^unmerged source: /);
  });
});

describe("what refuses without configuration", () => {
  const refusals = async (repository: TestRepository): Promise<string[]> => {
    const outcome = await run(repository, LINE);
    const errors = told(outcome).filter((one) => one.startsWith("error"));
    expect(outcome.kind === "checked" && outcome.ok).toBe(errors.length === 0);
    return errors;
  };

  test("an -x line that lies", async () => {
    expect(await refusals(await landed(PICKED, { "evil.py": "import os\nos.system('x')\n" }))).toEqual([
      "error x-line-lies",
    ]);
  });

  test("markers that a pick brings", async () => {
    const marked = text({ 20: "<<<<<<< ours\nlimited\n=======\nline 20\n>>>>>>> theirs" });
    expect(await refusals(await landed(PICKED, { "loader.py": marked }))).toEqual(["error markers"]);
  });

  test("markers in a file whose name is no text", async () => {
    const repository = await create(story());
    await repository.extend((line) =>
      line.checkout(LINE).commit("landed", {
        message: "fix: own\n",
        files: [[Buffer.from([0x61, 0x0a, 0xff]), "<<<<<<< a\n=======\n>>>>>>> b\n"]],
      }),
    );
    expect(await refusals(repository)).toEqual(["error markers"]);
  });

  test("no markers that the source has, nor headings of equals signs", async () => {
    const notes = "Notes\n=======\n\n<<<<<<< is how git marks\n";
    const repository = await landed("docs\n\n(cherry picked from commit {notes})\n", { NOTES: notes }, (history) =>
      history.commit("notes", { files: { NOTES: notes } }),
    );
    expect(await refusals(repository)).toEqual([]);
    const heading = await landed("docs: a heading\n", { NEWS: "News\n=======\n" });
    expect(await refusals(heading)).toEqual([]);
  });

  test("an object that nothing reaches", async () => {
    const repository = await landed("fix\n\n(cherry picked from commit {gone})\n", { "side.txt": "1\n" }, (history) =>
      history
        .branch("gone", "base")
        .commit("gone", { files: { "side.txt": "1\n" } })
        .checkout("main"),
    );
    expect(await refusals(repository)).toEqual([]);
    await repository.git(["update-ref", "-d", "refs/heads/gone"]);
    expect(await refusals(repository)).toEqual(["error unreachable-source"]);
  });

  test("a file that the line deleted and a pick keeps", async () => {
    const repository = await landed(PICKED, { "loader.py": text({ 20: "limited" }) }, (history) =>
      history
        .checkout(LINE)
        .commit("delete", { files: { "loader.py": null } })
        .checkout("main"),
    );
    expect(await refusals(repository)).toEqual(["error resurrected"]);
  });

  test("a file that the line deleted and a merge keeps", async () => {
    const repository = await create(
      story()
        .checkout(LINE)
        .commit("delete", { files: { "loader.py": null } })
        .branch("topic", "only 2.7")
        .commit("change", { files: { "loader.py": text({ 3: "three" }) } })
        .checkout(LINE)
        .merge("kept", "topic", { files: { "loader.py": text({ 3: "three" }) } }),
    );
    expect(await refusals(repository)).toEqual(["error resurrected"]);
  });

  test("no file that a commit of the line adds again", async () => {
    const repository = await landed("loader: back again\n", { "loader.py": text() }, (history) =>
      history
        .checkout(LINE)
        .commit("delete", { files: { "loader.py": null } })
        .checkout("main"),
    );
    expect(await refusals(repository)).toEqual([]);
  });
});

describe("what is told", () => {
  test("a fix that the line has already", async () => {
    const repository = await landed(PICKED, FIXED);
    await repository.extend((line) =>
      line.checkout(LINE).commit("again", {
        message: PICKED.replace("{fix}", repository.oid("fix")),
        files: { "loader.py": text({ 20: "limited", 21: "twice" }) },
      }),
    );
    expect(told(await run(repository, LINE))).toContain("warning duplicate");
  });

  test("no duplicate where the first one was reverted", async () => {
    const repository = await landed(PICKED, FIXED);
    await repository.extend((line) =>
      line
        .checkout(LINE)
        .commit("revert", {
          message: `Revert "loader"\n\nThis reverts commit ${repository.oid("landed")}.\n`,
          files: { "loader.py": text() },
        })
        .commit("again", { message: PICKED.replace("{fix}", repository.oid("fix")), files: FIXED }),
    );
    expect(told(await run(repository, LINE))).not.toContain("warning duplicate");
  });

  test("a source that main took back", async () => {
    const repository = await landed(PICKED, FIXED);
    await repository.extend((main) =>
      main.checkout("main").commit("revert", {
        message: `Revert "loader: limit the prefetch queue"\n\nThis reverts commit ${repository.oid("fix")}.\n`,
        files: { "loader.py": text() },
      }),
    );
    expect(told(await run(repository, LINE))).toContain("warning source-reverted");
  });

  test("newer lines that lack the fix, until they have it", async () => {
    const repository = await landed(PICKED, FIXED);
    expect(told(await run(repository, LINE))).toEqual(["warning newer-lines-first"]);
    await pick(repository, repository.oid("fix"), "release/v2.8");
    expect(told(await run(repository, LINE))).toEqual([]);
  });

  test("another author", async () => {
    const repository = await landed(PICKED, FIXED);
    await repository.git(["checkout", "-q", LINE]);
    await repository.git(["commit", "-q", "--amend", "--no-edit", "--author=Eve <eve@example.com>"]);
    expect(told(await run(repository, LINE))).toContain("warning author");
  });
});

describe("policy", () => {
  const STRICT = "policy: { classes: { native: refused }, rules: { message-form: off } }\n";

  test("is the default branch's", async () => {
    const repository = await landed("fix: made here\n", { own: "1\n" }, (history) =>
      history.checkout("main").commit("strict", { files: { "morello.yaml": STRICT } }),
    );
    expect(told(await run(repository, LINE))).toContain("error class-approvals");
  });

  test("is not that of the branch under change", async () => {
    const lax = "policy: { classes: { native: 0 }, rules: { class-approvals: off, message-form: off } }\n";
    const repository = await landed("fix: made here\n", { "own": "1\n", "morello.yaml": lax }, (history) =>
      history.checkout("main").commit("strict", { files: { "morello.yaml": STRICT } }),
    );
    expect(told(await run(repository, LINE))).toContain("error class-approvals");
    const other = await landed("fix: made here\n", { "own": "1\n", "morello.yaml": STRICT });
    expect(told(await run(other, LINE))).not.toContain("error class-approvals");
  });

  test("is that of a line where it says more", async () => {
    const repository = await landed("fix: made here\n", { own: "1\n" }, (history) =>
      history.checkout("main").commit("strict", {
        files: {
          "morello.yaml":
            "policy: { rules: { message-form: off } }\nlines: [{ pattern: release/v2.7, policy: { classes: { native: refused } } }]\n",
        },
      }),
    );
    await repository.extend((line) =>
      line.checkout("release/v2.8").commit("own", { message: "fix: own\n", files: { o: "1" } }),
    );
    const strict = told(await run(repository, LINE)).filter((one) => one.startsWith("error"));
    expect(strict).toEqual(["error class-approvals"]);
    expect(told(await run(repository, "release/v2.8"))).toEqual([]);
  });
});

describe("what is looked at", () => {
  const subjects = (outcome: CheckOutcome): string[] =>
    lines(outcome).flatMap(({ line, commits }) => commits.map(({ subject }) => `${line}: ${subject}`));

  test("of a line: what came after its last tag, never what was there before", async () => {
    const repository = await landed("fix: new\n", { new: "1\n" });
    expect(subjects(await run(repository, LINE))).toEqual([`${LINE}: only 2.7`, `${LINE}: fix: new`]);
  });

  test("without an operand: the line that is checked out, else the maintained ones", async () => {
    const repository = await landed("fix: new\n", { new: "1\n" });
    expect(lines(await run(repository)).map(({ line }) => line)).toEqual(["release/v2.8", LINE]);
    await repository.git(["checkout", "-q", LINE]);
    expect(lines(await run(repository)).map(({ line }) => line)).toEqual([LINE]);
  });

  test("of a range: all of its commits, on the line that an end names", async () => {
    const repository = await landed("fix: new\n", { new: "1\n" });
    await repository.extend((topic) => topic.branch("topic", LINE).commit("proposed", { files: { p: "1\n" } }));
    expect(subjects(await run(repository, `${LINE}..topic`))).toEqual([`${LINE}: proposed`]);
    expect(subjects(await run(repository, `${LINE}~1..${LINE}`))).toEqual([`${LINE}: fix: new`]);
    expect(subjects(await run(repository, `${repository.oid("only 2.7")}..${repository.oid("landed")}`))).toEqual([
      `${LINE}: fix: new`,
    ]);
  });

  test("a range that no line shows in wants its line named", async () => {
    const repository = await landed("fix: new\n", { new: "1\n" });
    const error = await failure(run(repository, "v2.8.0..main"));
    expect([error.code, error.hint]).toEqual(["usage", "name it: --line release/v2.8"]);
    const outcome = await check(depsOf(repository), {
      what: ["base", "main"].length === 2 ? ["main~1..main"] : [],
      line: LINE,
      verify: null,
    });
    expect(lines(outcome).map(({ line }) => line)).toEqual([LINE]);
  });

  test("of a push: what the remote lacks of a line, and nothing of other branches", async () => {
    const repository = await landed("fix: new\n", { new: "1\n" });
    const [tip, before] = [repository.oid("landed"), repository.oid("only 2.7")];
    const zero = "0".repeat(40);
    const push = (stdin: string): Promise<CheckOutcome> => checkPush(depsOf(repository), stdin, null);
    const ref = `refs/heads/${LINE}`;
    expect(subjects(await push(`${ref} ${tip} ${ref} ${before}\n`))).toEqual([`${LINE}: fix: new`]);
    expect(subjects(await push(`${ref} ${tip} ${ref} ${zero}\n`)).length).toBe(2);
    expect(subjects(await push(`HEAD ${tip} refs/heads/topic ${zero}\n(delete) ${zero} ${ref} ${tip}\n`))).toEqual([]);
    expect(subjects(await push(""))).toEqual([]);
  });
});

test("each commit of a series is verified alone, where the command was allowed", async () => {
  const repository = await fixStory()
    .checkout("main")
    .commit("configuration", {
      files: {
        "morello.yaml":
          "policy: { rules: { message-form: off } }\nlines: [{ pattern: 'release/*', verify: test ! -e broken }]\n",
      },
    })
    .checkout(LINE)
    .commit("half", { files: { broken: "1\n" } })
    .commit("whole", { files: { broken: null } })
    .create(makeSandbox());
  const verified = async (verify: typeof VERIFY | null): Promise<string[]> => {
    const [line] = lines(await check(depsOf(repository), { what: [LINE], line: null, verify }));
    return line?.violations.flatMap(({ rule, subject }) => (rule === "self-contained" ? [subject] : [])) ?? [];
  };
  expect(await verified({ ...VERIFY, allow: () => Promise.resolve(false) })).toEqual([]);
  expect(await verified(null)).toEqual([]);
  expect(await verified(VERIFY)).toEqual(["half"]);
});

test("a commit of which a file is missing is not passed over", async () => {
  const repository = await landed("fix: own\n", { own: "something of its own\n" });
  const blob = await repository.git(["rev-parse", `${LINE}:own`]);
  await repository.git(["repack", "-a", "-d", "-q"]);
  await repository.git(["unpack-objects", "-q"], { input: readPack(repository) });
  rmSync(join(repository.gitDir, "objects", blob.slice(0, 2), blob.slice(2)), { force: true });
  expect((await failure(run(repository, LINE))).code).toBe("object-missing");
});

/** Takes the only pack out of the object store, and gives its bytes. */
function readPack({ gitDir }: TestRepository): Uint8Array {
  const folder = join(gitDir, "objects", "pack");
  const [pack = ""] = readdirSync(folder).filter((name) => name.endsWith(".pack"));
  const bytes = readFileSync(join(folder, pack));
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  return bytes;
}
