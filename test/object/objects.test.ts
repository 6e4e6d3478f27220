import { describe, expect, test } from "vitest";
import { parseCommit, serialiseCommit } from "../../src/object/commit.ts";
import { emptyTree, hashObject, type ObjectFormat, type ObjectType } from "../../src/object/hash.ts";
import type { BytePath } from "../../src/object/path.ts";
import { canonicalMode, parseTree, serialiseTree } from "../../src/object/tree.ts";
import { history } from "../support/history.ts";
import { sampleScenarios } from "../support/random-history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { materialise } from "../support/scenario.ts";

interface RealObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly body: Buffer;
}

async function realObjects(objectFormat: ObjectFormat): Promise<RealObject[]> {
  const repository = await history({ objectFormat }).create(makeSandbox(), { bare: true });
  await materialise(sampleScenarios(60, 5), repository);
  const { stdout } = await repository.gitRun(["cat-file", "--batch", "--batch-all-objects"]);
  const found: RealObject[] = [];
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(10, at);
    const [oid = "", type, size] = stdout.toString("latin1", at, end).split(" ");
    const body = stdout.subarray(end + 1, end + 1 + Number(size));
    found.push({ oid, type: type as ObjectType, body });
    at = end + 2 + Number(size);
  }
  return found;
}

describe.each(["sha1", "sha256"] as const)("%s", (format) => {
  test("trees and commits that git wrote are read and written without a change, and hash to their IDs", async () => {
    const counts = { tree: 0, commit: 0 };
    for (const { oid, type, body } of await realObjects(format)) {
      expect(hashObject(format, type, body)).toBe(oid);
      if (type === "tree") {
        counts.tree++;
        expect(serialiseTree(parseTree(body, format)).equals(body)).toBe(true);
      } else if (type === "commit") {
        counts.commit++;
        const commit = parseCommit(body);
        const { encoding } = commit;
        const written = serialiseCommit(commit).toString("latin1");
        const header = encoding === null ? "" : `encoding ${encoding}\n`;
        expect(written.replace("\n\n", `\n${header}\n`)).toBe(body.toString("latin1"));
      }
    }
    expect(counts.tree).toBeGreaterThan(100);
    expect(counts.commit).toBeGreaterThan(100);
  });

  test("the empty tree is git's", async () => {
    const repository = await history({ objectFormat: format }).create(makeSandbox(), { bare: true });
    expect(emptyTree(format)).toBe(await repository.git(["hash-object", "-t", "tree", "/dev/null"]));
  });
});

test("names that a directory's slash sorts between are written in git's order", () => {
  const oid = "1".repeat(40);
  const names = ["a.b", "a", "a-b", "a0"].map(
    (name) => [name as BytePath, { mode: name === "a" ? "40000" : "100644", oid }] as const,
  );
  const order = [...parseTree(serialiseTree(new Map(names)), "sha1").keys()];
  expect(order).toEqual(["a-b", "a.b", "a", "a0"]);
});

test("a tree that is cut off anywhere but between entries is damaged", () => {
  const entry = { mode: "100644", oid: "1".repeat(40) };
  const body = serialiseTree(
    new Map([
      ["one", entry],
      ["two", entry],
    ] as [BytePath, typeof entry][]),
  );
  const whole = body.length / 2;
  for (let length = 0; length < body.length; length++) {
    const read = (): unknown => parseTree(body.subarray(0, length), "sha1");
    if (length % whole === 0) expect(read).not.toThrow();
    else expect(read).toThrow("damaged");
  }
});

test.each([
  ["100664", "100644"],
  ["100600", "100644"],
  ["100777", "100755"],
  ["040000", "40000"],
  ["120777", "120000"],
  ["160000", "160000"],
])("mode %s is worked with as %s", (stored, mode) => {
  expect(canonicalMode(stored)).toBe(mode);
});

test("a commit's headers are found beside signatures, merge tags and headers that nobody knows", () => {
  const raw = [
    `tree ${"1".repeat(40)}`,
    `parent ${"2".repeat(40)}`,
    `parent ${"3".repeat(40)}`,
    "author A <a@example.com> 1 +0000",
    "committer C <c@example.com> 2 +0000",
    `mergetag object ${"3".repeat(40)}`,
    " type commit",
    " encoding no",
    "gpgsig -----BEGIN",
    " author nobody",
    " -----END",
    "encoding ISO-8859-1",
    "encoding UTF-8",
    "",
    "Subject\n\nauthor of the body\n",
  ].join("\n");
  expect(parseCommit(Buffer.from(raw, "latin1"))).toEqual({
    tree: "1".repeat(40),
    parents: ["2".repeat(40), "3".repeat(40)],
    author: "A <a@example.com> 1 +0000",
    committer: "C <c@example.com> 2 +0000",
    encoding: "ISO-8859-1",
    message: "Subject\n\nauthor of the body\n",
  });
});

test("a commit without a message, or without what it must have", () => {
  const head = `tree ${"1".repeat(40)}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000`;
  expect(parseCommit(Buffer.from(head)).message).toBe("");
  expect(() => parseCommit(Buffer.from(head.replace("author", "writer")))).toThrow("damaged");
});
