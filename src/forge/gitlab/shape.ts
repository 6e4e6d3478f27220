// The parts of GitLab's answers that Morello reads: doc/api/protected_branches.md, protected_tags.md and
// merge_request_approvals.md of GitLab.
import { z } from "zod";

export const AccessLevel = z.looseObject({
  id: z.int().optional(),
  /** 0 nobody, 30 developers, 40 maintainers, 60 administrators; null for a user or a group. */
  access_level: z.int().nullable(),
  access_level_description: z.string().nullish(),
  user_id: z.int().nullish(),
  group_id: z.int().nullish(),
  deploy_key_id: z.int().nullish(),
});
export type AccessLevel = z.infer<typeof AccessLevel>;

export const ProtectedBranch = z.looseObject({
  id: z.int(),
  name: z.string(),
  push_access_levels: z.array(AccessLevel),
  merge_access_levels: z.array(AccessLevel),
  allow_force_push: z.boolean().default(false),
  code_owner_approval_required: z.boolean().optional(),
  /** Set by a group above; Premium alone. */
  inherited: z.boolean().nullish(),
});
export type ProtectedBranch = z.infer<typeof ProtectedBranch>;

export const ProtectedTag = z.looseObject({ name: z.string(), create_access_levels: z.array(AccessLevel) });
export type ProtectedTag = z.infer<typeof ProtectedTag>;

export const ApprovalSettings = z.looseObject({
  reset_approvals_on_push: z.boolean(),
  disable_overriding_approvers_per_merge_request: z.boolean().nullish(),
  merge_requests_author_approval: z.boolean().nullish(),
  merge_requests_disable_committers_approval: z.boolean().nullish(),
});
export type ApprovalSettings = z.infer<typeof ApprovalSettings>;

export const ApprovalRule = z.looseObject({
  id: z.int(),
  name: z.string(),
  rule_type: z.string(),
  approvals_required: z.int(),
  applies_to_all_protected_branches: z.boolean().default(false),
  /** Empty: merge requests into any branch. */
  protected_branches: z.array(z.looseObject({ id: z.int(), name: z.string() })).default([]),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

export const ProjectShape = z.looseObject({ id: z.int(), default_branch: z.string().nullish() });
