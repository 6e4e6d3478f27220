// What engines leave in a layer because of how they run steps, each in its own way: where they mount, and their own marks.
import type { DropRule } from "./drop.ts";

/** Where the steps of an environment see the build context, below the root. */
export const CONTEXT_MOUNT = "run/morello";

export const MOUNTED: readonly DropRule[] = [
  { pattern: "etc/hostname", reason: "mounted over in every container" },
  { pattern: "etc/hosts", reason: "mounted over in every container" },
  { pattern: "etc/resolv.conf", reason: "mounted over in every container" },
  { pattern: "dev/*", reason: "made anew in every container" },
  { pattern: "proc/*", reason: "made anew in every container" },
  { pattern: "sys/*", reason: "made anew in every container" },
  { pattern: CONTEXT_MOUNT, reason: "where the steps saw the build context" },
  { pattern: "run/secrets", reason: "where the engine shows secrets" },
  { pattern: "run/.containerenv", reason: "says which engine it was" },
  { pattern: ".dockerenv", reason: "says which engine it was" },
  { pattern: "etc/.pwd.lock", reason: "a lock, which is made anew" },
  { pattern: "var/lib/dpkg/lock*", reason: "a lock, which is made anew" },
  { pattern: "var/lib/dpkg/triggers/Lock", reason: "a lock, which is made anew" },
  { pattern: "var/log/lastlog", reason: "a log of log-ins" },
  { pattern: "var/log/faillog", reason: "a log of log-ins" },
];
