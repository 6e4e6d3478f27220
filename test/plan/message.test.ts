import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCommit } from "../../src/object/commit.ts";
import { cleanWhitespace, endsInTrailers, pickMessage } from "../../src/plan/message.ts";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { AUTHOR, COMMITTER, dateAt } from "../support/environment.ts";
import { FastImport } from "../support/fast-import.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 2_000 : 200;
const SIGNOFF = `${COMMITTER.name} <${COMMITTER.email}>`;
const PICKED = `(cherry picked from commit ${"0123456789".repeat(4)})`;

const line = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "Subject",
      "Some words.",
      "and more of them",
      "Fixes: #12",
      "Signed-off-by: Bob <bob@example.com>",
      `Signed-off-by: ${SIGNOFF}`,
      PICKED,
      "Reviewed-by : R",
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "# comment",
      "#",
      "Conflicts:",
      "\tconflicted.txt",
      " continued",
      "  ",
      "\t",
      "---",
      `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`,
      "Key with space: value",
      ":no key",
      "-: dash",
      "Key:",
      "\f",
      "\v: \f",
      "\f form feed",
      "Key: value\r",
      "\r",
      "à",
      "\u00a0",
      "\ufeff: x",
      "été: là ",
      "trailing \t ",
      "https://example.com/a: b",
    ),
  },
);

const message = fc
  .tuple(fc.array(line, { maxLength: 12, size: "max" }), fc.constantFrom("\n", "\n", "", "\n\n", "\r\n"))
  .map(([lines, end]) => Buffer.from(lines.join("\n") + end, "utf8").toString("latin1"));

/** One commit a message, all on one parent and with one tree; none of them on the line. */
async function write(
  repository: TestRepository,
  messages: readonly string[],
): Promise<{ onto: string; sources: string[] }> {
  const stream = new FastImport(repository.objectFormat);
  const people = { author: { ...AUTHOR, date: dateAt(0) }, committer: { ...COMMITTER, date: dateAt(0) } };
  const base = stream.commit({ ...people, message: "base\n", parents: [], changes: new Map([["a", "a\n"]]) });
  const onto = stream.commit({ ...people, message: "onto\n", parents: [base], changes: new Map([["b", "b\n"]]) });
  const marks = messages.map((text) =>
    stream.commit({
      ...people,
      message: Buffer.from(text, "latin1"),
      parents: [base],
      changes: new Map([["a", "c\n"]]),
    }),
  );
  const oids = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  return { onto: oids.get(onto) ?? "", sources: marks.map((mark) => oids.get(mark) ?? "") };
}

test(`${COUNT} random messages are those of git cherry-pick -x, signed off or not`, async () => {
  const sandbox = makeSandbox();
  const repository = await history().create(sandbox, { bare: true });
  const messages = fc.sample(message, { numRuns: COUNT, seed: 2 });
  const { onto, sources } = await write(repository, messages);
  const oracle = cherryPickOracle(sandbox, repository, 2);
  const wrong = await Promise.all(
    sources.map(async (source, n) => {
      const signoff = n % 2 === 1;
      const answer = await oracle.pick(onto, source, { x: true, signoff });
      if (answer.kind !== "clean") return [`${answer.kind} ${JSON.stringify(messages[n])}`];
      const git = parseCommit(answer.rawCommit).message;
      const we = pickMessage(messages[n] ?? "", { source, trailers: [], signoff: signoff ? SIGNOFF : null });
      return we === git ? [] : [{ message: messages[n], git, we }];
    }),
  );
  expect(wrong.flat()).toEqual([]);
});

test("further trailers stand where git interpret-trailers puts them", async () => {
  const sandbox = makeSandbox();
  const source = "0123456789abcdef".repeat(2) + "01234567";
  // Below no message at all, the line is the subject, and cherry-pick itself signs off right below it. Before scissors
  // interpret-trailers stops, and cherry-pick goes on to the end.
  const messages = fc.sample(message, { numRuns: 60, seed: 3 }).filter((text) => !/^\s*$|>8/.test(text));
  for (const text of messages) {
    const picked = pickMessage(text, { source, trailers: [], signoff: null });
    const args = [
      "interpret-trailers",
      "--no-divider",
      "--trailer",
      "Backport-of: #99",
      "--trailer",
      "Reason: it leaks",
    ];
    const { stdout } = await sandbox.gitRun(args, { input: Buffer.from(picked, "latin1") });
    const trailers = [
      { key: "Backport-of", value: "#99" },
      { key: "Reason", value: "it leaks" },
    ];
    expect(pickMessage(text, { source, trailers, signoff: null })).toBe(stdout.toString("latin1"));
  }
});

test("a sign-off that stands last already is not repeated, one that stands earlier is", () => {
  const rule = { source: "f".repeat(40), signoff: SIGNOFF };
  const own = `Signed-off-by: ${SIGNOFF}`;
  const twice = pickMessage(`Subject\n\n${own}\n`, { ...rule, trailers: [] });
  expect(twice).toBe(`Subject\n\n${own}\n(cherry picked from commit ${rule.source})\n${own}\n`);
  const once = pickMessage("Subject\n", { ...rule, trailers: [{ key: "Signed-off-by", value: SIGNOFF }] });
  expect(once).toBe(`Subject\n\n(cherry picked from commit ${rule.source})\n${own}\n`);
});

test.each([
  ["", false],
  ["Subject\n", false],
  ["Fixes: 1\n", false],
  ["Subject\n\nFixes: 1\n", true],
  ["Subject\n\nFixes: 1\nwords\n", false],
  ["Subject\n\nSigned-off-by: A\nwords\n", true],
  ["Subject\n\nSigned-off-by: A\none\ntwo\nthree\nfour\n", false],
  ["Subject\n\nFixes: 1\n more\n", true],
  ["Subject\n\n more\nFixes: 1\n", false],
  ["Subject\n\nFixes: 1\n# comment\n\n", true],
  ["Subject\n\nFixes: 1\nConflicts:\n\ta.txt\n", true],
  ["Subject\n\nFixes: 1\nConflicts:\n\ta.txt\nwords\n", false],
])("whether %j ends in trailers: %s", (text, answer) => {
  expect(endsInTrailers(text)).toBe(answer);
});

test("cleaned white space is git stripspace's", async () => {
  const sandbox = makeSandbox();
  for (const text of fc.sample(message, { numRuns: 60, seed: 4 })) {
    const { stdout } = await sandbox.gitRun(["stripspace"], { input: Buffer.from(text, "latin1") });
    expect(cleanWhitespace(text)).toBe(stdout.toString("latin1"));
  }
});
