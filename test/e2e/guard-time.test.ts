// How long a push waits for the guard: printed, never asserted, since it is the machine's too. With MORELLO_LONG=1.
import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { morello } from "../support/cli.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { makeSandbox } from "../support/sandbox.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const FILES = 2_000;
const PICKS = 50;
const PUSHES = 20;

const content = (file: number, changed = ""): string =>
  Array.from({ length: 60 }, (_, n) => `line ${n} of ${file}${n === 30 ? changed : ""}\n`).join("");
const path = (file: number): string => `src/part-${file % 40}/file-${file}.py`;

test.runIf(LONG)(`a push of ${PICKS} picks on a tree of ${FILES} files`, async () => {
  const sandbox = makeSandbox();
  const files = Object.fromEntries(Array.from({ length: FILES }, (_, n) => [path(n), content(n)]));
  const story = history().commit("base", { files });
  story
    .branch("release/v1.0")
    .commit("line", { files: { VERSION: "1.0\n" } })
    .tag("v1.0.0")
    .checkout("main");
  for (let n = 0; n < PICKS; n++)
    story.commit(`fix ${n}`, { message: `fix: part ${n}\n`, files: { [path(n * 7)]: content(n * 7, " fixed") } });
  const client = await story.create(sandbox);
  const [template, server] = [sandbox.path("template.git"), sandbox.path("server.git")];
  await sandbox.git(["clone", "-q", "--bare", client.path, template]);
  await client.git(["repack", "-adq"]);
  const picked = await morello(
    sandbox,
    ["pick", "base..main".replace("base", client.oid("base")), "--onto", "release/v1.0", "--yes"],
    { cwd: client.path },
  );
  expect(picked.status, picked.stderr).toBe(0);
  const logs = (await client.git(["for-each-ref", "--format=%(refname)", "refs/morello"])).split("\n").filter(Boolean);
  const pushes = {
    "the line": ["release/v1.0"],
    "the line and its ledger": ["release/v1.0", ...logs],
    "a topic branch": [`${client.oid("fix 3")}:refs/heads/topic`],
  };
  const report: string[] = [];
  for (const guard of [false, true]) {
    for (const [what, refs] of Object.entries(pushes)) {
      const times: number[] = [];
      for (let n = 0; n < PUSHES; n++) {
        rmSync(server, { recursive: true, force: true });
        await finished("cp", ["-a", template, server], { cwd: sandbox.root, env: sandbox.env });
        if (guard) await morello(sandbox, ["guard", "install", server]);
        const began = performance.now();
        await client.git(["push", "-q", server, ...refs]);
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): number => times[Math.min(PUSHES - 1, Math.ceil(share * PUSHES) - 1)] ?? 0;
      const each = what.startsWith("the line") ? `, ${(at(0.95) / PICKS).toFixed(1)} ms a pick at p95` : "";
      report.push(
        `${guard ? "guard" : "no guard"}, ${what}: p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms${each}`,
      );
    }
  }
  process.stdout.write(`${report.join("\n")}\n`);
});
