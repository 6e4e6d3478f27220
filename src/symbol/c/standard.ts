// Which headers of the system bring a name.
import { HEADERS, NAMES } from "./standard-headers.ts";

let table: { readonly headers: ReadonlySet<string>; readonly names: ReadonlyMap<string, readonly string[]> } | null =
  null;

function load(): NonNullable<typeof table> {
  if (table !== null) return table;
  const headers = HEADERS.trim().split("\n");
  const names = new Map<string, readonly string[]>();
  for (const row of NAMES.trim().split("\n")) {
    const [numbers = "", list = ""] = row.split(":");
    const from = numbers.split(" ").map((number) => headers[Number.parseInt(number, 36)] ?? "");
    for (const name of list.split(" ")) names.set(name, from);
  }
  return (table = { headers: new Set(headers), names });
}

/** Headers through any of which the name can be had; empty where it is not one of the system's. */
export function standardHeaders(name: string): readonly string[] {
  return load().names.get(name) ?? [];
}

export function isSystemHeader(header: string): boolean {
  return load().headers.has(header);
}
