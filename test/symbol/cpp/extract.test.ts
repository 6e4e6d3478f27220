import { describe, expect, it } from "vitest";
import { factsOf } from "../../support/world.ts";

const definitions = async (text: string, path = "a.cc"): Promise<string[]> =>
  (await factsOf(path, text)).definitions.map(({ kind, of, name }) => `${kind} ${of === null ? "" : `${of}::`}${name}`);

const references = async (text: string, path = "a.cc"): Promise<string[]> =>
  (await factsOf(path, text)).references.map(({ kind, on, name }) => `${kind} ${on === null ? "" : `${on}::`}${name}`);

describe("definitions of C++", () => {
  it("names what stands in namespaces without them", async () => {
    expect(await definitions("namespace a::b { namespace { int z; } void f(int); }")).toEqual([
      "variable z",
      "function f",
    ]);
  });

  it("gives members to their class, nested classes and enums too", async () => {
    const text =
      "class Foo : public Base { Foo(int x); virtual void run() const = 0; int n_, m_; struct In { int q; }; enum class E { kA }; };";
    expect(await definitions(text)).toEqual([
      "type Foo",
      "function Foo::Foo",
      "function Foo::run",
      "field Foo::n_",
      "field Foo::m_",
      "type Foo::In",
      "field In::q",
      "type Foo::E",
      "variable E::kA",
    ]);
  });

  it("gives a function that is defined outside its class to the class", async () => {
    expect(await definitions("template <typename T> void Foo<T>::run(int a) { a++; }")).toEqual(["function Foo::run"]);
  });

  it("takes aliases, using declarations and macros as definitions", async () => {
    const text = "using A = int;\ntypedef long B;\nusing n::c;\n#define D(x) x\n";
    expect(await definitions(text)).toEqual(["type A", "type B", "variable c", "macro D"]);
  });

  it("takes the name of a test macro for no definition", async () => {
    expect(await definitions("TEST(Suite, Name) { int x = 1; }")).toEqual([]);
  });

  it("counts arguments: defaults, packs, and none", async () => {
    const facts = await factsOf(
      "a.cc",
      "void f(int a, int b = 1); void g(); template <class... T> void h(T&&... t); int p(char const*, ...);",
    );
    expect(facts.definitions.map(({ shape }) => [shape?.min, shape?.max])).toEqual([
      [1, 2],
      [0, 0],
      [0, null],
      [1, null],
    ]);
  });

  it("reads past macros that decorate functions, classes and lambdas", async () => {
    const text =
      "MY_DLL int Create(int a) { return a; }\nclass MY_EXPORT Foo : public Bar { void go(); };\nMY_DEVICE inline float half(float x) { return x; }";
    expect(await definitions(text)).toEqual(["function Create", "type Foo", "function Foo::go", "function half"]);
  });

  it("reads CUDA kernels", async () => {
    expect(await definitions("__global__ void kernel(int n) { }\n__device__ float f(float x);", "a.cu")).toEqual([
      "function kernel",
      "function f",
    ]);
  });
});

describe("references of C++", () => {
  it("refers to includes as they are written", async () => {
    const facts = await factsOf("a.cc", '#include "x/y.h"\n#include <vector>\n');
    expect(facts.references.map(({ kind, name, on }) => [kind, name, on])).toEqual([
      ["import", "x/y.h", null],
      ["import", "vector", "<>"],
    ]);
  });

  it("leaves out what a function binds: parameters, locals, lambdas, loops, bindings", async () => {
    const text = `void f(int a, T const& b = {}) {
      auto g = [&, q = a](auto v) { return v + q; };
      for (auto const& [k, w] : b) { use(k, w); }
      if (auto x = g(a)) { x; }
      try { } catch (E& e) { e; }
    }`;
    expect(await references(text)).toEqual(["name T", "name use", "name E"]);
  });

  it("looks a qualified name up in its last scope, and none of the standard library", async () => {
    expect(await references("void f() { a::b::call<int>(1); std::move(1); Kind::kA; }")).toEqual([
      "member b::call",
      "member Kind::kA",
    ]);
  });

  it("refers to members through any value", async () => {
    expect(await references("void f(P p) { p->go(1); p.n_.m_ = 2; p->template get<int>(); }")).toEqual([
      "name P",
      "attribute go",
      "attribute n_",
      "attribute m_",
      "attribute get",
    ]);
  });

  it("refers to fields in constructors and designated initialisers", async () => {
    expect(await references("Foo::Foo(int x) : n_(x) { S s{.a = x}; }")).toEqual(["name n_", "name S", "attribute a"]);
  });

  it("binds what a CUDA lambda takes", async () => {
    expect(await references("void f() { run([=] __device__(size_t i) { return g(i); }); }", "a.cu")).toEqual([
      "name run",
      "name g",
    ]);
  });

  it("refers to nothing inside what it cannot parse, and binds the names that stand there", async () => {
    expect(await references("void f() { g([=] device(const Entry& a) { return a.n_; }); }")).not.toContain("name a");
  });
});
