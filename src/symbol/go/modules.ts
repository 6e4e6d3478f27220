// Where Go packages lie in a tree, and what they define.
import type { Defined } from "../anywhere.ts";
import type { Import } from "../facts.ts";
import type { World } from "../language.ts";

interface Module {
  readonly manifest: string;
  /** Module path. */
  readonly prefix: string;
  readonly directory: string;
  /** Module paths that it requires. */
  readonly requires: readonly string[];
  /** The minor version of Go whose language it is written in; null where it says nothing. */
  readonly version: number | null;
  /** The minor version of Go that builds it, where that is another. */
  readonly toolchain: number | null;
}

/** The modules of a tree, those with the longest path first. */
function modulesOf(world: World): Promise<readonly Module[]> {
  return world.once("go modules", async () => {
    const manifests = (await world.paths()).filter(
      (path) => /(^|\/)(go|vendor)\.mod$/.test(path) && !/(^|\/)(vendor|testdata)\//.test(path),
    );
    const modules = await Promise.all(
      manifests.map(async (path) => readManifest((await world.text(path)) ?? "", path)),
    );
    return modules
      .filter(({ prefix }) => prefix !== "")
      .sort((a, b) => b.prefix.length - a.prefix.length || a.directory.length - b.directory.length);
  });
}

function readManifest(text: string, path: string): Module {
  const version = /^go 1\.(\d+)/m.exec(text)?.[1];
  const toolchain = /^toolchain go1\.(\d+)/m.exec(text)?.[1];
  return {
    prefix: /^module\s+"?([^\s"]+)/m.exec(text)?.[1] ?? "",
    manifest: path,
    directory: path.replace(/\/?(go|vendor)\.mod$/, ""),
    requires: [...text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+|[\w-]+\.[\w.-]+)\s+v\S+/gm)].map(
      (match) => match[1] ?? "",
    ),
    version: version === undefined ? null : Number(version),
    toolchain: toolchain === undefined ? null : Number(toolchain),
  };
}

/** Where a package lies; `missing` where it should lie in the tree and does not. */
export type Located =
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "standard" }
  /** `manifest`: the go.mod that asks for it. */
  | { readonly kind: "elsewhere"; readonly manifest: string | null };

export async function locate(module: string, world: World): Promise<Located> {
  return world.once(`go locate ${module}`, () => find(module, world));
}

async function find(module: string, world: World): Promise<Located> {
  if (module === "C") return { kind: "elsewhere", manifest: null };
  const first = module.split("/")[0] ?? "";
  const modules = await modulesOf(world);
  if (!first.includes(".") && !modules.some(({ prefix }) => isWithin(module, prefix))) return { kind: "standard" };
  let expected: string | null = null;
  let own = "";
  for (const { prefix, directory } of modules) {
    if (!isWithin(module, prefix)) continue;
    const path = joinPath(directory, module.slice(prefix.length + 1));
    if (await hasGo(path, world)) return { kind: "directory", path };
    expected ??= path;
    if (own === "") own = prefix;
  }
  for (const path of [`vendor/${module}`, `vendor/src/${module}`]) {
    if (await hasGo(path, world)) return { kind: "directory", path };
  }
  const requiring = modules.find(({ requires }) =>
    requires.some((prefix) => isWithin(module, prefix) && prefix.length > own.length),
  );
  const elsewhere: Located = { kind: "elsewhere", manifest: requiring?.manifest ?? null };
  if (expected !== null) return requiring === undefined ? { kind: "missing", path: expected } : elsewhere;
  if (modules.length === 0) {
    // Before modules: the repository itself lies at host/owner/name.
    const path = module.split("/").slice(3).join("/");
    if (await hasGo(path, world)) return { kind: "directory", path };
    return (await world.kind("vendor")) === null
      ? { kind: "elsewhere", manifest: null }
      : { kind: "missing", path: `vendor/${module}` };
  }
  const vendored = (await world.kind("vendor/modules.txt")) !== null;
  if (vendored) return { kind: "missing", path: `vendor/${module}` };
  return requiring === undefined ? { kind: "missing", path: "a requirement in go.mod" } : elsewhere;
}

function isWithin(module: string, prefix: string): boolean {
  return module === prefix || module.startsWith(`${prefix}/`);
}

function joinPath(directory: string, below: string): string {
  return directory === "" || below === "" ? directory + below : `${directory}/${below}`;
}

async function hasGo(path: string, world: World): Promise<boolean> {
  return (await world.list(path)).some((name) => name.endsWith(".go"));
}

/** Files that name the Go that a project is built with. */
const BUILDS = /(^|\/)(Dockerfile[^/]*|[^/]*\.Dockerfile|\.go-version|\.travis\.yml)$|^\.(github|circleci)\/.*\.ya?ml$/;
const MAX_BUILDS = 80;

/**
 * The newest minor version of Go that a tree names, in go.mod or where it is built; null where it names none. A
 * library's go.mod often asks for less than the project is built with.
 */
export function newestGo(world: World): Promise<number | null> {
  return world.once("go newest", async () => {
    const files = (await world.paths()).filter((path) => BUILDS.test(path) && !/(^|\/)vendor\//.test(path));
    const texts = await Promise.all(files.slice(0, MAX_BUILDS).map((path) => world.text(path)));
    const named = texts.flatMap((text) =>
      [...(text ?? "").matchAll(/(?:go-?version|golang:)[^\n]*?\b1\.(\d+)|^(?:go)?1\.(\d+)/gim)].map((match) =>
        Number(match[1] ?? match[2]),
      ),
    );
    const asked = (await modulesOf(world)).flatMap(({ version, toolchain }) =>
      [version, toolchain].filter((minor) => minor !== null),
    );
    const all = [...named, ...asked];
    return all.length === 0 ? null : Math.max(...all);
  });
}

/** The minor version of Go whose language the module around a path is written in; null where nothing says. */
export async function languageVersion(path: string, world: World): Promise<number | null> {
  const around = (await modulesOf(world))
    .filter(({ directory }) => directory === "" || path.startsWith(`${directory}/`))
    .sort((a, b) => b.directory.length - a.directory.length);
  return around[0]?.version ?? null;
}

export interface Package {
  readonly names: ReadonlySet<string>;
  /** Package-level names. */
  readonly top: ReadonlyMap<string, readonly Defined[]>;
  /** Type -> member -> definitions. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, readonly Defined[]>>;
}

/** All that the Go files of a directory define. `name`: only files of that package clause, tests too; else no tests. */
export function packageAt(directory: string, name: string | null, world: World): Promise<Package> {
  return world.once(`go package ${directory} ${name ?? ""}`, async () => {
    const files = (await world.list(directory)).filter(
      (file) => file.endsWith(".go") && (name !== null || !file.endsWith("_test.go")),
    );
    const paths = files.map((file) => joinPath(directory, file));
    const facts = await Promise.all(paths.map((path) => world.facts(path)));
    const names = new Set<string>();
    const top = new Map<string, Defined[]>();
    const members = new Map<string, Map<string, Defined[]>>();
    for (const [n, path] of paths.entries()) {
      const one = facts[n] ?? null;
      if (one === null || (name !== null && one.package !== name)) continue;
      if (one.package !== null) names.add(one.package);
      for (const definition of one.definitions) {
        let into = top;
        if (definition.of !== null) {
          into = members.get(definition.of) ?? new Map<string, Defined[]>();
          members.set(definition.of, into);
        }
        into.set(definition.name, [...(into.get(definition.name) ?? []), { path, definition }]);
      }
    }
    return { names, top, members };
  });
}

/** The names that an import may bind, where its package clause is not at hand: the last part of its path, in habits. */
export function presumedNames({ module, as }: Import): string[] {
  if (as !== null) return [as];
  const parts = module.split("/");
  const last = parts.at(-1) ?? "";
  const name = /^v\d+$/.test(last) && parts.length > 1 ? (parts.at(-2) ?? last) : last;
  const plain = name.replace(/\.v\d+$/, "");
  return [
    ...new Set([last, plain, plain.replace(/^go-|^golang-/, ""), plain.replace(/[-.]go$/, "")]),
    ...plain.split(/[-.]/),
    plain.replace(/[-.]/g, ""),
    plain.replace(/[-.]/g, "_"),
  ];
}
