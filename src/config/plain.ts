// A YAML or JSON file of another tool's -> its data. Nothing is checked but that it is one document.
import { parseDocument } from "yaml";

/** As for morello.yaml: more is a mistake or an attack. */
const MAX_LENGTH = 1 << 20;
const MAX_ALIASES = 100;

/** Null if it is neither; an empty file holds `{ value: null }`. JSON is YAML. */
export function readPlain(text: string): { readonly value: unknown } | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    const document = parseDocument(text.replace(/^\uFEFF/, ""), { prettyErrors: false, version: "1.2" });
    if (document.errors.length > 0) return null;
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch {
    return null; // too many aliases
  }
}
