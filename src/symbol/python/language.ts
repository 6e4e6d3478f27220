// Python.
import type { Language } from "../language.ts";
import { extractPython } from "./extract.ts";
import { ownsPython, resolvePython } from "./resolve.ts";

export const PYTHON: Language = {
  id: "python",
  version: 2,
  grammar: "tree-sitter-python",
  owns: ownsPython,
  // Methods are walked in either extent: what they assign to `self` is seen from outside.
  prune: { definitions: () => false, full: () => false },
  extract: extractPython,
  resolve: resolvePython,
};
