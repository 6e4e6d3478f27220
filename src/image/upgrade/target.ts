// Which image is the next version of one: `app:v2.7.0` -> `app:v2.7`, the name that moves with the line. Nothing is asked.
import { AppError } from "../../error.ts";

export interface ImageName {
  /** With its host, without tag. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

export function parseImageName(text: string): ImageName {
  const [name = "", digest = null] = text.split("@");
  const found = /^(.+?):([\w][\w.-]*)$/.exec(name);
  return found === null
    ? { repository: name, tag: null, digest }
    : { repository: found[1] ?? "", tag: found[2] ?? null, digest };
}

const VERSION = /^(v?)(\d+\.\d+)\.\d+((?:-?(?:alpha|beta|a|b|rc|pre|dev)[.\d]*)?)(-[A-Za-z][\w.]*)?$/;

/**
 * `wanted`: a version, an image, or null for the newest of the same line and variant. `version` is what the image says of
 * itself, for one without a tag. Throws `usage` where it cannot be told.
 */
export function nextImage(current: string, version: string | null, wanted: string | null, name: string): string {
  if (wanted !== null && !/^v?\d[\w.-]*$/.test(wanted)) return wanted;
  const { repository, tag } = parseImageName(current);
  const hint = `morello image upgrade ${name} --to registry.example/app:v2.7.1`;
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(current)) {
    throw new AppError("usage", `${name} runs an image without a name, so its next version is not known`, { hint });
  }
  const now = tag ?? version;
  const parts = now === null ? null : VERSION.exec(now);
  if (wanted !== null) {
    const v = parts?.[1] === "v" && !wanted.startsWith("v") ? "v" : "";
    const variant = VERSION.exec(wanted)?.[4] === undefined ? (parts?.[4] ?? "") : "";
    return `${repository}:${v}${wanted}${variant}`;
  }
  if (parts !== null) return `${repository}:${parts[1]}${parts[2]}${parts[4] ?? ""}`;
  if (tag !== null) return `${repository}:${tag}`; // a name that moves by itself: latest, v2.7
  throw new AppError("usage", `${name} runs ${current}, whose version is not known`, { hint });
}

/** What people call it: the version that the image names, else its tag, else the beginning of its digest. */
export function versionOf(image: string, labels: Readonly<Record<string, string>>): string {
  const { tag, digest } = parseImageName(image);
  const said = labels["org.opencontainers.image.version"];
  if (said !== undefined && said !== "") return said;
  return tag ?? (digest ?? image).replace(/^sha256:/, "").slice(0, 12);
}
