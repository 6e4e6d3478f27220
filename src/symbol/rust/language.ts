// Rust.
import type { Language } from "../language.ts";
import { extractRust } from "./extract.ts";
import { ownsRust, resolveRust } from "./resolve.ts";

export const RUST: Language = {
  id: "rust",
  version: 1,
  grammar: "tree-sitter-rust",
  owns: ownsRust,
  prune: { definitions: (type, parent) => type === "block" && parent === "function_item", full: () => false },
  extract: extractRust,
  resolve: resolveRust,
};
