import { expect, test } from "vitest";
import { tokenFor, tokenNames } from "../../src/cli/forge-token.ts";

const ALL = {
  GH_TOKEN: "gh",
  GITHUB_TOKEN: "github",
  GH_ENTERPRISE_TOKEN: "enterprise",
  GITHUB_ENTERPRISE_TOKEN: "github-enterprise",
  GITLAB_TOKEN: "gitlab",
};

test.each([
  ["github", "github.com", "gh"],
  ["github", "corp.ghe.com", "gh"],
  ["github", "git.corp.example", "enterprise"],
  ["github", "github.com.evil.example", "enterprise"],
  ["gitlab", "gitlab.com", "gitlab"],
  ["gitlab", "gitlab.corp.example", null],
] as const)("on %s the host %s gets the token %s", (forge, host, token) => {
  expect(tokenFor(ALL, forge, host)).toBe(token);
});

test("a host of one's own gets the plain token where the environment says that it is the one", () => {
  expect(tokenFor({ ...ALL, GITLAB_HOST: "gitlab.corp.example" }, "gitlab", "gitlab.corp.example")).toBe("gitlab");
  expect(tokenFor({ ...ALL, CI_SERVER_URL: "https://git.corp.example:8443" }, "gitlab", "git.corp.example:8443")).toBe(
    "gitlab",
  );
  expect(tokenFor({ ...ALL, GITHUB_SERVER_URL: "https://git.corp.example" }, "github", "git.corp.example")).toBe("gh");
  expect(tokenFor({ ...ALL, GITLAB_HOST: "gitlab.other.example" }, "gitlab", "gitlab.corp.example")).toBeNull();
});

test("an empty variable is none, and the next one counts", () => {
  expect(tokenFor({ GH_TOKEN: " ", GITHUB_TOKEN: "second\n" }, "github", "github.com")).toBe("second");
  expect(tokenFor({}, "github", "github.com")).toBeNull();
});

test("what to set is named for each host", () => {
  expect(tokenNames({}, "github", "github.com")).toEqual(["GH_TOKEN", "GITHUB_TOKEN"]);
  expect(tokenNames({}, "gitlab", "git.corp.example")).toEqual(["GITLAB_TOKEN with GITLAB_HOST=git.corp.example"]);
});
