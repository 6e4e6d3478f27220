import { expect, test } from "vitest";
import { RULES } from "../../src/policy/rules.ts";
import { sarifOf } from "../../src/usecase/checking/sarif.ts";
import type { CheckOutcome, Violation } from "../../src/wire/check.ts";

const VIOLATION: Violation = {
  rule: "markers",
  severity: "error",
  commit: "1".repeat(40),
  subject: "fix: a",
  message: "conflict markers are left in a b.py",
  hint: "take them out",
  paths: [{ path: "a b.py", line: 31 }],
  waiver: null,
};

/** What the specification demands, as far as it concerns us; 3.x are its sections. */
interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region?: { readonly startLine: number };
        };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
    }[];
  }[];
}

function sarif(...violations: readonly Violation[]): Sarif {
  const line = { line: "release/v2.7", from: null, to: "1".repeat(40), commits: [], notices: [] };
  const outcome: CheckOutcome = { kind: "checked", lines: [{ ...line, violations: [...violations] }], ok: false };
  return sarifOf(outcome, "0.1.0") as Sarif;
}

test("a log has its version, one run, a tool with a name and rules with IDs (3.13, 3.14, 3.18, 3.19)", () => {
  const { version, runs } = sarif();
  expect(version).toBe("2.1.0");
  expect(runs.length).toBe(1);
  expect(runs[0]?.tool.driver.name).toBe("morello");
  expect(runs[0]?.tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  expect(runs[0]?.results).toEqual([]); // an empty list says that it was looked; its absence, that it was not
});

test("a result has its rule, level, text and place (3.27, 3.29)", () => {
  const [run] = sarif(VIOLATION).runs;
  const [result] = run?.results ?? [];
  expect(run?.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe("markers");
  expect(result?.level).toBe("error");
  expect(result?.message.text).toBe(
    "111111111111 fix: a: conflict markers are left in a b.py. What to do: take them out",
  );
  expect(result?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "a%20b.py" },
    region: { startLine: 31 },
  });
});

test("what is wrong with a commit as a whole has a place all the same, without a line", () => {
  const [result] = sarif({ ...VIOLATION, paths: [] }).runs[0]?.results ?? [];
  expect(result?.locations.map(({ physicalLocation }) => physicalLocation)).toEqual([
    { artifactLocation: { uri: "morello.yaml" } },
  ]);
});

test("a waived violation is suppressed, with who and why (3.27.23)", () => {
  const waiver = { by: "lead@x", reason: "a test of merging", until: 1, key: "k" };
  const [result] = sarif({ ...VIOLATION, waiver }).runs[0]?.results ?? [];
  expect(result?.suppressions).toEqual([{ kind: "external", justification: "lead@x: a test of merging" }]);
});

test("the same violation has the same fingerprint in every run, and another one another", () => {
  const prints = (one: Violation): unknown => sarif(one).runs[0]?.results[0]?.partialFingerprints;
  expect(prints(VIOLATION)).toEqual(prints({ ...VIOLATION, hint: "another hint" }));
  expect(prints(VIOLATION)).not.toEqual(prints({ ...VIOLATION, commit: "2".repeat(40) }));
});
