// The outcome of a check as SARIF 2.1.0, which code scanning of forges and editors read.
import { createHash } from "node:crypto";
import { RULES } from "../../policy/rules.ts";
import type { CheckOutcome, Violation } from "../../wire/check.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** One run; a result for each violation, suppressed where it was waived. `version`: Morello's own. */
export function sarifOf(outcome: CheckOutcome, version: string): object {
  const violations = outcome.kind === "checked" ? outcome.lines.flatMap((line) => line.violations) : outcome.violations;
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "morello", version, rules: RULES.map(describe) } },
        columnKind: "utf16CodeUnits",
        results: violations.map(resultOf),
      },
    ],
  };
}

function describe({ id, description, hint, severity }: (typeof RULES)[number]): object {
  const level = severity === "off" ? { enabled: false } : { level: severity };
  return {
    id,
    shortDescription: { text: description },
    help: { text: hint },
    defaultConfiguration: level,
  };
}

function resultOf(violation: Violation): object {
  const { rule, severity, commit, subject, message, hint, waiver } = violation;
  const which = commit === null ? "" : `${commit.slice(0, 12)} ${subject}: `;
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ id }) => id === rule),
    level: severity,
    message: { text: `${which}${message}. What to do: ${hint}` },
    locations: locationsOf(violation),
    partialFingerprints: { "morello/v1": fingerprint(violation) },
    ...(waiver === null
      ? {}
      : { suppressions: [{ kind: "external", justification: `${waiver.by}: ${waiver.reason}` }] }),
  };
}

/** Readers want a file; what is wrong with a commit as a whole is shown at the policy that says so. */
function locationsOf({ paths, commit }: Violation): object[] {
  const logicalLocations = commit === null ? {} : { logicalLocations: [{ name: commit, kind: "commit" }] };
  const places = paths.length === 0 ? [{ path: "morello.yaml", line: 0 }] : paths;
  return places.map(({ path, line }) => ({
    physicalLocation: {
      artifactLocation: { uri: encodeURI(path) },
      ...(line === 0 ? {} : { region: { startLine: line } }),
    },
    ...logicalLocations,
  }));
}

/** The same for the same violation in every run. */
function fingerprint({ rule, commit, message, paths }: Violation): string {
  return createHash("sha256")
    .update(JSON.stringify([rule, commit, message, paths]))
    .digest("hex");
}
