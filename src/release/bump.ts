// Version files -> the same files with another version in them: one run of characters replaced, every other byte as it
// was. Texts are bytes as latin1. Pure.
import valid from "semver/functions/valid.js";
import { replaced, stringAt, type Span } from "./json-value.ts";
import { cargoLockVersion, tomlVersion } from "./toml-value.ts";

export type Bump =
  | { readonly kind: "bumped"; readonly text: string }
  /** It holds that version already. */
  | { readonly kind: "unchanged" }
  /** `why` ends the sentence "FILE …". */
  | { readonly kind: "refused"; readonly why: string };

/** Versions that a file is brought from, for files whose form says nothing, and to. Without the tag's prefix. */
export interface VersionStep {
  readonly from: string | null;
  readonly to: string;
}

/** Files that package managers keep beside a version file, and that hold the version too. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  "package.json": ["package-lock.json", "npm-shrinkwrap.json"],
  "Cargo.toml": ["Cargo.lock"],
};

/** Paths that change together with a version file, where they are there. */
export function besides(path: string): string[] {
  const name = nameOf(path);
  return (BESIDE[name] ?? []).map((other) => path.slice(0, path.length - name.length) + other);
}

/**
 * The file at a path with the new version. `read` gives the content of other files, for a lock file that names its
 * package elsewhere; null where there is no such file.
 */
export function bump(path: string, text: string, step: VersionStep, read: (path: string) => string | null): Bump {
  const name = nameOf(path);
  if (["package.json", "Cargo.toml"].includes(name) && valid(step.to) === null)
    return { kind: "refused", why: `holds SemVer versions, and ${step.to} is none` };
  switch (name) {
    case "package.json":
    case "composer.json":
    case "manifest.json":
      return bumpSpans(text, [jsonAt(text, ["version"])], step);
    case "package-lock.json":
    case "npm-shrinkwrap.json":
      return bumpSpans(text, [jsonAt(text, ["version"]), jsonAt(text, ["packages", "", "version"])], step);
    case "pyproject.toml":
      return bumpSpans(text, [tomlVersion(text, ["project"]) ?? tomlVersion(text, ["tool", "poetry"])], step);
    case "Cargo.toml":
      return bumpSpans(
        text,
        [tomlVersion(text, ["package"]) ?? null, tomlVersion(text, ["workspace", "package"])],
        step,
      );
    case "Cargo.lock": {
      const manifest = read(path.slice(0, -"Cargo.lock".length) + "Cargo.toml");
      return manifest === null
        ? { kind: "unchanged" }
        : bumpSpans(text, [cargoLockVersion(text, manifest)], step, true);
    }
    default:
      return bumpSpans(text, [ofText(name, text, step)], step);
  }
}

function bumpSpans(text: string, spans: readonly (Span | null)[], { to }: VersionStep, mayLack = false): Bump {
  const found = spans.filter((span) => span !== null).sort((a, b) => b.start - a.start);
  if (found.length === 0) return mayLack ? { kind: "unchanged" } : { kind: "refused", why: "says no version" };
  const bumped = found.reduce((done, span) => replaced(done, span, to), text);
  return bumped === text ? { kind: "unchanged" } : { kind: "bumped", text: bumped };
}

function jsonAt(text: string, path: readonly string[]): Span | null {
  const mark = text.startsWith("\xef\xbb\xbf") ? 3 : 0; // a byte order mark is no part of the document
  const span = stringAt(text.slice(mark), path);
  return span === null ? null : { start: span.start + mark, end: span.end + mark };
}

const ASSIGNED = /^(?:__version__|version|VERSION)[ \t]*(?::[ \t]*[\w.[\]]+[ \t]*)?=[ \t]*(["'])([^"'\n]*)\1/m;
/** A version on a line of its own, perhaps marked by `v`. */
const LINE = /^([vV]?)(\d[\w.+-]*)[ \t]*\r?$/m;

/** Python assigns a version, a file such as VERSION holds nothing else; in any other the last version stands once. */
function ofText(name: string, text: string, { from }: VersionStep): Span | null {
  if (name.endsWith(".py")) {
    const found = ASSIGNED.exec(text);
    if (found === null) return null;
    const end = found.index + found[0].length - 1;
    return { start: end - (found[2] ?? "").length, end };
  }
  if (/^version(?:\.txt)?$/i.test(name)) {
    const found = LINE.exec(text);
    if (found === null) return null;
    const start = found.index + (found[1] ?? "").length;
    return { start, end: start + (found[2] ?? "").length };
  }
  if (from === null) return null;
  const at = standsAt(text, from);
  return at.length === 1 ? { start: at[0] ?? 0, end: (at[0] ?? 0) + from.length } : null;
}

/** Where a version stands as a whole, not as part of a longer one. */
function standsAt(text: string, version: string): number[] {
  const whole = new RegExp(`(?<![\\w.-])v?${version.replace(/[.+]/g, "\\$&")}(?![\\w-]|\\.\\d)`, "g");
  return [...text.matchAll(whole)].map(({ index, 0: found }) => index + found.length - version.length);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
