import { expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { morello, startMorello, type Victims } from "../support/cli.ts";
import { history } from "../support/history.ts";
import { random } from "../support/random.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const KILLS = Number(process.env["KILLS"] ?? (LONG ? 2000 : 40));
/** The ledger is proved after so many. */
const PROVED = 8;
const SEED = Number(process.env["SEED"] ?? 20_260_101);

const LINES = ["release/v1.0", "release/v1.1", "release/v1.2", "release/v1.3"];
const FILES = 120;

const file = (n: number, content: string): Record<string, string> => ({
  [`src/module-${n}/file.py`]: content.repeat(40),
});

/** Many lines, each checked out somewhere, and a fix of many files: much to be in the middle of. */
async function manyLines(): Promise<TestRepository> {
  const sandbox = makeSandbox();
  const all = (content: string): Record<string, string> =>
    Object.assign({}, ...Array.from({ length: FILES }, (_, n) => file(n, `${n} ${content}\n`))) as Record<
      string,
      string
    >;
  const story = history().commit("base", { files: all("before") });
  for (const line of LINES) story.branch(line, "base").commit(`only ${line}`, { files: { LINE: `${line}\n` } });
  story
    .checkout("main")
    .commit("fix", { files: { ...all("after"), "new/directory/file.py": "new\n", [`src/module-0/file.py`]: null } });
  const repository = await story.create(sandbox, { head: "release/v1.0" });
  for (const line of LINES.slice(1))
    await repository.git(["worktree", "add", "-q", sandbox.path(line.replace("/", "-")), line]);
  return repository;
}

async function expectWhole(repository: TestRepository): Promise<void> {
  const { sandbox, path } = repository;
  const source = `--grep=cherry picked from commit ${repository.oid("fix")}`;
  for (const [n, line] of LINES.entries()) {
    const tree = n === 0 ? path : sandbox.path(line.replace("/", "-"));
    expect(await repository.git(["rev-list", "--count", "--fixed-strings", source, line])).toBe("1");
    expect(await repository.git(["rev-parse", `${line}^`])).toBe(repository.oid(`only ${line}`));
    expect(await sandbox.git(["status", "--porcelain"], { cwd: tree })).toBe("");
    expect(await sandbox.git(["write-tree"], { cwd: tree })).toBe(
      await repository.git(["rev-parse", `${line}^{tree}`]),
    );
  }
  expect(leftovers(repository)).toEqual([]);
}

/** The ledgers hold, and tell of every landing once. */
async function expectProved(repository: TestRepository): Promise<void> {
  const { sandbox, path } = repository;
  const verified = await morello(sandbox, ["ledger", "verify", "--json"], { cwd: path });
  expect(verified.status, verified.stdout).toBe(0);
  const listed = await morello(sandbox, ["ledger", "log", "--limit", "100000", "--json"], { cwd: path });
  const { lines } = listed.json<{
    lines: { line: string; entries: { record: { kind: string; commit?: string } }[] }[];
  }>();
  expect(lines).toHaveLength(LINES.length);
  for (const { line, entries } of lines) {
    const records = entries.map(({ record }) => record);
    // Each landing is recorded once, and each but the one that stands is taken back once.
    const count = (kind: string): number => records.filter((record) => record.kind === kind).length;
    expect(count("landed")).toBe(count("reverted") + 1);
    expect(records.find(({ kind }) => kind === "landed")?.commit).toBe(await repository.git(["rev-parse", line]));
  }
}

/** Locks and half-written files anywhere in the git directory. */
function leftovers(repository: TestRepository): string[] {
  const names = readdirSync(repository.gitDir, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.lock$|morello-index/.test(name) && !name.includes("cache"));
}

test(
  `${KILLS} kills at random moments of a pick: nothing lost, nothing doubled, and the next run ends what was begun`,
  { timeout: LONG ? 21_600_000 : 600_000 },
  async () => {
    const repository = await manyLines();
    const { sandbox, path } = repository;
    const pick = ["pick", "main", "--onto", "all", "--yes", "--json"];
    expect(await morello(sandbox, pick, { cwd: path })).toMatchObject({ status: 0 }); // makes the cache
    await expectWhole(repository);
    let whole = Number.MAX_VALUE; // milliseconds that a run takes here
    const next = random(SEED);
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      expect((await morello(sandbox, ["undo", "--yes"], { cwd: path })).status).toBe(0);
      const victims: Victims = next() < 0.7 ? "group" : "process";
      if (kill % 25 === 0) {
        const started = performance.now();
        expect((await morello(sandbox, pick, { cwd: path })).status).toBe(0);
        whole = Math.min(whole, performance.now() - started);
        expect((await morello(sandbox, ["undo", "--yes"], { cwd: path })).status).toBe(0);
      }
      const at = Math.round((0.2 + next() * 0.9) * whole);
      const said = `kill ${kill} of SEED=${SEED}, ${victims} after ${at} ms`;
      const died = await startMorello(sandbox, pick, { cwd: path }).killAt(at, victims);
      if (died.signal === "SIGKILL") killed++;
      await fsck(repository);
      const again = await morello(sandbox, pick, { cwd: path });
      expect(again.status, `${said}\n${again.stdout}\n${again.stderr}`).toBe(0);
      await expectWhole(repository).catch((error: unknown) => {
        throw new Error(`${said}\n${again.stderr}`, { cause: error });
      });
      if (kill % PROVED === 0) await expectProved(repository);
    }
    await expectProved(repository);
    await fsck(repository);
    expect(killed).toBeGreaterThan(0);
  },
);

test(
  "a kill of the process alone, while git still writes files for it: the next run waits for that git",
  { timeout: 120_000 },
  async () => {
    const repository = await manyLines();
    const { sandbox, path } = repository;
    const pick = ["pick", "main", "--onto", "all", "--yes"];
    // A filter that takes its time makes git slow enough to be met at work.
    await repository.git(["config", "filter.slow.smudge", "sleep 0.1; cat"]);
    sandbox.write("repository/.git/info/attributes", "src/module-1?/** filter=slow\n");
    const lock = join(repository.gitDir, "index.lock");
    const running = startMorello(sandbox, pick, { cwd: path });
    const died = await running.killWhen(() => linesOf(lock) > 1, "process");
    expect(died.signal).toBe("SIGKILL");
    const again = await morello(sandbox, pick, { cwd: path });
    expect(again.status, again.stderr).toBe(0);
    await expectWhole(repository);
  },
);

function linesOf(path: string): number {
  try {
    return readFileSync(path, "latin1").split("\n").length - 1;
  } catch {
    return 0;
  }
}

test(
  "two runs at once on the same lines: one pick a line, and the other says what it met",
  { timeout: 120_000 },
  async () => {
    const repository = await manyLines();
    const { sandbox, path } = repository;
    for (let round = 0; round < (LONG ? 20 : 4); round++) {
      const pick = ["pick", "main", "--onto", "all", "--yes", "--json"];
      const runs = await Promise.all([1, 2, 3].map(() => morello(sandbox, pick, { cwd: path })));
      const ends = runs.map((run) => {
        const { kind, code } = run.json<{ kind: string; code?: string }>();
        return `${run.status} ${code ?? kind}`;
      });
      expect(ends).toContain("0 applied");
      for (const end of ends) expect(["0 applied", "1 line-busy"]).toContain(end);
      await expectWhole(repository);
      expect((await morello(sandbox, ["undo", "--yes"], { cwd: path })).status).toBe(0);
    }
  },
);
