// An image's parts as a CycloneDX 1.6 document. The same image gives the same bytes.
import { createHash } from "node:crypto";
import * as Enums from "@cyclonedx/cyclonedx-library/Enums";
import * as Models from "@cyclonedx/cyclonedx-library/Models";
import { JSON as JsonFormat, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import { debUrl, imageUrl, wheelUrl } from "./package-url.ts";
import { bare, type AttestedImage } from "./subject.ts";

export const CYCLONEDX = "https://cyclonedx.org/bom";

export function cyclonedx(image: AttestedImage): Record<string, unknown> {
  const self = new Models.Component(Enums.ComponentType.Container, image.name, {
    bomRef: image.digest,
    version: image.digest,
    purl: imageUrl(image.name, image.digest),
    hashes: sha256(bare(image.digest)),
  });
  const bom = new Models.Bom({
    version: 1,
    serialNumber: `urn:uuid:${uuidOf(`${image.digest} cyclonedx`)}`,
    metadata: new Models.Metadata({
      timestamp: new Date(image.created * 1000),
      component: self,
      tools: new Models.Tools({
        components: new Models.ComponentRepository([new Models.Component(Enums.ComponentType.Application, "morello")]),
      }),
    }),
  });
  const add = (component: Models.Component): void => {
    bom.components.add(component);
    self.dependencies.add(component.bomRef);
  };
  add(
    new Models.Component(Enums.ComponentType.Application, image.name.split("/").at(-1) ?? image.name, {
      bomRef: `gitCommit:${image.source.commit}`,
      version: image.tag,
      properties: new Models.PropertyRepository([
        new Models.Property("morello:commit", image.source.commit),
        new Models.Property("morello:tree", image.source.tree),
      ]),
    }),
  );
  if (image.base !== null) {
    add(
      new Models.Component(Enums.ComponentType.Container, image.base.reference.replace(/@.*$/, ""), {
        bomRef: `base:${image.base.digest}`,
        version: image.base.digest,
        purl: imageUrl(image.base.reference, image.base.digest),
        hashes: sha256(bare(image.base.digest)),
      }),
    );
  }
  for (const deb of image.lock?.debs ?? []) {
    const { name, version } = deb;
    add(library(name, version, debUrl(deb), deb.sha256));
  }
  for (const wheel of image.lock?.wheels ?? []) {
    const { name, version } = wheel;
    add(library(name, version, wheelUrl(wheel), wheel.sha256));
  }
  const serialiser = new JsonSerializer(new JsonFormat.Normalize.Factory(Spec1dot6));
  return JSON.parse(serialiser.serialize(bom, { sortLists: true })) as Record<string, unknown>;
}

function library(name: string, version: string, purl: string, digest: string): Models.Component {
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl,
    version,
    purl,
    hashes: sha256(digest),
  });
}

function sha256(digest: string): Models.HashDictionary {
  return new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], digest]]);
}

/** A UUID of version 8 (RFC 9562: bits of one's own making) that follows from the text. */
export function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
