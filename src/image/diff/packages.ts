// What package managers say of an image: which packages it has, and whose a path is. Debian's dpkg, and pip's dist-info.
import { pathBytes, type BytePath } from "../../object/path.ts";

const STATUS = /^var\/lib\/dpkg\/status(?:\.d\/[^/]+)?$/; // status.d: distroless images
const LIST = /^var\/lib\/dpkg\/info\/([^/]+)\.list$/;
const RECORD = /^(.*\/(?:site|dist)-packages\/)([^/]+?)-([^/-]+)\.dist-info\/RECORD$/;

/** Whether a file tells of packages, so that its content must be kept. */
export function tellsOfPackages(path: BytePath): boolean {
  return STATUS.test(path) || LIST.test(path) || RECORD.test(path);
}

export interface Packages {
  /** Name, with its architecture where dpkg adds it -> version. */
  readonly debs: ReadonlyMap<string, string>;
  readonly wheels: ReadonlyMap<string, string>;
  debOf(path: BytePath): string | null;
  wheelOf(path: BytePath): string | null;
}

export function packagesOf(contents: ReadonlyMap<BytePath, Buffer>): Packages {
  const debs = new Map<string, string>();
  const wheels = new Map<string, string>();
  const debOwners = new Map<string, string>();
  const wheelOwners = new Map<string, string>();
  for (const [path, content] of contents) {
    if (STATUS.test(path)) readStatus(content.toString("utf8"), debs);
    const name = LIST.exec(path)?.[1]?.replace(/:.*$/, "");
    if (name !== undefined)
      for (const owned of content.toString("latin1").split("\n")) debOwners.set(owned.replace(/^\//, ""), name);
    const [, folder, wheel, version] = RECORD.exec(path) ?? [];
    if (folder === undefined || wheel === undefined || version === undefined) continue;
    wheels.set(wheel, version);
    for (const line of content.toString("latin1").split("\n")) {
      const owned = /^"?(.*?)"?,[^,]*,\d*\r?$/.exec(line)?.[1];
      if (owned !== undefined) wheelOwners.set(resolved(folder, owned), wheel);
    }
    wheelOwners.set(path, wheel);
  }
  return {
    debs,
    wheels,
    // Since the merge of /usr a package may list /lib/x for what lies in /usr/lib.
    debOf: (path) => debOwners.get(path) ?? debOwners.get(path.replace(/^usr\//, "")) ?? null,
    wheelOf: (path) => wheelOwners.get(path) ?? inDistInfo(path) ?? null,
  };
}

function readStatus(text: string, into: Map<string, string>): void {
  for (const paragraph of text.split(/\n\n+/)) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
    const [name, version] = [field("Package"), field("Version")];
    const isThere = !/^(?:deinstall|purge) /.test(field("Status") ?? "");
    if (name !== undefined && version !== undefined && isThere) into.set(name, version);
  }
}

function inDistInfo(path: BytePath): string | undefined {
  return /\/(?:site|dist)-packages\/([^/]+?)-[^/-]+\.dist-info\//.exec(path)?.[1];
}

/** `../../../bin/f2py` from a folder. */
function resolved(folder: string, path: string): string {
  const names = folder.split("/").slice(0, -1);
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== ".") names.push(name);
  }
  return names.join("/");
}

/** Name of the package in its two versions, where they differ; null where they do not. */
export function versionsApart(
  name: string | null,
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): { readonly a: string | null; readonly b: string | null } | null {
  if (name === null) return null;
  const [was, is] = [a.get(name) ?? null, b.get(name) ?? null];
  if (was === is) return null;
  const named = (version: string | null): string | null =>
    version === null ? null : `${pathBytes(name as BytePath).toString("utf8")} ${version}`;
  return { a: named(was), b: named(is) };
}
