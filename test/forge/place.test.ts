import { describe, expect, test } from "vitest";
import { isAppError } from "../../src/error.ts";
import { forgePlace } from "../../src/forge/place.ts";

describe("a remote's address says which forge it is and where its API answers", () => {
  test.each([
    ["https://github.com/org/app.git", "github", "github.com", "https://api.github.com", "org/app"],
    ["git@github.com:org/app.git", "github", "github.com", "https://api.github.com", "org/app"],
    ["ssh://git@ssh.github.com:443/org/app.git", "github", "github.com", "https://api.github.com", "org/app"],
    ["https://corp.ghe.com/org/app", "github", "corp.ghe.com", "https://api.corp.ghe.com", "org/app"],
    ["git@gitlab.com:group/sub/app.git", "gitlab", "gitlab.com", "https://gitlab.com/api/v4", "group/sub/app"],
    ["ssh://git@altssh.gitlab.com:443/group/app", "gitlab", "gitlab.com", "https://gitlab.com/api/v4", "group/app"],
    [
      "git@gitlab.corp.example:g/app.git",
      "gitlab",
      "gitlab.corp.example",
      "https://gitlab.corp.example/api/v4",
      "g/app",
    ],
  ])("%s", (url, kind, host, api, project) => {
    expect(forgePlace(url, null)).toEqual({ kind, host, api, project });
  });

  test.each([
    ["https://git.corp.example:8443/org/app.git", "github", "https://git.corp.example:8443/api/v3"],
    ["git@git.corp.example:org/app.git", "gitlab", "https://git.corp.example/api/v4"],
    ["http://127.0.0.1:3000/org/app.git", "github", "http://127.0.0.1:3000/api/v3"],
  ] as const)("%s, said to be %s", (url, kind, api) => {
    expect(forgePlace(url, kind).api).toBe(api);
  });
});

test("a host of one's own is asked with TLS even where git is not", () => {
  expect(forgePlace("http://git.corp.example/org/app.git", "github").api).toBe("https://git.corp.example/api/v3");
});

test.each(["https://git.corp.example/org/app", "https://notgithub.com/org/app", "https://github.com.evil.example/o/a"])(
  "%s is no forge by its name alone, and gets no token by it",
  (url) => {
    expect(code(() => forgePlace(url, null))).toBe("forge-unknown");
  },
);

test.each(["/srv/git/app.git", "../app.git", "file:///srv/git/app.git"])("%s is at no forge", (url) => {
  expect(code(() => forgePlace(url, "github"))).toBe("forge-unknown");
});

function code(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}
