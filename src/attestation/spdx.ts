// An image's parts as an SPDX 2.3 document. The same image gives the same bytes. Source: the SPDX 2.3 specification.
import { debUrl, imageUrl, wheelUrl } from "./package-url.ts";
import { bare, type AttestedImage } from "./subject.ts";
import { uuidOf } from "./cyclonedx.ts";

export const SPDX = "https://spdx.dev/Document";

interface Part {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string | null;
  readonly sha256: string | null;
  readonly purpose: "CONTAINER" | "LIBRARY" | "SOURCE";
}

export function spdx(image: AttestedImage): Record<string, unknown> {
  const self: Part = {
    id: "SPDXRef-Image",
    name: image.name,
    version: image.digest,
    purl: imageUrl(image.name, image.digest),
    sha256: bare(image.digest),
    purpose: "CONTAINER",
  };
  const parts = partsOf(image);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `${image.name}@${image.digest}`,
    documentNamespace: `urn:uuid:${uuidOf(`${image.digest} spdx`)}`,
    creationInfo: {
      created: new Date(image.created * 1000).toISOString().replace(".000Z", "Z"),
      creators: ["Tool: morello"],
    },
    packages: [self, ...parts].map(packageOf),
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: self.id },
      ...parts.map(({ id }) => ({ spdxElementId: self.id, relationshipType: "CONTAINS", relatedSpdxElement: id })),
    ],
  };
}

function partsOf({ base, lock, source, name, tag }: AttestedImage): Part[] {
  const source1: Part = {
    id: "SPDXRef-Source",
    name: name.split("/").at(-1) ?? name,
    version: tag,
    purl: null,
    sha256: null,
    purpose: "SOURCE",
  };
  const under: Part[] =
    base === null
      ? []
      : [
          {
            id: "SPDXRef-Base",
            name: base.reference.replace(/@.*$/, ""),
            version: base.digest,
            purl: imageUrl(base.reference, base.digest),
            sha256: bare(base.digest),
            purpose: "CONTAINER",
          },
        ];
  const packages = [
    ...(lock?.debs ?? []).map((deb) => ({ ...deb, purl: debUrl(deb) })),
    ...(lock?.wheels ?? []).map((wheel) => ({ ...wheel, purl: wheelUrl(wheel) })),
  ];
  return [
    { ...source1, version: `${tag} (${source.commit})` },
    ...under,
    ...packages.map(({ name: packageName, version, purl, sha256 }, at): Part => ({
      id: `SPDXRef-Package-${at + 1}`,
      name: packageName,
      version,
      purl,
      sha256,
      purpose: "LIBRARY",
    })),
  ];
}

function packageOf({ id, name, version, purl, sha256, purpose }: Part): Record<string, unknown> {
  return {
    SPDXID: id,
    name,
    versionInfo: version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    primaryPackagePurpose: purpose,
    ...(sha256 === null ? {} : { checksums: [{ algorithm: "SHA256", checksumValue: sha256 }] }),
    ...(purl === null
      ? {}
      : { externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }] }),
  };
}
