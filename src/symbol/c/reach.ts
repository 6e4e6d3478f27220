// What a C file can see: itself and every file that its includes reach, found by path in the tree.
import type { Defined } from "../anywhere.ts";
import type { Definition, FileFacts, Import } from "../facts.ts";
import type { World } from "../language.ts";
import { isSystemHeader } from "./standard.ts";

/** Files that one file may reach; beyond, nothing is told. */
const MAX_REACH = 1_500;

export interface Reach {
  readonly files: readonly { readonly path: string; readonly facts: FileFacts }[];
  /** Headers that lie outside the tree, by name. */
  readonly outside: ReadonlySet<string>;
  /** Quoted includes that lead nowhere: made by a build, or missing. */
  readonly lost: ReadonlySet<string>;
}

/** The file in the tree that an include means; null where there is none. */
export function headerPath(
  { module, soft }: Pick<Import, "module" | "soft">,
  from: string,
  world: World,
): Promise<string | null> {
  const folder = from.slice(0, Math.max(0, from.lastIndexOf("/")));
  return world.once(`c header ${soft ? "<" : '"'}${module} ${folder}`, async () => {
    if (!soft) {
      const near = normalise(folder === "" ? module : `${folder}/${module}`);
      if (near !== null && (await world.kind(near)) === "file") return near;
    }
    const wanted = normalise(module);
    if (wanted === null) return null;
    const found = ((await byName(world)).get(wanted.slice(wanted.lastIndexOf("/") + 1)) ?? []).filter(
      (path) => path === wanted || path.endsWith(`/${wanted}`),
    );
    if (isSystemHeader(wanted)) return null;
    return closest(found, from);
  });
}

function byName(world: World): Promise<Map<string, string[]>> {
  return world.once("c files by name", async () => {
    const names = new Map<string, string[]>();
    for (const path of await world.paths()) {
      if (!/\.(h|hh|hpp|hxx|cuh|inc|c|cc|cpp|cxx|def|tcc|inl)$/.test(path)) continue;
      const name = path.slice(path.lastIndexOf("/") + 1);
      const known = names.get(name);
      if (known === undefined) names.set(name, [path]);
      else known.push(path);
    }
    return names;
  });
}

/** The path that shares the most directories with `from`; of equals the shortest, then the first. */
function closest(paths: readonly string[], from: string): string | null {
  const shared = (path: string): number => {
    const [a, b] = [path.split("/"), from.split("/")];
    let n = 0;
    while (n < a.length && a[n] === b[n]) n++;
    return n;
  };
  return [...paths].sort((a, b) => shared(b) - shared(a) || a.length - b.length || (a < b ? -1 : 1))[0] ?? null;
}

/** A path without `.` and `..`; null where it leads out of the tree. */
function normalise(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/** All that a file sees. Computed once a tree and file. */
export function reachOf(path: string, facts: FileFacts, world: World): Promise<Reach> {
  return world.once(`c reach ${path}`, async () => {
    const files = [{ path, facts }];
    const seen = new Set([path]);
    const outside = new Set<string>();
    const lost = new Set<string>();
    for (let at = 0; at < files.length && files.length < MAX_REACH;) {
      const layer = files.slice(at);
      at = files.length;
      const targets = await Promise.all(
        layer.flatMap((file) =>
          file.facts.imports.map(async (one) => ({ one, target: await headerPath(one, file.path, world) })),
        ),
      );
      const next: string[] = [];
      for (const { one, target } of targets) {
        if (target === null) (one.soft ? outside : lost).add(one.module);
        else if (!seen.has(target)) {
          seen.add(target);
          next.push(target);
        }
      }
      const loaded = await Promise.all(next.map((one) => world.facts(one)));
      for (const [n, one] of next.entries()) {
        const found = loaded[n] ?? null;
        if (found !== null) files.push({ path: one, facts: found });
      }
    }
    return { files, outside, lost };
  });
}

const INDEXES = new WeakMap<FileFacts, Map<string, Definition[]>>();

/** Definitions of a file by name; fields under `type name`. */
function indexOf(facts: FileFacts): Map<string, Definition[]> {
  let index = INDEXES.get(facts);
  if (index === undefined) {
    index = new Map();
    for (const definition of facts.definitions) {
      const key = definition.of === null ? definition.name : `${definition.of} ${definition.name}`;
      const known = index.get(key);
      if (known === undefined) index.set(key, [definition]);
      else known.push(definition);
    }
    INDEXES.set(facts, index);
  }
  return index;
}

/** What the file sees under a name, nearest first. */
export function visible({ files }: Reach, name: string, of: string | null = null): Defined[] {
  const key = of === null ? name : `${of} ${name}`;
  return files.flatMap(({ path, facts }) =>
    (indexOf(facts).get(key) ?? []).map((definition) => ({ path, definition })),
  );
}
