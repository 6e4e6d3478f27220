import { describe, expect, it } from "vitest";
import { briefly, factsOf, findingsOf, type Texts } from "../../support/world.ts";

const references = async (text: string): Promise<string[]> =>
  (await factsOf("src/a.rs", text)).references.map(
    ({ kind, on, name }) => `${kind} ${on === null ? "" : `${on}::`}${name}`,
  );

const pick = (target: Texts, path: string, source: Texts): Promise<string[]> =>
  findingsOf(target, { [path]: source[path] ?? "" }, source).then(briefly);

describe("facts of Rust", () => {
  it("gives fields, variants and methods to their type", async () => {
    const text =
      "pub struct Foo { a: u8 }\nenum E { A, B(u8) }\nimpl<T> Tr for Foo { fn go(&self, x: u8) {} }\nmacro_rules! m { () => {} }";
    const facts = await factsOf("src/a.rs", text);
    expect(facts.definitions.map(({ of, name }) => (of === null ? name : `${of}::${name}`))).toEqual([
      "Foo",
      "Foo::a",
      "E",
      "E::A",
      "E::B",
      "Foo::go",
      "m!",
    ]);
  });

  it("takes `use` apart", async () => {
    const facts = await factsOf("src/a.rs", "use crate::rt::{self, task::{Task, Id as TaskId}, park::*};");
    expect(facts.imports.map(({ module, name, as }) => [module, name, as])).toEqual([
      ["crate", "rt", "rt"],
      ["crate::rt::task", "Task", "Task"],
      ["crate::rt::task", "Id", "TaskId"],
      ["crate::rt::park", "*", null],
    ]);
  });

  it("leaves out what a function binds: parameters, patterns, closures, type parameters", async () => {
    const text = `fn f<T: Bar>(a: T, (b, c): P) {
      let Some(d) = a else { return };
      for i in b { match d { E::A { x } if x > i => c(x), v @ 1..=3 => v, _ => 0 } }
      let g = |y: u8| y + d;
    }`;
    expect(await references(text)).toEqual(["name Bar", "name P", "name Some", "member E::A", "name E"]);
  });

  it("counts what a macro's brackets define as defined, and refers to nothing in them", async () => {
    const facts = await factsOf("src/a.rs", "cfg_rt! { pub fn hidden(a: Missing) {} }");
    expect(facts.references.map(({ name }) => name)).toEqual(["cfg_rt!"]);
    expect(facts.definitions.map(({ name }) => name)).toContain("hidden");
  });
});

describe("picks of Rust", () => {
  const util = "pub fn clean(a: u8) -> u8 { a }\n";
  const run = (body: string): string => `use crate::util::clean;\n\nfn run(x: Thing) {\n    ${body}\n}\n`;

  it("finds nothing where the line has all of it", async () => {
    const target: Texts = { "src/util.rs": util, "src/run.rs": run("clean(1);") };
    expect(await pick(target, "src/run.rs", { ...target, "src/run.rs": run("clean(2);") })).toEqual([]);
  });

  it("finds an item of the crate that is defined nowhere on the line", async () => {
    const target: Texts = { "src/util.rs": util, "src/run.rs": "\n" };
    const source: Texts = {
      "src/util.rs": `${util}pub struct WakeList;\n`,
      "src/run.rs": "use crate::util::WakeList;\n",
    };
    expect(await pick(target, "src/run.rs", source)).toEqual(["import crate::util.WakeList src/run.rs:1"]);
  });

  it("says nothing of an item that a macro defines", async () => {
    const target: Texts = { "src/util.rs": "cfg_rt! { pub struct WakeList; }\n", "src/run.rs": "\n" };
    const source: Texts = { "src/util.rs": "pub struct WakeList;\n", "src/run.rs": "use crate::util::WakeList;\n" };
    expect(await pick(target, "src/run.rs", source)).toEqual([]);
  });

  it("finds a name whose `use` the line does not have", async () => {
    const target: Texts = { "src/run.rs": "fn run() {\n}\n" };
    const source: Texts = { "src/run.rs": "use std::marker::PhantomData;\nfn run() {\n    PhantomData;\n}\n" };
    const merged = "fn run() {\n    PhantomData;\n}\n";
    expect(briefly(await findingsOf(target, { "src/run.rs": merged }, source))).toEqual([
      "unbound PhantomData src/run.rs:2",
    ]);
  });

  it("finds a method that is defined nowhere on the line", async () => {
    const target: Texts = { "src/util.rs": util, "src/run.rs": run("clean(1);") };
    const source: Texts = {
      "src/util.rs": `${util}impl Thing { pub fn skip(self) {} }\n`,
      "src/run.rs": run("x.skip();"),
    };
    expect(await pick(target, "src/run.rs", source)).toEqual(["attribute skip src/run.rs:4"]);
  });

  it("finds a call that the line's function does not take", async () => {
    const target: Texts = { "src/run.rs": `${util}fn run() {\n}\n` };
    const source: Texts = { "src/run.rs": "pub fn clean(a: u8, b: u8) -> u8 { a }\nfn run() {\n    clean(1, 2);\n}\n" };
    const merged = `${util}fn run() {\n    clean(1, 2);\n}\n`;
    expect(briefly(await findingsOf(target, { "src/run.rs": merged }, source))).toEqual(["call clean src/run.rs:3"]);
  });
});
