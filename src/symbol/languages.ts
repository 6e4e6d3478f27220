// The languages that have rules. A language is a folder here and a line below.
import { C } from "./c/language.ts";
import { GO } from "./go/language.ts";
import type { Language } from "./language.ts";

export const LANGUAGES: readonly Language[] = [GO, C];

/** The language of a file by its name, or null. */
export function languageOf(path: string): Language | null {
  return LANGUAGES.find((language) => language.owns(path)) ?? null;
}

export function languageNamed(id: string): Language | null {
  return LANGUAGES.find((language) => language.id === id) ?? null;
}
