import { expect, test } from "vitest";
import { morello } from "../support/cli.ts";
import { history } from "../support/history.ts";
import { fsck } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const [LINES, EACH] = LONG ? [20, 10] : [3, 2];
const WRITERS = 4;

test(
  `${WRITERS} processes at once, ${LINES} lines of ${EACH} picks each: none lost, none doubled, every ledger holds`,
  { timeout: LONG ? 1_800_000 : 120_000 },
  async () => {
    const sandbox = makeSandbox();
    const story = history().commit("base", { files: { base: "base\n" } });
    const lines = Array.from({ length: LINES }, (_, n) => `release/v1.${n}`);
    for (const line of lines) story.branch(line, "base").commit(`only ${line}`, { files: { LINE: `${line}\n` } });
    story.checkout("main");
    const fixes = Array.from({ length: EACH }, (_, n) => `fix ${n}`);
    for (const fix of fixes) story.commit(fix, { files: { [fix.replace(" ", "-")]: `${fix}\n` } });
    const repository = await story.create(sandbox);
    const cwd = repository.path;
    const open = fixes.flatMap((fix) => lines.map((line) => ({ fix, line })));
    const work = async (): Promise<void> => {
      for (let next = open.shift(); next !== undefined; next = open.shift()) {
        const { fix, line } = next;
        const run = await morello(sandbox, ["pick", repository.oid(fix), "--onto", line, "--yes", "--json"], { cwd });
        // Another process holds the line, or has moved it since it was looked at: nothing moved, and one asks again.
        const { code, kind } = run.json<{ code?: string; kind?: string }>();
        if (code === "line-busy" || kind === "stale") open.push(next);
        else expect(run.status, run.stdout).toBe(0);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, work));
    for (const line of lines) {
      const subjects = (await repository.git(["log", "--format=%s", line])).split("\n");
      const landed = subjects.filter((subject) => subject.startsWith("fix "));
      expect(landed.sort()).toEqual([...fixes].sort());
    }
    const verified = await morello(sandbox, ["ledger", "verify", "--json"], { cwd });
    expect(verified.status, verified.stdout).toBe(0);
    await fsck(repository);
  },
);
