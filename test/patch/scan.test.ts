import fc from "fast-check";
import { expect, test } from "vitest";
import { DiffScanner, type DiffSink } from "../../src/patch/scan.ts";

/** What a sink is told, one line each. */
class Told implements DiffSink {
  readonly lines: string[] = [];
  text(bytes: Buffer, start: number, end: number): void {
    this.lines.push(`text ${bytes.toString("latin1", start, end)}`);
  }
  file(bytes: Buffer, start: number, end: number): void {
    this.lines.push(`file ${bytes.toString("latin1", start, end)}`);
  }
  header(bytes: Buffer, start: number, end: number): void {
    this.lines.push(`header ${bytes.toString("latin1", start, end)}`);
  }
  hunk(
    _bytes: Buffer,
    _start: number,
    _end: number,
    {
      oldStart,
      oldCount,
      newStart,
      newCount,
    }: { oldStart: number; oldCount: number; newStart: number; newCount: number },
  ): void {
    this.lines.push(`hunk ${oldStart},${oldCount} ${newStart},${newCount}`);
  }
  line(bytes: Buffer, start: number, end: number, sign: number): void {
    this.lines.push(`${String.fromCharCode(sign)} ${bytes.toString("latin1", start, end)}`);
  }
  noNewline(): void {
    this.lines.push("no newline");
  }
}

function scan(text: string, cuts: readonly number[] = []): string[] {
  const told = new Told();
  const scanner = new DiffScanner(told);
  const bytes = Buffer.from(text, "latin1");
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) scanner.write(bytes.subarray(start, (start = end)));
  scanner.end();
  return told.lines;
}

const DIFF = `commit 1234
    diff --git a/not b/this

diff --git a/x b/x
index 1..2 100644
--- a/x
+++ b/x
@@ -1,2 +1 @@ function
--- a removed line
 context
@@ -9 +8,2 @@
-old
+++ an added line
+\xff
\\ No newline at end of file
diff --git a/bin b/bin
Binary files a/bin and b/bin differ
commit 5678
`;

test("lines that look like headers are lines while a hunk lasts, and text is text", () => {
  expect(scan(DIFF)).toEqual([
    "text commit 1234",
    "text     diff --git a/not b/this",
    "text ",
    "file diff --git a/x b/x",
    "header index 1..2 100644",
    "header --- a/x",
    "header +++ b/x",
    "hunk 1,2 1,1",
    "- -- a removed line",
    "  context",
    "hunk 9,1 8,2",
    "- old",
    "+ ++ an added line",
    "+ \xff",
    "no newline",
    "file diff --git a/bin b/bin",
    "header Binary files a/bin and b/bin differ",
    "text commit 5678",
  ]);
});

test("a message between its marks is never taken for a patch", () => {
  expect(scan("\x01id\0\x02subject\n\ndiff --git a/x b/x\n@@ -1 +1 @@\n\0\ndiff --git a/y b/y\n")).toEqual([
    "text \x01id\0\x02subject",
    "text ",
    "text diff --git a/x b/x",
    "text @@ -1 +1 @@",
    "text \0",
    "file diff --git a/y b/y",
  ]);
});

test("where the input is cut makes no difference", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 12 }), (cuts) => {
      expect(scan(DIFF, cuts)).toEqual(scan(DIFF));
    }),
  );
});

test("any bytes come out again, line by line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const bytes = Buffer.from(text, "utf8").toString("latin1");
      const lines = bytes.split("\n");
      if (lines.at(-1) === "") lines.pop();
      expect(scan(bytes).length).toBe(lines.length);
    }),
  );
});
