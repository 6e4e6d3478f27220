import { describe, expect, test } from "vitest";
import { alarms, factsOf, findings } from "./literal-world.ts";

describe("facts of Python", () => {
  test("methods lose their first parameter, and a class is called as its __init__", async () => {
    const { definitions } = await factsOf(
      "a.py",
      "class A:\n    limit = 1\n    def __init__(self, x, *, y=2):\n        self.x = x\n    @property\n    def z(self): ...\n",
    );
    expect(definitions.map(({ name, kind, of }) => [name, kind, of])).toEqual([
      ["A", "type", null],
      ["limit", "field", "A"],
      ["__init__", "function", "A"],
      ["x", "field", "A"],
      ["z", "function", "A"],
    ]);
    expect(definitions[0]?.shape).toEqual({ min: 1, max: 1, keywords: ["x", "y"], results: null });
    expect(definitions[4]?.shape).toBeNull();
  });

  test("whatever binds a name in a function keeps it from being a reference", async () => {
    const { references } = await factsOf(
      "a.py",
      "def f(a, *b, **c):\n    with a as d: pass\n    for e, (g, h) in b: pass\n    if (i := c): pass\n    return d, e, g, h, i, [j for j in free]\n",
    );
    expect(references.map(({ name }) => name)).toEqual(["free"]);
  });

  test("an import that may fail is no question", async () => {
    const { references, imports } = await factsOf(
      "a.py",
      "try:\n    import fast\nexcept ImportError:\n    fast = None\n",
    );
    expect(imports).toMatchObject([{ module: "fast", soft: true }]);
    expect(references.filter(({ kind }) => kind === "import")).toEqual([]);
  });
});

describe("the delta rule in Python", () => {
  const helper = "def helper(a, b=1): ...\n";
  const use = "from pkg.util import helper\n\nhelper(1)\n";
  const package_ = { "pkg/__init__.py": "" };
  const pickOf = (util: string, merged = use): Parameters<typeof alarms>[0] => ({
    target: { ...package_, "pkg/util.py": util, "pkg/a.py": "" },
    merged: { "pkg/a.py": merged },
    source: { ...package_, "pkg/util.py": helper, "pkg/a.py": merged },
  });

  test("a name that the line's module lacks alarms", async () => {
    expect(await alarms(pickOf(""))).toEqual(["import helper"]);
  });

  test("a name that it has does not", async () => {
    expect(await alarms(pickOf(helper))).toEqual([]);
  });

  test("a module that the line lacks alarms", async () => {
    const pick = pickOf(helper);
    const target = { ...package_, "pkg/a.py": "" };
    expect(await alarms({ ...pick, target })).toContain("import helper");
  });

  test("a name that comes through a star import of the line is there", async () => {
    const pick = pickOf("from .deep import *\n");
    const target = { ...pick.target, "pkg/deep.py": helper };
    expect(await alarms({ ...pick, target })).toEqual([]);
  });

  test("an unknown module behind a star import keeps the rule quiet", async () => {
    expect(await alarms(pickOf("from elsewhere import *\n"))).toEqual([]);
  });

  test("a keyword that the line's function does not take alarms", async () => {
    const pick = pickOf("def helper(a): ...\n", "from pkg.util import helper\n\nhelper(1, b=2)\n");
    expect(await findings(pick)).toMatchObject([{ rule: "call", detail: "helper takes no argument named b" }]);
  });

  test("a name that only the source's file imports alarms", async () => {
    const body = "\ndef f(x: Any): ...\n";
    const pick = {
      target: { "a.py": "" },
      merged: { "a.py": body },
      source: { "a.py": `from typing import Any\n${body}` },
    };
    expect(await alarms(pick)).toEqual(["unbound Any"]);
  });

  test("an attribute that the class and its bases on the line lack alarms", async () => {
    const body = "    def f(self):\n        return self.size\n";
    const base = "class B:\n    def __init__(self):\n        self.size = 1\n";
    const pick = {
      target: { "a.py": "class B: ...\nclass A(B):\n    pass\n" },
      merged: { "a.py": `class B: ...\nclass A(B):\n${body}` },
      source: { "a.py": `${base}class A(B):\n${body}` },
    };
    expect(await alarms(pick)).toEqual(["attribute size"]);
  });

  test("an attribute that the line uses and nothing defines comes from elsewhere", async () => {
    const pick = {
      target: { "a.py": "def f(x):\n    return x.size\n", "b.py": "" },
      merged: { "b.py": "def g(x):\n    return x.size\n" },
      source: { "b.py": "def g(x):\n    return x.size\n", "c.py": "class C:\n    size = 1\n" },
    };
    expect(await alarms(pick)).toEqual([]);
  });

  test("a package that the line never spoke of and the source holds alarms", async () => {
    const merged = { "examples/a.py": "import fresh.core\n" };
    const source = { ...merged, "src/fresh/__init__.py": "", "src/fresh/core.py": "" };
    expect(await alarms({ target: {}, merged, source })).toEqual(["import fresh.core"]);
    expect(await alarms({ target: { "b.py": "import fresh\n" }, merged, source })).toEqual([]);
  });

  test("a name that nothing binds alarms also where the source has no such file", async () => {
    const merged = { "new.py": "print(undefined_thing)\n" };
    expect(await alarms({ target: {}, merged, source: {} })).toEqual(["unbound undefined_thing"]);
    expect(await alarms({ target: { "b.py": "undefined_thing()\n" }, merged, source: {} })).toEqual([]);
  });

  test("a function that the pick takes away and another file imports is stranded", async () => {
    const pick = {
      target: { ...package_, "pkg/util.py": helper, "pkg/own.py": use },
      merged: { "pkg/util.py": "" },
      source: { ...package_, "pkg/util.py": "" },
    };
    expect(await alarms(pick)).toContain("stranded helper");
  });
});
