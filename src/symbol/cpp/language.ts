// C++, and CUDA, which is C++ with a grammar of its own.
import type { Language } from "../language.ts";
import { extractCpp } from "./extract.ts";
import { prepareCpp } from "./prepare.ts";
import { resolveCpp } from "./resolve.ts";

export const CPP: Language = {
  id: "cpp",
  version: 1,
  grammar: "tree-sitter-cpp",
  owns: (path) => /\.(cc|cpp|cxx|c\+\+|hh|hpp|hxx|h\+\+|inl|ipp|tpp|tcc)$/.test(path),
  prune: {
    definitions: (type, parent) => type === "compound_statement" && parent === "function_definition",
    full: () => false,
  },
  prepare: prepareCpp,
  extract: extractCpp,
  resolve: resolveCpp,
};

export const CUDA: Language = { ...CPP, id: "cuda", grammar: "tree-sitter-cuda", owns: (path) => /\.cuh?$/.test(path) };

/** Whether a header is C++: what C does not have, outside comments, unless the header is made for both. */
export function cppHeader(source: string): string | null {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  if (/extern\s+"C"/.test(code) && /#\s*if(def|\s+defined).*__cplusplus/.test(code)) return null;
  const isCpp =
    /^\s*(template\s*<|namespace\s+[\w:]+\s*\{|class\s+\w[^;]*$|enum\s+(class|struct)\b|(public|private|protected)\s*:)|\bstd::\w|#\s*include\s*<\w+>/m;
  return isCpp.test(code) ? "cpp" : null;
}
