import { expect, test } from "vitest";
import { wantedDemands, type GuardedLine } from "../../src/forge/wanted.ts";
import { DEFAULT_POLICY, mergePolicy } from "../../src/policy/default.ts";

function line(name: string, more: Partial<GuardedLine> = {}): GuardedLine {
  return { name, pattern: "release/*", tagPrefix: "v", tags: ["v2.7.1", "v2.7.0"], policy: DEFAULT_POLICY, ...more };
}

const asked = (lines: readonly GuardedLine[], policy = DEFAULT_POLICY) => wantedDemands({ lines, policy, check: null });

/** `name: patterns`, of branches of lines. */
const groups = (lines: readonly GuardedLine[], policy = DEFAULT_POLICY): string[] =>
  asked(lines, policy).flatMap(({ name, patterns }) =>
    name.startsWith("release lines") ? [`${name}: ${patterns.join(" ")}`] : [],
  );

const REVIEWED = mergePolicy([{ classes: { native: 2 } }]);

test("without lines nothing is wanted", () => {
  expect(asked([])).toEqual([]);
});

test("lines of one pattern are guarded by it, so that lines to come are too", () => {
  expect(groups([line("release/v2.7"), line("release/v2.8")])).toEqual(["release lines: release/*"]);
});

test("a pattern that is no pattern of branches gives way to the names", () => {
  const lines = [line("2.7", { pattern: "<version>" }), line("app-3", { pattern: "<product>-<version>" })];
  expect(groups(lines)).toEqual(["release lines: 2.7 app-3"]);
});

test("lines of one pattern with different policies are guarded by their names", () => {
  const lines = [line("release/v2.7"), line("release/v2.8", { policy: REVIEWED }), line("lts", { pattern: "lts" })];
  expect(groups(lines)).toEqual(["release lines: lts release/v2.7", "release lines with 2 approvals: release/v2.8"]);
});

test("a group keeps its name while the policy of all lines changes", () => {
  const lines = [line("release/v2.7", { policy: REVIEWED })];
  expect(groups(lines, REVIEWED)).toEqual(["release lines: release/*"]);
});

test.each([
  [{}, null],
  [{ classes: { exact: 0, native: 1 } }, { approvals: 1, byAnother: true }],
  [{ classes: { adapted: 3, native: "refused" } }, { approvals: 3, byAnother: true }],
  [{ classes: { native: "refused" } }, null],
  [
    { unmergedSource: 2, selfApproval: true },
    { approvals: 2, byAnother: false },
  ],
] as const)("policy %j asks for %j", (section, reviews) => {
  const policy = mergePolicy([section]);
  const [first] = asked([line("release/v2.7", { policy })], policy);
  if (reviews === null) expect(first?.reviews).toBeNull();
  else expect(first?.reviews).toMatchObject(reviews);
});

test.each([
  [[line("a")], ["v*.*"]],
  [[line("a", { tags: [] })], ["v*.*"]],
  [[line("a", { tagPrefix: "", tags: ["2.7.1"] })], ["*.*"]],
  [[line("a", { tagPrefix: "v", tags: ["v27"] })], ["v*"]],
  [
    [line("a"), line("b", { tagPrefix: "docker-v", tags: ["docker-v29.1.0"] })],
    ["docker-v*.*", "v*.*"],
  ],
])("tags of the lines' prefixes are guarded, by a dot where versions have one (%#)", (lines, patterns) => {
  expect(asked(lines).at(-1)?.patterns).toEqual(patterns);
});

test("ledgers of all lines are guarded before they are published, and nobody reviews records", () => {
  const ledgers = asked([line("release/v2.7", { policy: REVIEWED })]).find(({ name }) => name === "ledgers");
  expect(ledgers).toMatchObject({
    names: ["morello-trust", "morello-ledger/release/v2.7"],
    reviews: null,
    check: null,
  });
});

test("every demand says why of all that it asks", () => {
  for (const { refuses, why, reviews } of asked([line("release/v2.7", { policy: REVIEWED })])) {
    expect(refuses.map((refusal) => why[refusal]).filter((reason) => reason === "")).toEqual([]);
    expect(reviews?.why).not.toBe("");
  }
});
