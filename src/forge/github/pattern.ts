// Patterns as GitHub reads them: Ruby's File.fnmatch with FNM_PATHNAME, in which `*` never crosses a slash and `**`
// does so only as a whole component before one. Source: GitHub's page "Creating rulesets for a repository".

/** Morello's pattern as GitHub's, which match the same names; null where there are none. Order: shortest first. */
export function toFnmatch(pattern: string): string[] | null {
  const parts = pattern.split("/");
  const last = parts.pop() ?? "";
  if (parts.some((part) => part.includes("**") && part !== "**")) return null;
  const head = parts.map((part) => `${part}/`).join("");
  if (!last.includes("**")) return [head + last];
  if (last === "**") return [`${head}**/*`];
  if (!/^[^*]*\*\*$/.test(last)) return null;
  const start = last.slice(0, -2);
  return [`${head}${start}*`, `${head}${start}*/**/*`];
}

/** Full refnames and patterns, as rulesets want them. `names` stand in where a pattern cannot be said. */
export function refPatterns(
  target: "branch" | "tag",
  patterns: readonly string[],
  names: readonly string[],
  matches: (pattern: string, name: string) => boolean,
): string[] {
  const prefix = target === "branch" ? "refs/heads/" : "refs/tags/";
  const said = patterns.flatMap((pattern) => toFnmatch(pattern) ?? names.filter((name) => matches(pattern, name)));
  return [...new Set(said)].sort().map((name) => prefix + name);
}
