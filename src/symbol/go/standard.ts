// When names of Go's standard library came in.
import { NAMES } from "./standard-names.ts";

let table: ReadonlyMap<string, number> | null = null;

/** `module` and `module name` -> minor version. */
function load(): ReadonlyMap<string, number> {
  if (table !== null) return table;
  const versions = new Map<string, number>();
  for (const row of NAMES.trim().split("\n")) {
    const [minor = "", module = "", ...names] = row.split(" ");
    for (const name of names) versions.set(name === "" ? module : `${module} ${name}`, Number(minor));
  }
  return (table = versions);
}

/**
 * The minor version of Go that brought a package, a name of it, or a member (`Type.Name`); null if it was there early
 * or is unknown.
 */
export function sinceVersion(module: string, name: string | null): number | null {
  return load().get(name === null ? module : `${module} ${name}`) ?? null;
}
