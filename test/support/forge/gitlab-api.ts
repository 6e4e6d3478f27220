// GitLab's requests and answers as its documentation lists their fields: doc/api/protected_branches.md,
// protected_tags.md, merge_request_approvals.md, branches.md and projects.md. GitLab publishes no description as a package, so these
// facts are written here by hand; nothing beside them may be sent.
import { Ajv, type ValidateFunction } from "ajv";

type Json = Record<string, unknown>;

const integer = { type: "integer" };
const text = { type: "string" };
const flag = { type: "boolean" };
const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });
const list = (items: Json): Json => ({ type: "array", items });
const object = (properties: Json, required: readonly string[]): Json => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const LEVEL = { enum: [0, 30, 40, 60] };
const ACCESS = object(
  {
    id: integer,
    access_level: orNull(LEVEL),
    access_level_description: text,
    user_id: orNull(integer),
    group_id: orNull(integer),
    deploy_key_id: orNull(integer),
  },
  ["access_level", "access_level_description"],
);
const CHANGED_ACCESS = {
  type: "object",
  properties: { id: integer, access_level: LEVEL, user_id: integer, group_id: integer, _destroy: flag },
  additionalProperties: false,
};
const BRANCH = object(
  {
    id: integer,
    name: text,
    push_access_levels: list(ACCESS),
    merge_access_levels: list(ACCESS),
    unprotect_access_levels: list(ACCESS),
    allow_force_push: flag,
    code_owner_approval_required: flag,
    inherited: flag,
  },
  ["id", "name", "push_access_levels", "merge_access_levels", "allow_force_push"],
);
const TAG = object({ name: text, create_access_levels: list(ACCESS) }, ["name", "create_access_levels"]);
const APPROVAL_FLAGS = {
  reset_approvals_on_push: flag,
  selective_code_owner_removals: flag,
  disable_overriding_approvers_per_merge_request: flag,
  merge_requests_author_approval: flag,
  merge_requests_disable_committers_approval: flag,
  require_password_to_approve: flag,
};
const APPROVALS = object({ ...APPROVAL_FLAGS, approvals_before_merge: integer }, Object.keys(APPROVAL_FLAGS));
const RULE = object(
  {
    id: integer,
    name: text,
    rule_type: { enum: ["any_approver", "regular", "report_approver"] },
    eligible_approvers: list({ type: "object" }),
    approvals_required: integer,
    users: list({ type: "object" }),
    groups: list({ type: "object" }),
    contains_hidden_groups: flag,
    applies_to_all_protected_branches: flag,
    protected_branches: list(BRANCH),
  },
  ["id", "name", "rule_type", "approvals_required", "protected_branches", "applies_to_all_protected_branches"],
);
const CHANGED_RULE = {
  name: text,
  approvals_required: integer,
  protected_branch_ids: list(integer),
  applies_to_all_protected_branches: flag,
  user_ids: list(integer),
  group_ids: list(integer),
  usernames: list(text),
};
const RULE_BODY = { ...CHANGED_RULE, rule_type: { enum: ["any_approver", "regular", "report_approver"] } };

interface Described {
  /** Query parameters. */
  readonly query?: readonly string[];
  readonly request?: Json;
  readonly answers: Readonly<Record<number, Json>>;
}

const PAGES = ["page", "per_page"];
const REPOSITORY_BRANCH = {
  type: "object",
  properties: { protected: flag },
  required: ["name", "protected", "commit"],
};
const PROJECT = { type: "object", required: ["id", "path_with_namespace", "default_branch"] };

/** By method and path. */
const DESCRIBED: Readonly<Record<string, Described>> = {
  "GET /projects/:id": { answers: { 200: PROJECT } },
  "GET /projects/:id/repository/branches/:name": { answers: { 200: REPOSITORY_BRANCH } },
  "GET /projects/:id/protected_branches": { query: [...PAGES, "search"], answers: { 200: list(BRANCH) } },
  "POST /projects/:id/protected_branches": {
    request: object(
      {
        name: text,
        allow_force_push: flag,
        push_access_level: LEVEL,
        merge_access_level: LEVEL,
        unprotect_access_level: LEVEL,
        allowed_to_push: list(CHANGED_ACCESS),
        allowed_to_merge: list(CHANGED_ACCESS),
        code_owner_approval_required: flag,
      },
      ["name"],
    ),
    answers: { 201: BRANCH },
  },
  "PATCH /projects/:id/protected_branches/:name": {
    request: object(
      {
        allow_force_push: flag,
        allowed_to_push: list(CHANGED_ACCESS),
        allowed_to_merge: list(CHANGED_ACCESS),
        code_owner_approval_required: flag,
      },
      [],
    ),
    answers: { 200: BRANCH },
  },
  "GET /projects/:id/protected_tags": { query: PAGES, answers: { 200: list(TAG) } },
  "POST /projects/:id/protected_tags": {
    request: object({ name: text, create_access_level: LEVEL, allowed_to_create: list(CHANGED_ACCESS) }, ["name"]),
    answers: { 201: TAG },
  },
  "GET /projects/:id/approvals": { answers: { 200: APPROVALS } },
  "POST /projects/:id/approvals": { request: object(APPROVAL_FLAGS, []), answers: { 201: APPROVALS } },
  "GET /projects/:id/approval_rules": { query: PAGES, answers: { 200: list(RULE) } },
  "POST /projects/:id/approval_rules": {
    request: object(RULE_BODY, ["name", "approvals_required"]),
    answers: { 201: RULE },
  },
  "PUT /projects/:id/approval_rules/:rule": {
    request: object({ ...CHANGED_RULE, remove_hidden_groups: flag }, ["name", "approvals_required"]),
    answers: { 200: RULE },
  },
};

/** `{"message": "404 Not Found"}`, `{"error": "insufficient_scope", …}`, `{"message": {"name": ["is taken"]}}` */
const PROBLEM = { type: "object", anyOf: [{ required: ["message"] }, { required: ["error"] }] };

const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map<Json, ValidateFunction>();

export function judgeRequest(operation: string, query: URLSearchParams, body: unknown): string[] {
  const { query: known = [], request } = describe(operation);
  const unknown = [...query.keys()].filter((name) => !known.includes(name)).map((name) => `no parameter ${name}`);
  if (request === undefined) return body === undefined ? unknown : [...unknown, "takes no body"];
  return [...unknown, ...complaints(request, body)];
}

export function judgeAnswer(operation: string, status: number, body: unknown): string[] {
  const listed = describe(operation).answers[status];
  if (listed !== undefined) return complaints(listed, body);
  return status >= 400 ? complaints(PROBLEM, body) : [`never answers ${status}`];
}

function describe(operation: string): Described {
  const found = DESCRIBED[operation];
  if (found === undefined) throw new Error(`GitLab has no ${operation}, as far as it is described here`);
  return found;
}

function complaints(schema: Json, body: unknown): string[] {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message ?? ""}`);
}
