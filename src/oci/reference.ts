// What a person types for an image -> where it is kept, its tag and digest. Registry names are read as docker reads
// them; `oci:DIR` is an image layout on disk. Knows no registry and no disk.
import { AppError } from "../error.ts";
import { isImageTag } from "./tag.ts";

export interface RegistryReference {
  readonly kind: "registry";
  /** With its port where one was given: `docker.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly host: string;
  /** `library/debian`, `team/app`. */
  readonly repository: string;
  /** null: none was given. Docker would take `latest`; whoever wants that says so. */
  readonly tag: string | null;
  /** `sha256:` and 64 digits. */
  readonly digest: string | null;
}

export interface LayoutReference {
  readonly kind: "layout";
  /** As it was typed: relative to the working directory of whoever typed it. */
  readonly directory: string;
  /** A name in the layout's index: mostly a tag, but other tools write whole image names there. */
  readonly tag: string | null;
  readonly digest: string | null;
}

export type Reference = RegistryReference | LayoutReference;

export const DEFAULT_HOST = "docker.io";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Names in a layout's index. Source: OCI image spec, annotations.md, `org.opencontainers.image.ref.name`. */
const LAYOUT_NAME = /^[A-Za-z0-9]+(?:(?:[-._:@/+]|--)[A-Za-z0-9]+)*$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::([0-9]{1,5}))?$`);
const LONGEST_NAME = 255;

const EXAMPLES = "name an image like registry.example.com/team/app:v2.7.1, app@sha256:…, or oci:DIR:v2.7.1";

/** Throws `image-reference` with what is wrong. Grammar: distribution/reference, as `docker pull` reads it. */
export function parseReference(text: string): Reference {
  if (text === "" || text !== text.trim()) refuse(text, "it is empty or has white space around it");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined)
    refuse(text, `it begins with ${scheme}://`, `write it without: ${text.slice(scheme.length + 3)}`);
  const { name, digest } = splitDigest(text);
  return name.startsWith("oci:") ? parseLayout(text, name.slice("oci:".length), digest) : parseName(text, name, digest);
}

function splitDigest(text: string): { name: string; digest: string | null } {
  const at = text.lastIndexOf("@");
  // In `oci:DIR` an @ may belong to the directory; in a registry's name it always begins a digest.
  if (at < 0 || (text.startsWith("oci:") && !text.startsWith("@sha", at))) return { name: text, digest: null };
  const digest = text.slice(at + 1);
  if (!DIGEST.test(digest))
    refuse(text, `its digest is ${digest || "empty"}, and sha256: with 64 digits 0-9a-f is wanted`);
  return { name: text.slice(0, at), digest };
}

function parseLayout(text: string, rest: string, digest: string | null): LayoutReference {
  const colon = rest.indexOf(":"); // as skopeo and podman split it: a directory holds no colon
  const directory = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? null : rest.slice(colon + 1);
  if (directory === "") refuse(text, "it names no directory", "for the working directory write oci:.");
  if (tag !== null && !LAYOUT_NAME.test(tag)) refuse(text, `its tag is ${tag || "empty"}`);
  return { kind: "layout", directory, tag, digest };
}

function parseName(text: string, name: string, digest: string | null): RegistryReference {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = hasHost ? first : DEFAULT_HOST;
  const port = HOST.exec(host)?.[1];
  if (!HOST.test(host) || Number(port ?? 1) > 65_535 || port === "0")
    refuse(text, `${host} is no host with an optional port`);
  const rest = hasHost ? name.slice(slash + 1) : name;
  const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? null : rest.slice(colon + 1);
  if (tag !== null && !isImageTag(tag)) {
    refuse(text, `its tag is ${tag || "empty"}, and at most 128 of A-Z a-z 0-9 _ . - are wanted, none of . - first`);
  }
  checkPath(text, path);
  const isDockerHub = host === DEFAULT_HOST || host === "index.docker.io";
  return {
    kind: "registry",
    host: isDockerHub ? DEFAULT_HOST : host,
    repository: isDockerHub && !path.includes("/") ? `library/${path}` : path,
    tag,
    digest,
  };
}

function checkPath(text: string, path: string): void {
  if (path === "") refuse(text, "it names no repository");
  if (path.length > LONGEST_NAME)
    refuse(text, `its name has ${path.length} characters, and at most ${LONGEST_NAME} are allowed`);
  const wrong = path.split("/").find((component) => !COMPONENT.test(component));
  if (wrong === undefined) return;
  if (COMPONENT.test(wrong.toLowerCase())) {
    refuse(text, `its name has capital letters: ${wrong}`, `write it in small letters: ${inSmallLetters(text, path)}`);
  }
  refuse(text, `a part of its name is ${wrong === "" ? "empty" : wrong}`);
}

/** A first part with capitals is a host to docker; without a dot or port a person means a team. */
function inSmallLetters(text: string, path: string): string {
  const small = text.replace(path, path.toLowerCase());
  const [first = ""] = small.split("/");
  return /[.:]/.test(first) ? small : small.replace(first, first.toLowerCase());
}

function refuse(text: string, why: string, hint: string = EXAMPLES): never {
  throw new AppError("image-reference", `Cannot read the image name ${JSON.stringify(text)}: ${why}`, {
    hint,
    data: { reference: text },
  });
}

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** As `parseReference` reads it again: in full, with the default host. */
export function formatReference(reference: Reference): string {
  const place = formatPlace(reference);
  const tag = reference.tag === null ? "" : `:${reference.tag}`;
  return `${place}${tag}${reference.digest === null ? "" : `@${reference.digest}`}`;
}

/** The repository or layout, without tag and digest. */
export function formatPlace(reference: Reference): string {
  return reference.kind === "layout" ? `oci:${reference.directory}` : `${reference.host}/${reference.repository}`;
}
