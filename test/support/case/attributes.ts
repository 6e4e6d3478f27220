// Cases of `.gitattributes`: those of the onto commit decide, whatever the source commit's own say.
import { forked, lines, type PickCase } from "./case.ts";
import { symlink } from "./entries.ts";

const OLD = lines(20);
const FIXED = lines(20, { 3: "fixed" });
const SAME_LINE = lines(20, { 3: "of the line" });
const FAR = lines(20, { 18: "of the line" });

/** The source changes line 3 of `lib/a.txt`, the line what is given; attributes stand at base unless said otherwise. */
function attributed(
  name: string,
  outcome: PickCase["outcome"],
  base: Readonly<Record<string, string>>,
  lineContent: string,
  sides: { source?: Record<string, string | null>; line?: Record<string, string | null> } = {},
): PickCase {
  return forked(name, outcome, {
    base: { "lib/a.txt": OLD, ...base },
    source: { files: { "lib/a.txt": FIXED, ...sides.source } },
    line: { files: { "lib/a.txt": lineContent, ...sides.line } },
  });
}

const UNION = { ".gitattributes": "*.txt merge=union\n" };

export const ATTRIBUTE_CASES: readonly PickCase[] = [
  attributed("union everywhere", "clean", UNION, SAME_LINE),
  attributed("union on the line alone", "clean", {}, SAME_LINE, { line: UNION }),
  attributed("union in the source commit alone", "conflict", {}, SAME_LINE, { source: UNION }),
  attributed("union taken away on the line", "conflict", UNION, SAME_LINE, { line: { ".gitattributes": null } }),
  attributed("union taken away by the source commit", "clean", UNION, SAME_LINE, {
    source: { ".gitattributes": null },
  }),
  attributed("binary on the line alone", "conflict", {}, FAR, { line: { ".gitattributes": "*.txt binary\n" } }),
  attributed("binary in the source commit alone", "clean", {}, FAR, { source: { ".gitattributes": "*.txt binary\n" } }),
  attributed("binary, line did not touch the file", "clean", { ".gitattributes": "* binary\n" }, OLD, {
    line: { other: "o\n" },
  }),
  attributed("no merge", "conflict", { ".gitattributes": "*.txt -merge\n" }, FAR),
  attributed("nested union", "clean", { "lib/.gitattributes": "a.txt merge=union\n" }, SAME_LINE),
  attributed(
    "nested overrides root",
    "clean",
    { ".gitattributes": "*.txt binary\n", "lib/.gitattributes": "*.txt merge=union\n" },
    SAME_LINE,
  ),
  attributed("nested elsewhere says nothing", "conflict", { "other/.gitattributes": "*.txt merge=union\n" }, SAME_LINE),
  attributed(
    "nested unsets root",
    "conflict",
    { ".gitattributes": "*.txt merge=union\n", "lib/.gitattributes": "*.txt !merge\n" },
    SAME_LINE,
  ),
  attributed("macro of one's own", "clean", { ".gitattributes": "[attr]mine merge=union\n*.txt mine\n" }, SAME_LINE),
  attributed("custom driver that is not configured", "clean", { ".gitattributes": "*.txt merge=ours-only\n" }, FAR),
  attributed(
    "custom driver that is not configured, conflict",
    "conflict",
    { ".gitattributes": "*.txt merge=ours-only\n" },
    SAME_LINE,
  ),
  attributed("text and eol", "clean", { ".gitattributes": "*.txt text eol=crlf\n" }, FAR),
  attributed(
    "filter that is not configured",
    "clean",
    { ".gitattributes": "*.txt filter=lfs diff=lfs merge=lfs -text\n" },
    FAR,
  ),
  forked("CRLF file under text", "clean", {
    base: { ".gitattributes": "* text\n", "a": lines(20, {}, "\r\n") },
    source: { files: { a: lines(20, { 3: "fixed" }, "\r\n") } },
    line: { files: { a: lines(20, { 18: "of the line" }, "\r\n") } },
  }),
  forked("attributes under a rename of the line: the new name counts", "clean", {
    base: { "a.txt": OLD, ".gitattributes": "*.log merge=union\n" },
    source: { files: { "a.txt": FIXED } },
    line: { rename: { "a.txt": "a.log" }, files: { "a.log": SAME_LINE } },
  }),
  forked("attributes in a directory that the line moved", "clean", {
    base: { "lib/a.txt": OLD, "lib/b.txt": lines(30), "lib/.gitattributes": "*.txt merge=union\n" },
    source: { files: { "lib/a.txt": FIXED } },
    line: { rename: { lib: "src" }, files: { "src/a.txt": SAME_LINE } },
  }),
  forked("attributes that are a symlink count for nothing", "conflict", {
    base: { "a.txt": OLD, ".gitattributes": symlink("rules"), "rules": "*.txt merge=union\n" },
    source: { files: { "a.txt": FIXED } },
    line: { files: { "a.txt": SAME_LINE } },
  }),
  forked("attributes for a name with quotes and spaces", "clean", {
    base: { 'a "b.txt': OLD, ".gitattributes": '"a \\"b.txt" merge=union\n' },
    source: { files: { 'a "b.txt': FIXED } },
    line: { files: { 'a "b.txt': SAME_LINE } },
  }),
];
