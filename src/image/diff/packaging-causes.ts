// Causes in what wraps the files: manifest, configuration, how layers are cut, ordered and compressed.
import { isDeepStrictEqual } from "node:util";
import { DOCKER } from "../../oci/media-type.ts";
import type { Cause, Finding, Sides } from "./cause.ts";
import type { SeenImage, SeenLayer } from "./seen.ts";

export interface PackagingCause extends Cause {
  readonly explain: (a: SeenImage, b: SeenImage) => readonly Omit<Finding, "cause">[];
}

const whole = (sides: Sides | null): Omit<Finding, "cause">[] => (sides === null ? [] : [{ where: null, ...sides }]);

/** The two texts, or nothing where they are the same. */
function apart(a: string | null, b: string | null): Sides | null {
  return a === b ? null : { a, b };
}

type RunConfig = NonNullable<SeenImage["config"]["config"]>;
const runConfig = ({ config }: SeenImage): RunConfig => config.config ?? {};

/** Keys of two records that differ, in order. */
function keysApart(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Omit<Finding, "cause">[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key) => {
    const sides = apart(a[key] ?? null, b[key] ?? null);
    return sides === null ? [] : [{ where: key, ...sides }];
  });
}

function environment(image: SeenImage): Record<string, string> {
  const pairs = (runConfig(image).Env ?? []).map((text): [string, string] => {
    const equals = text.indexOf("=");
    return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}

const START = [
  "User",
  "Entrypoint",
  "Cmd",
  "WorkingDir",
  "ExposedPorts",
  "Volumes",
  "StopSignal",
  "Healthcheck",
  "Shell",
];

function start(image: SeenImage): Record<string, string> {
  const config: Record<string, unknown> = runConfig(image);
  return Object.fromEntries(
    START.flatMap((key) => {
      const value = config[key];
      return value === undefined || value === null || value === "" ? [] : [[key, JSON.stringify(value)]];
    }),
  );
}

const known = new Set(["created", "architecture", "os", "variant", "config", "rootfs", "history"]);

/** What engines add besides: `docker_version`, `container`, `author`. */
function extras({ config }: SeenImage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (known.has(key) ? [] : [[key, JSON.stringify(value)]])),
  );
}

const family = ({ manifestType }: SeenImage): string =>
  Object.values(DOCKER).includes(manifestType as never) ? "Docker v2" : "OCI";

const diffIds = ({ layers }: SeenImage): string => layers.map(({ diffId }) => diffId).join(" ");

/** Pairs of layers at the same height with other tars. */
function otherTars(
  a: SeenImage,
  b: SeenImage,
): { readonly at: string; readonly a: SeenLayer; readonly b: SeenLayer }[] {
  return a.layers.flatMap((layer, index) => {
    const other = b.layers[index];
    return other === undefined || other.diffId === layer.diffId
      ? []
      : [{ at: `layer ${index + 1}`, a: layer, b: other }];
  });
}

function packed({ mediaType, gzipHeader, size }: SeenLayer): string {
  if (gzipHeader === null) return `${mediaType.endsWith("zstd") ? "zstd" : "tar"}, ${size} bytes`;
  const seconds = gzipHeader.readUInt32LE(4);
  const system = `OS byte ${gzipHeader[9]}`;
  return `gzip, ${size} bytes, ${system}${seconds === 0 ? "" : `, with a time`}`;
}

export const PACKAGING_CAUSES: readonly PackagingCause[] = [
  {
    id: "platform",
    level: "configuration",
    title: "another platform",
    remedy: "morello image diff --platform linux/amd64 A B",
    explain: (a, b) =>
      whole(apart(`${a.config.os}/${a.config.architecture}`, `${b.config.os}/${b.config.architecture}`)),
  },
  {
    id: "media-types",
    level: "manifest",
    title: "another family of media types: Docker's and OCI's mean the same, and have other digests",
    remedy: "skopeo copy --format oci FROM TO # or: buildah push --format oci",
    unseen: true,
    explain: (a, b) => whole(apart(family(a), family(b))),
  },
  {
    id: "annotations",
    level: "manifest",
    title: "other annotations of the manifest",
    remedy: "morello image build TAG # sets them from the tag alone",
    unseen: true,
    explain: (a, b) => keysApart(a.manifest.annotations ?? {}, b.manifest.annotations ?? {}),
  },
  {
    id: "compression",
    level: "layer",
    title: "the same tar, compressed by another program or level",
    remedy: "morello image build TAG # compresses with a pinned deflate; engines change theirs with versions",
    unseen: true,
    explain: (a, b) =>
      a.layers.flatMap((layer, index) => {
        const other = b.layers[index];
        const isPacking = other !== undefined && other.diffId === layer.diffId && other.digest !== layer.digest;
        return isPacking ? [{ where: `layer ${index + 1}`, a: packed(layer), b: packed(other) }] : [];
      }),
  },
  {
    id: "tar-order",
    level: "layer",
    title: "a layer with the same entries in another order: as a file system happened to list them",
    remedy: "tar --sort=name … # morello image build sorts",
    unseen: true,
    explain: (a, b) =>
      otherTars(a, b).flatMap(({ at, a: one, b: other }) =>
        one.entries !== null &&
        one.entries.sorted === other.entries?.sorted &&
        one.entries.asWritten !== other.entries.asWritten
          ? [{ where: at, a: "one order", b: "another" }]
          : [],
      ),
  },
  {
    id: "tar-dialect",
    level: "layer",
    title:
      "a layer with the same entries, written by another tar program (owners' names, fractions of seconds, pax headers)",
    remedy: "tar --format=ustar --numeric-owner … # morello image build writes its own",
    unseen: true,
    explain: (a, b) =>
      otherTars(a, b).flatMap(({ at, a: one, b: other }) =>
        one.entries !== null && one.entries.asWritten === other.entries?.asWritten
          ? [{ where: at, a: "one tar", b: "another" }]
          : [],
      ),
  },
  {
    id: "layer-cut",
    level: "layer",
    title: "another number of layers",
    remedy: "buildah build --layers … # one layer an instruction; without it, one of all",
    unseen: true,
    explain: (a, b) => whole(apart(`${a.layers.length} layers`, `${b.layers.length} layers`)),
  },
  {
    id: "created",
    level: "configuration",
    title: "the time at which the image says it was created",
    remedy: "buildah build --timestamp $SOURCE_DATE_EPOCH … # docker: SOURCE_DATE_EPOCH as a build argument",
    unseen: true,
    explain: (a, b) => whole(apart(a.config.created ?? null, b.config.created ?? null)),
  },
  {
    id: "history-time",
    level: "configuration",
    title: "the times in the image's history",
    remedy: "buildah build --timestamp $SOURCE_DATE_EPOCH … # or: --omit-history",
    unseen: true,
    explain: (a, b) => {
      const [was, is] = [a.config.history ?? [], b.config.history ?? []];
      const at = was.findIndex(({ created }, index) => is[index] !== undefined && is[index].created !== created);
      return at < 0 ? [] : whole({ a: was[at]?.created ?? null, b: is[at]?.created ?? null });
    },
  },
  {
    id: "history-step",
    level: "configuration",
    title: "the steps in the image's history: another Containerfile, or an engine that words them otherwise",
    remedy: "diff Containerfile.a Containerfile.b # or: buildah build --omit-history",
    unseen: true,
    explain: (a, b) => {
      const steps = ({ config }: SeenImage): string[] =>
        (config.history ?? []).map((step) => step.created_by ?? step.comment ?? "");
      const [was, is] = [steps(a), steps(b)];
      const at = Array.from({ length: Math.max(was.length, is.length) }, (_, index) => index).find(
        (index) => was[index] !== is[index],
      );
      return at === undefined ? [] : whole({ a: was[at] ?? null, b: is[at] ?? null });
    },
  },
  {
    id: "labels",
    level: "configuration",
    title: "labels",
    remedy: "buildah build --label KEY=VALUE … # or image.labels in morello.yaml",
    unseen: true,
    explain: (a, b) => keysApart(runConfig(a).Labels ?? {}, runConfig(b).Labels ?? {}),
  },
  {
    id: "engine-fields",
    level: "configuration",
    title: "what the engine adds to the configuration of its own",
    remedy: "buildah build … # with the same engine in the same version",
    unseen: true,
    explain: (a, b) => keysApart(extras(a), extras(b)),
  },
  {
    id: "json-form",
    level: "configuration",
    title: "the same configuration, written with other spaces or another order of keys",
    remedy: "morello image build TAG # writes canonical JSON",
    unseen: true,
    explain: (a, b) =>
      isDeepStrictEqual(a.config, b.config) ? whole(apart(a.manifest.config.digest, b.manifest.config.digest)) : [],
  },
  {
    id: "environment",
    level: "configuration",
    title: "environment variables",
    remedy: "ENV NAME=VALUE",
    explain: (a, b) => keysApart(environment(a), environment(b)),
  },
  {
    id: "start",
    level: "configuration",
    title: "how containers start: command, entry point, user, directory, ports",
    remedy: "ENTRYPOINT, CMD, USER, WORKDIR, EXPOSE, VOLUME in the Containerfile",
    explain: (a, b) => keysApart(start(a), start(b)),
  },
  {
    id: "layer-contents",
    level: "layer",
    title: "layers that are cut otherwise, and come to the same files",
    remedy: "buildah build --layers … # the same instructions in the same order",
    unseen: true,
    explain: (a, b) => {
      const sameCut = otherTars(a, b).every(({ a: one, b: other }) => one.entries?.sorted === other.entries?.sorted);
      return diffIds(a) === diffIds(b) || sameCut || a.layers.length !== b.layers.length
        ? []
        : whole({ a: diffIds(a), b: diffIds(b) });
    },
  },
];
