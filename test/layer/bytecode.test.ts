// Python trusts bytecode by its source's time and size: a fix of equal size must run all the same. Real python3.
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { diffLayer, fullLayer, type Layer, type SourceFile } from "../../src/layer/source.ts";
import { hashObject } from "../../src/object/hash.ts";
import { bytePathOf } from "../../src/object/path.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const PLACE = { path: "/opt/app", uid: 0, gid: 0 };

function python(text: string): SourceFile[] {
  const bytes = Buffer.from(text);
  return [{ path: bytePathOf("leak.py"), mode: "100644", oid: hashObject("sha1", "blob", bytes), bytes }];
}

async function run(sandbox: Sandbox, program: string, args: readonly string[]): Promise<string> {
  const done = await finished(program, args, { cwd: sandbox.path("image"), env: sandbox.env });
  expect(done.stderr.toString()).toBe("");
  return done.stdout.toString().trim();
}

async function extract(sandbox: Sandbox, layer: Layer): Promise<void> {
  mkdirSync(sandbox.path("image"), { recursive: true });
  writeFileSync(sandbox.path("layer.tar.gz"), layer.bytes);
  await run(sandbox, "tar", [
    "--extract",
    "--preserve-permissions",
    "--no-same-owner",
    "--file",
    sandbox.path("layer.tar.gz"),
  ]);
}

const ask = ["-c", "import sys; sys.path.insert(0, 'opt/app'); import leak; print(leak.FACTOR)"];

test("a fix of equal size runs where the lower layer has the bytecode of the old code", async () => {
  const sandbox = makeSandbox();
  const [before, after] = [python("FACTOR = 1\n"), python("FACTOR = 2\n")];
  await extract(sandbox, fullLayer(before, PLACE));
  await run(sandbox, "python3", ["-m", "compileall", "-q", "opt/app"]); // by time and size, as pip and Debian do it
  expect(await run(sandbox, "python3", ask)).toBe("1");
  await extract(sandbox, diffLayer(before, after, PLACE)!);
  expect(await run(sandbox, "python3", ask)).toBe("2");
});

test("with one time for all files it would not run: the reason for times from blobs", async () => {
  const sandbox = makeSandbox();
  const touch = async (): Promise<string> => run(sandbox, "touch", ["--date=@1000000000", "opt/app/leak.py"]);
  const [before, after] = [python("FACTOR = 1\n"), python("FACTOR = 2\n")];
  await extract(sandbox, fullLayer(before, PLACE));
  await touch();
  await run(sandbox, "python3", ["-m", "compileall", "-q", "opt/app"]);
  await extract(sandbox, diffLayer(before, after, PLACE)!);
  await touch();
  expect(await run(sandbox, "python3", ask)).toBe("1");
});
