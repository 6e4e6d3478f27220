// Why a line cannot be released as things stand, each with the command that helps.
import { HEADS } from "../../line/ref.ts";
import type { Changes } from "../../release/changes.ts";
import type { NoVersion } from "../../release/version.ts";
import type { ReleaseOutcome } from "../../wire/release.ts";
import type { Survey } from "./survey.ts";

export type Refusal = Extract<ReleaseOutcome, { kind: "refused" }>;

export function refuse(line: string, reason: Refusal["reason"], message: string, hint: string): Refusal {
  return { kind: "refused", line, reason, message, hint, entries: [], verify: null };
}

/** Of the line and its remote, before any version is thought of; null if nothing is in the way. */
export function refuseStanding({ line, remote, unknown, graph, remoteBranch }: Survey, push: boolean): Refusal | null {
  const say = (reason: Refusal["reason"], message: string, hint: string): Refusal =>
    refuse(line.name, reason, message, hint);
  const { difference } = line;
  if (difference !== null && difference.behind > 0) {
    const upstream = difference.upstream.replace(/^refs\/remotes\//, "");
    if (difference.ahead > 0)
      return say(
        "diverged",
        `${line.name} has ${difference.ahead} commits that ${upstream} lacks, and lacks ${difference.behind} of its own`,
        `git rebase ${upstream} ${line.name}`,
      );
    return say(
      "behind",
      `${line.name} lacks ${difference.behind} commits of ${upstream}`,
      `git switch ${line.name} && git merge --ff-only ${upstream}`,
    );
  }
  if (remote === null || remote.refs === null) return null;
  if (unknown.length > 0) {
    const specs = unknown.map((name) => `refs/tags/${name}:refs/tags/${name}`);
    return say(
      "unknown-tags",
      `${remote.name} has tags of ${line.name} that are not here: ${unknown.join(", ")}`,
      `git fetch ${remote.name} ${specs.join(" ")}`,
    );
  }
  const there = remote.refs.refs.get(remoteBranch);
  const [at, tip] = [there === undefined ? null : graph.find(there), graph.find(line.tip)];
  if (!push || there === undefined || (at !== null && tip !== null && graph.isAncestor(at, tip))) return null;
  return say(
    "behind",
    `${line.name} on ${remote.name} is at ${there.slice(0, 12)}, which is not part of it here`,
    `git fetch ${remote.name} ${remoteBranch.slice(HEADS.length)}`,
  );
}

/** Of the version. */
export function refuseVersion({ line }: Survey, { why, detail }: NoVersion, { entries }: Changes): Refusal {
  const command = `morello release ${line.name}`;
  const hints: Readonly<Record<NoVersion["why"], string>> = {
    "feature": `${command} --allow-feature --reason WHY`,
    "breaking": `${command} --allow-feature --reason WHY`,
    "no-version": `${command} --version VERSION`,
    "exhausted": `make a line for what comes next: git branch ${line.name}.x ${line.name}`,
    "malformed": `${command} --version 1.2.3, or leave --version out`,
    "outside": `${command}, without --version, takes the next one`,
    "exists": `${command}, without --version, takes the next one`,
    "backwards": `${command}, without --version or --pre, takes the next one`,
  };
  const against = entries.filter(({ group, breaking }) =>
    why === "breaking" ? breaking : why === "feature" ? group === "feature" : false,
  );
  return { ...refuse(line.name, why, detail, hints[why]), entries: against };
}
