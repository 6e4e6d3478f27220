// TypeScript source -> the same text with comments, strings and regular expressions blanked, and its imports.
// A lexer of its own, since the compiler has no API yet; what it cannot know (a regular expression after `)`) is rare.

export interface Import {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  /** `import("…")`; null as specifier stands for one that is computed. */
  readonly dynamic: boolean;
}

const BEFORE_EXPRESSION =
  /(?:^|[^\w$.])(?:return|typeof|instanceof|case|in|of|delete|void|throw|new|else|do|await|yield|default|extends)$/;

/** Same length and line breaks as the source; quotes stay, what is between them does not. */
export function blank(source: string): string {
  const out: string[] = [];
  const hide = (text: string): void => void out.push(text.replace(/[^\n]/g, " "));
  /** For each open template literal, how many braces are open in its current `${}`. */
  const templates: number[] = [];
  let code = ""; // significant characters so far, to tell a division from a regular expression
  let at = 0;

  const template = (): void => {
    const match = /(?:[^\\`$]|\\[^]|\$(?!\{))*/y;
    match.lastIndex = at;
    const text = match.exec(source)?.[0] ?? "";
    hide(text);
    at += text.length;
    if (source.startsWith("${", at)) {
      templates.push(0);
      out.push("${");
      code += "{";
      at += 2;
    } else {
      out.push(source.slice(at, at + 1));
      code += "`";
      at += 1;
    }
  };

  while (at < source.length) {
    const character = source[at]!;
    const two = source.slice(at, at + 2);
    const skipped = two === "//" ? /[^\n]*/y : two === "/*" ? /\/\*[^]*?(?:\*\/|$)/y : null;
    if (skipped) {
      skipped.lastIndex = at;
      const comment = skipped.exec(source)![0];
      hide(comment);
      at += comment.length;
    } else if (character === '"' || character === "'") {
      const end = closing(source, at, character);
      out.push(character);
      hide(source.slice(at + 1, end));
      out.push(source.slice(end, end + 1));
      code += character;
      at = end + 1;
    } else if (character === "`") {
      out.push("`");
      at += 1;
      template();
    } else if (character === "/" && startsExpression(code)) {
      const end = closingSlash(source, at);
      hide(source.slice(at, end + 1));
      code += '"';
      at = end + 1;
    } else if (character === "}" && templates.at(-1) === 0) {
      templates.pop();
      out.push("}");
      at += 1;
      template();
    } else {
      if (templates.length > 0 && (character === "{" || character === "}")) {
        templates.push(templates.pop()! + (character === "{" ? 1 : -1));
      }
      out.push(character);
      code = (code + (/\s/.test(character) ? " " : character)).slice(-64);
      at += 1;
    }
  }
  return out.join("");
}

function startsExpression(code: string): boolean {
  const before = code.trimEnd();
  return before === "" || /[=(,:[!&|?{};+\-*%<>~^]$/.test(before) || BEFORE_EXPRESSION.test(before);
}

function closing(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === quote || source[at] === "\n") return at;
  }
  return source.length;
}

function closingSlash(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length && source[at] !== "\n"; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === "[") inClass = true;
    else if (source[at] === "]") inClass = false;
    else if (source[at] === "/" && !inClass) return at;
  }
  return start;
}

export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}

/** Every import, re-export and `import()` in order; an `import()` of something computed has an empty specifier. */
export function importsOf(source: string, blanked: string = blank(source)): Import[] {
  const found: Import[] = [];
  for (const match of blanked.matchAll(/(?<![\w$.])(?:from\s*(?=["'])|import\s*(?=["'])|import\s*(\()\s*)/g)) {
    const start = match.index + match[0].length;
    const quote = source[start];
    const literal = quote === '"' || quote === "'";
    found.push({
      specifier: literal ? source.slice(start + 1, closing(source, start, quote)) : "",
      line: lineAt(source, match.index),
      dynamic: match[1] !== undefined,
    });
  }
  return found;
}
