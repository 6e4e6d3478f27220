// GitLab's REST dialect over `GitLabState`. Answers are those that GitLab gives; both sides are judged by the fields
// that its documentation lists.
import type { Sandbox } from "../sandbox.ts";
import { judgeAnswer, judgeRequest } from "./gitlab-api.ts";
import { GitLabState, type Access, type ApprovalFlags, type BranchEntry, type RuleEntry } from "./gitlab-state.ts";
import { pageOf, serveForge, type Asked, type ForgeServer, type Told } from "./server.ts";

type Role = "maintainer" | "reporter";
type Handler = (state: GitLabState, asked: Asked, name: string) => Told;

export interface FakeGitLab extends ForgeServer {
  readonly state: GitLabState;
}

const PROJECT_ID = 5;
const PROJECT = "group/sub/app";
const TOKENS = new Map<string, Role>([
  ["maintainer-token", "maintainer"],
  ["reporter-token", "reporter"],
]);

/** The last part of a path that names something is `:name` or `:rule`. */
const ROUTES: readonly (readonly [operation: string, path: RegExp, handler: Handler])[] = [
  ["GET /projects/:id", /^$/, getProject],
  ["GET /projects/:id/repository/branches/:name", /^\/repository\/branches\/([^/]+)$/, getBranch],
  ["GET /projects/:id/protected_branches", /^\/protected_branches$/, listBranches],
  ["POST /projects/:id/protected_branches", /^\/protected_branches$/, createBranch],
  ["PATCH /projects/:id/protected_branches/:name", /^\/protected_branches\/([^/]+)$/, updateBranch],
  ["GET /projects/:id/protected_tags", /^\/protected_tags$/, listTags],
  ["POST /projects/:id/protected_tags", /^\/protected_tags$/, createTag],
  ["GET /projects/:id/approvals", /^\/approvals$/, getApprovals],
  ["POST /projects/:id/approvals", /^\/approvals$/, setApprovals],
  ["GET /projects/:id/approval_rules", /^\/approval_rules$/, listRules],
  ["POST /projects/:id/approval_rules", /^\/approval_rules$/, createRule],
  ["PUT /projects/:id/approval_rules/:rule", /^\/approval_rules\/(\d+)$/, updateRule],
];

/** A server with one project, `group/sub/app`, and the tokens `maintainer-token` and `reporter-token`. */
export async function fakeGitLab(sandbox: Sandbox): Promise<FakeGitLab> {
  const state = new GitLabState();
  const server = await serveForge(sandbox, {
    prefix: "/api/v4",
    tokenOf: (headers) => [headers["private-token"]].flat()[0] ?? null,
    answer: (asked) => answer(state, asked),
  });
  return Object.assign(server, { state });
}

function answer(state: GitLabState, asked: Asked): Told {
  const [, project = "", rest = ""] = /^\/projects\/([^/]+)(.*)$/.exec(asked.path) ?? [];
  for (const [operation, path, handler] of ROUTES) {
    const found = operation.startsWith(`${asked.method} `) ? path.exec(rest) : null;
    if (found === null) continue;
    const asking = judgeRequest(operation, asked.query, asked.body);
    const told =
      allowed(asked, decodeURIComponent(project)) ?? handler(state, asked, decodeURIComponent(found[1] ?? ""));
    const telling = judgeAnswer(operation, told.status, told.body ?? null);
    return { ...told, misfits: [...asking, ...telling].map((each) => `${asked.method} ${asked.path}: ${each}`) };
  }
  return { ...problem(404, "404 Not Found"), misfits: [`${asked.method} ${asked.path}: the fake has no such route`] };
}

function allowed({ token, method }: Asked, project: string): Told | null {
  const role = token === null ? undefined : TOKENS.get(token);
  if (role === undefined) return problem(401, "401 Unauthorized");
  if (project !== PROJECT && project !== String(PROJECT_ID)) return problem(404, "404 Project Not Found");
  return role === "reporter" && method !== "GET" ? problem(403, "403 Forbidden") : null;
}

function problem(status: number, message: unknown): Told {
  return { status, body: { message } };
}

function getProject(): Told {
  return { status: 200, body: { id: PROJECT_ID, path_with_namespace: PROJECT, default_branch: "main" } };
}

function getBranch(state: GitLabState, _asked: Asked, name: string): Told {
  return { status: 200, body: { name, commit: { id: "0".repeat(40) }, protected: state.isProtected(name) } };
}

function listBranches(state: GitLabState, asked: Asked): Told {
  return pageOf(asked, state.branches, "/api/v4");
}

function createBranch(state: GitLabState, { body }: Asked): Told {
  const asked = body as { name: string; push_access_level?: number; allow_force_push?: boolean };
  if (state.branches.some(({ name, inherited }) => name === asked.name && inherited !== true))
    return problem(409, `Protected branch '${asked.name}' already exists`);
  const entry = state.protect(asked.name, asked.push_access_level ?? 40, asked.allow_force_push ?? false);
  return { status: 201, body: entry };
}

interface ChangedAccess {
  readonly id?: number;
  readonly access_level?: number;
  readonly _destroy?: boolean;
}

function updateBranch(state: GitLabState, { body }: Asked, name: string): Told {
  const found = state.branches.find((entry) => entry.name === name && entry.inherited !== true);
  if (found === undefined) return problem(404, "404 Not found");
  const asked = body as { allow_force_push?: boolean; allowed_to_push?: readonly ChangedAccess[] };
  const changes = state.paid ? (asked.allowed_to_push ?? []) : []; // unpaid, they are left out without a word
  const updated: BranchEntry = {
    ...found,
    allow_force_push: asked.allow_force_push ?? found.allow_force_push,
    push_access_levels: changes.reduce((levels, change) => changed(state, levels, change), found.push_access_levels),
  };
  state.branches = state.branches.map((entry) => (entry === found ? updated : entry));
  return { status: 200, body: updated };
}

function changed(state: GitLabState, levels: readonly Access[], change: ChangedAccess): readonly Access[] {
  const { id, access_level: level, _destroy: destroy } = change;
  if (id === undefined) return level === undefined ? levels : [...levels, state.access(level)];
  if (destroy === true) return levels.filter((each) => each.id !== id);
  return levels.map((each) => (each.id === id && level !== undefined ? state.access(level, { id }) : each));
}

function listTags(state: GitLabState, asked: Asked): Told {
  return pageOf(asked, state.tags, "/api/v4");
}

function createTag(state: GitLabState, { body }: Asked): Told {
  const { name, create_access_level: level = 40 } = body as { name: string; create_access_level?: number };
  if (state.tags.some((tag) => tag.name === name)) return problem(409, `Protected tag '${name}' already exists`);
  const tag = { name, create_access_levels: [state.access(level)] };
  state.tags.push(tag);
  return { status: 201, body: tag };
}

function getApprovals(state: GitLabState): Told {
  return state.paid
    ? { status: 200, body: { approvals_before_merge: 0, ...state.approvals } }
    : problem(404, "404 Not Found");
}

function setApprovals(state: GitLabState, { body }: Asked): Told {
  if (!state.paid) return problem(404, "404 Not Found");
  state.approvals = { ...state.approvals, ...(body as Partial<ApprovalFlags>) };
  return { status: 201, body: state.approvals };
}

function listRules(state: GitLabState, asked: Asked): Told {
  return state.paid
    ? pageOf(
        asked,
        state.rules.map((rule) => ruleBody(state, rule)),
        "/api/v4",
      )
    : problem(404, "404 Not Found");
}

interface RuleBody {
  readonly name: string;
  readonly approvals_required: number;
  readonly rule_type?: "any_approver" | "regular";
  readonly protected_branch_ids?: readonly number[];
}

function createRule(state: GitLabState, { body }: Asked): Told {
  const asked = body as RuleBody;
  const type = asked.rule_type ?? "any_approver"; // as GitLab takes a rule that names nobody
  if (type === "any_approver" && state.rules.some((rule) => rule.rule_type === type))
    return problem(400, { rule_type: ["any-approver for the project already exists"] });
  const rule: RuleEntry = {
    id: state.number(),
    name: asked.name,
    rule_type: type,
    approvals_required: asked.approvals_required,
    branch_ids: asked.protected_branch_ids ?? [],
  };
  state.rules.push(rule);
  return { status: 201, body: ruleBody(state, rule) };
}

function updateRule(state: GitLabState, { body }: Asked, id: string): Told {
  const found = state.rules.find((rule) => String(rule.id) === id);
  if (found === undefined) return problem(404, "404 Not found");
  const asked = body as RuleBody;
  const updated: RuleEntry = {
    ...found,
    name: asked.name,
    approvals_required: asked.approvals_required,
    branch_ids: asked.protected_branch_ids ?? found.branch_ids,
  };
  state.rules = state.rules.map((rule) => (rule === found ? updated : rule));
  return { status: 200, body: ruleBody(state, updated) };
}

function ruleBody(state: GitLabState, { branch_ids: ids, ...rule }: RuleEntry): unknown {
  return {
    ...rule,
    eligible_approvers: [],
    users: [],
    groups: [],
    contains_hidden_groups: false,
    applies_to_all_protected_branches: false,
    protected_branches: state.branches.filter(({ id }) => ids.includes(id)),
  };
}
