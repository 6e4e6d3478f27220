import fc from "fast-check";
import { expect, test } from "vitest";
import { differences } from "../../src/forge/difference.ts";
import { digestOf, inOrder } from "../../src/forge/digest.ts";
import type { WantedEntry } from "../../src/forge/port.ts";

const WANTED: readonly WantedEntry[] = [
  { key: "lines", settings: { refs: ["a", "b"], approvals: 2 }, why: { refs: "because", approvals: "policy" } },
  { key: "tags", settings: { deletion: "refused" }, why: { deletion: "stays" } },
];

test("nothing is different where all is as wanted, whatever the order of lists and what else there is", () => {
  const found = [
    { key: "tags", settings: { deletion: "refused" } },
    { key: "lines", settings: { approvals: 2, refs: ["b", "a"], more: "settings" } },
  ];
  expect(differences(WANTED, found)).toEqual([]);
});

test("each setting that differs or is not there is told with why; what is not wanted any more comes last", () => {
  const found = [
    { key: "old", settings: { deletion: "refused" } },
    { key: "lines", settings: { approvals: 1, refs: ["a", "b"] } },
  ];
  expect(differences(WANTED, found)).toEqual([
    { key: "lines", setting: "approvals", found: 1, wanted: 2, why: "policy" },
    { key: "tags", setting: "deletion", found: null, wanted: "refused", why: "stays" },
    {
      key: "old",
      setting: "all of it",
      found: "there",
      wanted: null,
      why: "Morello set it, and no line or policy asks for it now",
    },
  ]);
});

test("a list that lacks a name, or has one twice in place of it, differs", () => {
  const refs = (found: readonly string[]) =>
    differences(WANTED.slice(0, 1), [{ key: "lines", settings: { approvals: 2, refs: found } }]).length;
  expect([refs(["a"]), refs(["a", "a"]), refs(["a", "b", "c"]), refs(["b", "a"])]).toEqual([1, 1, 1, 0]);
});

test("the digest is of the value, not of the order of its keys", () => {
  expect(digestOf({ b: [1, { d: 1, c: null }], a: "ü" })).toBe(digestOf({ a: "ü", b: [1, { c: null, d: 1 }] }));
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  expect(digestOf({ a: undefined })).toBe(digestOf({}));
  // printf '{"a":[true,"x"]}' | sha256sum
  expect(digestOf({ a: [true, "x"] })).toBe("f9d9cc64368a3ed7278354f58633cd9d1a67354421c52fc86888aeec5636840c");
});

test("values are put in one order, whichever they come in", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const shuffled = [...values].reverse();
      expect(digestOf(inOrder(shuffled))).toBe(digestOf(inOrder(values)));
    }),
  );
});
