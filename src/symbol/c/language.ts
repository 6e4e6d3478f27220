// C.
import type { Language } from "../language.ts";
import { extractC } from "./extract.ts";
import { prepareC } from "./prepare.ts";
import { ownsC, resolveC } from "./resolve.ts";

export const C: Language = {
  id: "c",
  version: 5,
  grammar: "tree-sitter-c",
  owns: ownsC,
  prune: {
    definitions: (type, parent) => type === "compound_statement" && parent === "function_definition",
    full: () => false,
  },
  prepare: prepareC,
  extract: extractC,
  resolve: resolveC,
};
