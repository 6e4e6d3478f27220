// A process that writes into a layout: `DIRECTORY tags PREFIX COUNT`, which tells each tag once it is written, or
// `DIRECTORY blob BYTES`, which tells its error.
import { isAppError } from "../../src/error.ts";
import { OCI } from "../../src/oci/media-type.ts";
import { contentOf } from "../../src/registry/content.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { noise, put, testImage } from "./images.ts";

const [directory = "", what, ...rest] = process.argv.slice(2);
const store = openLayout({ directory, name: "oci:out" });

if (what === "tags") {
  const [prefix = "", count] = rest;
  for (let n = 0; n < Number(count); n++) {
    const tag = `${prefix}${n}`;
    await put(store, testImage([{ "app/a.txt": tag }]), tag);
    process.stdout.write(`${tag}\n`);
  }
} else {
  await store.putBlob(contentOf(OCI.layer, noise(Number(rest[0])))).catch((cause: unknown) => {
    if (!isAppError(cause)) throw cause;
    process.stdout.write(JSON.stringify({ code: cause.code, hint: cause.hint }));
  });
}
