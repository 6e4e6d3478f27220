// Platforms as people write them, `linux/arm64/v8`, and which of those that an index offers is the wanted one.
import { AppError } from "../error.ts";
import type { Platform } from "./schema.ts";

/** Variants that go without saying. Source: containerd/platforms, normalizeArch. */
const USUAL_VARIANT: Readonly<Record<string, string>> = { arm64: "v8", arm: "v7", amd64: "v1" };

/** Throws `image-reference`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, more] = text.split("/");
  if (os && architecture && variant !== "" && more === undefined) {
    return { os, architecture, ...(variant === undefined ? {} : { variant }) };
  }
  throw new AppError("image-reference", `${JSON.stringify(text)} is no platform`, {
    hint: "write it like linux/amd64",
  });
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

/** Whether an image for `offered` is what was asked for; a variant that is not named is the usual one. */
export function isPlatform(offered: Platform, wanted: Platform): boolean {
  const variantOf = ({ architecture, variant }: Platform): string => variant || (USUAL_VARIANT[architecture] ?? "");
  return (
    offered.os === wanted.os && offered.architecture === wanted.architecture && variantOf(offered) === variantOf(wanted)
  );
}
