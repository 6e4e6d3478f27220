// Where a module specifier leads in a tree, and what the module there exports.
import type { Definition } from "../facts.ts";
import type { World } from "../language.ts";
import { EXPORTS } from "./extract.ts";

export type Located =
  | { readonly kind: "file"; readonly path: string }
  /** It should be in the tree and is not. */
  | { readonly kind: "missing"; readonly detail: string }
  /** A package that package.json asks for. */
  | { readonly kind: "package" }
  /** Built in, made by a tool, or mapped by settings that are not read. */
  | { readonly kind: "elsewhere" };

const ENDINGS = [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
/** Imports of `./x.js` mean `./x.ts` where that is what is there. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts", ".jsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};
/** Package manifests that are read to know the packages of a tree. */
const MAX_MANIFESTS = 300;

export function locate(specifier: string, from: string, world: World): Promise<Located> {
  const folder = directoryOf(from);
  return world.once(`script ${specifier} ${folder}`, async () => {
    const plain = specifier.replace(/[?#].*$/, "");
    if (/^\.\.?(\/|$)/.test(plain)) return relative(plain, folder, world);
    if (/^(node|bun|data|https?|npm|jsr|virtual):|^[#~/]|^@\//.test(plain)) return { kind: "elsewhere" };
    return bare(plain, folder, world);
  });
}

async function relative(specifier: string, folder: string, world: World): Promise<Located> {
  const wanted = join(folder, specifier);
  if (wanted === null) return { kind: "elsewhere" };
  const path = await fileAt(wanted, world);
  if (path !== null) return { kind: "file", path };
  // What a build writes is in no tree.
  if (/(^|\/)(dist|build|lib|out|generated|gen|node_modules)\//.test(wanted)) return { kind: "elsewhere" };
  return { kind: "missing", detail: `no module ${wanted}` };
}

async function fileAt(wanted: string, world: World): Promise<string | null> {
  const extension = /\.\w+$/.exec(wanted)?.[0] ?? "";
  const stem = wanted.slice(0, wanted.length - extension.length);
  const candidates = [
    wanted,
    ...ENDINGS.map((ending) => wanted + ending),
    ...(WRITTEN[extension] ?? []).map((ending) => stem + ending),
    `${wanted}.json`,
    ...ENDINGS.map((ending) => `${wanted}/index${ending}`),
  ];
  for (const path of candidates) if ((await world.kind(path)) === "file") return path;
  // A directory with a manifest of its own, whose entry is not looked for.
  return (await world.kind(`${wanted}/package.json`)) === "file" ? `${wanted}/package.json` : null;
}

interface Manifest {
  readonly name: string | null;
  readonly folder: string;
  readonly packages: ReadonlySet<string>;
}

async function bare(specifier: string, folder: string, world: World): Promise<Located> {
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const manifests = await manifestsOf(world);
  if (manifests === null) return { kind: "elsewhere" };
  const own = manifests.find((manifest) => manifest.name === name);
  if (own !== undefined) return entry(own.folder, parts.slice(name.split("/").length).join("/"), world);
  const above = manifests.filter(
    (one) => one.folder === "" || folder === one.folder || folder.startsWith(`${one.folder}/`),
  );
  if (above.length === 0) return { kind: "elsewhere" };
  const types = `@types/${name.replace(/^@/, "").replace("/", "__")}`;
  if (above.some(({ packages }) => packages.has(name) || packages.has(types))) return { kind: "package" };
  return { kind: "missing", detail: `no package.json asks for ${name}` };
}

/** The module that a package of this tree gives for a path in it, where it stands where most do. */
async function entry(folder: string, below: string, world: World): Promise<Located> {
  const within = (path: string): string => (folder === "" ? path : `${folder}/${path}`);
  const candidates =
    below === "" ? ["src/index", "index", "src/public-api", "src/public_api"] : [below, `src/${below}`];
  for (const candidate of candidates) {
    const path = await fileAt(within(candidate), world);
    if (path !== null && !path.endsWith("package.json")) return { kind: "file", path };
  }
  return { kind: "elsewhere" };
}

/** Null where there are too many to read. */
function manifestsOf(world: World): Promise<readonly Manifest[] | null> {
  return world.once("package manifests", async () => {
    const paths = (await world.paths()).filter(
      (path) => /(^|\/)package\.json$/.test(path) && !/(^|\/)(node_modules|fixtures?|templates?)\//.test(path),
    );
    if (paths.length > MAX_MANIFESTS) return null;
    const read = await Promise.all(
      paths.map(async (path) => manifest(directoryOf(path), (await world.text(path)) ?? "")),
    );
    return read.filter((one) => one !== null);
  });
}

function manifest(folder: string, text: string): Manifest | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== "object" || read === null) return null;
  const fields = read as Readonly<Record<string, unknown>>;
  const lists = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].map(
    (key) => fields[key],
  );
  const packages = lists.flatMap((list) => (typeof list === "object" && list !== null ? Object.keys(list) : []));
  return { name: typeof fields["name"] === "string" ? fields["name"] : null, folder, packages: new Set(packages) };
}

export type Exported =
  | { readonly kind: "definition"; readonly path: string; readonly definition: Definition }
  | { readonly kind: "none" }
  | { readonly kind: "unknown" };

/** Re-exports followed. */
const MAX_DEPTH = 12;

/** What a module exports under a name. */
export function exportOf(path: string, name: string, world: World, depth = 0): Promise<Exported> {
  return world.once(`script export ${path} ${name}`, async () => {
    const facts = depth > MAX_DEPTH ? null : await world.facts(path);
    if (facts === null) return { kind: "unknown" };
    const exported = facts.definitions.filter(({ of }) => of === EXPORTS);
    const stars = facts.imports.filter(({ name: one, as }) => one === "*" && as === EXPORTS);
    const own = exported.find((one) => one.name === name);
    if (own !== undefined) return { kind: "definition", path, definition: own };
    // Nothing exported: a script, or a module that is one in ways that are not seen.
    const isOpen = exported.some((one) => one.name === "*") || (exported.length === 0 && stars.length === 0);
    if (isOpen) return { kind: "unknown" };
    if (name === "default") return { kind: "none" };
    const below = await Promise.all(
      stars.map(async ({ module }): Promise<Exported> => {
        const located = await locate(module, path, world);
        return located.kind === "file" ? exportOf(located.path, name, world, depth + 1) : { kind: "unknown" };
      }),
    );
    return (
      below.find(({ kind }) => kind === "definition") ??
      below.find(({ kind }) => kind === "unknown") ?? { kind: "none" }
    );
  });
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Null where it leads out of the tree. */
function join(folder: string, specifier: string): string | null {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of specifier.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}
