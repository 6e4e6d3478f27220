// The delta rule: what the merged tree refers to and does not find, though it is found where the line of code comes
// from: on the source for what the pick brought, on the target for what it left standing. What neither tree explains
// (the standard library, other people's code, code that was broken before) never alarms.
import { referenceKey, type Definition, type FileFacts, type Reference } from "./facts.ts";
import {
  FOUND,
  type Fault,
  type FileAt,
  type Language,
  type Place,
  type Resolution,
  type Rule,
  type World,
} from "./language.ts";
import { languageNamed, languageOf } from "./languages.ts";
import { isGenerated, isVendored } from "./skip.ts";

export interface Trees {
  readonly target: World;
  readonly merged: World;
  readonly source: World;
}

export interface Touched {
  readonly path: string;
  /** Where the source has the file; null if nowhere. */
  readonly sourcePath: string | null;
}

export interface Finding {
  readonly rule: Rule;
  /** Where the merged tree refers to it. */
  readonly use: Place;
  /** Where the name is found on the tree that the line of code comes from. */
  readonly definition: Place;
  /** What the look-up in the merged tree met. */
  readonly detail: string;
  /** What the merged tree has instead, or elsewhere. */
  readonly near: Place | null;
  /** Whether the code stood there before the pick. */
  readonly stranded: boolean;
}

/** Files that the pick did not touch and that are looked through for each name that it took away. */
const MAX_STRANDED_FILES = 40;
const MAX_STRANDED_NAMES = 60;

interface Opened {
  readonly language: Language;
  readonly merged: FileAt;
  readonly target: FileAt | null;
  readonly source: FileAt | null;
}

/** Findings in the order of paths, then of lines. */
export async function delta(touched: readonly Touched[], trees: Trees): Promise<Finding[]> {
  const opened = (await Promise.all(touched.map((one) => open(one, trees)))).filter((one) => one !== null);
  const taken = await takenAway(touched, trees);
  const found = await Promise.all([
    ...opened.map((one) => checkFile(one, trees, taken)),
    checkOthers(new Set(touched.map(({ path }) => path)), trees, taken),
  ]);
  const distinct = new Map(
    found.flat().map((one) => [`${one.rule} ${one.use.path} ${one.use.name} ${one.use.of ?? ""}`, one] as const),
  );
  return [...distinct.values()].sort((a, b) =>
    a.use.path === b.use.path ? a.use.line - b.use.line : a.use.path < b.use.path ? -1 : 1,
  );
}

async function open({ path, sourcePath }: Touched, { target, merged, source }: Trees): Promise<Opened | null> {
  const language = languageOf(path);
  if (language === null || isVendored(path)) return null;
  const at = async (world: World, where: string | null): Promise<FileAt | null> => {
    const facts = where === null ? null : await world.facts(where, "full");
    return facts === null || where === null ? null : { path: where, facts };
  };
  const [now, before, there] = await Promise.all([at(merged, path), at(target, path), at(source, sourcePath)]);
  if (now === null) return null;
  const written = languageNamed(now.facts.dialect ?? "") ?? language;
  return { language: written, merged: now, target: before, source: there };
}

/** Names that the target's versions of the touched files define and the merged ones do not, or in another shape. */
async function takenAway(touched: readonly Touched[], { target, merged }: Trees): Promise<Set<string>> {
  const defined = async (world: World): Promise<Map<string, Definition>> => {
    const files = await Promise.all(touched.map(({ path }) => world.facts(path)));
    return new Map(files.flatMap((facts) => (facts?.definitions ?? []).map((one) => [identity(one), one])));
  };
  const [before, after] = await Promise.all([defined(target), defined(merged)]);
  const names = [...before.values()].filter((one) => !after.has(identity(one))).map(({ name }) => name);
  const gone = await Promise.all(
    touched.map(async ({ path }) => ((await merged.kind(path)) === null ? [stem(path)] : [])),
  );
  return new Set([...names, ...gone.flat()]);
}

const identity = ({ name, of, shape }: Definition): string => `${of ?? ""} ${name} ${JSON.stringify(shape)}`;
const stem = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");

async function checkFile(file: Opened, trees: Trees, taken: ReadonlySet<string>): Promise<Finding[]> {
  const { merged, target } = file;
  const known = new Set(target?.facts.references.map(referenceKey));
  const unbound = target === null ? new Set<string>() : importsGone(target.facts, merged.facts);
  const found = await Promise.all(
    merged.facts.references.map(async (reference) => {
      // Generated code is as right as its generator: only what it imports is a question of the line.
      if (reference.kind !== "import" && isGenerated(merged.path)) return null;
      const isNew = !known.has(referenceKey(reference));
      const { name, on } = reference;
      const affected = taken.has(name) || unbound === null || unbound.has(name) || unbound.has(on ?? "");
      return isNew || affected ? judge(reference, isNew, file, trees) : null;
    }),
  );
  return [...found.filter((one) => one !== null), ...(await checkFaults(file, trees))];
}

/** Names whose import the merged file lost; null: an import is gone that could have brought any name. */
function importsGone(before: FileFacts, after: FileFacts): Set<string> | null {
  const keys = new Set(after.imports.map(({ module, name, as }) => `${module} ${name} ${as}`));
  const gone = before.imports.filter(({ module, name, as }) => !keys.has(`${module} ${name} ${as}`));
  if (gone.some(({ name, as, module }) => name === "*" || (as === null && module.includes(".h")))) return null;
  return new Set(gone.flatMap(({ module, name, as }) => [as ?? "", name ?? "", ...module.split(/[./-]/)]));
}

async function judge(
  reference: Reference,
  isNew: boolean,
  { language, merged, target, source }: Opened,
  trees: Trees,
): Promise<Finding | null> {
  const now = await language.resolve(reference, merged, trees.merged);
  if (now.kind !== "absent") return null;
  const there = isNew && source !== null ? await language.resolve(asIn(reference, source), source, trees.source) : null;
  if (there?.kind === "found" && source !== null)
    return finding(reference, merged.path, now, there, source.path, false);
  if (isNew && now.certain && there?.kind === "unknown" && source !== null)
    return finding(reference, merged.path, now, FOUND, source.path, false);
  const before = target === null ? null : await language.resolve(asIn(reference, target), target, trees.target);
  if (before?.kind !== "found") return null;
  return finding(reference, merged.path, now, before, merged.path, true);
}

/** Where in another version a reference would stand is unknown: after everything. */
const LAST = Number.MAX_SAFE_INTEGER;

/** The reference as if it stood in another version of its file: there a local name may bind it. */
function asIn(reference: Reference, { facts }: FileAt): Reference {
  const key = referenceKey(reference);
  return facts.references.find((one) => referenceKey(one) === key) ?? { ...reference, free: false, line: LAST };
}

function finding(
  { name, line, on }: Reference,
  path: string,
  now: Extract<Resolution, { kind: "absent" }>,
  found: Extract<Resolution, { kind: "found" }>,
  foundIn: string,
  stranded: boolean,
): Finding {
  return {
    rule: stranded ? "stranded" : now.rule,
    use: { path, line, name, of: on },
    definition: found.place ?? { path: foundIn, line, name, of: null },
    detail: now.detail,
    near: now.near,
    stranded,
  };
}

async function checkFaults({ language, merged, target, source }: Opened, trees: Trees): Promise<Finding[]> {
  const of = async (file: FileAt | null, world: World): Promise<readonly Fault[]> =>
    file === null ? [] : ((await language.faults?.(file, world)) ?? []);
  const [now, before, there] = await Promise.all([
    of(merged, trees.merged),
    of(target, trees.target),
    of(source, trees.source),
  ]);
  const known = new Set([...before, ...there].map(({ key }) => key));
  return now
    .filter(({ key }) => !known.has(key))
    .map(({ rule, name, line, detail, near }) => {
      const use = { path: merged.path, line, name, of: null };
      return { rule, use, definition: use, detail, near, stranded: false };
    });
}

/** Files that the pick did not touch, where they use what it took away. */
async function checkOthers(touched: ReadonlySet<string>, trees: Trees, taken: ReadonlySet<string>): Promise<Finding[]> {
  const found = await Promise.all(
    [...taken].slice(0, MAX_STRANDED_NAMES).map(async (name) => {
      const files = (await trees.merged.mentions(name)).filter(
        (path) => !touched.has(path) && languageOf(path) !== null && !isVendored(path) && !isGenerated(path),
      );
      if (files.length > MAX_STRANDED_FILES) return [];
      return (await Promise.all(files.map((path) => checkOther(path, name, trees)))).flat();
    }),
  );
  return found.flat();
}

async function checkOther(path: string, name: string, trees: Trees): Promise<Finding[]> {
  const file = await open({ path, sourcePath: null }, trees);
  if (file === null) return [];
  const uses = file.merged.facts.references.filter(
    (one) => one.name === name || (one.kind === "import" && one.name.split(/[./]/).includes(name)),
  );
  return (await Promise.all(uses.map((one) => judge(one, false, file, trees)))).filter((one) => one !== null);
}
