import { expect, test } from "vitest";
import { tokenAdvice, tokenFor } from "../../src/cli/forge-token.ts";

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
  ["github", "git.corp.example", null],
  ["github", "github.com.evil.example", null],
  ["gitlab", "gitlab.com", "gitlab"],
  ["gitlab", "gitlab.corp.example", null],
] as const)("on %s the host %s gets the token %s", (forge, host, token) => {
  expect(tokenFor(ALL, forge, host)).toBe(token);
});

test("a host of one's own gets a token where the environment says that it is the one", () => {
  expect(tokenFor({ ...ALL, GITLAB_HOST: "gitlab.corp.example" }, "gitlab", "gitlab.corp.example")).toBe("gitlab");
  expect(tokenFor({ ...ALL, CI_SERVER_URL: "https://git.corp.example:8443" }, "gitlab", "git.corp.example:8443")).toBe(
    "gitlab",
  );
  expect(tokenFor({ ...ALL, GITHUB_SERVER_URL: "https://git.corp.example" }, "github", "git.corp.example")).toBe("gh");
  expect(tokenFor({ ...ALL, GH_HOST: "git.corp.example" }, "github", "git.corp.example")).toBe("enterprise");
  expect(tokenFor({ ...ALL, GH_HOST: "git.corp.example" }, "github", "git.evil.example")).toBeNull();
  expect(tokenFor({ ...ALL, GITLAB_HOST: "gitlab.other.example" }, "gitlab", "gitlab.corp.example")).toBeNull();
});

test("an empty variable is none, and the next one counts", () => {
  expect(tokenFor({ GH_TOKEN: " ", GITHUB_TOKEN: "second\n" }, "github", "github.com")).toBe("second");
  expect(tokenFor({}, "github", "github.com")).toBeNull();
});

test("what to set is said for each host, in words and as a command", () => {
  expect(tokenAdvice({}, "github", "github.com")).toEqual({
    wanted: "GH_TOKEN or GITHUB_TOKEN",
    command: "export GH_TOKEN=…",
  });
  expect(tokenAdvice({}, "github", "git.corp.example")).toEqual({
    wanted: "GH_HOST=git.corp.example and GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN",
    command: "export GH_HOST=git.corp.example GH_ENTERPRISE_TOKEN=…",
  });
  expect(tokenAdvice({ GITLAB_HOST: "git.corp.example" }, "gitlab", "git.corp.example").wanted).toBe("GITLAB_TOKEN");
});
