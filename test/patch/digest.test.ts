import fc from "fast-check";
import { expect, test } from "vitest";
import { patchTexts, rawChanges } from "../../src/git/diff.ts";
import { digestChanges, patchIdentity, type RawChange } from "../../src/patch/digest.ts";
import type { BytePath } from "../../src/object/path.ts";
import { scratchOn } from "../git/open.ts";
import { history } from "../support/history.ts";
import { lines } from "../support/case/case.ts";
import { makeSandbox } from "../support/sandbox.ts";
import type { Entry } from "../support/tree.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 400 : 100;

/** Few edits of few files, so that the same patch comes again, at other places and on other trees. */
const edit = fc.record({
  file: fc.constantFrom("a", "b", "d/c"),
  at: fc.integer({ min: 2, max: 5 }),
  text: fc.constantFrom("one", "two", "  two", null),
  mode: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const commit = fc.record({ shift: fc.nat(3), edits: fc.array(edit, { minLength: 1, maxLength: 2 }) });

test(`patches are equal exactly where git patch-id says so (${COUNT} commits, every pair)`, async () => {
  const told = history().commit("root", { files: { "a": lines(9), "b": lines(9), "d/c": lines(9) } });
  for (const [n, { shift, edits }] of fc.sample(commit, { numRuns: COUNT, seed: 13 }).entries()) {
    // What stands above moves the hunk and is no part of it.
    const above = lines(shift * 7, {}, " above\n");
    const files = (changed: boolean): Record<string, Entry> => {
      const all: Record<string, Entry> = {};
      for (const file of ["a", "b", "d/c"]) {
        const own = edits.filter((one) => one.file === file);
        const body = above + lines(9, changed ? Object.fromEntries(own.map(({ at, text }) => [at, text])) : {});
        all[file] = changed && own.some(({ mode }) => mode) ? { executable: body } : body;
      }
      return all;
    };
    told
      .branch(`b${n}`, "root")
      .commit(`base${n}`, { files: files(false) })
      .commit(`c${n}`, { files: files(true) });
  }
  const repository = await told.create(makeSandbox(), { bare: true });
  const oids = Array.from({ length: COUNT }, (_, n) => repository.oid(`c${n}`));
  const scratch = await scratchOn(repository);
  const verbatim = (await repository.gitRun(["patch-id", "--verbatim"], { ok: [0, 129] })).status === 0; // 2.39
  const log = await repository.gitRun(["diff-tree", "-p", "--stdin", "--no-renames", "--full-index"], {
    input: `${oids.join("\n")}\n`,
  });
  const { stdout } = await repository.gitRun(["patch-id", verbatim ? "--verbatim" : "--stable"], { input: log.stdout });
  const git = new Map(
    stdout
      .toString("latin1")
      .trimEnd()
      .split("\n")
      .map((row) => row.split(" ").reverse() as [string, string]),
  );
  const [texts, raw] = [await patchTexts(scratch, oids), await rawChanges(scratch, oids)];
  const counts = { same: 0, sameElsewhere: 0, other: 0 };
  for (const [n, a] of oids.entries()) {
    for (const b of oids.slice(0, n)) {
      const identical = patchIdentity(texts.get(a) ?? "") === patchIdentity(texts.get(b) ?? "");
      const [left, right] = [digestChanges(raw.get(a) ?? []), digestChanges(raw.get(b) ?? [])];
      if (verbatim) expect(identical).toBe(git.get(a) === git.get(b));
      else if (identical) expect(git.get(a)).toBe(git.get(b)); // white space is not told apart there
      // Digests decide which diffs are made at all, so equal patches must have equal ones.
      if (left.whole === right.whole) expect(identical).toBe(true);
      if (identical) expect(left.paths).toBe(right.paths);
      counts[!identical ? "other" : left.whole === right.whole ? "same" : "sameElsewhere"]++;
    }
  }
  for (const kind of ["same", "sameElsewhere", "other"] as const) expect(counts[kind]).toBeGreaterThan(3);
});

const change = fc.record({
  path: fc.constantFrom("a", "b", "a/b", "\xff").map((path) => path as BytePath),
  oldMode: fc.constantFrom("000000", "100644", "100755"),
  newMode: fc.constantFrom("000000", "100644"),
  oldOid: fc.constantFrom("0".repeat(40), "1".repeat(40)),
  newOid: fc.constantFrom("0".repeat(40), "2".repeat(40)),
});
const changes = fc.uniqueArray(change, { selector: ({ path }) => path, maxLength: 4 });

test("digests do not depend on the order of the paths, and differ where the patch does", () => {
  const told = (list: readonly RawChange[]): string =>
    JSON.stringify([...list].sort((a, b) => (a.path < b.path ? -1 : 1)));
  fc.assert(
    fc.property(changes, changes, (a, b) => {
      expect(digestChanges(a.toReversed())).toEqual(digestChanges(a));
      expect(digestChanges(a).whole === digestChanges(b).whole).toBe(told(a) === told(b));
    }),
  );
});

test("an identity leaves out where hunks stand and which objects they are between, and nothing else", () => {
  const diff = "diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@ f()\n x\n-index 1\n+y\n";
  const moved = diff.replace("1..2", "3..4").replace("-1,2 +1,2 @@ f()", "-9,2 +9,2 @@ g()");
  expect(patchIdentity(moved)).toBe(patchIdentity(diff));
  for (const other of ["b/b", "+ y", "-index 2", "100755"]) {
    const [from = ""] = { "b/b": ["b/a"], "+ y": ["+y"], "-index 2": ["-index 1"], "100755": ["old"] }[other] ?? [];
    const changed =
      other === "100755" ? diff.replace("index", "old mode 100644\nnew mode 100755\nindex") : diff.replace(from, other);
    expect(patchIdentity(changed)).not.toBe(patchIdentity(diff));
  }
});
