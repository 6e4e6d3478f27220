// A page of a package index (PEP 503's links or PEP 691's JSON) -> the wheels on it. Reads nothing.
import { normalName } from "./wanted.ts";

export interface WheelName {
  readonly file: string;
  /** Normal form. */
  readonly name: string;
  /** `2.7.1+cu126` */
  readonly version: string;
  /** `cp311`; several where the wheel is for several: `py2.py3`. */
  readonly pythons: readonly string[];
  /** `cp311`, `none`; `cp313t` is for a Python without global lock. */
  readonly abi: string;
  /** `manylinux_2_28_x86_64` */
  readonly platforms: readonly string[];
}

/** Null: no wheel's name. Form: PEP 427, `torch-2.7.1+cu126-cp311-cp311-manylinux_2_28_x86_64.whl`. */
export function parseWheelName(file: string): WheelName | null {
  const parts = /^([A-Za-z0-9._]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file);
  if (parts === null) return null;
  const [, name = "", version = "", python = "", abi = "", platform = ""] = parts;
  return { file, name: normalName(name), version, pythons: python.split("."), abi, platforms: platform.split(".") };
}

export interface IndexedWheel extends WheelName {
  readonly sha256: string | null;
}

/** Wheels alone, in the page's order; what was yanked is left out. */
export function parseIndexPage(text: string): IndexedWheel[] {
  return (text.trimStart().startsWith("{") ? jsonLinks(text) : htmlLinks(text)).flatMap(({ file, sha256 }) => {
    const wheel = parseWheelName(file);
    return wheel === null ? [] : [{ ...wheel, sha256 }];
  });
}

interface Link {
  readonly file: string;
  readonly sha256: string | null;
}

function htmlLinks(text: string): Link[] {
  return [...text.matchAll(/<a\b([^>]*)>/gi)].flatMap(([, attributes = ""]) => {
    if (/\bdata-yanked\b/i.test(attributes)) return [];
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes);
    const url = (href?.[1] ?? href?.[2] ?? "").replaceAll("&amp;", "&");
    const file = decoded(
      url
        .replace(/[?#].*$/, "")
        .split("/")
        .at(-1) ?? "",
    );
    return [{ file, sha256: /#(?:.*&)?sha256=([0-9a-f]{64})/.exec(url)?.[1] ?? null }];
  });
}

function jsonLinks(text: string): Link[] {
  const { files } = JSON.parse(text) as { readonly files?: unknown };
  if (!Array.isArray(files)) return [];
  return files.flatMap((each: unknown) => {
    const { filename, hashes, yanked } = each as {
      filename?: unknown;
      hashes?: { sha256?: unknown };
      yanked?: unknown;
    };
    if (typeof filename !== "string" || (yanked !== undefined && yanked !== false)) return [];
    return [{ file: filename, sha256: typeof hashes?.sha256 === "string" ? hashes.sha256 : null }];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
