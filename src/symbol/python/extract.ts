// A parsed Python file as facts.
import { Collector } from "../collect.ts";
import type { Call, Extent, FileFacts, Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";

export function extractPython(syntax: Syntax, extent: Extent): FileFacts {
  return new PythonExtractor(syntax).run(extent);
}

/** Decorators that leave the way a function is called as it is, but for its first parameter. */
const PLAIN_DECORATORS = new Set(["staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override"]);

class PythonExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  /** `""`, a function, a class, or `Class.method`. */
  #scope = "";
  #class: string | null = null;
  /** Inside a function, names are its own; else they are the class's or the file's. */
  #inFunction = false;
  /** Inside `try`, an import may fail. */
  #tries = 0;

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  run(extent: Extent): FileFacts {
    for (const child of this.#syntax.children(0)) this.#walk(child);
    return this.#out.facts(extent);
  }

  #walk(n: number): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "ERROR":
        this.#out.silent++;
        this.#walkAll(n);
        this.#out.silent--;
        return;
      case "import_statement":
        this.#importModules(n);
        return;
      case "import_from_statement":
        this.#importNames(n);
        return;
      case "decorated_definition":
        for (const child of syntax.children(n)) if (syntax.type(child) === "decorator") this.#walkAll(child);
        this.#definition(syntax.child(n, "definition"), decorators(syntax, n));
        return;
      case "function_definition":
      case "class_definition":
        this.#definition(n, []);
        return;
      case "assignment":
        this.#target(syntax.child(n, "left"));
        for (const child of syntax.children(n)) if (syntax.field(child) !== "left") this.#walk(child);
        return;
      case "augmented_assignment":
        this.#target(syntax.child(n, "left"));
        this.#walkAll(n);
        return;
      case "type_alias_statement":
        this.#bindIn(syntax.child(n, "left"));
        this.#walk(syntax.child(n, "right"));
        return;
      case "named_expression":
        this.#bind(syntax.child(n, "name"));
        this.#walk(syntax.child(n, "value"));
        return;
      case "for_statement":
      case "for_in_clause":
        this.#target(syntax.child(n, "left"));
        for (const child of syntax.children(n)) if (syntax.field(child) !== "left") this.#walk(child);
        return;
      case "as_pattern_target":
        this.#target(n + 1);
        return;
      case "as_pattern": {
        const alias = syntax.child(n, "alias");
        for (const child of syntax.children(n))
          if (child !== alias || syntax.type(child) === "as_pattern_target") this.#walk(child);
          else this.#bind(child);
        return;
      }
      case "case_pattern":
        this.#pattern(n);
        return;
      case "lambda":
        this.#parameters(syntax.child(n, "parameters"));
        this.#walk(syntax.child(n, "body"));
        return;
      case "global_statement":
        // What a function makes global is the file's.
        for (const child of syntax.children(n))
          this.#out.define({ name: syntax.text(child), kind: "variable", line: syntax.line(child) });
        return;
      case "nonlocal_statement":
        return;
      case "try_statement":
        this.#tries++;
        this.#walkAll(n);
        this.#tries--;
        return;
      case "identifier":
        this.#name(n, null);
        return;
      case "attribute":
        this.#attribute(n, null);
        return;
      case "call":
        this.#call(n);
        return;
      case "keyword_argument":
        this.#walk(syntax.child(n, "value"));
        return;
      case "comment":
        return;
      default:
        this.#walkAll(n);
    }
  }

  #walkAll(n: number): void {
    for (const child of this.#syntax.children(n)) this.#walk(child);
  }

  #importModules(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n)) {
      const aliased = syntax.type(child) === "aliased_import";
      const module = syntax.text(aliased ? syntax.child(child, "name") : child).replace(/\s/g, "");
      const as = aliased ? syntax.text(syntax.child(child, "alias")) : null;
      this.#addImport(n, module, null, as);
    }
  }

  #importNames(n: number): void {
    const syntax = this.#syntax;
    const from = syntax.child(n, "module_name");
    const module = syntax.text(from).replace(/\s/g, "");
    if (syntax.childOf(n, "wildcard_import") >= 0) this.#addImport(n, module, "*", null);
    for (const child of syntax.children(n)) {
      if (syntax.field(child) !== "name") continue;
      const aliased = syntax.type(child) === "aliased_import";
      const name = syntax.text(aliased ? syntax.child(child, "name") : child);
      const as = aliased ? syntax.text(syntax.child(child, "alias")) : name;
      this.#addImport(child, module, name, as);
    }
  }

  #addImport(n: number, module: string, name: string | null, as: string | null): void {
    const line = this.#syntax.line(n);
    const soft = this.#tries > 0;
    const scope = this.#inFunction || this.#class !== null ? this.#scope : "";
    this.#out.imports.push({ line, module, name, as, soft, scope });
    // What may fail is no question.
    if (!soft) this.#out.refer("import", name ?? module, line, this.#scope, module);
  }

  #definition(n: number, marks: readonly string[]): void {
    const syntax = this.#syntax;
    if (n < 0) return;
    const name = syntax.text(syntax.child(n, "name"));
    const line = syntax.line(syntax.child(n, "name"));
    if (this.#inFunction) this.#out.bind(this.#scope, name);
    if (syntax.type(n) === "class_definition") this.#classOf(n, name, line, marks);
    else this.#function(n, name, line, marks);
  }

  #function(n: number, name: string, line: number, marks: readonly string[]): void {
    const syntax = this.#syntax;
    const parameters = syntax.child(n, "parameters");
    const before = { scope: this.#scope, inFunction: this.#inFunction };
    const isMethod = this.#class !== null && !this.#inFunction;
    if (!this.#inFunction) {
      const plain = marks.every((mark) => PLAIN_DECORATORS.has(mark));
      const skip = isMethod && !marks.includes("staticmethod");
      const shape = plain ? shapeOf(syntax, parameters, skip) : null;
      this.#out.define({ name, kind: "function", of: this.#class, line, shape });
      if (isMethod) this.#out.bind(this.#class ?? "", name);
      this.#scope = isMethod ? `${this.#class}.${name}` : name;
    }
    this.#inFunction = true;
    for (const field of ["type_parameters", "parameters"]) this.#parameters(syntax.child(n, field));
    this.#walk(syntax.child(n, "return_type"));
    this.#walk(syntax.child(n, "body"));
    this.#scope = before.scope;
    this.#inFunction = before.inFunction;
  }

  #classOf(n: number, name: string, line: number, marks: readonly string[]): void {
    const syntax = this.#syntax;
    const before = { scope: this.#scope, class: this.#class, inFunction: this.#inFunction };
    const list = syntax.child(n, "superclasses");
    const bases: string[] = [];
    for (const child of list < 0 ? [] : syntax.children(list)) {
      const type = syntax.type(child);
      if (type === "identifier" || type === "attribute") bases.push(syntax.text(child).replace(/\s/g, ""));
      else if (type !== "comment") bases.push("?"); // a metaclass, or a base that is computed
    }
    if (list >= 0) this.#walkAll(list);
    if (this.#inFunction) {
      // A class in a function: its members are looked up without a type.
      for (const child of syntax.children(n)) if (syntax.field(child) === "body") this.#walk(child);
      return;
    }
    const full = this.#class === null ? name : `${this.#class}.${name}`;
    const at = this.#out.definitions.length;
    this.#out.define({ name, kind: "type", of: this.#class, line, bases: marks.length > 0 ? [...bases, "?"] : bases });
    if (this.#class !== null) this.#out.bind(this.#class, name);
    this.#class = full;
    this.#scope = full;
    this.#walk(syntax.child(n, "body"));
    const own = this.#out.definitions.slice(at).filter(({ of }) => of === full);
    const initialiser = own.find((one) => one.name === "__init__");
    const isPlain = marks.length === 0 && !own.some((one) => one.name === "__new__");
    if (initialiser?.shape != null && isPlain) {
      const type = this.#out.definitions[at];
      if (type !== undefined) this.#out.definitions[at] = { ...type, shape: initialiser.shape };
    }
    this.#scope = before.scope;
    this.#class = before.class;
  }

  #parameters(list: number): void {
    const syntax = this.#syntax;
    if (list < 0) return;
    for (const parameter of syntax.children(list)) {
      const name = syntax.child(parameter, "name");
      this.#bindIn(name >= 0 ? name : syntax.type(parameter) === "typed_parameter" ? parameter + 1 : parameter);
      for (const child of syntax.children(parameter))
        if (["type", "value"].includes(syntax.field(child) ?? "")) this.#walk(child);
    }
  }

  /** Binds every identifier below. */
  #bindIn(n: number): void {
    if (n < 0) return;
    for (let at = n; at < this.#syntax.after(n); at++) if (this.#syntax.type(at) === "identifier") this.#bind(at);
  }

  #bind(n: number): void {
    const name = this.#syntax.text(n);
    const line = this.#syntax.line(n);
    if (this.#inFunction) {
      this.#out.bind(this.#scope, name);
      return;
    }
    if (this.#class !== null) this.#out.bind(this.#class, name);
    this.#out.define({ name, kind: this.#class === null ? "variable" : "field", of: this.#class, line });
  }

  /** What is assigned to: names are bound, attributes defined, the rest is referred to. */
  #target(n: number): void {
    const syntax = this.#syntax;
    if (n < 0) return;
    switch (syntax.type(n)) {
      case "identifier":
        this.#bind(n);
        return;
      case "attribute": {
        const object = syntax.child(n, "object");
        const field = syntax.child(n, "attribute");
        const own = ["self", "cls"].includes(syntax.text(object)) ? this.#class : null;
        this.#out.define({ name: syntax.text(field), kind: "field", of: own ?? "?", line: syntax.line(field) });
        this.#walk(object);
        return;
      }
      case "pattern_list":
      case "tuple_pattern":
      case "list_pattern":
      case "list_splat_pattern":
      case "tuple":
      case "list":
        for (const child of syntax.children(n)) this.#target(child);
        return;
      default:
        this.#walk(n);
    }
  }

  /** Names in a `case` are bound, dotted ones and classes referred to. */
  #pattern(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n)) {
      const type = syntax.type(child);
      if (type === "dotted_name") {
        if (syntax.after(child) === child + 2) this.#bind(child + 1);
        else this.#walk(child + 1);
      } else if (type === "splat_pattern") this.#bindIn(child);
      else if (type === "class_pattern") {
        this.#walk(child + 2);
        this.#pattern(child);
      } else if (type === "keyword_pattern") {
        for (const part of [...syntax.children(child)].slice(1))
          if (syntax.type(part) === "dotted_name") this.#bindIn(part);
      } else if (type === "as_pattern") this.#walk(child);
      else this.#pattern(child);
    }
  }

  #name(n: number, call: Call | null): void {
    this.#out.refer("name", this.#syntax.text(n), this.#syntax.line(n), this.#scope, null, call);
  }

  #attribute(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const object = syntax.child(n, "object");
    const name = syntax.text(syntax.child(n, "attribute"));
    const line = syntax.line(syntax.child(n, "attribute"));
    const path = dotted(syntax, object);
    if (path === "self" || path === "cls") this.#out.refer("attribute", name, line, this.#scope, this.#class, call);
    else if (path !== null) this.#out.refer("member", name, line, this.#scope, path, call);
    else this.#out.refer("attribute", name, line, this.#scope, null, call);
    this.#walk(object);
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const called = syntax.child(n, "function");
    const list = syntax.child(n, "arguments");
    const given = [...syntax.children(list)].filter((child) => syntax.type(child) !== "comment");
    const isList = syntax.type(list) === "argument_list";
    const call: Call = {
      positional: isList ? given.filter((one) => !/^(keyword_argument|.*splat)$/.test(syntax.type(one))).length : 1,
      keywords: isList
        ? given.flatMap((one) =>
            syntax.type(one) === "keyword_argument" ? [syntax.text(syntax.child(one, "name"))] : [],
          )
        : [],
      spread: isList && given.some((one) => /splat|ERROR/.test(syntax.type(one))),
      results: null,
    };
    if (syntax.type(called) === "identifier") this.#name(called, call);
    else if (syntax.type(called) === "attribute") this.#attribute(called, call);
    else this.#walk(called);
    this.#walkAll(list);
  }
}

/** `a.b.c` as a text; null for any other expression. */
function dotted(syntax: Syntax, n: number): string | null {
  if (syntax.type(n) === "identifier") return syntax.text(n);
  if (syntax.type(n) !== "attribute") return null;
  const below = dotted(syntax, syntax.child(n, "object"));
  return below === null ? null : `${below}.${syntax.text(syntax.child(n, "attribute"))}`;
}

function decorators(syntax: Syntax, n: number): string[] {
  return [...syntax.children(n)].flatMap((child) =>
    syntax.type(child) === "decorator" ? [dotted(syntax, child + 1) ?? "?"] : [],
  );
}

function shapeOf(syntax: Syntax, list: number, skipFirst: boolean): Shape {
  let min = 0;
  let max: number | null = 0;
  let keywordOnly = false;
  let any = false;
  let keywords: string[] = [];
  const parameters = [...syntax.children(list)].filter((child) => syntax.type(child) !== "comment");
  const hasReceiver = skipFirst && !syntax.type(parameters[0] ?? 0).includes("splat");
  for (const parameter of hasReceiver ? parameters.slice(1) : parameters) {
    const type = syntax.type(parameter);
    const inner = type === "typed_parameter" ? syntax.type(parameter + 1) : type;
    if (inner === "dictionary_splat_pattern") any = true;
    else if (inner === "list_splat_pattern") {
      max = null;
      keywordOnly = true;
    } else if (type === "keyword_separator") keywordOnly = true;
    else if (type === "positional_separator") keywords = [];
    else {
      const named = syntax.child(parameter, "name");
      keywords.push(syntax.text(named >= 0 ? named : type === "typed_parameter" ? parameter + 1 : parameter));
      if (!type.includes("default")) min++;
      if (max !== null && !keywordOnly) max++;
    }
  }
  return { min, max, keywords: any ? null : keywords, results: null };
}
