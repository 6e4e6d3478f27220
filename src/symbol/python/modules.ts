// Where Python modules lie in a tree, and what names they have.
import type { Defined } from "../anywhere.ts";
import type { FileFacts } from "../facts.ts";
import type { World } from "../language.ts";

export type Located =
  | { readonly kind: "file"; readonly path: string }
  /** A directory without `__init__.py`. */
  | { readonly kind: "namespace"; readonly path: string }
  /** Compiled, generated, or in another language. */
  | { readonly kind: "opaque" }
  /** Its package is in the tree, and it is not. */
  | { readonly kind: "missing"; readonly path: string }
  /** Not of this tree. */
  | { readonly kind: "elsewhere" };

const ELSEWHERE: Located = { kind: "elsewhere" };

/** Directories that packages lie in, besides those found from the importing file. */
const ROOTS = ["", "src", "lib", "python"];

/** The module that `module`, as written in the file at `from`, means. */
export function locate(module: string, from: string, world: World): Promise<Located> {
  const folder = parentOf(from);
  return world.once(`python locate ${module} ${folder}`, async () => {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const parts = module
      .slice(dots)
      .split(".")
      .filter((part) => part !== "");
    if (dots > 0) {
      let root = folder;
      for (let n = 1; n < dots; n++) {
        if (root === "") return ELSEWHERE;
        root = parentOf(root);
      }
      return descend(root, parts, world);
    }
    for (const root of new Set([...ROOTS, ...(await packageRoots(folder, world))])) {
      const first = await descend(root, parts.slice(0, 1), world);
      // A directory that holds no Python is no package; one without `__init__.py` only counts where the rest is there.
      if (first.kind === "file" || first.kind === "opaque") return descend(root, parts, world);
      if (first.kind !== "namespace") continue;
      const whole = await descend(root, parts, world);
      if (whole.kind === "file") return whole;
    }
    return ELSEWHERE;
  });
}

/** The directory that holds the outermost package around a directory, and the directory itself, for scripts. */
async function packageRoots(folder: string, world: World): Promise<string[]> {
  let root = folder;
  while (root !== "" && (await world.kind(`${root}/__init__.py`)) === "file") root = parentOf(root);
  return root === folder ? [folder] : [root, folder];
}

async function descend(root: string, parts: readonly string[], world: World): Promise<Located> {
  let at = root;
  for (const [n, part] of parts.entries()) {
    const next = at === "" ? part : `${at}/${part}`;
    const isLast = n === parts.length - 1;
    if ((await world.kind(next)) === "directory") {
      at = next;
      if (!isLast) continue;
      return package_(at, world);
    }
    if ((await world.kind(`${next}.py`)) === "file") {
      return isLast ? { kind: "file", path: `${next}.py` } : { kind: "missing", path: `${next}.py` };
    }
    const names = await world.list(at);
    const made = names.some((name) => name.startsWith(`${part}.`) || name.startsWith(`_${part}.`));
    return made ? { kind: "opaque" } : { kind: "missing", path: `${next}.py` };
  }
  return package_(at, world);
}

async function package_(path: string, world: World): Promise<Located> {
  const names = await world.list(path);
  if (names.includes("__init__.py")) return { kind: "file", path: `${path}/__init__.py` };
  return names.some((name) => name.startsWith("__init__.")) ? { kind: "opaque" } : { kind: "namespace", path };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** What a name of a module is: something it defines or imports, a module below it, nothing; null: cannot be told. */
export type Named =
  | { readonly kind: "defined"; readonly at: Defined }
  | { readonly kind: "module"; readonly at: Located }
  | { readonly kind: "none" }
  | null;

/** Star imports followed one after another. */
const MAX_STARS = 4;

export async function nameIn(located: Located, name: string, world: World, depth = 0): Promise<Named> {
  switch (located.kind) {
    case "file": {
      const { path } = located;
      const facts = await world.facts(path);
      if (facts === null) return null;
      const own = await nameOfFile(path, facts, name, world, depth);
      if (own === null || own.kind !== "none") return own;
      return path.endsWith("/__init__.py") || path === "__init__.py" ? below(parentOf(path), name, world) : own;
    }
    case "namespace":
      return below(located.path, name, world);
    case "opaque":
    case "missing":
    case "elsewhere":
      return null;
  }
}

async function below(folder: string, name: string, world: World): Promise<Named> {
  const at = await descend(folder, [name], world);
  if (at.kind === "missing") return { kind: "none" };
  return at.kind === "opaque" || at.kind === "elsewhere" ? null : { kind: "module", at };
}

/** What a file itself binds at its outermost level. */
export async function nameOfFile(
  path: string,
  facts: FileFacts,
  name: string,
  world: World,
  depth = 0,
): Promise<Named> {
  const definition = facts.definitions.find((one) => one.of === null && one.name === name);
  if (definition !== undefined) return { kind: "defined", at: { path, definition } };
  const imports = facts.imports.filter(({ scope }) => scope === "");
  const bound = imports.find((one) => (one.as ?? (one.name === null ? one.module.split(".")[0] : null)) === name);
  if (bound !== undefined) {
    const at = {
      path,
      definition: { name, kind: "variable", of: null, line: bound.line, shape: null, type: null },
    } as const;
    return { kind: "defined", at };
  }
  // `__getattr__`, or names put into globals().
  if (facts.definitions.some((one) => one.of === null && one.name === "__getattr__")) return null;
  for (const star of imports.filter((one) => one.name === "*")) {
    if (depth >= MAX_STARS) return null;
    const found = await nameIn(await locate(star.module, path, world), name, world, depth + 1);
    if (found === null || found.kind !== "none") return found;
  }
  return { kind: "none" };
}
