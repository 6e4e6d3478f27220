// A detected line and what git found out about it -> the line as people and scripts see it.
import type { Line, UpstreamDifference } from "../wire/line.ts";
import type { DetectedLine } from "./detect.ts";
import { maintenanceOf } from "./maintenance.ts";
import { planningTip, relationOf } from "./planning-tip.ts";
import type { SeriesTag } from "./series.ts";

export interface LineFacts {
  /** Counts of `git rev-list --left-right --count local...remote`; null unless both sides are there and differ. */
  readonly distance: { readonly ahead: number; readonly behind: number } | null;
  /** The first of the line's `tags` that the planning tip reaches. */
  readonly lastTag: SeriesTag | null;
}

/** Unix seconds and calendar months. */
export interface Age {
  readonly now: number;
  readonly months: number;
}

/** The commit a line is planned on, before its last tag is known; see `planningTip`. */
export function tipOf(line: DetectedLine, distance: LineFacts["distance"]): { tip: string; time: number } {
  const relation = relationOf(distance?.ahead ?? 0, distance?.behind ?? 0);
  const { tip, plannedOn } = planningTip(line.localTip, line.remoteTip, relation);
  return { tip, time: (plannedOn === "local" ? line.localTime : line.remoteTime) ?? 0 };
}

/** Puts a line together; pure, times in Unix seconds. */
export function assembleLine(line: DetectedLine, { distance, lastTag }: LineFacts, { now, months }: Age): Line {
  const { settings } = line;
  const { tip, time } = tipOf(line, distance);
  return {
    name: line.name,
    refname: line.refname,
    remoteRefname: line.remoteRefname,
    tip,
    localTip: line.localTip,
    difference: differenceOf(line, distance),
    version: [...line.version],
    tagPrefix: line.tagPrefix,
    lastTag: lastTag?.name ?? null,
    tagTime: lastTag?.time ?? null,
    tipTime: time,
    maintenance: maintenanceOf(settings.maintained, time, lastTag?.time ?? null, now, months),
    owners: [...settings.owners],
    confirm: settings.confirm,
    verify: settings.verify,
    image: settings.image,
  };
}

function differenceOf(line: DetectedLine, distance: LineFacts["distance"]): UpstreamDifference | null {
  const { remoteRefname, remoteTip, localTip } = line;
  if (distance === null || remoteRefname === null || remoteTip === null || localTip === null) return null;
  return { upstream: remoteRefname, upstreamTip: remoteTip, localTip, ...distance };
}
