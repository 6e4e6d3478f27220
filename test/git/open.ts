// The product's view of a test's repository, closed with the test; and repositories that lost something.
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import type { Environment } from "../../src/git/environment.ts";
import type { TestRepository } from "../support/repository.ts";

export async function scratchOn(repository: TestRepository, environment: Environment = {}): Promise<Scratch> {
  const env = { ...repository.sandbox.env, ...environment };
  const scratch = new Scratch(await openRepository(repository.path, env));
  onTestFinished(() => scratch.close());
  return scratch;
}

/** Makes a file of each object, so that single ones can be taken away. */
async function unpack(repository: TestRepository): Promise<void> {
  const packs = join(repository.gitDir, "objects", "pack");
  for (const name of readdirSync(packs).filter((file) => file.endsWith(".pack"))) {
    const away = repository.sandbox.path(name);
    renameSync(join(packs, name), away);
    rmSync(join(packs, name.replace(/pack$/, "idx")));
    await repository.gitRun(["unpack-objects", "-q"], { input: readFileSync(away) });
  }
}

async function looseFile(repository: TestRepository, revision: string): Promise<{ oid: string; file: string }> {
  await unpack(repository);
  const oid = await repository.git(["rev-parse", revision]);
  return { oid, file: join(repository.gitDir, "objects", oid.slice(0, 2), oid.slice(2)) };
}

/** Takes an object away and gives its ID. */
export async function lose(repository: TestRepository, revision: string): Promise<string> {
  const { oid, file } = await looseFile(repository, revision);
  rmSync(file);
  return oid;
}

/** Leaves an object where it is, with content that git cannot read. */
export async function damage(repository: TestRepository, revision: string): Promise<string> {
  const { oid, file } = await looseFile(repository, revision);
  chmodSync(file, 0o644);
  writeFileSync(file, "not what git wrote");
  return oid;
}
