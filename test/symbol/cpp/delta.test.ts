import { describe, expect, it } from "vitest";
import { briefly, findingsOf, type Texts } from "../../support/world.ts";

const header =
  "#pragma once\nnamespace app {\nclass Model {\n public:\n  void Train(int n);\n};\nvoid Log(int level);\n}\n";
const use = (body: string): string => `#include "model.h"\nnamespace app {\nvoid run(Model* m) {\n${body}\n}\n}\n`;

const target: Texts = { "model.h": header, "run.cc": use("  m->Train(1);") };

describe("picks of C++", () => {
  it("finds nothing where the line has all of it", async () => {
    const source: Texts = { ...target, "run.cc": use("  m->Train(2);\n  Log(1);") };
    expect(await findingsOf(target, { "run.cc": source["run.cc"] ?? "" }, source)).toEqual([]);
  });

  it("finds a function that only the source declares", async () => {
    const source: Texts = {
      "model.h": header.replace("void Log", "void Trace(int x);\nvoid Log"),
      "run.cc": use("  Trace(1);"),
    };
    expect(briefly(await findingsOf(target, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "unbound Trace run.cc:4",
    ]);
  });

  it("finds a method that only the source has", async () => {
    const source: Texts = {
      "model.h": header.replace("void Train", "void Reset();\n  void Train"),
      "run.cc": use("  m->Reset();"),
    };
    expect(briefly(await findingsOf(target, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "attribute Reset run.cc:4",
    ]);
  });

  it("finds an enumerator that the line's enum lacks, though another has one of that name", async () => {
    const kinds = "enum class Kind { kA };\nenum class Other { kB };\n";
    const line: Texts = { "model.h": kinds, "run.cc": use("  0;") };
    const source: Texts = { "model.h": kinds.replace("kA", "kA, kB"), "run.cc": use("  auto k = Kind::kB;") };
    expect(briefly(await findingsOf(line, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "member Kind.kB run.cc:4",
    ]);
  });

  it("finds a call with an argument that the line's function does not take", async () => {
    const source: Texts = {
      "model.h": header.replace("int level", "int level, char const* what"),
      "run.cc": use('  Log(1, "x");'),
    };
    expect(briefly(await findingsOf(target, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "call Log run.cc:4",
    ]);
  });

  it("takes any overload that fits", async () => {
    const both = header.replace("void Log", "void Log(int level, int more);\nvoid Log");
    const line: Texts = { ...target, "model.h": both };
    const source: Texts = { "model.h": both, "run.cc": use("  Log(1, 2);") };
    expect(await findingsOf(line, { "run.cc": source["run.cc"] ?? "" }, source)).toEqual([]);
  });

  it("finds a header that is not there", async () => {
    const source: Texts = {
      ...target,
      "extra.h": "int x;\n",
      "run.cc": `#include "extra.h"\n${target["run.cc"] ?? ""}`,
    };
    expect(briefly(await findingsOf(target, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "import extra.h run.cc:1",
    ]);
  });

  it("finds a name that is declared in a header which the line's file does not include", async () => {
    const line: Texts = { ...target, "util.h": "int Clamp(int x);\n" };
    const source: Texts = {
      "util.h": line["util.h"] ?? "",
      "model.h": `#include "util.h"\n${header}`,
      "run.cc": use("  Clamp(1);"),
    };
    const [found] = await findingsOf(line, { "run.cc": source["run.cc"] ?? "" }, source);
    expect(found?.near?.path).toBe("util.h");
  });

  it("finds what the pick takes away and the line still uses", async () => {
    const line: Texts = { ...target, "old.cc": '#include "model.h"\nvoid g() { app::Log(2); }\n' };
    const source: Texts = { "model.h": header.replace("void Log(int level);\n", ""), "run.cc": target["run.cc"] ?? "" };
    expect(briefly(await findingsOf(line, { "model.h": source["model.h"] ?? "" }, source))).toEqual([
      "stranded app.Log old.cc:2",
    ]);
  });

  it("reads headers of C++ as C++, and those of C as C", async () => {
    const line: Texts = {
      "c.h": "struct client { int id; };\n",
      "run.cc": '#include "c.h"\nint f(client* c) { return c->id; }\n',
    };
    const source: Texts = {
      "c.h": "struct client { int id; int user; };\n",
      "run.cc": '#include "c.h"\nint f(client* c) { return c->user; }\n',
    };
    expect(briefly(await findingsOf(line, { "run.cc": source["run.cc"] ?? "" }, source))).toEqual([
      "attribute user run.cc:2",
    ]);
  });
});
