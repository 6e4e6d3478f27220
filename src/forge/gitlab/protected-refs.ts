// GitLab by protected branches and tags, and by the approvals of merge requests. Where several patterns match a branch,
// GitLab lets the most permissive win, so others' patterns can undo what Morello asks for: that is told, not touched.
// Source: GitLab's page "Protection rules and permissions".
import { understood } from "../answer.ts";
import type { Client } from "../client.ts";
import type { Forge, Protection, WantedEntry } from "../port.ts";
import type { Demand } from "../wanted.ts";
import { adopted, ownBranch, patternsOf, protectionOf, strictest, type Found } from "./protection.ts";
import {
  APPROVALS,
  approvalBody,
  branchKey,
  DEVELOPERS,
  NO_ONE,
  pushRole,
  RULE,
  RULE_NAME,
  tagKey,
} from "./settings.ts";
import { ApprovalRule, ApprovalSettings, ProtectedBranch, ProtectedTag } from "./shape.ts";

/** `id` is the project's number. */
export function protectedRefForge(client: Client, id: number, demands: readonly Demand[]): Forge {
  const root = `/projects/${id}`;
  const branches = patternsOf(demands, "branch");
  const tags = patternsOf(demands, "tag");
  const reviews = strictest(demands);
  let last: Found = { branches: [], tags: [], approvals: null, rules: [] };

  const read = async (): Promise<Protection> => {
    const [branchList, tagList] = await Promise.all([
      client.list(`${root}/protected_branches`),
      client.list(`${root}/protected_tags`),
    ]);
    // Asked only where policy wants approvals: it is part of paid plans.
    const settings = reviews === null ? null : await client.request("GET", `${root}/approvals`, { ok: [403, 404] });
    const approvals = settings?.status === 200 ? understood(ApprovalSettings, settings.body, APPROVALS) : null;
    const rules = approvals === null ? [] : (await client.list(`${root}/approval_rules`)).items;
    last = {
      branches: branchesIn(branchList.items),
      tags: tagList.items.map((item) => understood(ProtectedTag, item, "protected tags")),
      approvals,
      rules: rules.map((rule) => understood(ApprovalRule, rule, "approval rules")),
    };
    return protectionOf(last, { branches, tags, reviews });
  };

  const write = async (keys: readonly string[]): Promise<void> => {
    const { wanted } = protectionOf(last, { branches, tags, reviews });
    for (const { demand, pattern } of branches.filter((each) => keys.includes(branchKey(each.pattern)))) {
      await writeBranch(client, root, pattern, demand, ownBranch(last, pattern));
    }
    for (const { pattern } of tags.filter((each) => keys.includes(tagKey(each.pattern)))) {
      await client.request("POST", `${root}/protected_tags`, { body: { name: pattern } });
    }
    const approvals = wanted.find(({ key }) => key === APPROVALS && keys.includes(key));
    if (approvals !== undefined) {
      await client.request("POST", `${root}/approvals`, { body: approvalBody(approvals.settings) });
    }
    const rule = wanted.find(({ key }) => key === RULE && keys.includes(key));
    if (rule !== undefined) await writeRule(rule);
  };

  const writeRule = async ({ settings }: WantedEntry): Promise<void> => {
    const { items } = await client.list(`${root}/protected_branches`); // some were made just now
    const scope = settings["applies to"];
    const ids = branchesIn(items)
      .filter(({ name }) => Array.isArray(scope) && (scope as readonly string[]).includes(name))
      .map((branch) => branch.id);
    const body = {
      name: RULE_NAME,
      approvals_required: settings["approvals"],
      ...(ids.length === 0 ? {} : { protected_branch_ids: ids }),
    };
    const there = adopted(last.rules);
    // Of the other types, a rule that names nobody is one that nobody need heed.
    if (there === null) {
      await client.request("POST", `${root}/approval_rules`, { body: { ...body, rule_type: "any_approver" } });
    } else {
      await client.request("PUT", `${root}/approval_rules/${there.id}`, { body });
    }
  };

  return { kind: "gitlab", means: "protected branches and tags", read, write };
}

function branchesIn(items: readonly unknown[]): ProtectedBranch[] {
  return items.map((item) => understood(ProtectedBranch, item, "protected branches"));
}

async function writeBranch(
  client: Client,
  root: string,
  pattern: string,
  { reviews }: Demand,
  found: ProtectedBranch | undefined,
): Promise<void> {
  if (found === undefined) {
    const body = {
      name: pattern,
      push_access_level: reviews === null ? DEVELOPERS : NO_ONE,
      merge_access_level: DEVELOPERS,
      allow_force_push: false,
    };
    await client.request("POST", `${root}/protected_branches`, { body });
    return;
  }
  const roles = found.push_access_levels.filter((level) => !(level.user_id ?? level.group_id ?? level.deploy_key_id));
  const tighten = reviews !== null && pushRole(found.push_access_levels) !== "no one";
  const [first, ...more] = roles.flatMap((level) => level.id ?? []);
  const push =
    tighten && first !== undefined
      ? [{ id: first, access_level: NO_ONE }, ...more.map((level) => ({ id: level, _destroy: true }))]
      : [];
  const body = { allow_force_push: false, ...(push.length === 0 ? {} : { allowed_to_push: push }) };
  await client.request("PATCH", `${root}/protected_branches/${encodeURIComponent(pattern)}`, { body });
}
