// A project on GitLab as far as protection goes: protected branches and tags, approvals of merge requests, and who may
// do what. Where patterns overlap, the most permissive wins. What GitLab refuses is given as its reasons.

export interface Access {
  readonly id: number;
  readonly access_level: number | null;
  readonly access_level_description: string;
  readonly user_id?: number | null;
  readonly group_id?: number | null;
  readonly deploy_key_id?: number | null;
}

export interface BranchEntry {
  readonly id: number;
  readonly name: string;
  readonly push_access_levels: readonly Access[];
  readonly merge_access_levels: readonly Access[];
  readonly allow_force_push: boolean;
  readonly inherited?: boolean;
}

export interface TagEntry {
  readonly name: string;
  readonly create_access_levels: readonly Access[];
}

export interface ApprovalFlags {
  readonly reset_approvals_on_push: boolean;
  readonly selective_code_owner_removals: boolean;
  readonly disable_overriding_approvers_per_merge_request: boolean;
  readonly merge_requests_author_approval: boolean;
  readonly merge_requests_disable_committers_approval: boolean;
  readonly require_password_to_approve: boolean;
}

export interface RuleEntry {
  readonly id: number;
  readonly name: string;
  readonly rule_type: "any_approver" | "regular";
  readonly approvals_required: number;
  /** Of protected branches; empty: all branches. */
  readonly branch_ids: readonly number[];
}

export interface MergeRequest {
  readonly target: string;
  readonly author: string;
  committers: string[];
  approvals: string[];
}

/** 30 developer, 40 maintainer. */
export interface Member {
  readonly name: string;
  readonly role: number;
  readonly deployKey?: number;
}

export type RefChange = "create" | "forward" | "force" | "delete";

const NAMES: Readonly<Record<number, string>> = { 0: "No one", 30: "Developers + Maintainers", 40: "Maintainers" };

export class GitLabState {
  branches: BranchEntry[] = [];
  tags: TagEntry[] = [];
  rules: RuleEntry[] = [];
  approvals: ApprovalFlags = {
    reset_approvals_on_push: false,
    selective_code_owner_removals: false,
    disable_overriding_approvers_per_merge_request: false,
    merge_requests_author_approval: true,
    merge_requests_disable_committers_approval: false,
    require_password_to_approve: false,
  };
  /** Approvals, and access of single users and levels changed in place, are for those who pay. */
  paid = true;
  #next = 1;

  number(): number {
    return this.#next++;
  }

  access(level: number, more: Partial<Access> = {}): Access {
    return { id: this.number(), access_level: level, access_level_description: NAMES[level] ?? "Role", ...more };
  }

  protect(name: string, push: number, force: boolean, more: Partial<BranchEntry> = {}): BranchEntry {
    const entry = {
      id: this.number(),
      name,
      push_access_levels: [this.access(push)],
      merge_access_levels: [this.access(30)],
      allow_force_push: force,
      ...more,
    };
    this.branches.push(entry);
    return entry;
  }

  isProtected(branch: string): boolean {
    return matching(this.branches, branch).length > 0;
  }

  /** A push, as `git push` makes it. */
  push(refname: string, change: RefChange, by: Member): string[] {
    const tag = /^refs\/tags\/(.+)$/.exec(refname)?.[1];
    if (tag !== undefined) return this.#pushTag(tag, change, by);
    const entries = matching(this.branches, refname.replace("refs/heads/", ""));
    if (entries.length === 0) return by.role >= 30 ? [] : ["You are not allowed to push code to this project."];
    if (change === "delete") return ["You can only delete protected branches using the web interface."];
    const may = entries.filter(({ push_access_levels: levels }) => levels.some((level) => lets(level, by)));
    if (may.length === 0) return ["You are not allowed to push code to protected branches on this project."];
    const force = entries.some(({ allow_force_push: allowed }) => allowed);
    return change === "force" && !force
      ? ["You are not allowed to force push code to a protected branch on this project."]
      : [];
  }

  #pushTag(tag: string, change: RefChange, by: Member): string[] {
    const entries = matching(this.tags, tag);
    if (entries.length === 0) return [];
    if (change === "delete") return ["You can only delete protected tags using the web interface."];
    if (change !== "create") return ["Protected tags cannot be updated."];
    const may = entries.some(({ create_access_levels: levels }) => levels.some((level) => lets(level, by)));
    return may ? [] : ["You are not allowed to create this tag as it is protected."];
  }

  open(target: string, author: string): MergeRequest {
    return { target, author, committers: [author], approvals: [] };
  }

  pushToMergeRequest(request: MergeRequest, by: string): void {
    request.committers = [...new Set([...request.committers, by])];
    if (this.approvals.reset_approvals_on_push) request.approvals = [];
  }

  approve(request: MergeRequest, by: string): string[] {
    const { merge_requests_author_approval: author, merge_requests_disable_committers_approval: committers } =
      this.approvals;
    if (by === request.author && !author) return ["401 Unauthorized"];
    if (by !== request.author && request.committers.includes(by) && committers) return ["401 Unauthorized"];
    request.approvals = [...new Set([...request.approvals, by])];
    return [];
  }

  merge(request: MergeRequest): string[] {
    const needed = this.rules
      .filter(
        ({ branch_ids: ids }) =>
          ids.length === 0 || matching(this.branches, request.target).some(({ id }) => ids.includes(id)),
      )
      .map(({ approvals_required: number }) => number);
    return request.approvals.length < Math.max(0, ...needed) ? ["405 Method Not Allowed"] : [];
  }
}

function matching<T extends { readonly name: string }>(entries: readonly T[], name: string): T[] {
  return entries.filter((entry) => {
    const parts = entry.name.split("*").map((part) => part.replace(/[^\w/-]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(name);
  });
}

function lets({ access_level: level, deploy_key_id: key }: Access, by: Member): boolean {
  if (key !== undefined && key !== null) return by.deployKey === key;
  return level !== null && level > 0 && by.role >= level;
}
