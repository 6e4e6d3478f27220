// Which paths of a repository go into an image.
import { expect, test } from "vitest";
import { selects, unmatched } from "../../src/layer/select.ts";
import { bytePathOf } from "../../src/object/path.ts";

const TREE = ["README.md", "app/main.py", "app/test/x.py", "app2/y.py", "docs/é/a.md", "main.py"].map(bytePathOf);

const selected = (include: string[], exclude: string[] = []): string[] =>
  TREE.filter(selects({ include, exclude })).map((path) => Buffer.from(path, "latin1").toString());

test.each([
  [["."], 6],
  [["./"], 6],
  [["/"], 6],
  [["**"], 6],
  [[], 0],
  [["nothing"], 0],
])("%j takes %i of six", (include, number) => {
  expect(selected(include)).toHaveLength(number);
});

test("a path takes itself and all below it, and no neighbour that begins like it", () => {
  expect(selected(["app"])).toEqual(["app/main.py", "app/test/x.py"]);
  expect(selected(["./app/"])).toEqual(["app/main.py", "app/test/x.py"]);
  expect(selected(["app/main.py"])).toEqual(["app/main.py"]);
});

test("one star stays within a name, two go across, also across nothing", () => {
  expect(selected(["*.py"])).toEqual(["main.py"]);
  expect(selected(["**/*.py"])).toEqual(["app/main.py", "app/test/x.py", "app2/y.py", "main.py"]);
  expect(selected(["app/**/*.py"])).toEqual(["app/main.py", "app/test/x.py"]);
});

test("a pattern that fits a directory takes what is in it", () => {
  expect(selected(["app*"])).toEqual(["app/main.py", "app/test/x.py", "app2/y.py"]);
  expect(selected(["."], ["**/test"])).not.toContain("app/test/x.py");
});

test("a question mark is one character, whatever its bytes", () => {
  expect(selected(["docs/?/a.md"])).toEqual(["docs/é/a.md"]);
});

test("what is excluded stays out, though it is included", () => {
  expect(selected(["app"], ["app/test"])).toEqual(["app/main.py"]);
});

test("patterns that fit nothing are named", () => {
  expect(unmatched(["app", "lib", "*.rs", "*.py"], TREE)).toEqual(["lib", "*.rs"]);
});
