// Names of packages that every scanner understands. Source: the purl specification and its types deb, pypi and oci.
import { PackageURL } from "packageurl-js";
import type { LockedDeb, LockedWheel } from "../environment/lock.ts";

export function debUrl({ name, version, architecture }: LockedDeb): string {
  return new PackageURL("deb", "debian", name, version, { arch: architecture }, undefined).toString();
}

/** pypi's names are lower case, with hyphens (PEP 503). */
export function wheelUrl({ name, version }: LockedWheel): string {
  const normal = name.toLowerCase().replace(/[-_.]+/g, "-");
  return new PackageURL("pypi", undefined, normal, version, undefined, undefined).toString();
}

/** `reference`: with or without tag and digest. */
export function imageUrl(reference: string, digest: string): string {
  const repository = reference.replace(/@sha256:[0-9a-f]+$/, "").replace(/:[^/:]+$/, "");
  const name = repository.split("/").at(-1) ?? repository;
  return new PackageURL("oci", undefined, name, digest, { repository_url: repository }, undefined).toString();
}
