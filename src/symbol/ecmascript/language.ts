// JavaScript, TypeScript, and TypeScript with JSX: one set of rules, three grammars.
import type { Language } from "../language.ts";
import { extractScript } from "./extract.ts";
import { resolveScript } from "./resolve.ts";

const VERSION = 1;
/** Members are made in bodies as well: nothing is left out. */
const PRUNE: Language["prune"] = { definitions: () => false, full: () => false };

function script(id: string, grammar: string, pattern: RegExp, typed: boolean): Language {
  return {
    id,
    version: VERSION,
    grammar,
    owns: (path) => pattern.test(path),
    prune: PRUNE,
    extract: (syntax, extent) => extractScript(syntax, extent, typed),
    resolve: resolveScript,
  };
}

export const JAVASCRIPT = script("javascript", "tree-sitter-javascript", /\.([cm]?js|jsx)$/, false);
export const TYPESCRIPT = script("typescript", "tree-sitter-typescript", /\.[cm]?ts$/, true);
export const TSX = script("tsx", "tree-sitter-tsx", /\.tsx$/, true);
