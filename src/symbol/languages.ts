// The languages that have rules. A language is a folder here and a line below.
import { C } from "./c/language.ts";
import { CPP, cppHeader, CUDA } from "./cpp/language.ts";
import { JAVASCRIPT, TSX, TYPESCRIPT } from "./ecmascript/language.ts";
import { GO } from "./go/language.ts";
import type { Language } from "./language.ts";
import { PYTHON } from "./python/language.ts";
import { RUST } from "./rust/language.ts";
import { SHELL } from "./shell/language.ts";
import { YAML } from "./yaml/language.ts";

/** A header is C's by its name; where its text is C++, it is read so, and its facts go by both versions. */
const C_OR_CPP: Language = { ...C, version: C.version * 1000 + CPP.version, dialect: cppHeader };

export const LANGUAGES: readonly Language[] = [
  PYTHON,
  C_OR_CPP,
  GO,
  CPP,
  CUDA,
  JAVASCRIPT,
  TYPESCRIPT,
  TSX,
  RUST,
  SHELL,
  YAML,
];

/** The language of a file by its name, or null. */
export function languageOf(path: string): Language | null {
  return LANGUAGES.find((language) => language.owns(path)) ?? null;
}

export function languageNamed(id: string): Language | null {
  return LANGUAGES.find((language) => language.id === id) ?? null;
}
