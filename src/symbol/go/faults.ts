// What Go's compiler refuses though every name resolves: a definition given twice, an import that nothing uses.
import type { Fault, FileAt, World } from "../language.ts";
import { locate, packageAt, presumedNames } from "./modules.ts";

export async function faultsOfGo(file: FileAt, world: World): Promise<readonly Fault[]> {
  return [...(await twice(file, world)), ...(await unused(file, world))];
}

async function twice({ path, facts }: FileAt, world: World): Promise<Fault[]> {
  if (await isConditional(path, world)) return [];
  const found = await packageAt(path.slice(0, Math.max(0, path.lastIndexOf("/"))), facts.package, world);
  const conditions = new Set<string>();
  const paths = [...found.top.values(), ...[...found.members.values()].flatMap((one) => [...one.values()])].flat();
  for (const other of new Set(paths.map((one) => one.path)))
    if (await isConditional(other, world)) conditions.add(other);
  return facts.definitions.flatMap(({ name, of, line, kind }) => {
    if (name === "_" || (name === "init" && of === null)) return [];
    const all = (of === null ? found.top.get(name) : found.members.get(of)?.get(name)) ?? [];
    const other = all.find((one) => (one.path !== path || one.definition.line !== line) && !conditions.has(one.path));
    if (other === undefined) return [];
    const what = of === null ? name : `${of}.${name}`;
    return [
      {
        key: `twice ${what} ${kind}`,
        rule: "twice" as const,
        name,
        line,
        detail: `${what} is defined in ${other.path} too`,
        near: { path: other.path, line: other.definition.line, name, of },
      },
    ];
  });
}

/** Systems and processors that a file name can name (go/build: knownOS, knownArch). */
const CONDITIONS =
  /_(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|386|amd64|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm)(_test)?\.go$/;

/** Compiled on some systems alone: another file may define the same for the others. */
async function isConditional(path: string, world: World): Promise<boolean> {
  return CONDITIONS.test(path) || (await world.facts(path))?.conditional === true;
}

async function unused({ facts }: FileAt, world: World): Promise<Fault[]> {
  const used = new Set(facts.references.filter(({ kind }) => kind === "name").map(({ name }) => name));
  // Where a function binds the same name, the facts do not tell which of the two it uses.
  for (const names of Object.values(facts.scopes)) for (const name of names) used.add(name);
  const found: Fault[] = [];
  for (const one of facts.imports) {
    if (one.as === "_" || one.name === "*" || one.module === "C") continue;
    const located = await locate(one.module, world);
    const names =
      one.as === null && located.kind === "directory"
        ? (await packageAt(located.path, null, world)).names
        : new Set<string>();
    if ([...names, ...presumedNames(one)].some((name) => used.has(name))) continue;
    found.push({
      key: `unused ${one.module}`,
      rule: "unused",
      name: one.module,
      line: one.line,
      detail: `${one.module} is imported and not used`,
      near: null,
    });
  }
  return found;
}
