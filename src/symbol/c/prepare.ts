// Blanks macros that stand in declarations like words of their own (`API int f(void) ATTR;`): the grammar knows no
// macros, and reads such a declaration as several broken ones. Only names in capitals, only where a declaration begins
// or ends; every position stays.

/** At the start of a line, before a type and something declared. */
const LEADING =
  /(?<=^|^extern[ \t]+|^static[ \t]+)[A-Z][A-Z0-9_]{2,}(?=[ \t]+(?!const\b|volatile\b)(?:[a-z_]\w*|[A-Z]\w*[a-z]\w*)[\s*]+[\w(*])/gm;
/** After the parameters, before the end. */
const TRAILING = /(?<=\)\s*)[A-Z][A-Z0-9_]{2,}(?=\s*;)/g;

export function prepareC(source: string): string {
  const blank = (word: string): string => " ".repeat(word.length);
  return source.replace(LEADING, blank).replace(TRAILING, blank);
}
