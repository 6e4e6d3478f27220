// GitHub's REST dialect over `GitHubState`, as a server of one's own (GitHub Enterprise Server) speaks it. Answers are
// those that GitHub gives; both sides are judged by its OpenAPI description.
import type { Sandbox } from "../sandbox.ts";
import { exampleAnswer, judgeAnswer, judgeRequest } from "./github-api.ts";
import { toldProtection } from "./github-classic.ts";
import { GitHubState, type NewRuleset, type Ruleset } from "./github-state.ts";
import { pageOf, serveForge, type Asked, type ForgeServer, type Told } from "./server.ts";

type Access = "admin" | "read";
type Handler = (state: GitHubState, asked: Asked, access: Access, names: readonly string[]) => Told;

export interface FakeGitHub extends ForgeServer {
  readonly state: GitHubState;
  /** Tokens that are taken, and what they may do. */
  readonly tokens: Map<string, Access>;
}

const ROUTES: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  ["GET", "/repos/{owner}/{repo}", getRepository],
  ["GET", "/repos/{owner}/{repo}/branches/{branch}", getBranch],
  ["GET", "/repos/{owner}/{repo}/rulesets", listRulesets],
  ["POST", "/repos/{owner}/{repo}/rulesets", createRuleset],
  ["GET", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", getRuleset],
  ["PUT", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", updateRuleset],
  ["DELETE", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", deleteRuleset],
  ["GET", "/repos/{owner}/{repo}/rules/branches/{branch}", branchRules],
  ["GET", "/repos/{owner}/{repo}/branches/{branch}/protection", getProtection],
  ["PUT", "/repos/{owner}/{repo}/branches/{branch}/protection", putProtection],
];

/** A server with one repository, `org/app`, and the tokens `admin-token` and `read-token`. */
export async function fakeGitHub(sandbox: Sandbox): Promise<FakeGitHub> {
  const state = new GitHubState("org/app");
  const tokens = new Map<string, Access>([
    ["admin-token", "admin"],
    ["read-token", "read"],
  ]);
  const server = await serveForge(sandbox, {
    prefix: "/api/v3",
    tokenOf: ({ authorization = "" }) => /^(?:Bearer|token) (\S+)$/.exec(authorization)?.[1] ?? null,
    answer: (asked) => answer(state, tokens, asked),
  });
  return Object.assign(server, { state, tokens });
}

function answer(state: GitHubState, tokens: ReadonlyMap<string, Access>, asked: Asked): Told {
  for (const [method, path, handler] of ROUTES) {
    const names = method === asked.method ? match(path, asked.path) : null;
    if (names === null) continue;
    const asking = judgeRequest(method, path, asked.query, asked.body);
    const access = asked.token === null ? undefined : tokens.get(asked.token);
    const told =
      access === undefined
        ? problem(401, "Bad credentials")
        : `${names[0]}/${names[1]}`.toLowerCase() === state.fullName
          ? handler(state, asked, access, names.slice(2))
          : problem(404, "Not Found");
    const telling = judgeAnswer(method, path, told.status, told.body ?? null);
    return {
      ...told,
      misfits: [...asking.errors, ...telling.errors].map((each) => `${method} ${asked.path}: ${each}`),
    };
  }
  return { ...problem(404, "Not Found"), misfits: [`${asked.method} ${asked.path}: the fake has no such route`] };
}

/** The values of the placeholders, decoded; null if it is another path. */
function match(template: string, path: string): string[] | null {
  const parts = template.split("/");
  const given = path.split("/");
  if (parts.length !== given.length) return null;
  const values: string[] = [];
  for (const [at, part] of parts.entries()) {
    const value = given[at] ?? "";
    if (part.startsWith("{")) values.push(decodeURIComponent(value));
    else if (part !== value) return null;
  }
  return values;
}

function problem(status: number, message: string, errors?: readonly string[]): Told {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  const listed = errors?.map((each) => ({ resource: "RepositoryRuleset", code: "custom", message: each }));
  return { status, body: listed === undefined ? body : { ...body, errors: listed } };
}

function getRepository(state: GitHubState, _asked: Asked, access: Access): Told {
  // The example's relatives are left out, since they are long and lack what the description demands of them.
  const {
    source: _source,
    parent: _parent,
    template_repository: _template,
    ...example
  } = exampleAnswer("GET", "/repos/{owner}/{repo}", 200);
  const permissions = { admin: access === "admin", push: access === "admin", pull: true };
  return {
    status: 200,
    body: { ...example, language: null, full_name: state.fullName, default_branch: "main", permissions },
  };
}

function getBranch(state: GitHubState, _asked: Asked, _access: Access, [branch = ""]: readonly string[]): Told {
  if (!state.branches.includes(branch)) return problem(404, "Branch not found");
  const example = exampleAnswer("GET", "/repos/{owner}/{repo}/branches/{branch}", 200);
  return { status: 200, body: { ...example, name: branch, protected: state.protections.has(branch) } };
}

const UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature.";

function unavailable({ plan }: GitHubState): Told | null {
  if (plan === "old server") return problem(404, "Not Found");
  return plan === "free" ? problem(403, UPGRADE) : null;
}

function listRulesets(state: GitHubState, asked: Asked): Told {
  const all = state.rulesets.filter(
    ({ source_type: type }) => type === "Repository" || asked.query.get("includes_parents") !== "false",
  );
  const summaries = all.map(({ id, name, target, source_type, source, enforcement }) => ({
    id,
    name,
    target,
    source_type,
    source,
    enforcement,
    node_id: `RRS_${id}`,
  }));
  return unavailable(state) ?? pageOf(asked, summaries, "/api/v3");
}

function createRuleset(state: GitHubState, { body }: Asked, access: Access): Told {
  if (access !== "admin") return problem(404, "Not Found");
  const asked = body as Partial<NewRuleset> & Pick<NewRuleset, "name" | "enforcement">;
  const refused = refusal(state, asked, null);
  if (refused !== null) return refused;
  const added = state.add({
    target: "branch",
    bypass_actors: [],
    conditions: { ref_name: { include: [], exclude: [] } },
    rules: [],
    ...asked,
  });
  return { status: 201, body: fullBody(added, access) };
}

/** As GitHub: a name is there once, and a pattern is a full refname. */
function refusal(state: GitHubState, asked: Partial<NewRuleset>, id: number | null): Told | null {
  const taken = state.rulesets.some(
    (ruleset) => ruleset.name === asked.name && ruleset.id !== id && ruleset.source_type === "Repository",
  );
  const errors = [
    ...(taken ? ["Name must be unique"] : []),
    ...(asked.conditions?.ref_name.include ?? []).flatMap((pattern) =>
      /^(refs\/(heads|tags)\/|~)/.test(pattern) ? [] : [`Invalid target patterns: '${pattern}'`],
    ),
    ...(asked.target === "tag" && asked.rules?.some(({ type }) => type === "pull_request")
      ? ["Invalid rule 'pull_request': "]
      : []),
  ];
  return errors.length === 0 ? null : problem(422, "Validation Failed", errors);
}

function find(state: GitHubState, names: readonly string[]): Ruleset | undefined {
  return state.rulesets.find(({ id }) => String(id) === names[0]);
}

function getRuleset(state: GitHubState, _asked: Asked, access: Access, names: readonly string[]): Told {
  const found = find(state, names);
  return unavailable(state) ?? (found ? { status: 200, body: fullBody(found, access) } : problem(404, "Not Found"));
}

function updateRuleset(state: GitHubState, { body }: Asked, access: Access, names: readonly string[]): Told {
  const found = find(state, names);
  if (found === undefined || access !== "admin" || found.source_type !== "Repository") return problem(404, "Not Found");
  const asked = body as Partial<NewRuleset>;
  const refused = refusal(state, { ...asked, target: asked.target ?? found.target }, found.id);
  if (refused !== null) return refused;
  const updated = { ...found, ...asked }; // what is not named stays as it is
  state.rulesets = state.rulesets.map((ruleset) => (ruleset === found ? updated : ruleset));
  return { status: 200, body: fullBody(updated, access) };
}

function deleteRuleset(state: GitHubState, _asked: Asked, access: Access, names: readonly string[]): Told {
  const found = find(state, names);
  if (found === undefined || access !== "admin" || found.source_type !== "Repository") return problem(404, "Not Found");
  state.rulesets = state.rulesets.filter((ruleset) => ruleset !== found);
  return { status: 204 };
}

function branchRules(state: GitHubState, asked: Asked, _access: Access, [branch = ""]: readonly string[]): Told {
  const rules = state.active(`refs/heads/${branch}`).flatMap(({ id, source, source_type, rules: each }) =>
    each.map((rule) => ({
      ...rule,
      ruleset_source_type: source_type,
      ruleset_source: source,
      ruleset_id: id,
    })),
  );
  return unavailable(state) ?? pageOf(asked, rules, "/api/v3");
}

function getProtection(state: GitHubState, _asked: Asked, access: Access, [branch = ""]: readonly string[]): Told {
  const refused = noProtection(state, access, branch);
  if (refused !== null) return refused;
  const found = state.protections.get(branch);
  return found === undefined
    ? problem(404, "Branch not protected")
    : { status: 200, body: toldProtection(found, branch) };
}

function putProtection(state: GitHubState, { body }: Asked, access: Access, [branch = ""]: readonly string[]): Told {
  const refused = noProtection(state, access, branch);
  if (refused !== null) return refused;
  state.protections.set(branch, body as Readonly<Record<string, unknown>>);
  return { status: 200, body: toldProtection(state.protections.get(branch) ?? {}, branch) };
}

/** A private repository without a plan has neither way; whoever does not administer it is not told that it is there. */
function noProtection({ plan, branches }: GitHubState, access: Access, branch: string): Told | null {
  if (plan === "free") return problem(403, UPGRADE);
  if (access !== "admin") return problem(404, "Not Found");
  return branches.includes(branch) ? null : problem(404, "Branch not found");
}

/** Who may bypass is shown to those who may change it. */
function fullBody(ruleset: Ruleset, access: Access): unknown {
  const { bypass_actors: actors, ...shown } = ruleset;
  return { ...shown, node_id: `RRS_${ruleset.id}`, ...(access === "admin" ? { bypass_actors: actors } : {}) };
}
