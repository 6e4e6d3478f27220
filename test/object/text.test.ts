import { describe, expect, test } from "vitest";
import type { Commit } from "../../src/object/commit.ts";
import { inUtf8, isoDate, parseIdentity, readable, subjectOf } from "../../src/object/text.ts";
import { AUTHOR, COMMITTER, dateAt } from "../support/environment.ts";
import { FastImport } from "../support/fast-import.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";

function commit(encoding: string | null, message: string, more: Partial<Commit> = {}): Commit {
  const who = "A <a@example.com> 1 +0000";
  return { tree: "", parents: [], author: who, committer: who, encoding, message, ...more };
}

const text = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
const bytes = (characters: string): string => Buffer.from(characters, "utf8").toString("latin1");

/** Letters of each encoding as bytes; what git makes of them, the test asks git. */
const ENCODED: readonly (readonly [encoding: string, bytes: string])[] = [
  ["ISO-8859-1", "\xa0\xc0\xe9\xff\x80\x9f"],
  ["latin1", "caf\xe9"],
  ["ISO-8859-2", "\xa1\xb3\xbf\xe6"],
  ["ISO-8859-5", "\xb0\xcf\xef"],
  ["ISO-8859-9", "\xd0\xdd\xde\xf0\xfd\xfe\x80\xe9"],
  ["ISO-8859-15", "\xa4\xbc\xbd"],
  ["CP1250", "\x8a\x9e\xb9"],
  ["CP1251", "\xcf\xf0\xe8 \x80"],
  ["CP1251", "\xcf \x98"],
  ["windows-1251", "\xcf\xf0\xe8\xe2"],
  ["CP1252", "\x80\x82\x93\x94\x99\x9f\xe9"],
  ["windows-1252", "\x80\x8d"],
  ["KOI8-R", "\xf0\xd2\xc9"],
  ["EUC-JP", "\xc6\xfc\xcb\xdc\xb8\xec\xa1\xc1\xa1\xdd"],
  ["SHIFT_JIS", "\x93\xfa\x96{\x8c\xea\x83\\\x81`"],
  ["CP932", "\x93\xfa\x96{\\~\x81`"],
  ["ISO-2022-JP", "\x1b$BF|K\\\x1b(B"],
  ["GBK", "\xd6\xd0\xce\xc4"],
  ["GB2312", "\xd6\xd0\xa1\xaa\xa1\xa4"],
  ["GB18030", "\xd6\xd0\x81\x30\x81\x30"],
  ["BIG5", "\xa4\xa4\xa4\xe5"],
  ["EUC-KR", "\xc7\xd1\xb1\xdb"],
  ["utf8", bytes("é日")],
];

test("declared encodings become the UTF-8 that git makes of them", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const stream = new FastImport("sha1");
  const people = { author: { ...AUTHOR, date: dateAt(0) }, committer: { ...COMMITTER, date: dateAt(0) } };
  const marks = ENCODED.map(([encoding, message]) =>
    stream.commit({ ...people, message: Buffer.from(message, "latin1"), encoding, parents: [], changes: new Map() }),
  );
  const oids = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  for (const [n, [encoding, message]] of ENCODED.entries()) {
    const args = ["show", "-s", "--encoding=UTF-8", "--format=%B", oids.get(marks[n] ?? 0) ?? ""];
    const git = (await repository.gitRun(args)).stdout.toString("latin1").replace(/\n+$/, "");
    const we = inUtf8(commit(encoding, message)).message;
    // Where git cannot convert it shows the bytes, and cherry-pick then makes UTF-8 of them one by one.
    const expected = git === message && !isUtf8(git) ? bytes(message) : git;
    expect([encoding, text(we)]).toEqual([encoding, text(expected)]);
  }
});

function isUtf8(found: string): boolean {
  return bytes(text(found)) === found;
}

describe("without a word about the encoding", () => {
  test("bytes stay as they are", () => {
    expect(inUtf8(commit(null, "caf\xe9\n"))).toMatchObject({ message: "caf\xe9\n" });
  });
});

describe("with an encoding that does not help, bytes that are not UTF-8 become latin1 characters, and the others stay", () => {
  test.each([
    ["no-such-encoding", "caf\xe9"],
    ["UTF-8", "caf\xe9"],
    ["US-ASCII", "caf\xe9"],
    ["CP1252", "caf\xe9 \x81"],
  ])("%s", (encoding, message) => {
    const was = `${message} ${bytes("été 日 \u{1f600}")}`;
    expect(text(inUtf8(commit(encoding, was)).message)).toBe(`${message} été 日 \u{1f600}`);
  });

  test.each(["\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80", "\xfe\xff"])(
    "%j is not UTF-8",
    (found) => {
      expect(inUtf8(commit("UTF-8", found)).message).toBe(bytes(found));
    },
  );
});

test("an author or a committer that cannot be converted keeps the message's bytes too, as in git", () => {
  const message = "\x93\xfa";
  const broken = "A\xff <a@example.com> 1 +0000";
  for (const more of [{ author: broken }, { committer: broken }]) {
    expect(inUtf8(commit("SHIFT_JIS", message, more)).message).toBe(bytes(message));
  }
  expect(text(inUtf8(commit("SHIFT_JIS", message)).message)).toBe("日");
});

test("subjects are git's", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const stream = new FastImport("sha1");
  const people = { author: { ...AUTHOR, date: dateAt(0) }, committer: { ...COMMITTER, date: dateAt(0) } };
  const messages = [
    "One\n",
    "One\ntwo \n\nthree\n",
    "\n \n\nOne\n",
    "Voilà\n",
    "Voilà",
    "à\nà \n",
    "One\r\ntwo\r\n\r\nthree\r\n",
    "",
    "  \n",
  ];
  const marks = messages.map((message) => stream.commit({ ...people, message, parents: [], changes: new Map() }));
  const oids = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  for (const [n, message] of messages.entries()) {
    const git = await repository.git(["show", "-s", "--format=%s", oids.get(marks[n] ?? 0) ?? ""]);
    expect(subjectOf(bytes(message))).toBe(git);
  }
});

test("bytes for people are UTF-8 where they can be, else latin1", () => {
  expect([readable(bytes("été")), readable("\xe9t\xe9"), readable(bytes("\ufffd"))]).toEqual(["été", "été", "\ufffd"]);
});

test.each([
  [
    "A B <a@example.com> 1700000000 +0545",
    { name: "A B", email: "a@example.com", seconds: 1_700_000_000, zone: "+0545" },
  ],
  ["<a> 0 +0000", { name: "", email: "a", seconds: 0, zone: "+0000" }],
  ["A <> 1 -1130", { name: "A", email: "", seconds: 1, zone: "-1130" }],
  ["no email", { name: "no email", email: "", seconds: 0, zone: "+0000" }],
  ["A <a>", { name: "A", email: "a", seconds: 0, zone: "+0000" }],
])("identity %s", (line, identity) => {
  expect(parseIdentity(line)).toEqual(identity);
});

test.each([
  [1_700_000_000, "+0545", "2023-11-15T03:58:20+05:45"],
  [0, "+0000", "1970-01-01T00:00:00+00:00"],
  [1_700_000_000, "-1130", "2023-11-14T10:43:20-11:30"],
])("%i in %s is %s", (seconds, zone, date) => {
  expect(isoDate(seconds, zone)).toBe(date);
});
