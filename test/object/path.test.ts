import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ancestors,
  bytePath,
  bytePathOf,
  directoryOf,
  parseQuotedPath,
  pathBytes,
  quotePath,
  type BytePath,
} from "../../src/object/path.ts";
import { makeSandbox } from "../support/sandbox.ts";

const special = fc.constantFrom(...Array.from("\t\n\"\\\x01\x07\b\v\f\r\x1b\x7f éà日\u0085\u{1f600}\ufffd'`$*?~"));
const utf8 = fc
  .array(fc.oneof(special, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })), { maxLength: 8 })
  .map((parts) => Buffer.from(parts.join(""), "utf8"));
const anything = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes));
const name = fc.oneof(utf8, anything).map((bytes) => bytePath(bytes.filter((byte) => byte !== 0 && byte !== 0x2f)));

test("a path's form for people can be turned back", () => {
  fc.assert(
    fc.property(fc.oneof(utf8, anything).map(bytePath), (path) => {
      expect(parseQuotedPath(quotePath(path))).toBe(path);
    }),
  );
});

test("different paths have different forms", () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(quotePath(a) === quotePath(b)).toBe(a === b);
    }),
  );
});

test("UTF-8 is shown as git shows it with core.quotePath=false, other bytes as with core.quotePath=true", async () => {
  const sandbox = makeSandbox();
  await sandbox.git(["init", "-q", "--bare", "--template=", "."]);
  const paths = [...new Set(fc.sample(name, { numRuns: 300, seed: 1 }))].map((tail, n) => `f${n}-${tail}` as BytePath);
  const entry = `100644 ${"1".repeat(40)}\t`;
  const input = Buffer.concat(paths.flatMap((path) => [Buffer.from(entry), pathBytes(path), Buffer.from("\0")]));
  await sandbox.gitRun(["update-index", "-z", "--index-info"], { input });
  const listed = async (quote: boolean): Promise<Map<string, string>> => {
    const { stdout } = await sandbox.gitRun(["-c", `core.quotePath=${quote}`, "ls-files"]);
    const rows = stdout.toString("latin1").trimEnd().split("\n");
    return new Map(rows.map((row) => [/f\d+-/.exec(row)?.[0] ?? "", row]));
  };
  const [plain, octal] = [await listed(false), await listed(true)];
  expect(plain.size).toBe(paths.length);
  let strange = 0;
  for (const path of paths) {
    const key = /f\d+-/.exec(path)?.[0] ?? "";
    const isUtf8 = Buffer.from(pathBytes(path).toString("utf8"), "utf8").equals(pathBytes(path));
    if (!isUtf8) strange++;
    expect(bytePathOf(quotePath(path))).toBe((isUtf8 ? plain : octal).get(key));
  }
  expect(strange).toBeGreaterThan(20);
});

test("ancestors are the directories above, topmost first", () => {
  expect(ancestors("a/b/c" as BytePath)).toEqual(["a", "a/b"]);
  expect(ancestors("a" as BytePath)).toEqual([]);
  expect([directoryOf("a/b/c" as BytePath), directoryOf("a" as BytePath)]).toEqual(["a/b", ""]);
});
