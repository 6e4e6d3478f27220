import { expect, test } from "vitest";
import type { ImageFile } from "../../src/environment/files.ts";
import { recipeOf } from "../../src/environment/recipe.ts";

const FILE: ImageFile = { path: "/usr/local/bin/start", mode: 0o755, bytes: Buffer.from("#!/bin/sh\n") };

test("the recipe is the same each time, in whatever order files are given", () => {
  const other = { ...FILE, path: "/etc/tmux.conf" };
  expect(recipeOf([FILE, other])).toBe(recipeOf([other, FILE]));
});

test.each([
  ["a file's bytes", { ...FILE, bytes: Buffer.from("#!/bin/sh\nexit\n") }],
  ["a file's mode", { ...FILE, mode: 0o644 }],
  ["a file's place", { ...FILE, path: "/usr/bin/start" }],
] as const)("the recipe changes with %s", (_, changed) => {
  expect(recipeOf([changed])).not.toBe(recipeOf([FILE]));
});
