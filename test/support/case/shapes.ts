// Cases of the shape of what is picked: ordinary, root, empty, redundant, merge commits, and series.
import { executable } from "./entries.ts";
import { forked, lines, type PickCase } from "./case.ts";
import type { History } from "../history.ts";

const FILE = "src/file.txt";

/** `main` merged into a feature: parents differ by one file each, and the merge adds what neither has. */
function merged(told: History): History {
  return told
    .commit("base", { files: { [FILE]: lines(20), "both.txt": lines(20) } })
    .branch("line")
    .commit("onto", { files: { [FILE]: lines(20, { 20: "line's last" }) } })
    .checkout("main")
    .branch("topic")
    .commit("topic", { files: { [FILE]: lines(20, { 2: "topic" }) } })
    .checkout("main")
    .commit("other", { files: { "both.txt": lines(20, { 5: "main" }) } })
    .merge("source", "topic", { files: { "evil.txt": "in neither parent\n" } });
}

export const SHAPE_CASES: readonly PickCase[] = [
  forked("ordinary commit", "clean", {
    base: { [FILE]: lines(20) },
    source: { files: { [FILE]: lines(20, { 3: "fixed" }), "new.sh": executable("#!/bin/sh\n") } },
    line: { files: { [FILE]: lines(20, { 18: "of the line" }) } },
  }),
  forked("content conflict", "conflict", {
    base: { [FILE]: lines(20) },
    source: { files: { [FILE]: lines(20, { 3: "fixed" }) } },
    line: { files: { [FILE]: lines(20, { 3: "of the line" }) } },
  }),
  forked("adjacent lines conflict", "conflict", {
    base: { [FILE]: lines(20) },
    source: { files: { [FILE]: lines(20, { 3: "fixed" }) } },
    line: { files: { [FILE]: lines(20, { 4: "of the line" }) } },
  }),
  forked("half of the change is there", "clean", {
    base: { [FILE]: lines(20), "other.txt": "old\n" },
    source: { files: { [FILE]: lines(20, { 3: "fixed" }), "other.txt": "new\n" } },
    line: { files: { [FILE]: lines(20, { 3: "fixed" }) } },
  }),
  {
    name: "picked onto its own parent",
    outcome: "clean",
    tell: (told) =>
      told.commit("onto", { files: { [FILE]: lines(5) } }).commit("source", { files: { [FILE]: lines(6) } }),
  },
  {
    name: "root commit",
    outcome: "clean",
    tell: (told) =>
      told
        .commit("onto", { files: { [FILE]: "x\n" } })
        .orphan("other")
        .commit("source", { files: { "root.txt": "r\n", "d/e": "e\n" } }),
  },
  {
    name: "root commit that adds what is there with other content",
    outcome: "conflict",
    tell: (told) =>
      told
        .commit("onto", { files: { [FILE]: "x\n" } })
        .orphan("other")
        .commit("source", { files: { [FILE]: "y\n" } }),
  },
  {
    name: "root commit onto a line without common history",
    outcome: "clean",
    tell: (told) =>
      told
        .commit("source", { files: { "root.txt": "r\n" } })
        .orphan("line")
        .commit("first", { files: { a: "a\n" } })
        .commit("onto", { files: { b: "b\n" } }),
  },
  forked("empty commit", "empty", { base: { [FILE]: "x\n" }, source: {} }),
  forked("empty commit, allowed", "clean", {
    base: { [FILE]: "x\n" },
    source: {},
    options: { allowEmpty: true, x: true },
  }),
  {
    name: "empty root commit",
    outcome: "empty",
    tell: (told) =>
      told
        .commit("onto", { files: { a: "a\n" } })
        .orphan("other")
        .commit("source"),
  },
  forked("redundant commit", "empty", {
    base: { [FILE]: lines(9) },
    source: { files: { [FILE]: lines(9, { 4: "fixed" }) } },
    line: { files: { [FILE]: lines(9, { 4: "fixed" }), more: "m\n" } },
  }),
  forked("redundant commit, kept", "clean", {
    base: { [FILE]: lines(9) },
    source: { files: { [FILE]: lines(9, { 4: "fixed" }) } },
    line: { files: { [FILE]: lines(9, { 4: "fixed" }), more: "m\n" } },
    options: { keepRedundant: true },
  }),
  forked("redundant by deletion on both sides", "empty", {
    base: { [FILE]: "x\n", keep: "k\n" },
    source: { files: { [FILE]: null } },
    line: { files: { [FILE]: null, more: "m\n" } },
  }),
  { name: "merge, mainline 1", outcome: "clean", tell: merged, options: { mainline: 1, x: true } },
  { name: "merge, mainline 2", outcome: "clean", tell: merged, options: { mainline: 2, x: true } },
  { name: "merge without mainline", outcome: "error", tell: merged },
  { name: "merge, mainline 3", outcome: "error", tell: merged, options: { mainline: 3 } },
  {
    name: "octopus merge, mainline 3",
    outcome: "clean",
    tell: (told) =>
      told
        .commit("base", { files: { a: "a\n" } })
        .branch("line")
        .commit("onto", { files: { line: "l\n" } })
        .branch("one", "main")
        .commit("one", { files: { one: "1\n" } })
        .branch("two", "main")
        .commit("two", { files: { two: "2\n" } })
        .checkout("main")
        .commit("more", { files: { more: "m\n" } })
        .merge("source", ["one", "two"]),
    options: { mainline: 3 },
  },
  forked("ordinary commit with mainline", "error", {
    base: { a: "a\n" },
    source: { files: { a: "b\n" } },
    options: { mainline: 2 },
  }),
  forked("ordinary commit with mainline 1", "clean", {
    base: { a: "a\n" },
    source: { files: { a: "b\n" } },
    options: { mainline: 1 },
  }),
  {
    name: "two in a series, the second on the first",
    outcome: "clean",
    sources: ["one", "two"],
    tell: (told) =>
      told
        .commit("base", { files: { [FILE]: lines(9) } })
        .branch("line")
        .commit("onto", { files: { line: "l\n" } })
        .checkout("main")
        .commit("one", { files: { [FILE]: lines(9, { 4: "first" }) } })
        .commit("two", { files: { [FILE]: lines(9, { 4: "second" }) } }),
    options: { x: true },
  },
  {
    name: "series whose second commit conflicts",
    outcome: "conflict",
    sources: ["one", "three"],
    tell: (told) =>
      told
        .commit("base", { files: { [FILE]: lines(9), a: "a\n" } })
        .branch("line")
        .commit("onto", { files: { line: "l\n" } })
        .checkout("main")
        .commit("one", { files: { a: "b\n" } })
        .commit("two", { files: { [FILE]: lines(9, { 4: "second" }) } })
        .commit("three", { files: { [FILE]: lines(9, { 4: "third" }) } }),
  },
];
