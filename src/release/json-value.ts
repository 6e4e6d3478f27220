// Where the text of a value stands in a JSON document, so that it can be replaced and nothing else is touched.

/** Offsets of a string's content, without its quotes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/**
 * The string at a path of object keys; null if there is none, or something else. Of a key that stands twice the last
 * counts, as for `JSON.parse`. Expects valid JSON: nothing is checked.
 */
export function stringAt(text: string, path: readonly string[]): Span | null {
  const open: { readonly isObject: boolean; key: string | null; isValue: boolean }[] = [];
  let found: Span | null = null;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === "{" || token === "[") open.push({ isObject: token === "{", key: null, isValue: false });
    else if (token === "}" || token === "]") open.pop();
    else if (token === ",") Object.assign(inner ?? {}, { key: null, isValue: false });
    else if (token === ":") Object.assign(inner ?? {}, { isValue: true });
    else if (inner?.isObject === true && !inner.isValue) inner.key = JSON.parse(token) as string;
    else if (token.startsWith('"') && open.length === path.length && isAt(open, path))
      found = { start: index + 1, end: index + token.length - 1 };
  }
  return found;
}

function isAt(open: readonly { readonly isObject: boolean; readonly key: string | null }[], path: readonly string[]) {
  return open.every(({ isObject, key }, n) => isObject && key === path[n]);
}

export function replaced(text: string, { start, end }: Span, value: string): string {
  return text.slice(0, start) + value + text.slice(end);
}
