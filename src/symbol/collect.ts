// Gathers facts while an extractor walks a file: definitions, imports, names bound in scopes, and references, of which
// those that a scope binds fall away at the end.
import {
  referenceKey,
  type Call,
  type Definition,
  type Extent,
  type FileFacts,
  type Import,
  type Reference,
} from "./facts.ts";

/** The scope that holds the members of types without a name. */
export const NAMELESS = "{}";

export class Collector {
  package: string | null = null;
  conditional = false;
  readonly imports: Import[] = [];
  readonly definitions: Definition[] = [];
  readonly #scopes = new Map<string, Set<string>>();
  readonly #references = new Map<string, Reference>();
  /** Inside what the parser could not make sense of nothing is referred to. */
  silent = 0;
  /** Names that must be defined for what is walked to be compiled. */
  readonly under: string[] = [];

  define(definition: Omit<Definition, "of" | "shape" | "type"> & Partial<Definition>): void {
    this.definitions.push({ of: null, shape: null, type: null, ...definition });
  }

  bind(scope: string, name: string): void {
    if (name === "") return;
    let names = this.#scopes.get(scope);
    if (names === undefined) this.#scopes.set(scope, (names = new Set()));
    names.add(name);
  }

  isBound(scope: string, name: string): boolean {
    return this.#scopes.get(scope)?.has(name) === true;
  }

  /** `free`: though the scope binds the name, it does not at this place. */
  refer(
    kind: Reference["kind"],
    name: string,
    line: number,
    scope: string,
    on: string | null = null,
    call: Call | null = null,
    free = false,
  ): void {
    if (this.silent > 0 || name === "") return;
    const plain: Reference = { kind, name, line, scope, on, call };
    const reference = this.under.length === 0 ? plain : { ...plain, under: [...this.under] };
    const key = referenceKey(reference);
    if (!this.#references.has(key) || free) this.#references.set(key, free ? { ...reference, free } : reference);
  }

  facts(extent: Extent): FileFacts {
    const conditional = this.conditional ? { conditional: true } : {};
    const outside = { package: this.package, ...conditional, imports: this.imports, definitions: this.definitions };
    if (extent === "definitions") return { ...outside, scopes: {}, references: [] };
    return {
      ...outside,
      scopes: Object.fromEntries([...this.#scopes].map(([scope, names]) => [scope, [...names]])),
      references: [...this.#references.values()].flatMap((one) => this.#left(one)).sort((a, b) => a.line - b.line),
    };
  }

  /** The reference as far as the scope leaves it open: a member of a local value is an attribute of unknown type. */
  #left(one: Reference): Reference[] {
    const { kind, name, scope, on } = one;
    if (kind === "name" && this.isBound(scope, name) && one.free !== true) return [];
    if (kind === "member" && this.isBound(scope, on?.split(".")[0] ?? ""))
      return [{ ...one, kind: "attribute", on: null }];
    if (kind === "attribute" && on === null && this.isBound(NAMELESS, name)) return [];
    return [one];
  }
}
