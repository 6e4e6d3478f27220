import { expect, test } from "vitest";
import { HostFacts } from "../../src/doctor/facts.ts";
import { judge, RULES } from "../../src/doctor/judge.ts";
import { factsOf } from "./fixtures/facts.ts";
import { BROKEN_CONTAINERS } from "./fixtures/containers.ts";
import { HEALTHY } from "./fixtures/healthy.ts";
import { BROKEN_HOSTS } from "./fixtures/hosts.ts";
import type { Case } from "./fixtures/case.ts";

test.each([...BROKEN_HOSTS, ...BROKEN_CONTAINERS])("$cause: $name", async (recorded) => {
  const facts = await factsOf(recorded);
  const [cause] = judge(facts).findings;
  expect(cause?.rule, cause?.because).toBe(recorded.cause);
  expect(HostFacts.parse(facts)).toEqual(facts);
});

test.each(HEALTHY)("nothing: $name", async (recorded) => {
  expect(judge(await factsOf(recorded, recorded.name.includes("too long") ? 200 : undefined)).findings).toEqual([]);
});

test("every rule has a machine that it is right for, wherever it can be seen", () => {
  const named = (cases: readonly Case[]): string[] => [...new Set(cases.flatMap(({ cause }) => cause ?? []))].sort();
  const seen = (place: "host" | "container"): string[] =>
    RULES.filter((rule) => rule.seen.includes(place))
      .map(({ id }) => id)
      .sort();
  expect(named(BROKEN_CONTAINERS)).toEqual(seen("container"));
  expect([...new Set([...named(BROKEN_HOSTS), "forward-compat", "compat-older"])].sort()).toEqual(seen("host"));
});

test("no rule is named twice", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});
