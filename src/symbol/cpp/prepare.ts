// Blanks what the grammar cannot take in C++ as it is written: macros that export or decorate, CUDA's words for where code
// runs. Each is replaced by as many spaces, so that places stay as they are; no reference to such a macro is seen.

/** A macro by its looks, or a word between underscores. */
const DECORATION = String.raw`(?:__\w+__|[A-Z][A-Z0-9_]{3,})`;

const PATTERNS = [
  // CUDA, wherever it stands
  /\b__(?:device|host|global|forceinline|noinline|shared|constant|restrict)__\b|\b__launch_bounds__\s*\([^()]*\)/g,
  // a lambda's: [=] XGBOOST_DEVICE (size_t i)
  new RegExp(String.raw`(?<=\]\s*)${DECORATION}(?:\s+${DECORATION})*(?=\s*\()`, "g"),
  // a class's: class XGB_EXPORT Learner : public Model
  new RegExp(String.raw`(?<=\b(?:class|struct)\s+)${DECORATION}(?=\s+\w+\s*(?:final\s*)?[:{;])`, "g"),
  // a function's: XGB_DLL int Create(…), XGBOOST_DEVICE explicit Span(…); what would leave a name alone is a type
  new RegExp(
    String.raw`(?<=^[ \t]*)${DECORATION}(?=[ \t]+(?:inline|static|constexpr|explicit|virtual|friend|[\w:<>,]+[ \t*&]+[\w:]+[ \t]*\())`,
    "gm",
  ),
];

export function prepareCpp(source: string): string {
  return PATTERNS.reduce(
    (text, pattern) => text.replaceAll(pattern, (found) => found.replaceAll(/[^\n]/g, " ")),
    source,
  );
}
