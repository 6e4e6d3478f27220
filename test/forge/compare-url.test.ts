import { describe, expect, test } from "vitest";
import { compareUrl, parseRemoteUrl } from "../../src/forge/compare-url.ts";

const BASE = "release/v2.7";
const BRANCH = "morello/leak/release/v2.7";
const COMPARE = "compare/release/v2.7...morello/leak/release/v2.7";
const MERGE_REQUEST =
  "-/merge_requests/new?merge_request%5Bsource_branch%5D=morello%2Fleak%2Frelease%2Fv2.7&merge_request%5Btarget_branch%5D=release%2Fv2.7";

describe("the page to open a change for review", () => {
  test.each([
    ["GitHub by HTTPS", "https://github.com/org/app.git", `https://github.com/org/app/${COMPARE}?expand=1`],
    ["GitHub by SSH", "git@github.com:org/app.git", `https://github.com/org/app/${COMPARE}?expand=1`],
    [
      "GitHub by an ssh URL with a port",
      "ssh://git@ssh.github.com:443/org/app.git",
      `https://ssh.github.com/org/app/${COMPARE}?expand=1`,
    ],
    [
      "GitHub Enterprise Server",
      "https://git.corp.example/org/app",
      `https://git.corp.example/org/app/${COMPARE}?expand=1`,
    ],
    [
      "GitHub Enterprise Server on a port",
      "https://ghe.corp.example:8443/org/app.git",
      `https://ghe.corp.example:8443/org/app/${COMPARE}?expand=1`,
    ],
    ["GitLab with a subgroup", "git@gitlab.com:group/sub/app.git", `https://gitlab.com/group/sub/app/${MERGE_REQUEST}`],
    [
      "GitLab of one's own",
      "https://gitlab.corp.example/group/app.git",
      `https://gitlab.corp.example/group/app/${MERGE_REQUEST}`,
    ],
    ["Gitea", "https://gitea.corp.example/org/app.git", `https://gitea.corp.example/org/app/${COMPARE}`],
    ["Codeberg", "ssh://git@codeberg.org/org/app.git", `https://codeberg.org/org/app/${COMPARE}`],
    ["Forgejo without TLS", "http://forgejo.local:3000/org/app.git", `http://forgejo.local:3000/org/app/${COMPARE}`],
  ])("%s", (_, remote, wanted) => {
    expect(compareUrl(remote, BASE, BRANCH)).toBe(wanted);
  });

  test.each(["/srv/git/app.git", "../app.git", "file:///srv/git/app.git", "C:\\git\\app.git"])(
    "is none for the path %s",
    (remote) => {
      expect(compareUrl(remote, BASE, BRANCH)).toBeNull();
    },
  );

  test("shows no credentials", () => {
    const page = compareUrl("https://bot:s3cret@github.com/org/app.git", BASE, BRANCH);
    expect(page).toBe(`https://github.com/org/app/${COMPARE}?expand=1`);
  });

  test("escapes what a branch's name may hold and an address may not", () => {
    expect(compareUrl("https://github.com/org/app", "release/#1", "morello/a&b/release/#1")).toBe(
      "https://github.com/org/app/compare/release/%231...morello/a%26b/release/%231?expand=1",
    );
  });
});

test("a remote's host and path are read from every form of its address", () => {
  const wanted = { host: "host.example", path: "org/app" };
  for (const remote of [
    "https://host.example/org/app.git",
    "https://host.example/org/app/",
    "ssh://git@host.example:2222/org/app.git",
    "git@host.example:org/app.git",
    "host.example:/org/app",
    "git://host.example/org/app.git",
  ]) {
    expect(parseRemoteUrl(remote)).toEqual(wanted);
  }
});
