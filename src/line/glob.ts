// Patterns over branch names, always anchored at both ends: `*` within a path component, `**` across, `?` one character.

/** True if the text has a wildcard; without one it is a name. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Says what is wrong with a pattern, as the end of a sentence; null if nothing is. */
export function globProblem(pattern: string): string | null {
  if (pattern === "") return "is empty";
  if (pattern.startsWith("refs/")) return "starts with 'refs/' (wanted: the branch's short name, such as release/*)";
  if (pattern.startsWith("/") || pattern.endsWith("/") || pattern.includes("//")) return "has an empty path component";
  const bad = /[[\]{}\\~^:\s\p{Cc}]/u.exec(pattern);
  if (bad)
    return `holds ${JSON.stringify(bad[0])} (only *, ** and ? are special, and no branch name has that character)`;
  return null;
}

type Token = { readonly kind: "one" | "run" | "any" } | { readonly kind: "literal"; readonly text: string };

function tokens(pattern: string): Token[] {
  return [...pattern.matchAll(/\*{2,}|\*|\?|[^*?]/gu)].map(([text]): Token => {
    if (text === "?") return { kind: "one" };
    if (text === "*") return { kind: "run" };
    return text.startsWith("**") ? { kind: "any" } : { kind: "literal", text };
  });
}

/** Makes the test for one pattern. Linear in pattern × name whatever the pattern: nothing backtracks. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const wanted = tokens(pattern);
  return (name) => {
    const characters = Array.from(name);
    // reachable[i]: the tokens so far can match exactly the first i characters.
    let reachable = [true, ...characters.map(() => false)];
    for (const token of wanted) {
      const next = [token.kind === "run" || token.kind === "any" ? reachable[0]! : false];
      for (const [index, character] of characters.entries()) next.push(step(token, character, reachable, next, index));
      reachable = next;
    }
    return reachable[characters.length]!;
  };
}

function step(
  token: Token,
  character: string,
  before: readonly boolean[],
  now: readonly boolean[],
  index: number,
): boolean {
  switch (token.kind) {
    case "literal":
      return before[index]! && character === token.text;
    case "one":
      return before[index]! && character !== "/";
    case "run":
      return before[index + 1]! || (now[index]! && character !== "/");
    case "any":
      return before[index + 1]! || now[index]!;
  }
}
