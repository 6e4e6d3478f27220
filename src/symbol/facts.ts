// What the parser tells about one file: what it defines, imports and, in full, what it refers to. Plain JSON, a function
// of the file's bytes and the extractor alone, so facts are kept by blob ID.

/** How many positional arguments a callable takes, and which keywords. */
export interface Shape {
  readonly min: number;
  /** Null: any number. */
  readonly max: number | null;
  /** Names that may be passed by keyword; null: any. */
  readonly keywords: readonly string[] | null;
  /** How many values it gives back, where the language counts them; else null. */
  readonly results: number | null;
}

export interface Definition {
  readonly name: string;
  readonly kind: "function" | "type" | "field" | "variable" | "macro";
  /** The class, struct, or receiver it is a member of. */
  readonly of: string | null;
  /** From 1. */
  readonly line: number;
  /** Null: not callable, or called in ways that cannot be told. */
  readonly shape: Shape | null;
  /** Of a field, variable, parameter or function: its type or what it gives back. Of a type: what it stands for. */
  readonly type: string | null;
  /** Of a type: what it inherits or embeds, as written; `?` where it may have members that cannot be told. */
  readonly bases?: readonly string[];
}

export interface Import {
  readonly line: number;
  /** As written: a module, a package path, a header. */
  readonly module: string;
  /** The one name taken from the module, `*` for all, null for the module itself. */
  readonly name: string | null;
  /** The name it is bound to in the file; null where the language or the module decides. */
  readonly as: string | null;
  /** Written so that its absence is survived (`try: import …`), or looked up in another way (`<…>`). */
  readonly soft: boolean;
  /** Where it binds its name; "" at file level. */
  readonly scope: string;
}

export interface Call {
  readonly positional: number;
  readonly keywords: readonly string[];
  /** An argument stands for any number of arguments. */
  readonly spread: boolean;
  /** How many values the place it stands in takes, where the language counts them; else null. */
  readonly results: number | null;
}

export interface Reference {
  readonly kind: "import" | "name" | "member" | "attribute";
  readonly name: string;
  /** From 1; the first of several that are the same in all else. */
  readonly line: number;
  /** The outermost definition around it; "" at file level. */
  readonly scope: string;
  /** Of a `member` the module it is looked up in, of an `attribute` the type where it can be told. */
  readonly on: string | null;
  readonly call: Call | null;
  /** Though its scope binds the name, it does not at this place. */
  readonly free?: boolean;
  /** Names that must be defined for the line to be compiled at all (`#ifdef NAME`); left out where there are none. */
  readonly under?: readonly string[];
}

export interface FileFacts {
  /** The language the file is written in, where that is not the one of its name. */
  readonly dialect?: string;
  /** The name that the file gives its package, where it does. */
  readonly package: string | null;
  /** Only compiled under some condition on the whole file. */
  readonly conditional?: boolean;
  readonly imports: readonly Import[];
  /** In the order of the file. */
  readonly definitions: readonly Definition[];
  /** Scope -> names bound in it, parameters and locals. Empty unless in full. */
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  /** Names that no definition or import of the file binds at their place, in the order of the file. Empty unless in full. */
  readonly references: readonly Reference[];
}

/** `definitions` leaves out function bodies where nothing outside can see into them. */
export type Extent = "definitions" | "full";

/** Two references with the same key are the same question. The line is no part of it. */
export function referenceKey({ kind, name, scope, on, call }: Reference): string {
  const called = call === null ? "" : `${call.positional},${call.spread},${call.results},${call.keywords.join(",")}`;
  return `${kind} ${scope} ${on ?? ""} ${name} ${called}`;
}
