// Causes that only contents give away. One entry a cause, asked in order; each says how the two sides have it, or null.
import type { BytePath } from "../../object/path.ts";
import type { Cause, Sides } from "./cause.ts";
import { versionsApart, type Packages } from "./packages.ts";
import type { FileDifference } from "./seen.ts";

/** A differing path with all that is known around it. Contents are null where the side has none or it is too big. */
export interface Evidence extends FileDifference {
  readonly contentA: Buffer | null;
  readonly contentB: Buffer | null;
  readonly packagesA: Packages;
  readonly packagesB: Packages;
  /** Whether another path differs in content. */
  readonly alsoDiffers: (path: BytePath) => boolean;
}

export interface ContentCause extends Cause {
  readonly explain: (evidence: Evidence) => Sides | null;
}

type Explain = (a: Buffer, b: Buffer, evidence: Evidence) => Sides | null;

/** Asked only where both sides are files with other contents that were kept. */
const both =
  (explain: Explain): ContentCause["explain"] =>
  (evidence) =>
    evidence.contentA === null || evidence.contentB === null || !evidence.aspects.has("content")
      ? null
      : explain(evidence.contentA, evidence.contentB, evidence);

export const CONTENT_CAUSES: readonly ContentCause[] = [
  {
    id: "deb-version",
    level: "file",
    title: "another version of a Debian package",
    remedy: "morello image lock # pins name, version and digest of every package",
    explain: ({ path, packagesA: a, packagesB: b }) => {
      if (path === "var/lib/dpkg/status") return statusApart(a.debs, b.debs);
      const listed = /^var\/lib\/dpkg\/info\/([^/]+?)(?::[^/]*)?\.[^/.]+$/.exec(path)?.[1] ?? null;
      return versionsApart(listed ?? a.debOf(path) ?? b.debOf(path), a.debs, b.debs);
    },
  },
  {
    id: "wheel-version",
    level: "file",
    title: "another version of a Python package",
    remedy: "morello image lock # or: pip install NAME==VERSION --require-hashes",
    explain: ({ path, packagesA: a, packagesB: b }) =>
      versionsApart(a.wheelOf(source(path)) ?? b.wheelOf(source(path)), a.wheels, b.wheels),
  },
  {
    id: "shadow-day",
    level: "file",
    title: "the day of an account's last change in /etc/shadow: it is the day of the build",
    remedy: "buildah build --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) …",
    explain: both((a, b, { path }) =>
      path === "etc/shadow" && blanked(a, SHADOW_DAY) === blanked(b, SHADOW_DAY)
        ? { a: `day ${dayOf(a, b)}`, b: `day ${dayOf(b, a)}` }
        : null,
    ),
  },
  {
    id: "account-order",
    level: "file",
    title: "accounts in another order, or with other numbers: packages came in another order",
    remedy: "RUN groupadd --gid 990 NAME && useradd --uid 990 --gid 990 NAME # before the packages",
    explain: ({ path, aspects }) =>
      /^etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)$/.test(path) && aspects.has("content")
        ? { a: "these accounts", b: "others" }
        : null,
  },
  {
    id: "bytecode-time",
    level: "file",
    title: "bytecode that records another time of its source; the code is the same",
    remedy:
      "RUN python3 -m compileall --invalidation-mode unchecked-hash DIRECTORY # or: ENV PYTHONDONTWRITEBYTECODE=1",
    explain: both((a, b, { path }) =>
      path.endsWith(".pyc") &&
      a.length > 16 &&
      a.subarray(16).equals(b.subarray(16)) &&
      a.subarray(0, 4).equals(b.subarray(0, 4))
        ? { a: stamp(a), b: stamp(b) }
        : null,
    ),
  },
  {
    id: "bytecode-python",
    level: "file",
    title: "bytecode of another Python",
    remedy: "morello image lock # pins the base and Python",
    explain: both((a, b, { path }) =>
      path.endsWith(".pyc") && !a.subarray(0, 4).equals(b.subarray(0, 4))
        ? { a: `magic ${a.readUInt16LE(0)}`, b: `magic ${b.readUInt16LE(0)}` }
        : null,
    ),
  },
  {
    id: "bytecode-left",
    level: "file",
    title: "bytecode that was written while something ran in the build",
    remedy: "ENV PYTHONDONTWRITEBYTECODE=1",
    explain: ({ path, a, b }) =>
      /\.pyc$|(?:^|\/)__pycache__$/.test(path) && (a === null || b === null) ? presence(a, b) : null,
  },
  {
    id: "bytecode-source",
    level: "file",
    title: "bytecode of a source that differs, too",
    remedy: "git diff TAG_A TAG_B -- PATH # the source says why",
    explain: ({ path, alsoDiffers }) =>
      path.endsWith(".pyc") && alsoDiffers(source(path)) ? { a: "of one source", b: "of another" } : null,
  },
  {
    id: "bytecode-order",
    level: "file",
    title: "bytecode of the same source, written in another order of objects",
    remedy: "RUN PYTHONHASHSEED=0 python3 -m compileall -j 1 DIRECTORY",
    explain: both((_a, _b, { path }) => (path.endsWith(".pyc") ? { a: "one order", b: "another" } : null)),
  },
  {
    id: "gzip-time",
    level: "file",
    title: "a gzipped file with another time or name in its header; the content is the same",
    remedy: "gzip -n FILE # leaves out name and time",
    explain: both((a, b) => {
      if (!isGzip(a) || !isGzip(b)) return null;
      return a.subarray(-8).equals(b.subarray(-8)) ? { a: gzipTime(a), b: gzipTime(b) } : null;
    }),
  },
  {
    id: "binary-rebuilt",
    level: "file",
    title: "a program or library that was built again, of a package of the same version",
    remedy:
      "RUN SOURCE_DATE_EPOCH=0 CFLAGS=-ffile-prefix-map=$PWD=. pip install --no-binary … # or take a wheel by its hash",
    explain: both((a, b) => (isElf(a) && isElf(b) ? { a: size(a), b: size(b) } : null)),
  },
  {
    id: "archive-time",
    level: "file",
    title: "an archive (zip, jar, whl, ar, tar) that holds other times, or was packed again",
    remedy: "strip-nondeterminism --timestamp $SOURCE_DATE_EPOCH FILE",
    explain: both((a, b) => (isArchive(a) && isArchive(b) ? { a: size(a), b: size(b) } : null)),
  },
  {
    id: "time-inside",
    level: "file",
    title: "a text that differs in a date or time alone",
    remedy: "ENV SOURCE_DATE_EPOCH=… # and give it to whatever writes the file",
    explain: both((a, b) =>
      isText(a) && isText(b) && blanked(a, TIMES) === blanked(b, TIMES) ? firstApart(a, b) : null,
    ),
  },
  {
    id: "line-order",
    level: "file",
    title: "a text with the same lines in another order",
    remedy: "RUN LC_ALL=C sort -o FILE FILE",
    explain: both((a, b) => (isText(a) && isText(b) && sorted(a) === sorted(b) ? firstApart(a, b) : null)),
  },
  {
    id: "text",
    level: "file",
    title: "a text that says something else",
    remedy: "morello image diff --json A B # and look where the file comes from",
    explain: both((a, b) => (isText(a) && isText(b) ? firstApart(a, b) : null)),
  },
];

const SHADOW_DAY = /(?<=^[^:\n]*:[^:\n]*:)\d+/gm;
const TIMES =
  /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?|\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,4}(?: \d{2}:\d{2}:\d{2})?(?: [A-Z]{3,4})?(?: \d{4})?|\b\d{2}:\d{2}:\d{2}\b|\b1[6-9]\d{8}(?:\.\d+)?\b/g;

function blanked(text: Buffer, pattern: RegExp): string {
  return text.toString("latin1").replace(pattern, "0");
}

/** The first day that the other file has not at its place. */
function dayOf(text: Buffer, other: Buffer): string {
  const [days, others] = [text, other].map((each) => each.toString("latin1").match(SHADOW_DAY) ?? []);
  return days?.find((day, at) => day !== others?.[at]) ?? "?";
}

/** `a/__pycache__/b.cpython-311.pyc` -> `a/b.py`; other paths as they are. */
function source(path: BytePath): BytePath {
  return path.replace(/__pycache__\/([^/]+?)\.[^/]+\.pyc$/, "$1.py").replace(/\.pyc$/, ".py") as BytePath;
}

function stamp(pyc: Buffer): string {
  const flags = pyc.readUInt32LE(4);
  return (flags & 1) === 1 ? "checked by hash" : `source of ${isoOf(pyc.readUInt32LE(8))}`;
}

function gzipTime(bytes: Buffer): string {
  const time = bytes.readUInt32LE(4);
  return time === 0 ? "no time" : isoOf(time);
}

export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length > 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isElf(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 4) === "\x7fELF";
}

function isArchive(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, 8);
  return start.startsWith("PK\x03\x04") || start === "!<arch>\n" || bytes.toString("latin1", 257, 262) === "ustar";
}

function isText(bytes: Buffer): boolean {
  return !bytes.includes(0);
}

function size(bytes: Buffer): string {
  return `${bytes.length} bytes`;
}

function sorted(bytes: Buffer): string {
  return bytes.toString("latin1").split("\n").sort().join("\n");
}

const SHOWN = 60;

/** The first line that differs, on both sides. */
function firstApart(a: Buffer, b: Buffer): Sides {
  const [was, is] = [a, b].map((each) => each.toString("utf8").split("\n"));
  const at = (was ?? []).findIndex((line, index) => line !== is?.[index]);
  const line = (lines: string[] | undefined): string | null => {
    const text = lines?.[at < 0 ? (was?.length ?? 0) : at]?.trim();
    if (text === undefined) return null;
    return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  };
  return { a: line(was), b: line(is) };
}

/** How many packages differ, with the first of them. */
function statusApart(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): Sides | null {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();
  const [first] = names;
  if (first === undefined) return null;
  const more = names.length > 1 ? `, and ${names.length - 1} more` : "";
  const of = (versions: ReadonlyMap<string, string>): string => `${first} ${versions.get(first) ?? "missing"}${more}`;
  return { a: of(a), b: of(b) };
}

export function presence(a: unknown, b: unknown): Sides {
  return { a: a === null ? null : "there", b: b === null ? null : "there" };
}
