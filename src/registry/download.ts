// One blob out of a repository as a stream; where the connection is cut, the rest is asked for. Judges no digest.
import type { Descriptor } from "../oci/schema.ts";
import { missing } from "./content.ts";
import { backOff, isPassingFailure, TRIES } from "./patience.ts";
import type { Session } from "./session.ts";

/** Throws `image-missing`, `registry-failed`. */
export async function* download(
  session: Session,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
): AsyncGenerator<Uint8Array> {
  const at = `/v2/${session.options.repository}/blobs/${digest}`;
  let seen = 0;
  for (let attempt = 1; ; attempt++) {
    const before = seen;
    const headers: Record<string, string> = seen === 0 ? {} : { Range: `bytes=${seen}-` };
    try {
      const answer = await session.request({ method: "GET", at, access: "pull", headers }, [200, 206, 404]);
      if (answer.status === 404) throw missing(session.name, digest);
      let known = answer.status === 206 ? 0 : seen; // a registry may not know ranges
      for await (const chunk of answer.body) {
        const fresh = chunk.subarray(known);
        known -= chunk.length - fresh.length;
        seen += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (cause) {
      if (!isPassingFailure(cause) || attempt === TRIES) throw session.phrased(cause, attempt);
      if (seen >= size) return;
      if (seen > before) attempt = 0; // it does get on
      await session.options.wait(backOff(attempt + 1, digest));
    }
  }
}
