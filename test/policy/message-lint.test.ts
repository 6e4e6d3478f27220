import { describe, expect, test } from "vitest";
import { lintMessage, type MessageRules } from "../../src/policy/message-lint.ts";
import { DEFAULT_MESSAGE_RULES, messageRules } from "../../src/policy/message-rules.ts";
import { SOURCE, X_LINE } from "./facts.ts";

const broken = async (message: string, rules: MessageRules = DEFAULT_MESSAGE_RULES): Promise<string[]> =>
  (await lintMessage(message, rules)).map(({ rule }) => rule);

describe("without configuration", () => {
  test.each([
    "fix: limit the queue\n",
    "fix(loader)!: limit the queue\n\nIt grew.\n\nBREAKING CHANGE: it is bounded\n",
    `fix: a\n\nText.\n\n${X_LINE}\n`,
    "Merge branch 'release/v2.7'\n",
    "Merge pull request #12 from a/b\n\nAnything at all. It may be long.\n",
    `Revert "Something with a Capital"\n\nThis reverts commit ${SOURCE}.\n`,
    "fixup! fix: a\n",
  ])("nothing is wrong with: %s", async (message) => {
    expect(await broken(message)).toEqual([]);
  });

  test.each([
    ["type-empty", "Limit the queue\n"],
    ["type-enum", "repair: limit the queue\n"],
    ["subject-case", "fix: Limit the queue\n"],
    ["subject-full-stop", "fix: limit the queue.\n"],
    ["header-max-length", `fix: ${"limit ".repeat(20)}queue\n`],
    ["body-leading-blank", "fix: a\nb\n"],
    ["body-max-line-length", `fix: a\n\n${"long ".repeat(25)}\n`],
  ])("%s is told of: %s", async (rule, message) => {
    expect(await broken(message)).toContain(rule);
  });
});

test("what programs write is never too long: -x lines, trailers", async () => {
  const { rules } = messageRules(
    { extends: "@commitlint/config-conventional", rules: { "body-max-line-length": [2, "always", 40] } },
    "f",
  );
  const signed = `Signed-off-by: ${"A Very Long Name ".repeat(4)}<a@example.com>`;
  expect(await broken(`fix: a\n\nShort.\n\n${X_LINE}\n${signed}\n`, rules)).toEqual([]);
  expect(await broken(`fix: a\n\n${"A line that is longer than forty characters."}\n\n${X_LINE}\n`, rules)).toEqual([
    "body-max-line-length",
  ]);
});

describe("a configuration", () => {
  test("stands over the rules that it extends", async () => {
    const { rules, notices } = messageRules(
      { extends: ["@commitlint/config-conventional"], rules: { "type-enum": [2, "always", ["fix", "port"]] } },
      "f",
    );
    expect(notices).toEqual([]);
    expect(await broken("port: a\n", rules)).toEqual([]);
    expect(await broken("feat: a\n", rules)).toEqual(["type-enum"]);
    expect(await broken("A\n", rules)).toContain("subject-empty");
  });

  test("that extends nothing has its own rules alone", async () => {
    const { rules } = messageRules({ rules: { "header-max-length": [2, "always", 10] } }, "f");
    expect(await broken("Anything\n", rules)).toEqual([]);
    expect(await broken("Anything at all\n", rules)).toEqual(["header-max-length"]);
  });

  test("brings its own parser, with patterns as text", async () => {
    const { rules } = messageRules(
      {
        parserPreset: {
          parserOpts: { headerPattern: "/^\\[(\\w+)\\] (.*)$/", headerCorrespondence: ["type", "subject"] },
        },
        rules: { "type-empty": [2, "never"] },
      },
      "f",
    );
    expect(await broken("[core] fix it\n", rules)).toEqual([]);
    expect(await broken("core: fix it\n", rules)).toEqual(["type-empty"]);
  });

  test.each([
    [
      "rules of plugins",
      { rules: { "jira-key": [2, "always"] } },
      "f: rules that are malformed, or a plugin's: jira-key",
    ],
    ["malformed rules", { rules: { "type-empty": "never" } }, "f: rules that are malformed, or a plugin's: type-empty"],
    ["other people's rules", { extends: ["./base", "angular"] }, "f extends ./base, angular, which is not read"],
    ["code", { ignores: ["<code>"] }, "f: ignores do not count, since they are code"],
    ["what is no mapping", [], "f holds no mapping; @commitlint/config-conventional counts"],
  ])("is told that %s do not count", (_, configuration, notice) => {
    expect(messageRules(configuration, "f").notices).toEqual([notice]);
  });

  test("may have merges and reverts looked at", async () => {
    const { rules } = messageRules({ extends: "conventional", defaultIgnores: false }, "f");
    expect(await broken("Merge branch 'a'\n", rules)).toContain("type-empty");
  });
});
