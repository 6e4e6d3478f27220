import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { besides, bump, type VersionStep } from "../../src/release/bump.ts";

const STEP: VersionStep = { from: "2.7.0", to: "2.7.1" };

function bumped(path: string, text: string, step = STEP, others: Readonly<Record<string, string>> = {}): string {
  const result = bump(path, text, step, (other) => others[other] ?? null);
  return result.kind === "bumped" ? result.text : result.kind === "refused" ? `refused: ${result.why}` : "unchanged";
}

describe("one run of characters changes, and nothing else", () => {
  test.each([
    ["package.json", '{\n  "name": "x",\n  "version": "2.7.0"\n}\n', '{\n  "name": "x",\n  "version": "2.7.1"\n}\n'],
    ["package.json", '{"version":"2.7.0","a":{"version":"2.7.0"}}', '{"version":"2.7.1","a":{"version":"2.7.0"}}'],
    ["a/package.json", '{\r\n\t"version" :\t"2.7.0"}', '{\r\n\t"version" :\t"2.7.1"}'],
    [
      "package.json",
      '{"a":"\\"version\\": \\"2.7.0\\"","version":"1"}',
      '{"a":"\\"version\\": \\"2.7.0\\"","version":"2.7.1"}',
    ],
    [
      "package.json",
      '{"a":[{"version":"1"},["version"]],"version":"1"}',
      '{"a":[{"version":"1"},["version"]],"version":"2.7.1"}',
    ],
    ["package.json", '\xef\xbb\xbf{"version":"1"}', '\xef\xbb\xbf{"version":"2.7.1"}'],
    [
      "package-lock.json",
      '{"version":"2.7.0","packages":{"":{"version":"2.7.0"},"node_modules/a":{"version":"2.7.0"}}}',
      '{"version":"2.7.1","packages":{"":{"version":"2.7.1"},"node_modules/a":{"version":"2.7.0"}}}',
    ],
    [
      "pyproject.toml",
      '[project]\nname = "x"\nversion = "2.7.0" # here\n',
      '[project]\nname = "x"\nversion = "2.7.1" # here\n',
    ],
    ["pyproject.toml", "[tool.poetry]\nversion='2.7.0'\n", "[tool.poetry]\nversion='2.7.1'\n"],
    [
      "pyproject.toml",
      '[tool.other]\nversion = "2.7.0"\n[project]\ndescription = """\nsaid\nversion = "2.7.0"\n"""\nversion = "2.7.0"\n',
      '[tool.other]\nversion = "2.7.0"\n[project]\ndescription = """\nsaid\nversion = "2.7.0"\n"""\nversion = "2.7.1"\n',
    ],
    ["pyproject.toml", 'project.version = "2.7.0"\n', 'project.version = "2.7.1"\n'],
    [
      "Cargo.toml",
      '[package]\r\nversion = "2.7.0"\r\n[dependencies]\r\nserde = { version = "2.7.0" }\r\nversion = "2"\r\n',
      '[package]\r\nversion = "2.7.1"\r\n[dependencies]\r\nserde = { version = "2.7.0" }\r\nversion = "2"\r\n',
    ],
    ["Cargo.toml", '[workspace.package]\nversion = "2.7.0"\n', '[workspace.package]\nversion = "2.7.1"\n'],
    [
      "x/_version.py",
      '"""v"""\n__version__ = "2.7.0"\nversion = "9"\n',
      '"""v"""\n__version__ = "2.7.1"\nversion = "9"\n',
    ],
    [
      "x/__init__.py",
      "import a\n__version__: str = '2.7.0'  # keep\n",
      "import a\n__version__: str = '2.7.1'  # keep\n",
    ],
    ["VERSION", "2.7.0\n", "2.7.1\n"],
    ["VERSION", "v2.7.0", "v2.7.1"],
    ["version.txt", "2.7.0a0\r\n", "2.7.1\r\n"],
    ["CMakeLists.txt", "project(x VERSION 2.7.0)\n", "project(x VERSION 2.7.1)\n"],
    ["src/v.h", '#define V "v2.7.0"\n', '#define V "v2.7.1"\n'],
  ])("%s: %j", (path, before, after) => {
    expect(bumped(path, before)).toBe(after);
  });

  test("a Cargo.lock changes for the package of the manifest beside it, not for one from a registry", () => {
    const lock = (own: string): string =>
      `[[package]]\nname = "x"\nversion = "2.7.0"\nsource = "registry"\n\n[[package]]\nname = "x"\nversion = "${own}"\n`;
    const others = { "a/Cargo.toml": '[package]\nname = "x"\nversion = "2.7.0"\n' };
    expect(bumped("a/Cargo.lock", lock("2.7.0"), STEP, others)).toBe(lock("2.7.1"));
  });

  test("bytes that are no UTF-8 stay as they are", () => {
    const text = '{"name":"\xff\xfe","version":"2.7.0"}';
    expect(bumped("package.json", text)).toBe('{"name":"\xff\xfe","version":"2.7.1"}');
  });

  test("in any JSON the version is set as JSON.parse reads it, and all else is equal", () => {
    const key = fc.oneof(fc.string(), fc.constantFrom("version", "packages", "", '"', "\\"));
    const values = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.string(),
        fc.constant("2.7.0"),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(tie("any"), { maxLength: 3 }),
      map: fc.dictionary(key, tie("any"), { maxKeys: 4, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(values.map, fc.constantFrom(0, 1, 2, "\t"), (object, indent) => {
        const before = { ...object, version: "0" };
        const after = JSON.parse(bumped("package.json", JSON.stringify(before, null, indent))) as unknown;
        expect(after).toEqual(JSON.parse(JSON.stringify({ ...before, version: "2.7.1" })));
      }),
    );
  });
});

describe("what cannot be brought to the version", () => {
  test.each([
    ["package.json", '{"name":"x"}', "refused: says no version"],
    ["package.json", '{"version":5}', "refused: says no version"],
    ["pyproject.toml", '[project]\ndynamic = ["version"]\n', "refused: says no version"],
    ["Cargo.toml", "[package]\nversion.workspace = true\n", "refused: says no version"],
    ["_version.py", "from x import v\n", "refused: says no version"],
    ["VERSION", "unknown\n", "refused: says no version"],
    ["notes.txt", "2.7.0 and 2.7.0\n", "refused: says no version"],
    ["notes.txt", "12.7.0\n", "refused: says no version"],
    ["notes.txt", "2.7.0.1\n", "refused: says no version"],
    ["notes.txt", "2.7.0-rc1\n", "refused: says no version"],
    ["package-lock.json", '{"packages":"2.7.0"}', "refused: says no version"],
    ["package.json", '{"version":"2.7.1"}', "unchanged"],
    ["VERSION", "2.7.1\n", "unchanged"],
  ])("%s: %j", (path, text, wanted) => {
    expect(bumped(path, text)).toBe(wanted);
  });

  test.each(["package.json", "Cargo.toml"])("%s takes SemVer alone", (path) => {
    const step = { from: "18.09.1", to: "18.09.2" };
    expect(bumped(path, '{"version":"1"}', step)).toBe("refused: holds SemVer versions, and 18.09.2 is none");
  });

  test("a file that holds the version as text needs to know the one before", () => {
    expect(bumped("notes.txt", "2.7.0\n", { from: null, to: "2.7.1" })).toBe("refused: says no version");
  });
});

test.each([
  ["package.json", ["package-lock.json", "npm-shrinkwrap.json"]],
  ["a/b/package.json", ["a/b/package-lock.json", "a/b/npm-shrinkwrap.json"]],
  ["x/Cargo.toml", ["x/Cargo.lock"]],
  ["VERSION", []],
])("beside %s: %j", (path, wanted) => {
  expect(besides(path)).toEqual(wanted);
});
