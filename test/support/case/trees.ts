// Cases of what trees hold: renames, modes, symlinks, submodules, binary files, line ends, strange names, many files.
import { latin1 } from "../tree.ts";
import { forked, lines, type PickCase } from "./case.ts";
import { binary, executable, submodule, symlink } from "./entries.ts";

const OLD = lines(20);
const FIXED = lines(20, { 3: "fixed" });
const LINES_OWN = lines(20, { 18: "of the line" });
const DEEP = Array.from({ length: 40 }, (_, index) => `d${index}`).join("/");

const NAMES: Readonly<Record<string, string | Uint8Array>> = {
  "spaces": " a b / c ",
  "quotes": `"double' 'single"`,
  "a newline and a tab": "new\nline\tand tab",
  "backslashes": "back\\slash\\n",
  "UTF-8": "été/日本.txt",
  "bytes that are not UTF-8": latin1("\xff\xfe/\xe9t\xe9"),
  "a leading dash": "-n/--onto",
  "pathspec magic": ":(top)*[a]?",
  "control characters": "\x01\x1b[31m\x7f",
  "the look of a conflicted copy": "file~HEAD",
  "the look of options and refs": "HEAD/refs/heads/main",
};

const manyFiles = (): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`dir${index % 100}/file${index}.txt`, `content ${index % 7}\n`]),
  );

export const TREE_CASES: readonly PickCase[] = [
  forked("source renamed, line edited", "clean", {
    base: { "a.txt": OLD },
    source: { rename: { "a.txt": "b/c.txt" } },
    line: { files: { "a.txt": LINES_OWN } },
  }),
  forked("line renamed, source edited", "clean", {
    base: { "a.txt": OLD },
    source: { files: { "a.txt": FIXED } },
    line: { rename: { "a.txt": "b/c.txt" }, files: { "b/c.txt": LINES_OWN } },
  }),
  forked("both renamed alike, both edited", "clean", {
    base: { "a.txt": OLD },
    source: { rename: { "a.txt": "b.txt" }, files: { "b.txt": FIXED } },
    line: { rename: { "a.txt": "b.txt" }, files: { "b.txt": LINES_OWN } },
  }),
  forked("both renamed differently", "conflict", {
    base: { "a.txt": OLD },
    source: { rename: { "a.txt": "b.txt" } },
    line: { rename: { "a.txt": "c.txt" } },
  }),
  forked("line renamed, source deleted", "conflict", {
    base: { "a.txt": OLD, "k": "k\n" },
    source: { files: { "a.txt": null } },
    line: { rename: { "a.txt": "b.txt" } },
  }),
  forked("two files renamed to one", "conflict", {
    base: { "a.txt": OLD, "b.txt": lines(30) },
    source: { rename: { "a.txt": "c.txt" } },
    line: { rename: { "b.txt": "c.txt" } },
  }),
  forked("line moved a directory, source edited in it", "clean", {
    base: { "lib/a.txt": OLD, "lib/b.txt": lines(30), "lib/c.txt": lines(40) },
    source: { files: { "lib/a.txt": FIXED } },
    line: { rename: { lib: "src/lib" } },
  }),
  forked("line moved a directory, source added in it", "conflict", {
    base: { "lib/a.txt": OLD, "lib/b.txt": lines(30), "lib/c.txt": lines(40) },
    source: { files: { "lib/new.txt": "new\n" } },
    line: { rename: { lib: "src/lib" } },
  }),
  forked("source moved a directory, line added in it", "conflict", {
    base: { "lib/a.txt": OLD, "lib/b.txt": lines(30) },
    source: { rename: { lib: "src/lib" } },
    line: { files: { "lib/new.txt": "new\n" } },
  }),
  forked("line split a directory, source added in it", "conflict", {
    base: { "lib/a.txt": OLD, "lib/b.txt": lines(30) },
    source: { files: { "lib/new.txt": "new\n" } },
    line: { rename: { "lib/a.txt": "one/a.txt", "lib/b.txt": "two/b.txt" } },
  }),
  forked("deep rename", "clean", {
    base: { [`${DEEP}/a.txt`]: OLD, [`${DEEP}/b.txt`]: lines(30) },
    source: { files: { [`${DEEP}/a.txt`]: FIXED } },
    line: { rename: { d0: "elsewhere" } },
  }),
  forked("source copied, line edited the original", "clean", {
    base: { "a.txt": OLD },
    source: { copy: { "a.txt": "copy.txt" } },
    line: { files: { "a.txt": LINES_OWN } },
  }),
  forked("source copied and edited both", "clean", {
    base: { "a.txt": OLD },
    source: { copy: { "a.txt": "copy.txt" }, files: { "a.txt": FIXED, "copy.txt": lines(20, { 9: "of the copy" }) } },
    line: { files: { "a.txt": LINES_OWN } },
  }),
  forked("source deleted, line edited", "conflict", {
    base: { a: OLD, k: "k\n" },
    source: { files: { a: null } },
    line: { files: { a: LINES_OWN } },
  }),
  forked("line deleted, source edited", "conflict", {
    base: { a: OLD, k: "k\n" },
    source: { files: { a: FIXED } },
    line: { files: { a: null } },
  }),
  forked("both added, alike", "clean", {
    base: { k: "k\n" },
    source: { files: { a: OLD, b: "b\n" } },
    line: { files: { a: OLD } },
  }),
  forked("both added, differently", "conflict", {
    base: { k: "k\n" },
    source: { files: { a: FIXED } },
    line: { files: { a: LINES_OWN } },
  }),
  forked("source made it executable, line edited", "clean", {
    base: { "run.sh": OLD },
    source: { chmod: { "run.sh": "100755" } },
    line: { files: { "run.sh": LINES_OWN } },
  }),
  forked("line made it executable, source edited", "clean", {
    base: { "run.sh": OLD },
    source: { files: { "run.sh": FIXED } },
    line: { chmod: { "run.sh": "100755" } },
  }),
  forked("both added with different modes", "conflict", {
    base: { k: "k\n" },
    source: { files: { "run.sh": executable(OLD) } },
    line: { files: { "run.sh": OLD } },
  }),
  forked("source no longer executable", "clean", {
    base: { "run.sh": executable(OLD) },
    source: { chmod: { "run.sh": "100644" } },
  }),
  forked("symlink retargeted", "clean", {
    base: { l: symlink("a") },
    source: { files: { l: symlink("b"), m: symlink("../nowhere") } },
  }),
  forked("symlink retargeted by both", "conflict", {
    base: { l: symlink("a") },
    source: { files: { l: symlink("b") } },
    line: { files: { l: symlink("c") } },
  }),
  forked("file became a symlink", "clean", { base: { a: OLD, k: "k\n" }, source: { files: { a: symlink("k") } } }),
  forked("file became a symlink, line edited", "conflict", {
    base: { a: OLD },
    source: { files: { a: symlink("k") } },
    line: { files: { a: LINES_OWN } },
  }),
  forked("symlink became a file", "clean", { base: { a: symlink("k"), k: "k\n" }, source: { files: { a: OLD } } }),
  forked("file became a directory", "clean", { base: { a: OLD }, source: { files: { "a/b": OLD } } }),
  forked("directory became a file", "clean", {
    base: { "a/b": OLD, "a/c": "c\n" },
    source: { files: { a: "file\n" } },
  }),
  forked("directory became a file, line edited in it", "conflict", {
    base: { "a/b": OLD, "k": "k\n" },
    source: { files: { a: "file\n" } },
    line: { files: { "a/b": LINES_OWN } },
  }),
  forked("source added a file where line added a directory", "conflict", {
    base: { k: "k\n" },
    source: { files: { a: "file\n" } },
    line: { files: { "a/b": "b\n" } },
  }),
  forked("submodule bumped", "clean", {
    base: { ".gitmodules": `[submodule "m"]\n\tpath = m\n\turl = ./m\n`, "m": submodule("1") },
    source: { files: { m: submodule("2") } },
  }),
  forked("submodule added", "clean", { base: { k: "k\n" }, source: { files: { "lib/m": submodule("1") } } }),
  forked("submodule removed", "clean", { base: { m: submodule("1"), k: "k\n" }, source: { files: { m: null } } }),
  forked("submodule became a file", "clean", {
    base: { m: submodule("1"), k: "k\n" },
    source: { files: { m: "file\n" } },
  }),
  forked("submodule bumped alike by both", "clean", {
    base: { m: submodule("1") },
    source: { files: { m: submodule("2"), a: "a\n" } },
    line: { files: { m: submodule("2") } },
  }),
  forked("submodule bumped differently by both", "conflict", {
    base: { m: submodule("1") },
    source: { files: { m: submodule("2") } },
    line: { files: { m: submodule("3") } },
    exception: "a submodule merge may need the submodule's objects",
  }),
  forked("binary, one side", "clean", { base: { b: binary("1") }, source: { files: { b: binary("2") } } }),
  forked("binary, both sides", "conflict", {
    base: { b: binary("1") },
    source: { files: { b: binary("2") } },
    line: { files: { b: binary("3") } },
  }),
  forked("binary renamed by line, edited by source", "clean", {
    base: { b: binary(OLD) },
    source: { files: { b: binary(FIXED) } },
    line: { rename: { b: "c" } },
  }),
  forked("text became binary, line edited", "conflict", {
    base: { a: OLD },
    source: { files: { a: binary(OLD) } },
    line: { files: { a: LINES_OWN } },
  }),
  forked("CRLF file edited by both", "clean", {
    base: { a: lines(20, {}, "\r\n") },
    source: { files: { a: lines(20, { 3: "fixed" }, "\r\n") } },
    line: { files: { a: lines(20, { 18: "of the line" }, "\r\n") } },
  }),
  forked("line ends changed by source, line edited", "conflict", {
    base: { a: OLD },
    source: { files: { a: lines(20, {}, "\r\n") } },
    line: { files: { a: LINES_OWN } },
  }),
  forked("last newline taken away", "clean", {
    base: { a: OLD },
    source: { files: { a: OLD.trimEnd() } },
    line: { files: { a: lines(20, { 3: "of the line" }) } },
  }),
  forked("empty files added, emptied, filled", "clean", {
    base: { e: "", f: OLD },
    source: { files: { e: "full\n", f: "", g: "" } },
  }),
  forked("deep sub-directories", "clean", {
    base: { [`${DEEP}/a.txt`]: OLD, "d0/k": "k\n" },
    source: { files: { [`${DEEP}/a.txt`]: FIXED, [`${DEEP}/new/b`]: "b\n" } },
    line: { files: { [`${DEEP}/a.txt`]: LINES_OWN } },
  }),
  forked("last file of deep directories removed", "clean", {
    base: { [`${DEEP}/a.txt`]: OLD, k: "k\n" },
    source: { files: { [`${DEEP}/a.txt`]: null } },
  }),
  ...Object.entries(NAMES).flatMap(([what, path]): PickCase[] => [
    forked(`name with ${what}`, "clean", {
      base: [[path, OLD]],
      source: { files: [[path, FIXED]] },
      line: { files: [[path, LINES_OWN]] },
    }),
    forked(`conflict at a name with ${what}`, "conflict", {
      base: [[path, OLD]],
      source: { files: [[path, FIXED]] },
      line: { files: [[path, lines(20, { 3: "of the line" })]] },
    }),
  ]),
  forked("names that differ in case alone", "clean", {
    base: { "a": "1\n", "A": "2\n", "D/x": "3\n", "d/x": "4\n" },
    source: { files: { "a": "5\n", "d/x": null } },
    line: { files: { A: "6\n" } },
  }),
  forked("names that sort around a directory's", "clean", {
    base: { "a.b": "1\n", "a/b": "2\n", "a-b": "3\n", "a0": "4\n" },
    source: { files: { "a/c": "5\n", "a.c": "6\n", "a-b": null } },
  }),
  forked("10,000 files", "clean", {
    base: manyFiles(),
    source: { files: { "dir7/file7.txt": "fixed\n" } },
    line: { files: { "dir8/file8.txt": "of the line\n" }, rename: { dir9: "moved/dir9" } },
  }),
];
