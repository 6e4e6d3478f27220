// Is a line maintained? Configuration decides; without it, whether something moved lately.
import type { Maintenance } from "../wire/line.ts";

/**
 * Tells whether a line is maintained and why. Times are Unix seconds; unconfigured, a line is maintained if its tip's
 * commit or its last tag's is not older than `months` calendar months before `now`.
 */
export function maintenanceOf(
  override: boolean | "end-of-life" | null,
  tipTime: number,
  tagTime: number | null,
  now: number,
  months: number,
): Maintenance {
  if (override === "end-of-life") return { maintained: false, reason: "end-of-life" };
  if (override !== null) return { maintained: override, reason: "configured" };
  const since = monthsBefore(now, months);
  if (tipTime >= since) return { maintained: true, reason: "recent-tip" };
  if (tagTime !== null && tagTime >= since) return { maintained: true, reason: "recent-tag" };
  return { maintained: false, reason: "idle" };
}

/** The same day and time (UTC) so many months before, or the month's last day where it is shorter; Unix seconds. */
export function monthsBefore(time: number, months: number): number {
  const date = new Date(time * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1); // else 31 March minus one month is 3 March
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return Math.floor(date.getTime() / 1000);
}
