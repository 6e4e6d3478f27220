import { describe, expect, test } from "vitest";
import { alarms, factsOf, findings } from "./literal-world.ts";

const MOD = { "go.mod": "module example.com/app\n\ngo 1.20\n" };

describe("facts of Go", () => {
  test("definitions have their receivers, shapes and types", async () => {
    const { definitions } = await factsOf(
      "a.go",
      "package a\n\ntype T struct {\n\tn, m *pkg.N\n\tE\n}\n\nfunc (t *T) Do(x, y int, more ...string) (int, error) { return 0, nil }\n",
    );
    expect(definitions.map(({ name, kind, of, type }) => [name, kind, of, type])).toEqual([
      ["n", "field", "T", "pkg.N"],
      ["m", "field", "T", "pkg.N"],
      ["E", "field", "T", "E"],
      ["T", "type", null, "struct"],
      ["Do", "function", "T", "int,error"],
    ]);
    expect(definitions.at(-1)?.shape).toEqual({ min: 2, max: null, keywords: [], results: 2 });
  });

  test("names that the function binds are no references, except outside the block that binds them", async () => {
    const { references } = await factsOf(
      "a.go",
      "package a\n\nfunc f(x int) {\n\tif x > 0 {\n\t\terr := g(x)\n\t\t_ = err\n\t}\n\th(err)\n}\n",
    );
    const names = references
      .filter(({ line, kind }) => kind === "name" && line > 3)
      .map(({ name, line }) => [name, line]);
    expect(names).toEqual([
      ["g", 5],
      ["err", 8],
      ["h", 8],
    ]);
  });

  test("the body of a function is left out of definitions alone", async () => {
    const facts = await factsOf("a.go", "package a\n\nfunc f() { g() }\n", "definitions");
    expect(facts.definitions.map(({ name }) => name)).toEqual(["f"]);
    expect(facts.references).toEqual([]);
  });
});

describe("the delta rule in Go", () => {
  const before = "package a\n\nfunc old() {}\n";
  const after = (body: string, imports = ""): string => `package a\n${imports}\nfunc old() {\n\t${body}\n}\n`;
  const pickOf = (body: string, helper: string, imports = ""): Parameters<typeof alarms>[0] => ({
    target: { ...MOD, "a/a.go": before },
    merged: { "a/a.go": after(body, imports) },
    source: {
      ...MOD,
      "a/a.go": after(body, imports),
      ...(helper === "" ? {} : { "a/b.go": `package a\n\n${helper}\n` }),
    },
  });

  test("a function of the package that the line lacks alarms", async () => {
    expect(await alarms(pickOf("helper()", "func helper() {}"))).toEqual(["unbound helper"]);
  });

  test("a function that the line has does not", async () => {
    const pick = pickOf("helper()", "func helper() {}");
    const has = { "a/b.go": "package a\n\nfunc helper() {}\n" };
    expect(await alarms({ ...pick, target: { ...pick.target, ...has } })).toEqual([]);
  });

  test("what neither tree has is unknown and does not alarm", async () => {
    expect(await alarms(pickOf("helper()", ""))).toEqual([]);
  });

  test("a call that the line's signature does not take alarms, with the definition that is there", async () => {
    const pick = pickOf("helper(1, 2)", "func helper(a, b int) {}");
    const target = { ...pick.target, "a/b.go": "package a\n\nfunc helper(a int) {}\n" };
    const [found] = await findings({ ...pick, target });
    expect(found).toMatchObject({ rule: "call", detail: "helper takes 1 arguments, not 2", near: { path: "a/b.go" } });
  });

  test("a number of results that the line's signature does not give alarms", async () => {
    const pick = pickOf("x, err := helper()\n\t_, _ = x, err", "func helper() (int, error) { return 0, nil }");
    const target = { ...pick.target, "a/b.go": "package a\n\nfunc helper() int { return 0 }\n" };
    expect(await alarms({ ...pick, target })).toEqual(["call helper"]);
  });

  test("a package that the line lacks alarms once", async () => {
    const pick = pickOf("util.Run()", "", '\nimport "example.com/app/util"\n');
    const source = { ...pick.source, "util/u.go": "package util\n\nfunc Run() {}\n" };
    expect(await alarms({ ...pick, source })).toEqual(["import example.com/app/util"]);
  });

  test("a name that a package of the line lacks alarms", async () => {
    const pick = pickOf("util.Run()", "", '\nimport "example.com/app/util"\n');
    const source = { ...pick.source, "util/u.go": "package util\n\nfunc Run() {}\n" };
    const target = { ...pick.target, "util/u.go": "package util\n\nfunc Walk() {}\n" };
    expect(await alarms({ ...pick, source, target })).toEqual(["member Run"]);
  });

  test("an import that only the source's file has alarms where the merged file uses it", async () => {
    const source = after("fmt.Println()", '\nimport "fmt"\n');
    const pick = {
      target: { ...MOD, "a.go": before },
      merged: { "a.go": after("fmt.Println()") },
      source: { ...MOD, "a.go": source },
    };
    expect(await alarms(pick)).toEqual(["unbound fmt"]);
  });

  test("a field that the struct of the line lacks alarms, though another struct has one of that name", async () => {
    const use = "package a\n\nfunc f(t *T) { _ = t.size }\n";
    const pick = {
      target: { ...MOD, "a/t.go": "package a\n\ntype T struct{ n int }\n\ntype U struct{ size int }\n" },
      merged: { "a/f.go": use },
      source: { ...MOD, "a/f.go": use, "a/t.go": "package a\n\ntype T struct{ n, size int }\n" },
    };
    expect(await alarms(pick)).toEqual(["attribute size"]);
  });

  test("a field of an embedded struct does not", async () => {
    const use = "package a\n\nfunc f(t *T) { _ = t.size }\n";
    const structs = { "a/t.go": "package a\n\ntype T struct{ U }\n\ntype U struct{ size int }\n" };
    const pick = {
      target: { ...MOD, ...structs },
      merged: { "a/f.go": use },
      source: { ...MOD, ...structs, "a/f.go": use },
    };
    expect(await alarms(pick)).toEqual([]);
  });

  test("a name that the pick takes away and another file of the line uses is stranded", async () => {
    const pick = {
      target: {
        ...MOD,
        "a/a.go": "package a\n\nfunc gone() {}\n",
        "a/line.go": "package a\n\nfunc own() { gone() }\n",
      },
      merged: { "a/a.go": "package a\n" },
      source: { ...MOD, "a/a.go": "package a\n" },
    };
    expect(await alarms(pick)).toEqual(["stranded gone"]);
  });

  test("an import that the pick takes away from under the line's code is stranded", async () => {
    const body = "\nfunc own() { fmt.Println() }\n";
    const pick = {
      target: { ...MOD, "a.go": `package a\n\nimport "fmt"\n${body}` },
      merged: { "a.go": `package a\n${body}` },
      source: { ...MOD, "a.go": "package a\n" },
    };
    expect(await alarms(pick)).toEqual(["stranded fmt"]);
  });

  test("a function that the line has already alarms, unless its file is for one system", async () => {
    const helper = "package a\n\nfunc helper() {}\n";
    const pick = (path: string): Parameters<typeof alarms>[0] => ({
      target: { ...MOD, [path]: helper },
      merged: { "a/new.go": helper },
      source: { ...MOD, "a/new.go": helper },
    });
    expect(await alarms(pick("a/old.go"))).toEqual(["twice helper"]);
    expect(await alarms(pick("a/old_windows.go"))).toEqual([]);
  });

  test("an import that nothing in the merged file uses alarms", async () => {
    const pick = {
      target: { ...MOD, "a.go": "package a\n" },
      merged: { "a.go": 'package a\n\nimport "fmt"\n' },
      source: { ...MOD, "a.go": 'package a\n\nimport "fmt"\n\nfunc f() { fmt.Println() }\n' },
    };
    expect(await alarms(pick)).toEqual(["unused fmt"]);
  });

  test("a name of a newer standard library alarms, unless the tree is built with one that has it", async () => {
    const pick = pickOf("slices.Chunk(nil, 1)", "", '\nimport "slices"\n');
    const newer = { "go.mod": "module example.com/app\n\ngo 1.23\n" };
    const source = { ...pick.source, ...newer };
    expect(await alarms({ ...pick, source })).toEqual(["standard slices", "standard Chunk"]);
    const built = { ...pick.target, Dockerfile: "FROM golang:1.24\n" };
    expect(await alarms({ ...pick, source, target: built })).toEqual([]);
  });
});
