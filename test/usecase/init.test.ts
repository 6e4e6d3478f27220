import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { init as initWith } from "../../src/usecase/init.ts";
import { listLines } from "../../src/usecase/list-lines.ts";
import type { LinesOutcome } from "../../src/wire/line.ts";
import type { InitOutcome } from "../../src/wire/outcome.ts";
import { censusChanges, objectCensus } from "../support/census.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, failure, fixStory } from "./setting.ts";

const init = (repository: TestRepository, write = false): Promise<InitOutcome> =>
  initWith(depsOf(repository), { write });

test("init shows what is detected and writes nothing", async () => {
  const repository = await fixStory().create(makeSandbox());
  await init(repository); // makes the cache
  const before = objectCensus(repository.path);
  const outcome = await init(repository);
  expect(outcome).toMatchObject({ main: "main", written: null, existing: null });
  expect(outcome.lines.map(({ name }) => name)).toEqual(["release/v2.8", "release/v2.7"]);
  expect(outcome.text).toContain('pattern: "release/*"');
  const changed = censusChanges(before, objectCensus(repository.path));
  expect(changed.filter((change) => !/ \.git(\/morello\/cache\/.*)?$/.test(change))).toEqual([]);
});

test("init --write writes a configuration that changes nothing of what is detected", async () => {
  const repository = await fixStory().create(makeSandbox());
  const before = await listLines(depsOf(repository), { fetch: false });
  const { written } = await init(repository, true);
  expect(written).toBe(join(repository.path, "morello.yaml"));
  await repository.git(["add", "morello.yaml"]);
  await repository.git(["commit", "-q", "-m", "configuration"]);
  const after = await listLines(depsOf(repository), { fetch: false });
  const lines = (outcome: LinesOutcome): object[] => outcome.lines.map((line) => ({ ...line, onlyMain: null }));
  expect(lines(after)).toEqual(lines(before)); // main alone is a commit longer
});

test("init --write overwrites no configuration, committed or not", async () => {
  const repository = await fixStory().create(makeSandbox());
  await init(repository, true);
  const written = readFileSync(join(repository.path, "morello.yaml"), "utf8");
  expect(await failure(init(repository, true))).toMatchObject({ code: "usage" });
  expect(readFileSync(join(repository.path, "morello.yaml"), "utf8")).toBe(written);
});

test("init --write in a bare repository says where it can be done", async () => {
  const repository = await fixStory().create(makeSandbox(), { bare: true });
  expect(await failure(init(repository, true))).toMatchObject({ code: "bare-repository" });
  expect((await init(repository)).text).toContain("release/*");
});

test("init in a repository without lines shows what a line looks like", async () => {
  const repository = await fixStory().create(makeSandbox());
  await repository.git(["branch", "-q", "-D", "release/v2.7", "release/v2.8"]);
  const outcome = await init(repository);
  expect(outcome.lines).toEqual([]);
  expect(outcome.text).toContain("# lines:");
});
