// Go.
import type { Language } from "../language.ts";
import { extractGo } from "./extract.ts";
import { faultsOfGo } from "./faults.ts";
import { ownsGo, resolveGo } from "./resolve.ts";

export const GO: Language = {
  id: "go",
  version: 3,
  grammar: "tree-sitter-go",
  owns: ownsGo,
  prune: {
    definitions: (type, parent) => type === "block" && parent !== "block",
    full: () => false,
  },
  extract: extractGo,
  resolve: resolveGo,
  faults: faultsOfGo,
};
