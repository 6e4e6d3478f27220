import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plan } from "../../src/usecase/plan.ts";
import type { PlanOutcome } from "../../src/wire/outcome.ts";
import { binary } from "../support/case/entries.ts";
import { lines } from "../support/case/case.ts";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { CLOCK, type Environment } from "../support/environment.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

const CRLF = "\r\n";

/** Source commits whose picks depend on renames, attributes, line ends, conflict styles and whitespace. */
const SOURCES = {
  ordinary: { files: { a: lines(20, { 3: "fixed" }) } },
  renamed: { files: { moved: lines(20, { 3: "fixed" }, " m\n") } },
  added: { files: { "dir/new": "new\n" } },
  crlf: { files: { "crlf.txt": lines(20, { 3: "fixed" }, CRLF) } },
  union: { files: { "u.union": lines(20, { 3: "fixed" }) } },
  driven: { files: { "d.driven": lines(20, { 3: "fixed" }) } },
  drivenClash: { files: { "e.driven": lines(20, { 3: "fixed" }) } },
  conflict: { files: { c: lines(20, { 3: "fixed" }) } },
  blank: { files: { w: lines(20, { 3: "line  3" }) } },
  binary: { files: { b: binary("2") } },
  message: { files: { a: lines(20, { 4: "fixed" }) }, message: "Caf\u00e9\n\n# no comment\nBody.  \n\nFixes: 1\n" },
} as const;

const told = history()
  .commit("base", {
    files: {
      ".gitattributes": "*.union merge=union\n*.driven merge=mine diff=mine filter=mine\ncrlf.txt text\n",
      "a": lines(20),
      "moved": lines(20, {}, " m\n"),
      "dir/x": lines(20, {}, " x\n"),
      "dir/y": lines(20, {}, " y\n"),
      "crlf.txt": lines(20, {}, CRLF),
      "u.union": lines(20),
      "d.driven": lines(20),
      "e.driven": lines(20),
      "c": lines(20),
      "w": lines(20),
      "b": binary("1"),
    },
  })
  .branch("release/v1")
  .commit("onto", {
    files: {
      "a": lines(20, { 18: "line" }),
      "crlf.txt": lines(20, { 18: "line" }, CRLF),
      "u.union": lines(20, { 3: "line" }),
      "d.driven": lines(20, { 18: "line" }),
      "e.driven": lines(20, { 3: "line" }),
      "c": lines(20, { 3: "line" }),
      "w": lines(20, { 3: "line 3 " }),
    },
    rename: { moved: "now/here", dir: "elsewhere" },
  });
for (const [name, spec] of Object.entries(SOURCES)) told.branch(`source/${name}`, "base").commit(name, spec);

async function picks(repository: TestRepository, environment: Environment = {}): Promise<PlanOutcome["plan"]["lines"]> {
  // Nothing remembered: each plan is computed.
  rmSync(join(repository.gitDir, "morello"), { recursive: true, force: true });
  const deps = { cwd: repository.path, environment: { ...repository.sandbox.env, ...environment }, now: CLOCK };
  const options = { mainline: null, signoff: true, trailers: [], messages: {}, via: "source", toBranch: null } as const;
  const found: PlanOutcome["plan"]["lines"] = [];
  for (const name of Object.keys(SOURCES)) {
    const input = { revisions: [`${repository.oid("base")}..source/${name}`], onto: ["release/v1"], fetch: false };
    const { plan: made } = await plan(deps, { ...input, options: { ...options, trailers: [] } });
    found.push(...made.lines);
  }
  return found;
}

/** A script that leaves a mark if anyone runs it. */
function trap(repository: TestRepository): { command: string; ran: () => boolean } {
  const mark = repository.sandbox.path("somebody-ran-it");
  const command = repository.sandbox.write("trap.sh", `#!/bin/sh\necho "$0 $@" >>"${mark}"\nexit 0\n`, 0o755);
  return { command, ran: () => existsSync(mark) };
}

async function config(
  repository: TestRepository,
  settings: readonly (readonly [string, string])[],
  ...scope: string[]
): Promise<void> {
  for (const [key, value] of settings) await repository.git(["config", ...scope, "--add", key, value]);
}

const MERGE_SETTINGS = [
  ["merge.renames", "false"],
  ["diff.renames", "false"],
  ["merge.directoryRenames", "true"],
  ["merge.renameLimit", "1"],
  ["merge.conflictStyle", "zdiff3"],
  ["merge.renormalize", "true"],
  ["merge.default", "union"],
  ["diff.algorithm", "patience"],
  ["diff.noprefix", "true"],
  ["diff.external", "/nowhere/diff"],
  ["diff.ignoreSubmodules", "all"],
  ["diff.context", "0"],
  ["diff.interHunkContext", "9"],
  ["core.autocrlf", "true"],
  ["core.eol", "crlf"],
  ["core.whitespace", "cr-at-eol"],
  ["core.quotePath", "false"],
  ["core.commentChar", ";"],
  ["commit.cleanup", "strip"],
  ["i18n.commitEncoding", "ISO-8859-1"],
  ["i18n.logOutputEncoding", "ISO-8859-1"],
  ["trailer.separators", "="],
  ["log.showSignature", "true"],
  ["log.date", "relative"],
  ["core.abbrev", "5"],
  ["core.fileMode", "false"],
  ["core.symlinks", "false"],
  ["core.ignoreCase", "true"],
  ["core.precomposeUnicode", "true"],
] as const;

type Disturbance = (repository: TestRepository, command: string) => Promise<Environment | undefined>;

const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  "the repository's settings": async (repository) => {
    await config(repository, MERGE_SETTINGS);
    return undefined;
  },
  "the user's settings": async (repository) => {
    await config(repository, MERGE_SETTINGS, "--global");
    return undefined;
  },
  "settings from the environment": () =>
    Promise.resolve(
      Object.fromEntries([
        ["GIT_CONFIG_COUNT", String(MERGE_SETTINGS.length)],
        ...MERGE_SETTINGS.flatMap(([key, value], n) => [
          [`GIT_CONFIG_KEY_${n}`, key],
          [`GIT_CONFIG_VALUE_${n}`, value],
        ]),
      ]) as Environment,
    ),
  "programs that git would run": async (repository, command) => {
    const names = [
      "merge.mine.driver",
      "merge.union.driver",
      "merge.text.driver",
      "diff.mine.command",
      "diff.mine.textconv",
    ];
    const more = ["filter.mine.clean", "filter.mine.smudge", "filter.mine.process", "core.fsmonitor", "diff.external"];
    const paged = [
      "core.pager",
      "core.editor",
      "sequence.editor",
      "core.sshCommand",
      "credential.helper",
      "gpg.program",
    ];
    await config(
      repository,
      [...names, ...more, ...paged].map((name) => [name, command] as const),
    );
    await config(repository, [
      ["core.hooksPath", repository.sandbox.path("hooks")],
      ["commit.gpgSign", "true"],
    ]);
    for (const hook of ["post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"]) {
      repository.sandbox.write(`hooks/${hook}`, `#!/bin/sh\nexec "${command}" "$@"\n`, 0o755);
    }
    return { GIT_EXTERNAL_DIFF: command, GIT_PAGER: command, GIT_EDITOR: command, GIT_SSH_COMMAND: command };
  },
  "attributes of the user's and of the repository's": async (repository) => {
    const file = repository.sandbox.write("attributes", "* merge=binary\n");
    await config(repository, [["core.attributesFile", file]], "--global");
    repository.sandbox.write("home/.config/git/attributes", "* -merge\n");
    repository.sandbox.write("repository/info/attributes", "* merge=union\n");
    repository.sandbox.write("repository/.git/info/attributes", "* merge=union\n");
    return { GIT_ATTR_SOURCE: repository.oid("base") };
  },
  "an index and a work tree that say something else": async (repository) => {
    repository.sandbox.write("repository/.gitattributes", "* merge=union\n");
    repository.sandbox.write("repository/elsewhere/.gitattributes", "* merge=union\n");
    await repository.git(["add", "."]);
    return undefined;
  },
  "replace refs": async (repository) => {
    for (const name of Object.keys(SOURCES))
      await repository.git(["replace", repository.oid(name), repository.oid("onto")]);
    const [from, to] = await Promise.all(
      ["ordinary", "conflict"].map((mark) => repository.git(["rev-parse", `${repository.oid(mark)}^{tree}`])),
    );
    await repository.git(["replace", "-f", from ?? "", to ?? ""]);
    return undefined;
  },
  "grafts": (repository) => {
    const rows = Object.keys(SOURCES).map((name) => `${repository.oid(name)} ${repository.oid("onto")}\n`);
    repository.sandbox.write("repository/.git/info/grafts", rows.join(""));
    return Promise.resolve({});
  },
  "another time zone, locale and language": () =>
    Promise.resolve({ TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", LANG: "de_DE.UTF-8", LANGUAGE: "de" }),
  "variables that lead elsewhere": (repository) =>
    Promise.resolve({
      GIT_INDEX_FILE: repository.sandbox.path("nowhere"),
      GIT_PREFIX: "elsewhere/",
      GIT_LITERAL_PATHSPECS: "1",
      GIT_DIFF_OPTS: "--unified=0",
      GIT_MERGE_VERBOSITY: "5",
      GIT_TRACE: "0",
    }),
};

describe("the user's ways change no pick and run no program", () => {
  test.each(Object.entries(DISTURBANCES))("%s", async (_, disturb) => {
    const repository = await told.create(makeSandbox(), { head: "main" });
    const wanted = await picks(repository);
    const { command, ran } = trap(repository);
    const environment = await disturb(repository, command);
    expect(await picks(repository, environment)).toEqual(wanted);
    expect(ran()).toBe(false);
  });
});

test("without them, the picks are git's", async () => {
  const sandbox = makeSandbox();
  const repository = await told.create(sandbox, { bare: true });
  const found = await picks(repository);
  const oracle = cherryPickOracle(sandbox, repository, 2);
  const git = await Promise.all(
    Object.keys(SOURCES).map((name) =>
      oracle.pick(repository.oid("onto"), repository.oid(name), { x: true, signoff: true }),
    ),
  );
  expect(found.map((line) => (line.firstFailure === null ? line.result : "conflict"))).toEqual(
    git.map((answer) => (answer.kind === "clean" ? answer.commit : answer.kind)),
  );
  const stopped = Object.keys(SOURCES).filter((_, n) => git[n]?.kind === "conflict");
  expect(stopped).toEqual(["added", "drivenClash", "conflict", "blank"]);
});

test("a custom merge driver is never run, where git runs it", async () => {
  const repository = await told.create(makeSandbox(), { head: "release/v1" });
  const { command, ran } = trap(repository);
  await config(repository, [["merge.mine.driver", `${command} %A`]]);
  const [line] = (await picks(repository)).filter(
    ({ picks: [pick] }) => pick?.source === repository.oid("drivenClash"),
  );
  expect(line?.picks[0]?.outcome).toMatchObject({ kind: "conflict", paths: [{ path: "e.driven", kind: "content" }] });
  expect(ran()).toBe(false);
  await repository.git(["cherry-pick", repository.oid("drivenClash")], { ok: [0, 1] }); // 1: the driver leaves the line's side, so nothing is to commit
  expect(ran()).toBe(true);
});
