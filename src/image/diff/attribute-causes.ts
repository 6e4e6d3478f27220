// Causes in what stands beside a file's content: its time, mode, owner, target; and what is left when nothing else fits.
import { pathBytes } from "../../object/path.ts";
import type { FlatEntry } from "../../layer/flat-table.ts";
import type { Cause, Sides } from "./cause.ts";
import { isoOf, presence } from "./content-causes.ts";
import type { FileDifference } from "./seen.ts";

/** Unix seconds at which each image says it was created; null: it does not. */
export interface Created {
  readonly a: number | null;
  readonly b: number | null;
}

export interface AttributeCause extends Cause {
  readonly explain: (difference: FileDifference, created: Created) => Sides | null;
}

type Attribute = (entry: FlatEntry) => string;

/** Asked where both sides have the path. */
function shown({ a, b }: FileDifference, attribute: Attribute): Sides | null {
  return a === null || b === null ? null : { a: attribute(a), b: attribute(b) };
}

const mtime: Attribute = (entry) => isoOf(entry.mtime);

export const ATTRIBUTE_CAUSES: readonly AttributeCause[] = [
  {
    id: "mtime-after-epoch",
    level: "file",
    title: "files newer than the image says it is: their times are those of the build",
    remedy: "buildah build --timestamp $SOURCE_DATE_EPOCH … # morello image build does this",
    explain: (difference, created) => {
      const { a, b, aspects } = difference;
      if (!only(aspects, "mtime") || a === null || b === null) return null;
      const late = (entry: FlatEntry, at: number | null): boolean => at !== null && entry.mtime > at;
      return late(a, created.a) || late(b, created.b) ? shown(difference, mtime) : null;
    },
  },
  {
    id: "mtime",
    level: "file",
    title: "files with the same content and another time",
    remedy:
      "RUN find PATH -exec touch --no-dereference --date=@$SOURCE_DATE_EPOCH {} + # morello image build does this",
    explain: (difference) => (only(difference.aspects, "mtime") ? shown(difference, mtime) : null),
  },
  {
    id: "mode",
    level: "file",
    title: "other permissions: the umask of whoever built, or a checkout's",
    remedy: "COPY --chmod=0755 … # or: umask 022 before the build",
    explain: (difference) =>
      difference.aspects.has("mode") && !difference.aspects.has("content")
        ? shown(difference, ({ mode }) => mode.toString(8).padStart(4, "0"))
        : null,
  },
  {
    id: "owner",
    level: "file",
    title: "another owner: of whoever built, or an account that got another number",
    remedy: "COPY --chown=0:0 …",
    explain: (difference) =>
      difference.aspects.has("owner") && !difference.aspects.has("content")
        ? shown(difference, ({ uid, gid }) => `${uid}:${gid}`)
        : null,
  },
  {
    id: "xattrs",
    level: "file",
    title: "other extended attributes or capabilities: the engine or its storage wrote them",
    remedy: "RUN setcap -r FILE # or: build with the same engine and storage driver",
    explain: (difference) =>
      difference.aspects.has("xattrs") && !difference.aspects.has("content")
        ? shown(difference, ({ xattrs }) => xattrs.map(([name]) => name).join(", "))
        : null,
  },
  {
    id: "link-target",
    level: "file",
    title: "a symlink that leads elsewhere",
    remedy: "RUN ln -sfn TARGET PATH # last in the build",
    explain: (difference) =>
      difference.aspects.has("link") ? shown(difference, ({ link }) => pathBytes(link).toString("utf8")) : null,
  },
  {
    id: "type",
    level: "file",
    title: "something else at the same path: a file, a directory, a link",
    remedy: "morello image diff --json A B # and look which layer has it",
    explain: (difference) => (difference.aspects.has("type") ? shown(difference, ({ type }) => type) : null),
  },
  {
    id: "only-one",
    level: "file",
    title: "files that only one of the two has",
    remedy: "morello image diff --json A B # and look which step makes them",
    explain: ({ a, b }) => (a === null || b === null ? presence(a, b) : null),
  },
  {
    id: "content",
    level: "file",
    title: "files with other contents, of no cause that is known",
    remedy: "morello image diff --json A B # names them all",
    explain: (difference) => shown(difference, ({ size }) => `${size} bytes`),
  },
];

function only(aspects: FileDifference["aspects"], aspect: "mtime"): boolean {
  return aspects.size === 1 && aspects.has(aspect);
}
