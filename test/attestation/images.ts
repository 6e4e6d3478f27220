import type { AttestedImage } from "../../src/attestation/subject.ts";

const hex = (digit: string): string => digit.repeat(64);

/** An image with everything: a base, packages of both kinds, layers of all roles. */
export function attestedImage(changes: Partial<AttestedImage> = {}): AttestedImage {
  return {
    name: "registry.example.com/team/app",
    digest: `sha256:${hex("a")}`,
    tag: "v2.7.1",
    variant: "cu126",
    platform: "linux/amd64",
    created: 1_700_000_000,
    source: {
      url: "https://example.com/team/app",
      commit: "b".repeat(40),
      tree: "c".repeat(40),
      tagObject: "d".repeat(40),
    },
    base: { reference: `docker.io/library/debian:bookworm@sha256:${hex("e")}`, digest: `sha256:${hex("e")}` },
    environmentOf: { tag: "v2.7.0", digest: `sha256:${hex("f")}` },
    environmentKey: hex("1"),
    lock: {
      variant: "cu126",
      platform: "linux/amd64",
      base: null,
      python: null,
      compat: null,
      asks: [],
      debs: [
        { name: "libc6", version: "2.36-9+deb12u13", architecture: "amd64", url: "pool/c", sha256: hex("2"), size: 9 },
        { name: "g++", version: "4:12.2.0-3", architecture: "amd64", url: "pool/g", sha256: hex("3"), size: 9 },
      ],
      wheels: [
        { name: "Typing_Extensions", version: "4.12.2", url: "https://example.com/t.whl", sha256: hex("4") },
        { name: "torch", version: "2.7.1+cu126", url: "https://example.com/torch.whl", sha256: hex("5") },
      ],
    },
    layers: [`sha256:${hex("6")}`, `sha256:${hex("7")}`],
    checkpoint: "8".repeat(40),
    ...changes,
  };
}
