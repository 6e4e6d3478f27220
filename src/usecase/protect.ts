// `morello protect`: what the forge lets happen to release lines, ledgers and tags, what it should, and the difference
// written if somebody wants it. Only what Morello set at the forge is ever changed or removed.
import { AppError } from "../error.ts";
import { differences, type Difference } from "../forge/difference.ts";
import { digestOf } from "../forge/digest.ts";
import { openForge } from "../forge/open.ts";
import { forgePlace, type ForgePlace } from "../forge/place.ts";
import type { Forge, ForgeKind, Protection } from "../forge/port.ts";
import { wantedDemands, type Demand } from "../forge/wanted.ts";
import { remoteUrl } from "../git/push.ts";
import { policyOf } from "../line/settings.ts";
import { mergePolicy } from "../policy/default.ts";
import type { ProtectDifference, ProtectOutcome } from "../wire/protect.ts";
import { recordRules } from "./recording/record-rules.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export type { ForgeKind };

export interface ProtectInput {
  readonly apply: boolean;
  /** Null: as configuration says, else as the host's name shows. */
  readonly forge: ForgeKind | null;
  /** A remote's name; null: origin, or the only one. */
  readonly remote: string | null;
  /** The token for a host; null if there is none. */
  readonly tokenFor: (forge: ForgeKind, host: string) => string | null;
  /** Where a token for a host is looked for, in words and as a command. */
  readonly tokenAdvice: (forge: ForgeKind, host: string) => { readonly wanted: string; readonly command: string };
  /** Asked before anything is written, if there is a difference. */
  readonly confirm: (found: ProtectOutcome) => Promise<boolean>;
}

/** Throws `no-lines`, `forge-unknown`, `token-missing`, `forge-failed`, `remote-failed`, `usage`. */
export function protect(deps: Deps, input: ProtectInput): Promise<ProtectOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const demands = demandsOf(workspace);
    const url = await remoteUrl(workspace.repository, remoteOf(workspace, input.remote));
    const place = forgePlace(url, input.forge ?? workspace.config.forge.kind ?? null);
    const say = (step: string): void => deps.onProgress?.({ step: `${step} ${place.host}`, done: 0, total: 0 });
    say("asking");
    const forge = await openForge(place, { token: token(place, input), demands, signal: deps.signal ?? null });
    const before = await forge.read();
    const different = differences(before.wanted, before.entries);
    const checked: ProtectOutcome = {
      kind: "checked",
      ...stateOf(place, forge, before, different),
      differences: different.map(wireDifference),
    };
    if (!input.apply) return checked;
    if (different.length === 0) return { ...checked, kind: "applied", remaining: [] };
    if (!(await input.confirm(checked))) return { ...checked, kind: "declined" };
    say("writing to");
    await forge.write([...new Set(different.map(({ key }) => key))]);
    say("reading back from");
    const after = await forge.read();
    const remaining = differences(after.wanted, after.entries);
    const state = stateOf(place, forge, after, remaining);
    await recordRules(workspace, linesOf(workspace, await historyOf(workspace, [])), state.rulesDigest);
    return {
      kind: "applied",
      ...state,
      differences: different.map(wireDifference),
      remaining: remaining.map(wireDifference),
    };
  });
}

function demandsOf({ detected, config }: Workspace): Demand[] {
  if (detected.length === 0) {
    throw new AppError("no-lines", "There is no release line in this repository, so nothing to protect", {
      hint: "git fetch brings what the remote has; morello lines shows what is found",
    });
  }
  const lines = detected.map(({ name, pattern, tagPrefix, tags }) => ({
    name,
    pattern,
    tagPrefix,
    tags: tags.map((tag) => tag.name),
    policy: policyOf(config, name),
  }));
  const { check, checkApp = null } = config.forge;
  return wantedDemands({
    lines,
    policy: mergePolicy([config.policy]),
    check: check === undefined ? null : { name: check, app: checkApp },
  });
}

function remoteOf({ remotes, config }: Workspace, wanted: string | null): string {
  const found = wanted ?? config.remotes.find((name) => remotes.includes(name)) ?? null;
  if (found !== null) return found;
  if (remotes.includes("origin")) return "origin";
  const [only, ...more] = remotes;
  if (only !== undefined && more.length === 0) return only;
  throw new AppError(
    "usage",
    only === undefined
      ? "There is no remote, so no forge to ask"
      : `Several remotes could be the forge's: ${remotes.join(", ")}`,
    { hint: only === undefined ? "git remote add origin URL" : `morello protect --remote ${only}` },
  );
}

function token({ kind, host }: ForgePlace, { tokenFor, tokenAdvice }: ProtectInput): string {
  const found = tokenFor(kind, host);
  if (found !== null) return found;
  const { wanted, command } = tokenAdvice(kind, host);
  throw new AppError("token-missing", `No token for ${host} in the environment (wanted: ${wanted})`, { hint: command });
}

function stateOf(place: ForgePlace, forge: Forge, protection: Protection, left: readonly Difference[]) {
  const { others, bypasses, limits, effective } = protection;
  const open = new Set(left.map(({ key }) => key));
  const shortfalls = protection.shortfalls.filter(({ rule }) => !open.has(rule)); // the others come of the difference
  return {
    forge: forge.kind,
    host: place.host,
    project: place.project,
    means: forge.means,
    others: [...others],
    bypasses: [...bypasses],
    limits: [...limits],
    shortfalls,
    rulesDigest: digestOf({ forge: forge.kind, host: place.host, effective }),
    ok: left.length === 0 && shortfalls.length === 0,
  };
}

function wireDifference({ key, ...rest }: Difference): ProtectDifference {
  return { rule: key, ...rest };
}
