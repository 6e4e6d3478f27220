// What `morello hooks` did to the hooks of a repository.
import { z } from "zod";

export const HookName = z.enum(["commit-msg", "pre-commit", "pre-push"]);
export type HookName = z.infer<typeof HookName>;

export const HookResult = z.strictObject({
  hook: HookName,
  file: z.string(),
  /**
   * `installed`: a file of our own; `added`: a block in a hook that was there; `updated`: our block is another one now;
   * `unchanged`: it was there, or there was nothing to take out; `removed`: our block, or our file, is gone;
   * `left`: the hook is somebody else's and nothing that a block could be put into: `add` says what to add.
   */
  result: z.enum(["installed", "added", "updated", "unchanged", "removed", "left"]),
  /** Why it was left alone; null if it was not. */
  reason: z.string().nullable(),
  /** The command that the hook would have to run; null unless it was left alone. */
  add: z.string().nullable(),
});
export type HookResult = z.infer<typeof HookResult>;

export const HooksOutcome = z.strictObject({
  kind: z.literal("hooks"),
  directory: z.string(),
  hooks: z.array(HookResult),
});
export type HooksOutcome = z.infer<typeof HooksOutcome>;
