import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { cyclonedx } from "../../src/attestation/cyclonedx.ts";
import { provenance } from "../../src/attestation/provenance.ts";
import { spdx } from "../../src/attestation/spdx.ts";
import { attestationBytes, ATTESTATIONS, readAttestation } from "../../src/attestation/statement.ts";
import { attestedImage } from "./images.ts";

/** CycloneDX's own JSON Schema, as its library brings it. */
function schema(name: string): object {
  const path = `../../node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`;
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")) as object;
}

const bare = { base: null, lock: null, variant: null, checkpoint: null, environmentOf: null } as const;

describe("a CycloneDX document", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema({ ...schema(name), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
  }
  const validate = ajv.compile(schema("bom-1.6"));

  it.each([
    ["with everything", attestedImage()],
    ["of a source on scratch", attestedImage(bare)],
  ])("fits CycloneDX's own schema: %s", (_, image) => {
    expect([validate(cyclonedx(image)), validate.errors]).toEqual([true, null]);
  });

  it("is refused by that schema where a hash is cut short", () => {
    const document = cyclonedx(attestedImage()) as { components: { hashes: { content: string }[] }[] };
    const hashed = document.components.find(({ hashes }) => hashes !== undefined)!;
    hashed.hashes[0]!.content = "abc";
    expect(validate(document)).toBe(false);
  });

  it("names every package as scanners look for it", () => {
    const { components } = cyclonedx(attestedImage()) as { components: { purl?: string }[] };
    expect(components.flatMap(({ purl }) => purl ?? [])).toEqual(
      expect.arrayContaining([
        "pkg:deb/debian/libc6@2.36-9+deb12u13?arch=amd64",
        "pkg:deb/debian/g%2B%2B@4:12.2.0-3?arch=amd64",
        "pkg:pypi/typing-extensions@4.12.2",
        "pkg:pypi/torch@2.7.1+cu126",
      ]),
    );
  });
});

describe("an SPDX document", () => {
  interface Spdx {
    readonly SPDXID: string;
    readonly packages: readonly { readonly SPDXID: string; readonly name: string }[];
    readonly relationships: readonly { readonly spdxElementId: string; readonly relatedSpdxElement: string }[];
  }

  it("has an identifier of its own for every part, and relates only what it holds", () => {
    const { SPDXID, packages, relationships } = spdx(attestedImage()) as unknown as Spdx;
    const ids = [SPDXID, ...packages.map((part) => part.SPDXID)];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of relationships) {
      expect(ids).toContain(spdxElementId);
      expect(ids).toContain(relatedSpdxElement);
    }
    expect(relationships).toHaveLength(packages.length);
  });

  it("writes its time as SPDX wants it, without parts of a second", () => {
    expect(spdx(attestedImage())["creationInfo"]).toMatchObject({ created: "2023-11-14T22:13:20Z" });
  });
});

describe("provenance", () => {
  it("names the commit, the base, the environment's release and every package by hash", () => {
    const { resolvedDependencies } = provenance(attestedImage()).buildDefinition;
    expect(resolvedDependencies.map(({ name, digest }) => name ?? Object.keys(digest ?? {})[0])).toEqual([
      "source",
      "base",
      "environment",
      "sha256",
      "sha256",
      "sha256",
      "sha256",
    ]);
  });

  it("says nothing of a source's address where morello.yaml names none", () => {
    const image = attestedImage();
    const nameless = { ...image, source: { ...image.source, url: null, tagObject: null } };
    const [source] = provenance(nameless).buildDefinition.resolvedDependencies;
    expect(source).toEqual({ name: "source", digest: { gitCommit: image.source.commit } });
  });
});

describe("a statement", () => {
  it.each(ATTESTATIONS)("is the same bytes each time it is made: %s", (kind) => {
    expect(attestationBytes(kind, attestedImage())).toEqual(attestationBytes(kind, attestedImage()));
  });

  it.each(ATTESTATIONS)("is read back as what it was made as: %s", (kind) => {
    const { digest } = attestedImage();
    expect(readAttestation(attestationBytes(kind, attestedImage()), digest)).toMatchObject({ attestation: kind });
  });

  it("about another image is refused", () => {
    const other = `sha256:${"9".repeat(64)}`;
    expect(readAttestation(attestationBytes("spdx", attestedImage()), other)).toMatchObject({ kind: "bad" });
  });

  it.each([
    ["bytes that are no text", Buffer.from([0xff, 0xfe])],
    ["JSON that is no statement", Buffer.from("[]")],
    ["provenance of another builder", forged()],
  ])("is refused where it is malformed: %s", (_, bytes) => {
    expect(readAttestation(bytes, attestedImage().digest)).toMatchObject({ kind: "bad" });
  });

  it("of a kind that Morello does not write is somebody else's", () => {
    const text = attestationBytes("spdx", attestedImage()).toString("utf8");
    const foreign = Buffer.from(text.replace("https://spdx.dev/Document", "https://example.com/review"));
    expect(readAttestation(foreign, attestedImage().digest)).toEqual({
      kind: "other",
      predicateType: "https://example.com/review",
    });
  });
});

function forged(): Buffer {
  const text = attestationBytes("provenance", attestedImage()).toString("utf8");
  return Buffer.from(text.replace("urn:morello:builder:1", "https://example.com/builder"));
}
