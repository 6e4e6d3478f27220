// One contract for GitHub's rulesets, told over HTTP alone, that the played GitHub keeps and that GitHub itself must:
//   MORELLO_GITHUB_API=https://api.github.com MORELLO_GITHUB_TOKEN=… MORELLO_GITHUB_REPOSITORY=org/throwaway
// makes it run against that repository too, which is left as it was. No second implementation that can be installed
// knows rulesets: `emulate` 0.12 answers 404 to them, and Prism answers from the description without any state.
import { describe, expect, test } from "vitest";
import { fakeGitHub } from "../support/forge/github.ts";
import { makeSandbox } from "../support/sandbox.ts";

interface Place {
  readonly api: string;
  readonly token: string;
  readonly repository: string;
}

const { MORELLO_GITHUB_API: api, MORELLO_GITHUB_TOKEN: token, MORELLO_GITHUB_REPOSITORY: repository } = process.env;
const real: Place | null =
  api === undefined || token === undefined || repository === undefined ? null : { api, token, repository };

const played = async (): Promise<Place> => {
  const { url } = await fakeGitHub(makeSandbox());
  return { api: `${url}/api/v3`, token: "admin-token", repository: "org/app" };
};

describe("the played GitHub", () => {
  contract(played);
});

describe.skipIf(real === null)("GitHub itself", () => {
  contract(() => Promise.resolve(real as Place));
});

interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly rules?: readonly { readonly type: string }[];
  readonly bypass_actors?: readonly unknown[];
  readonly enforcement: string;
}

const ADMIN = { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" };

function contract(start: () => Promise<Place>): void {
  test("rulesets are made, listed in short, changed in part, in force by name, and removed", async () => {
    const place = await start();
    const name = "Morello contract";
    const body = {
      name,
      target: "branch",
      enforcement: "active",
      bypass_actors: [ADMIN],
      conditions: { ref_name: { include: ["refs/heads/contract/**/*"], exclude: ["refs/heads/contract/free"] } },
      rules: [{ type: "deletion" }, { type: "non_fast_forward" }],
    };
    const made = await ask<Ruleset>(place, "POST", "/rulesets", body);
    expect([made.status, made.body.name, made.body.rules?.map(({ type }) => type)]).toEqual([
      201,
      name,
      ["deletion", "non_fast_forward"],
    ]);
    const { id } = made.body;
    try {
      expect((await ask(place, "POST", "/rulesets", body)).status).toBe(422); // a name is there once
      const bad = { ...body, name: `${name} 2`, conditions: { ref_name: { include: ["contract/*"], exclude: [] } } };
      expect((await ask(place, "POST", "/rulesets", bad)).status).toBe(422); // patterns are full refnames

      const listed = (await ask<Ruleset[]>(place, "GET", "/rulesets?per_page=100")).body.find((each) => each.id === id);
      expect(listed).toMatchObject({ name, enforcement: "active" });
      expect(listed).not.toHaveProperty("rules");

      const inForce = async (branch: string): Promise<string[]> =>
        (
          await ask<{ type: string; ruleset_id: number }[]>(
            place,
            "GET",
            `/rules/branches/${encodeURIComponent(branch)}`,
          )
        ).body
          .filter((rule) => rule.ruleset_id === id)
          .map(({ type }) => type)
          .sort();
      expect(await inForce("contract/a/b")).toEqual(["deletion", "non_fast_forward"]);
      expect(await inForce("contract/free")).toEqual([]);
      expect(await inForce("contract")).toEqual([]);

      const changed = await ask<Ruleset>(place, "PUT", `/rulesets/${id}`, { name, rules: [{ type: "deletion" }] });
      expect(changed.body).toMatchObject({ enforcement: "active", bypass_actors: [ADMIN] }); // what is not named stays
      expect(await inForce("contract/a")).toEqual(["deletion"]);

      await ask(place, "PUT", `/rulesets/${id}`, { enforcement: "disabled" });
      expect(await inForce("contract/a")).toEqual([]);
    } finally {
      expect((await ask(place, "DELETE", `/rulesets/${id}`)).status).toBe(204);
    }
    expect((await ask(place, "GET", `/rulesets/${id}`)).status).toBe(404);
  });
}

async function ask<T>(
  { api: root, token: secret, repository: project }: Place,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${root}/repos/${project}${path}`, {
    method,
    headers: {
      "Accept": "application/vnd.github+json",
      "Authorization": `Bearer ${secret}`,
      "X-GitHub-Api-Version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T };
}
