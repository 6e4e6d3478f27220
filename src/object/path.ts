// Paths are bytes. Inside Morello a path is a string with one char a byte (latin1), lossless and good as a map key;
// only faces and wire values see it quoted.

/** A path or name as bytes, one char each. Never shown to people as it is. */
export type BytePath = string & { readonly __bytes: unique symbol };

export function bytePath(bytes: Uint8Array): BytePath {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1") as BytePath;
}

/** The bytes of a path that came from a person or a wire value's unquoted form. */
export function bytePathOf(text: string): BytePath {
  return bytePath(Buffer.from(text, "utf8"));
}

export function pathBytes(path: BytePath): Buffer {
  return Buffer.from(path, "latin1");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/**
 * A path for people and JSON, as git prints it with `core.quotePath=false`: UTF-8 as it is, everything else C-quoted
 * between double quotes with three-digit octal escapes. Source: git's quote.c (`quote_c_style`).
 */
export function quotePath(path: BytePath): string {
  const decoded = pathBytes(path).toString("utf8");
  const isUtf8 = !decoded.includes("\ufffd") || Buffer.from(decoded, "utf8").toString("latin1") === path;
  // eslint-disable-next-line no-control-regex
  if (isUtf8 && !/[\x00-\x1f\x7f"\\]/.test(decoded)) return decoded;
  let quoted = "";
  for (const char of path) {
    const code = char.charCodeAt(0);
    const escape = ESCAPES[char];
    if (escape !== undefined) quoted += escape;
    else if (code < 0x20 || code === 0x7f || (code >= 0x80 && !isUtf8))
      quoted += `\\${code.toString(8).padStart(3, "0")}`;
    else quoted += char;
  }
  return `"${isUtf8 ? Buffer.from(quoted, "latin1").toString("utf8") : quoted}"`;
}

const UNESCAPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([char, escape]): [string, string] => [escape.slice(1), char]),
);

/** The bytes behind `quotePath`'s form. */
export function parseQuotedPath(quoted: string): BytePath {
  if (!quoted.startsWith('"')) return bytePathOf(quoted);
  const bytes = Buffer.from(quoted.slice(1, -1), "utf8").toString("latin1");
  return bytes.replace(/\\([0-7]{3}|.)/g, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (UNESCAPES[escape] ?? escape),
  ) as BytePath;
}

/** Parent directories of a path, topmost first: `a/b/c` gives `a`, `a/b`. */
export function ancestors(path: BytePath): BytePath[] {
  const found: BytePath[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    found.push(path.slice(0, slash) as BytePath);
  }
  return found;
}

export function directoryOf(path: BytePath): BytePath {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) as BytePath;
}
