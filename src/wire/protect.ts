// What `morello protect` says: what a forge lets happen to release lines, ledgers and release tags, and what it should.
import { z } from "zod";
import { Digest } from "./record.ts";

const SettingValue = z.union([z.boolean(), z.number(), z.string(), z.array(z.string()).readonly()]);
const Settings = z.record(z.string(), SettingValue);

/** One setting of something that Morello keeps at the forge. */
export const ProtectDifference = z.strictObject({
  /** `ruleset Morello: release lines`, `protected branch release/*` */
  rule: z.string(),
  setting: z.string(),
  /** Null: the rule is not there. */
  found: SettingValue.nullable(),
  /** Null: the rule is to go, since nothing asks for it any more. */
  wanted: SettingValue.nullable(),
  why: z.string(),
});
export type ProtectDifference = z.infer<typeof ProtectDifference>;

/** What does not hold although Morello's rules are as wanted: a person must see to it. */
export const ProtectShortfall = z.strictObject({
  rule: z.string(),
  /** Full refname, or the forge's own place of a setting. */
  ref: z.string(),
  setting: z.string(),
  found: SettingValue.nullable(),
  wanted: SettingValue,
  why: z.string(),
});
export type ProtectShortfall = z.infer<typeof ProtectShortfall>;

const state = {
  forge: z.enum(["github", "gitlab"]),
  host: z.string(),
  project: z.string(),
  /** `rulesets`, `branch protection`, `protected branches and tags` */
  means: z.string(),
  /** Rules that are not Morello's: shown, never touched. */
  others: z.array(z.strictObject({ name: z.string(), source: z.string(), settings: Settings })),
  /** Who need not heed which rule. */
  bypasses: z.array(z.strictObject({ rule: z.string(), actor: z.string(), when: z.string() })),
  /** What the forge, its plan or the token cannot do: sentences. */
  limits: z.array(z.string()),
  shortfalls: z.array(ProtectShortfall),
  /** SHA-256 of the rules in force, as far as the token may see them. */
  rulesDigest: Digest,
  /** No difference and no shortfall is left. */
  ok: z.boolean(),
};

export const ProtectOutcome = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("checked"), ...state, differences: z.array(ProtectDifference) }),
  /** Somebody was asked, and said no; nothing was written. */
  z.strictObject({ kind: z.literal("declined"), ...state, differences: z.array(ProtectDifference) }),
  z.strictObject({
    kind: z.literal("applied"),
    ...state,
    /** What was written. Empty: nothing was to be done. */
    differences: z.array(ProtectDifference),
    /** What is different still, read back after writing. */
    remaining: z.array(ProtectDifference),
  }),
]);
export type ProtectOutcome = z.infer<typeof ProtectOutcome>;
