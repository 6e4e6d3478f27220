import { expect, test } from "vitest";
import { morello } from "../support/cli.ts";
import { bareRemote } from "../support/remote.ts";
import { fsck } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { fixStory } from "../usecase/setting.ts";

test(
  "two clones record on one line: who comes second records anew on top, and a third clone proves it all",
  { timeout: 120_000 },
  async () => {
    const repository = await fixStory()
      .commit("configuration", { files: { "morello.yaml": "ledger: { publish: true }\n" } })
      .create(makeSandbox());
    const { sandbox, path: first } = repository;
    const remote = await bareRemote(repository);
    const clone = async (name: string): Promise<string> => {
      await sandbox.git(["clone", "-q", remote.path, name]);
      return sandbox.path(name);
    };
    const second = await clone("second");
    const run = (cwd: string, ...args: readonly string[]): ReturnType<typeof morello> =>
      morello(sandbox, [...args, "--json"], { cwd });
    const pick = (cwd: string, mark: string): ReturnType<typeof morello> =>
      run(cwd, "pick", repository.oid(mark), "--onto", "release/v2.7", "--yes", "--push");

    expect((await pick(first, "fix")).status).toBe(0);
    const rejected = await pick(second, "more");
    expect(rejected.json<{ code: string }>()).toMatchObject({ code: "push-rejected" });
    expect((await run(second, "undo", "--yes")).status).toBe(0);
    await sandbox.git(["fetch", "-q"], { cwd: second });
    await sandbox.git(["branch", "-q", "-f", "release/v2.7", "origin/release/v2.7"], { cwd: second });
    const again = await pick(second, "more");
    expect(again.status, again.stdout).toBe(0);

    const third = await clone("third");
    const verified = await run(third, "ledger", "verify");
    expect(verified.status, verified.stdout).toBe(0);
    expect(verified.json()).toMatchObject({ lines: [{ findings: [] }] });
    const log = (await run(third, "ledger", "log")).json<{ lines: { entries: { record: { kind: string } }[] }[] }>();
    const kinds = log.lines.flatMap(({ entries }) => entries.map(({ record }) => record.kind)).reverse();
    // Of the first clone; what the second could not push, and took back; what it pushed then.
    expect(kinds.join(" ")).toBe("checkpoint intent landed intent landed reverted intent landed");
    const there = await run(third, "find", repository.oid("more"), "--line", "release/v2.7");
    expect(there.json()).toMatchObject({ fixes: [{ lines: [{ standing: "recorded" }] }] });
    await fsck(repository);
  },
);
