import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RULES } from "../../src/doctor/judge.ts";

const guide = readFileSync(new URL("../../docs/guide/gpu-troubleshooting.md", import.meta.url), "utf8");

test("the guide lists every rule with its title, in order of certainty, and what programs say", () => {
  const rows = [...guide.matchAll(/^\| `([a-z-]+)`\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)];
  expect(rows.map(([, id, title]) => [id, title])).toEqual(RULES.map(({ id, title }) => [id, title]));
  for (const [, , , says = ""] of rows) expect(says.length).toBeGreaterThan(5);
});
