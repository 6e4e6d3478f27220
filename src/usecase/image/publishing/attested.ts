// A release's image and the tree it comes from -> what its attestations tell.
import { lockedEnvironment } from "../../../environment/lock.ts";
import type { AttestedImage } from "../../../attestation/subject.ts";
import { inputsOf, type Source } from "../composing/builder.ts";
import { versionTag } from "../composing/dress.ts";

export interface AttestedFacts {
  readonly source: Source;
  readonly variant: string;
  readonly platform: string;
  /** Of this platform's manifest. */
  readonly digest: string;
  /** Digests, lowest first. */
  readonly layers: readonly string[];
  readonly environmentOf: AttestedImage["environmentOf"];
}

/** Null where the tree has no such variant. */
export function attestedImage(facts: AttestedFacts): AttestedImage | null {
  const { subject, spec } = facts.source;
  const inputs = inputsOf(spec, facts.variant, facts.platform);
  if (inputs === null) return null;
  const { variant } = inputs;
  const lock = lockedEnvironment(spec.lock, facts.variant, facts.platform);
  const { base } = variant.environment;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(base)?.[1];
  return {
    name: spec.image.name,
    digest: facts.digest,
    tag: versionTag(subject.version, variant.suffix),
    variant: variant.suffix === "" ? null : variant.name,
    platform: facts.platform,
    created: subject.committed,
    source: {
      url: spec.image.url ?? null,
      commit: subject.commit,
      tree: subject.tree,
      tagObject: subject.tagObject,
    },
    base: digest === undefined ? null : { reference: base, digest },
    environmentOf: facts.environmentOf,
    environmentKey: inputs.key,
    lock,
    layers: facts.layers,
    checkpoint: subject.checkpoint,
  };
}
