import { expect, test } from "vitest";
import { withSection } from "../../src/release/changelog.ts";

const SECTION = {
  version: "2.7.1",
  day: "2026-01-02",
  notes: "## v2.7.1 (2026-01-02)\n\nSaid.\n\n### Fixes\n\n- it\n",
};
const BODY = "\n\nSaid.\n\n### Fixes\n\n- it\n";
const after = (text: string | null): string => withSection(text, SECTION);

test("a repository without one gets one", () => {
  expect(after(null)).toBe(`# Changelog\n\n## v2.7.1 (2026-01-02)${BODY}`);
});

test("the section stands above the newest, below what is unreleased", () => {
  const text = "# Changes\n\nAll of them.\n\n## Unreleased\n\n- soon\n\n## v2.7.0 (2025-12-01)\n\n- old\n";
  expect(after(text)).toBe(
    `# Changes\n\nAll of them.\n\n## Unreleased\n\n- soon\n\n## v2.7.1 (2026-01-02)${BODY}\n## v2.7.0 (2025-12-01)\n\n- old\n`,
  );
});

test.each([
  ["## [2.7.0] - 2025-12-01", "## [2.7.1] - 2026-01-02"],
  ["## 2.7.0", "## 2.7.1"],
  ["## v2.7.0 - 2025-12-01", "## v2.7.1 - 2026-01-02"],
  ["## Version 2.7.0 (2025-12-01)", "## Version 2.7.1 (2026-01-02)"],
  ["## [2.7.0](https://example.com/v2.6.9...v2.7.0) (2025-12-01)", "## v2.7.1 (2026-01-02)"],
  ['## 2.7.0 "Codename"', "## v2.7.1 (2026-01-02)"],
])("a heading is spelt as the one below it: %s", (below, wanted) => {
  expect(after(`# Changelog\n\n${below}\n\n- old\n`)).toBe(`# Changelog\n\n${wanted}${BODY}\n${below}\n\n- old\n`);
});

test("sections of another depth have their groups one below", () => {
  expect(after("# 2.7.0\n\n- old\n")).toBe(`# 2.7.1\n\nSaid.\n\n## Fixes\n\n- it\n\n# 2.7.0\n\n- old\n`);
});

test("a file without sections gets its first below the title", () => {
  expect(after("# Changelog\nintro\n")).toBe(`# Changelog\n\n## v2.7.1 (2026-01-02)${BODY}\nintro\n`);
  expect(after("")).toBe(`## v2.7.1 (2026-01-02)${BODY}`);
});

test("Windows' line endings stay", () => {
  const found = after("# Changelog\r\n\r\n## v2.7.0\r\n");
  expect(found.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  expect(found).toContain("- it\r\n\r\n## v2.7.0\r\n");
});

test("a section that is there is not made twice", () => {
  const text = after("# Changelog\n");
  expect(after(text)).toBe(text);
});
