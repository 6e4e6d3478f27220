// C.
import type { Language } from "../language.ts";
import { extractC } from "./extract.ts";
import { ownsC, resolveC } from "./resolve.ts";

export const C: Language = {
  id: "c",
  version: 1,
  grammar: "tree-sitter-c",
  owns: ownsC,
  prune: {
    definitions: (type, parent) => type === "compound_statement" && parent === "function_definition",
    full: () => false,
  },
  extract: extractC,
  resolve: resolveC,
};
