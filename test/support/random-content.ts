// Random paths, file contents, attribute files and messages. Every string is bytes with one char each.
import fc from "fast-check";

const ORDINARY = [
  "a/one.txt",
  "a/two.txt",
  "a/three.py",
  "b/four.c",
  "b/five.txt",
  "top.txt",
  "README",
  "src/lib/x.py",
  "src/lib/y.py",
  "src/lib/deep/z.txt",
  "src/main.c",
  "data.bin",
  "a/blob.dat",
  "c.custom",
  "src/lib/style.custom",
];

const STRANGE = [
  "with space.txt",
  "a/ leading and trailing ",
  'quo"te.txt',
  "tab\there.txt",
  "new\nline.txt",
  "back\\slash.txt",
  "\xc3\xa9t\xc3\xa9.txt",
  "e\xcc\x81t\xe9.txt",
  "\xff\xfe.txt",
  "\xff/\xfe/one.txt",
  "-dash.txt",
  "--",
  ":(top)colon",
  "star*.txt",
  "[brackets]/?.txt",
  "#hash",
  "!bang",
  "~tilde",
  "one.txt~HEAD",
  "UPPER.txt",
  "upper.txt",
  "\x01control",
  `${"deep/".repeat(40)}file.txt`,
  `${"long".repeat(45)}.txt`,
];

/** Ordinary ones twice, so that they meet more often. */
export const PATHS: readonly string[] = [...ORDINARY, ...ORDINARY, ...STRANGE];

/** Where a file or directory is moved or added; most are near to what is there. */
export const DESTINATIONS: readonly string[] = [
  ...ORDINARY,
  ...STRANGE,
  "a/new.txt",
  "b/new.txt",
  "moved.txt",
  "a",
  "b",
  "src/lib",
];
export const DIRECTORIES: readonly string[] = ["b", "moved", "src/moved", "a/inner", "\xff", "with space"];
export const FILENAMES: readonly string[] = ["added.txt", "added.py", "one.txt", "\xe9.txt", ".gitattributes"];

/** Lines as they repeat in real files, so that a diff has choices; the rest are their own. */
const REPEATED = ["", "}", "{", "    return", "    pass", "  end", "#", "x = 1"];

const line: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...REPEATED) },
  { weight: 3, arbitrary: fc.nat(400).map((n) => `line ${n} of some length`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "caf\xe9",
      "caf\xc3\xa9",
      "<<<<<<< ours",
      "=======",
      ">>>>>>> theirs",
      "trailing ",
      "\ttab",
    ),
  },
);

const text = fc
  .record({
    lines: fc.array(line, { minLength: 5, maxLength: 60, size: "max" }),
    eol: fc.oneof({ weight: 5, arbitrary: fc.constant("\n") }, { weight: 1, arbitrary: fc.constant("\r\n") }),
    final: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })
  .map(({ lines, eol, final }) => `${lines.join(eol)}${final ? eol : ""}`);

const binary = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => `\x89BIN\0${lines.join("\n")}\0\xff`);

export const content: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: text },
  { weight: 2, arbitrary: binary },
  { weight: 1, arbitrary: fc.constantFrom("", "\n", "x", "one line\n", "\r\n") },
);

/** One replaced, inserted, removed or repeated run of lines; `at` is a place in per cent of the file. */
export interface Edit {
  readonly kind: "replace" | "insert" | "remove" | "repeat" | "final-newline" | "crlf";
  readonly at: number;
  readonly count: number;
  readonly lines: readonly string[];
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.oneof(
    {
      weight: 10,
      arbitrary: fc.constantFrom("replace" as const, "insert" as const, "remove" as const, "repeat" as const),
    },
    { weight: 1, arbitrary: fc.constantFrom("final-newline" as const, "crlf" as const) },
  ),
  at: fc.oneof(fc.constantFrom(0, 50, 100), fc.nat(100)),
  count: fc.integer({ min: 1, max: 3 }),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});

export function applyEdit(body: string, { kind, at, count, lines: added }: Edit): string {
  if (kind === "final-newline") return body.endsWith("\n") ? body.slice(0, -1) : `${body}\n`;
  if (kind === "crlf") return body.includes("\r\n") ? body.replaceAll("\r\n", "\n") : body.replaceAll("\n", "\r\n");
  const lines = body.split(/(?<=\n)/);
  const eol = body.includes("\r\n") ? "\r\n" : "\n";
  const start = Math.round((at * Math.max(0, lines.length - 1)) / 100);
  const run = lines.slice(start, start + count);
  const fresh = kind === "remove" ? [] : kind === "repeat" ? [...run, ...run] : added.map((one) => `${one}${eol}`);
  lines.splice(start, kind === "insert" ? 0 : count, ...fresh);
  return lines.join("");
}

const RULES = [
  "*.txt merge=union",
  "*.py merge=union",
  "a/* merge=union",
  "*.txt binary",
  "*.c binary",
  "*.txt -merge",
  "*.py -merge",
  "*.txt text",
  "* text=auto",
  "*.txt eol=crlf",
  "*.custom merge=custom-driver",
  "*.txt merge=custom-driver",
  "*.py merge=text",
  "*.dat merge=binary",
  "*.txt !merge",
  "*.bin -binary merge",
  "[attr]mine merge=union",
  "*.txt mine",
  "*.txt conflict-marker-size=3",
];

export const attributeText: fc.Arbitrary<string> = fc
  .uniqueArray(fc.constantFrom(...RULES), { minLength: 1, maxLength: 3 })
  .map((rules) => rules.map((rule) => `${rule}\n`).join(""));

export const attributes: fc.Arbitrary<readonly [string, string]> = fc.tuple(
  fc.constantFrom(".gitattributes", ".gitattributes", "a/.gitattributes", "src/lib/.gitattributes"),
  attributeText,
);

const PARAGRAPHS = [
  "subject",
  "  subject with spaces  ",
  "subject over\ntwo lines",
  "fix: colon",
  "Subject\n# like a comment",
  "body text.\n\n\nmore",
  "Signed-off-by: A <a@example.com>",
  "Fixes: 12\nReviewed-by: B <b@example.com>",
  "Fixes: 12\nand a line that is none",
  "(cherry picked from commit 0123456789012345678901234567890123456789)",
  "Key: value\n continued",
  "---\nafter dashes",
  "caf\xc3\xa9",
  "Bug #1",
  "\tindented",
  "Acked-by: C\r\nAcked-by: D",
];

/** A commit's words: message, encoding and author name that may or may not fit together. */
export const message: fc.Arbitrary<{ message: string; encoding?: string; author?: string }> = fc
  .record({
    paragraphs: fc.array(fc.constantFrom(...PARAGRAPHS), { maxLength: 4, size: "max" }),
    end: fc.constantFrom("\n", "\n", "\n", "", "\n\n", "\r\n"),
    words: fc.constantFrom(
      {},
      {},
      { author: "Zo\xc3\xab" },
      { author: "Zo\xeb", encoding: "ISO-8859-1" },
      { encoding: "ISO-8859-1" },
      { encoding: "no-such-encoding" },
      { encoding: "UTF-8" },
    ),
  })
  .map(({ paragraphs, end, words }) => ({ message: `${paragraphs.join("\n\n")}${end}`, ...words }));
