// Gzip to the bytes in it, through node:zlib: what comes out does not depend on whose zlib it is.
import { createGunzip } from "node:zlib";
import { AppError } from "../error.ts";

/** Throws `image-damaged` where the stream is cut or broken; errors of `chunks` pass through. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const inflating = createGunzip({ chunkSize: 1 << 18 });
  let failed: { readonly cause: unknown } | null = null;
  const feeding = (async () => {
    try {
      for await (const chunk of chunks) {
        if (inflating.destroyed) return;
        if (!inflating.write(chunk))
          await new Promise<void>((resolve) => {
            const go = (): void => {
              inflating.off("drain", go).off("close", go);
              resolve();
            };
            inflating.once("drain", go).once("close", go);
            if (inflating.destroyed) go();
          });
      }
      inflating.end();
    } catch (cause) {
      failed = { cause };
      inflating.destroy();
    }
  })();
  try {
    for await (const piece of inflating) yield piece as Buffer;
  } catch (cause) {
    if (failed === null)
      throw new AppError("image-damaged", "A layer's gzip cannot be read: it is cut or broken", {
        cause,
        hint: "skopeo copy the image again, and compare its digest",
      });
  } finally {
    inflating.destroy();
    await feeding;
  }
  rethrow(failed);
}

function rethrow(failed: { readonly cause: unknown } | null): void {
  if (failed !== null) throw failed.cause;
}
