// The tags under which attestations are found where a registry keeps no track of subjects. Values in, values out.
import { AppError } from "../error.ts";

/** The tag of an index that all referrers share. Source: OCI distribution spec, "Referrers Tag Schema". */
export function sharedTag(subject: string): string {
  return subject.replace(":", "-");
}

/** What all tags of single attestations of that subject begin with. */
export function attestationPrefix(subject: string): string {
  return `${sharedTag(subject)}.`;
}

/**
 * The tag of one attestation: `sha256-<subject>.<kind>-<12 digits of its own digest>`. Two writers never share one.
 * `kind`: small letters and digits, at most 20.
 */
export function attestationTag(subject: string, kind: string, digest: string): string {
  if (!/^[a-z0-9]{1,20}$/.test(kind)) throw new AppError("internal", `No kind of attestation: ${kind}`);
  return `${attestationPrefix(subject)}${kind}-${digest.slice("sha256:".length, "sha256:".length + 12)}`;
}
