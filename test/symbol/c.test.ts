import { describe, expect, test } from "vitest";
import { alarms, factsOf, findings } from "./literal-world.ts";

describe("facts of C", () => {
  test("functions, macros, typedefs, fields and enumerators are definitions", async () => {
    const { definitions } = await factsOf(
      "a.h",
      "#define TWICE(x) ((x) * 2)\ntypedef struct node { struct node *next; union { int i; float l; }; } node;\nenum { RED, BLUE };\nint add(int a, int b);\nextern node *head;\n",
    );
    expect(definitions.map(({ name, kind, of, type }) => [name, kind, of, type])).toEqual([
      ["TWICE", "macro", null, null],
      ["next", "field", "struct node", "struct node"],
      ["i", "field", "struct node", "int"],
      ["l", "field", "struct node", "float"],
      ["struct node", "type", null, "struct"],
      ["node", "type", null, "struct node"],
      ["RED", "variable", null, null],
      ["BLUE", "variable", null, null],
      ["add", "function", null, "int"],
      ["head", "variable", null, "node"],
    ]);
  });

  test("macros around a declaration do not hide it, and lines stay where they are", async () => {
    const { definitions } = await factsOf(
      "a.h",
      "API int (*Open)(int n) ATTRIBUTE;\nAPI time_t (*Close)(void) ATTRIBUTE;\n",
    );
    expect(definitions.map(({ name, line }) => [name, line])).toEqual([
      ["Open", 1],
      ["Close", 2],
    ]);
  });

  test("a member is looked up in the type that its value is declared with", async () => {
    const { references } = await factsOf("a.c", "void f(client *c) { c->db->size = server.port; }\n");
    const members = references.filter(({ kind }) => kind === "attribute").map(({ name, on }) => [name, on]);
    expect(members).toEqual([
      ["size", "client>db"],
      ["db", "client"],
      ["port", "@server"],
    ]);
  });
});

describe("the delta rule in C", () => {
  const line = { "src/a.h": "int old(int a);\n", "src/a.c": '#include "a.h"\n' };
  const pickOf = (body: string, header: string): Parameters<typeof alarms>[0] => {
    const file = `#include "a.h"\nvoid f(int n) { ${body} }\n`;
    return {
      target: line,
      merged: { "src/a.c": file },
      source: { "src/a.c": file, "src/a.h": `${line["src/a.h"]}${header}\n` },
    };
  };

  test("a function that no header of the line declares alarms", async () => {
    expect(await alarms(pickOf("fresh(n);", "int fresh(int a);"))).toEqual(["unbound fresh"]);
  });

  test("a function that the line's header declares does not", async () => {
    expect(await alarms(pickOf("old(n);", ""))).toEqual([]);
  });

  test("a macro that the line lacks alarms", async () => {
    expect(await alarms(pickOf("n = LIMIT;", "#define LIMIT 3"))).toEqual(["unbound LIMIT"]);
  });

  test("a header that is there and not reached is named", async () => {
    const pick = pickOf("fresh(n);", "int fresh(int a);");
    const target = { ...line, "src/b.h": "int fresh(int a);\n" };
    expect(await findings({ ...pick, target })).toMatchObject([
      { rule: "unbound", near: { path: "src/b.h", line: 1 } },
    ]);
  });

  test("a function that is declared only further down alarms", async () => {
    const body = "void f(void) { late(); }\nvoid late(void) {}\n";
    const pick = {
      target: { "a.c": "void late(void) {}\n" },
      merged: { "a.c": body },
      source: { "a.c": `void late(void);\n${body}` },
    };
    expect(await alarms(pick)).toEqual(["unbound late"]);
  });

  test("where the source's own line fails in the same way, the look-up is not believed", async () => {
    const body = "void f(void) { late(1); }\nvoid late(int n) {}\n";
    const pick = { target: { "a.c": "void late(void) {}\n" }, merged: { "a.c": body }, source: { "a.c": body } };
    expect(await alarms(pick)).toEqual([]);
  });

  test("a local name that the pick takes away and the line's code uses is stranded", async () => {
    const pick = {
      target: { "a.c": "void f(void) { int n = 1; g(n); own(n); }\n" },
      merged: { "a.c": "void f(void) { g(1); own(n); }\n" },
      source: { "a.c": "void f(void) { g(1); }\n" },
    };
    expect(await alarms(pick)).toEqual(["stranded n"]);
  });

  test("a macro that stood in for a name of somebody else's header may go", async () => {
    const use = (head: string): string => `#include <Foreign.h>\n${head}void f(void) { Foreign(1); }\n`;
    const source = { "a.c": use("") };
    expect(await alarms({ target: { "a.c": use("#define Foreign(n) n\n") }, merged: source, source })).toEqual([]);
    const own = { "a.c": use("#define Foreign(n) n\n").replace("<Foreign.h>", "<stdio.h>") };
    const gone = { "a.c": use("").replace("<Foreign.h>", "<stdio.h>") };
    expect(await alarms({ target: own, merged: gone, source: {} })).toEqual(["stranded Foreign"]);
  });

  test("a struct of the line without the member alarms", async () => {
    const use = '#include "s.h"\nint f(struct s *p) { return p->size; }\n';
    const pick = {
      target: { "s.h": "struct s { int n; };\n" },
      merged: { "f.c": use },
      source: { "s.h": "struct s { int n, size; };\n", "f.c": use },
    };
    expect(await alarms(pick)).toEqual(["attribute size"]);
  });

  test("a call with a number of arguments that the line does not take alarms", async () => {
    const pick = pickOf("both(n, 1);", "int both(int a, int b);");
    const target = { ...line, "src/a.h": `${line["src/a.h"]}int both(int a);\n` };
    expect(await alarms({ ...pick, target })).toEqual(["call both"]);
  });

  test("a header that the line lacks alarms", async () => {
    const pick = {
      target: { "a.c": "" },
      merged: { "a.c": '#include "new.h"\n' },
      source: { "a.c": '#include "new.h"\n', "new.h": "" },
    };
    expect(await alarms(pick)).toEqual(["import new.h"]);
  });

  test("a name of a system header that only the source reaches alarms", async () => {
    const file = '#include "a.h"\nint f(const char *s) { return strlen(s) > 2; }\n';
    const pick = {
      target: { "a.h": "", "a.c": "" },
      merged: { "a.c": file },
      source: { "a.h": "#include <string.h>\n", "a.c": file },
    };
    expect(await alarms(pick)).toEqual(["unbound strlen"]);
  });

  test("what stands under a macro that the line never heard of is not compiled there", async () => {
    const pick = pickOf("n = n;\n#ifdef FANCY\nfresh(n);\n#endif\n", "int fresh(int a);\n#define FANCY");
    expect(await alarms(pick)).toEqual([]);
    const target = { ...line, "config.h": "/* #undef FANCY */\n" };
    expect(await alarms({ ...pick, target })).toEqual(["unbound fresh"]);
  });
});
