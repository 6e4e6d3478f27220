// The parts of GitHub's answers that Morello reads. What else they hold goes through untouched.
import { z } from "zod";

export const RuleShape = z.looseObject({
  type: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});
export type RuleShape = z.infer<typeof RuleShape>;

const BypassActor = z.looseObject({
  actor_id: z.int().nullish(),
  actor_type: z.string(),
  bypass_mode: z.string().default("always"),
});
export type BypassActor = z.infer<typeof BypassActor>;

export const RulesetSummary = z.looseObject({
  id: z.int(),
  name: z.string(),
  target: z.string().default("branch"),
  source_type: z.string().default("Repository"),
  source: z.string(),
  enforcement: z.string(),
});

export const Ruleset = RulesetSummary.extend({
  /** Left out for tokens that may not change the ruleset. */
  bypass_actors: z.array(BypassActor).optional(),
  conditions: z
    .looseObject({
      ref_name: z
        .looseObject({ include: z.array(z.string()).default([]), exclude: z.array(z.string()).default([]) })
        .optional(),
    })
    .nullish(),
  rules: z.array(RuleShape).default([]),
});
export type Ruleset = z.infer<typeof Ruleset>;

/** A rule in force on a branch, whichever ruleset it comes from. */
export const EffectiveRule = RuleShape.extend({
  ruleset_id: z.int().optional(),
  ruleset_source: z.string().optional(),
});
export type EffectiveRule = z.infer<typeof EffectiveRule>;

export const RepositoryShape = z.looseObject({
  full_name: z.string(),
  default_branch: z.string(),
  permissions: z.looseObject({ admin: z.boolean() }).optional(),
});
