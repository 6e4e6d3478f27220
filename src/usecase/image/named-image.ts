// LINE, TAG or IMAGE, as it was typed -> the image that an engine shall run: of a line its newest release, by digest where
// a ledger knows it.
import type { Variant } from "../../environment/variants.ts";
import { AppError, isAppError } from "../../error.ts";
import { TAGS } from "../../line/ref.ts";
import { selectLines } from "../../line/select.ts";
import { nearest } from "../../line/nearest.ts";
import { parseReference } from "../../oci/reference.ts";
import { imageTag } from "../../oci/tag.ts";
import type { Line } from "../../wire/line.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "../workspace.ts";
import { readSpec } from "./read-spec.ts";
import { imageRecords } from "./proving/recorded-digest.ts";

export interface NamedImage {
  /** What the engine pulls: by digest where it is known. */
  readonly reference: string;
  /** As people name it: `registry.example/app:v2.7.1`. */
  readonly asked: string;
  /** What a container of it is called unless told otherwise: `app-v2.7`. */
  readonly title: string;
}

/** `variant` null: the declared default. Throws `image-reference`, `image-spec`, `unknown-line`, `unknown-revision`. */
export async function namedImage(deps: Deps, what: string, variant: string | null): Promise<NamedImage> {
  const release = /[:@]/.test(what) ? null : await inRepository(deps, what, variant);
  if (release !== null) return release;
  if (variant !== null) {
    throw new AppError("usage", `--variant is for a line or a release of it, and ${what} is an image`, {
      hint: "name the variant in the image's tag",
    });
  }
  const reference = parseReference(what);
  const path = reference.kind === "layout" ? reference.directory : reference.repository;
  const title = [path.split("/").at(-1), reference.tag ?? reference.digest?.slice(7, 19)].filter(
    (part) => part !== undefined,
  );
  return { reference: what, asked: what, title: containerName(title.join("-")) };
}

/** Null: there is no repository, or it knows neither line nor release of that name. */
async function inRepository(deps: Deps, what: string, variant: string | null): Promise<NamedImage | null> {
  try {
    return await withWorkspace(deps, async (workspace) => {
      const isTag = workspace.refs.some(({ refname }) => refname === `${TAGS}${what}`);
      const line = isTag ? null : await lineNamed(workspace, what);
      if (!isTag && line === null) return null;
      const tag = line === null ? what : line.lastTag;
      if (tag === null) {
        throw new AppError("unknown-revision", `${what} has no release yet, so it has no image`, {
          hint: `morello release ${what}`,
        });
      }
      return ofRelease(workspace, tag, line, variant);
    });
  } catch (failure) {
    if (isAppError(failure, "not-a-repository")) return null;
    throw failure;
  }
}

/** Null: there is none of that name. */
async function lineNamed(workspace: Workspace, name: string): Promise<Line | null> {
  const lines = linesOf(workspace, await historyOf(workspace, []));
  try {
    const { selected } = selectLines(lines, [name]);
    return selected.length === 1 ? (selected[0] ?? null) : null;
  } catch (failure) {
    if (isAppError(failure, "unknown-line") || isAppError(failure, "no-lines")) return null;
    throw failure;
  }
}

async function ofRelease(
  workspace: Workspace,
  tag: string,
  line: Line | null,
  wanted: string | null,
): Promise<NamedImage> {
  const ref = workspace.refs.find(({ refname }) => refname === `${TAGS}${tag}`);
  const { image, variants } = await readSpec(workspace.scratch.reader, ref?.peeled ?? ref?.oid ?? tag, tag);
  const variant = wanted === null ? null : variantNamed(variants, wanted, tag);
  const name = line?.image ?? image.name;
  const suffix = variant?.suffix ?? "";
  const version = imageTag(tag, suffix);
  if (version === null) throw new AppError("image-reference", `No image tag can stand for ${tag}${suffix}`);
  const record = (await imageRecords(workspace)).findLast(({ tag: recorded }) => recorded === version);
  const asked = `${name}:${version}`;
  const series =
    line === null ? version : `${line.version.length > 0 ? `v${line.version.join(".")}` : line.name}${suffix}`;
  return {
    reference: record === undefined ? asked : `${name}@${record.digest}`,
    asked,
    title: containerName(`${name.split("/").at(-1) ?? name}-${series}`),
  };
}

function variantNamed(variants: readonly Variant[], wanted: string, tag: string): Variant {
  const found = variants.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = variants.map(({ name }) => name);
  throw new AppError("image-spec", `${tag} has no variant ${wanted}; it has ${names.join(", ")}`, {
    hint: `--variant ${nearest(wanted, names)[0] ?? names[0] ?? wanted}`,
  });
}

/** What engines take as a name. */
function containerName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? "morello" : name;
}
