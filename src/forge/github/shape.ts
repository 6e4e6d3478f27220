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

export type RulesetSummary = z.infer<typeof RulesetSummary>;

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

const Flag = z.looseObject({ enabled: z.boolean() });
const Actors = z.looseObject({
  users: z.array(z.looseObject({ login: z.string() })).optional(),
  teams: z.array(z.looseObject({ slug: z.string() })).optional(),
  apps: z.array(z.looseObject({ slug: z.string() })).optional(),
});

/** The classic protection of one branch: all that writing it again takes. */
export const BranchProtection = z.object({
  required_status_checks: z
    .looseObject({
      strict: z.boolean().optional(),
      contexts: z.array(z.string()).optional(),
      checks: z.array(z.looseObject({ context: z.string(), app_id: z.int().nullish() })).optional(),
    })
    .optional(),
  enforce_admins: Flag.optional(),
  required_pull_request_reviews: z
    .looseObject({
      dismiss_stale_reviews: z.boolean().optional(),
      require_code_owner_reviews: z.boolean().optional(),
      require_last_push_approval: z.boolean().optional(),
      required_approving_review_count: z.int().optional(),
      dismissal_restrictions: Actors.optional(),
      bypass_pull_request_allowances: Actors.optional(),
    })
    .optional(),
  restrictions: Actors.optional(),
  required_linear_history: Flag.optional(),
  allow_force_pushes: Flag.optional(),
  allow_deletions: Flag.optional(),
  block_creations: Flag.optional(),
  required_conversation_resolution: Flag.optional(),
  lock_branch: Flag.optional(),
  allow_fork_syncing: Flag.optional(),
});
export type BranchProtection = z.infer<typeof BranchProtection>;

export const RepositoryShape = z.looseObject({
  full_name: z.string(),
  default_branch: z.string(),
});
