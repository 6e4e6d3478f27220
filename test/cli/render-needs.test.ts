import { describe, expect, test } from "vitest";
import { renderNeeds } from "../../src/cli/render/needs.ts";
import type { PlannedPick } from "../../src/wire/plan.ts";
import type { Prerequisites } from "../../src/wire/prerequisite.ts";
import type { SymbolAlarm, SymbolReport } from "../../src/wire/symbol.ts";
import { LEAK, oid, OUTCOMES, PIPE, terminal } from "./literal.ts";

const FIRST = {
  commit: oid("0b27cfe37d2d"),
  subject: "Introduce .listen into connection type",
  author: "Ada Lovelace",
  date: "2022-07-27T10:00:00+00:00",
};

function pick(prerequisites: Prerequisites | null, symbols: SymbolReport | null = null): PlannedPick {
  const outcome = symbols === null ? OUTCOMES.conflict : OUTCOMES.clean;
  return { source: LEAK.commit, from: LEAK.commit, outcome, standing: null, prerequisites, symbols };
}

const PROVEN: Prerequisites = {
  kind: "proven",
  picks: [
    {
      ...FIRST,
      from: FIRST.commit,
      evidence: [
        { kind: "lines", path: "train/loader.py", lines: 1, neededBy: LEAK.commit },
        { kind: "trailer", neededBy: LEAK.commit },
      ],
    },
  ],
  tree: oid("77"),
  merges: 3,
};

const ALARM: SymbolAlarm = {
  rule: "unbound",
  name: "getCommandFlags",
  use: { path: "src/cluster.c", line: 6719 },
  detail: "nothing declares getCommandFlags",
  definition: { path: "src/server.h", line: 2867 },
  instead: null,
  confidence: "high",
  verdict: { kind: "pick-first", commit: FIRST.commit },
  judged: null,
};

const REPORT: SymbolReport = {
  alarms: [
    ALARM,
    {
      ...ALARM,
      name: "Any",
      use: { path: "train/loader.py", line: 3 },
      verdict: { kind: "add-import", module: "typing", name: "Any" },
    },
    {
      ...ALARM,
      rule: "call",
      name: "cancel",
      instead: { path: "src/server.h", line: 12 },
      verdict: { kind: "adapt", commit: null },
    },
    { ...ALARM, name: "patched", judged: "overridden" },
  ],
  more: 2,
  needs: { commits: [FIRST], proven: false },
  unchecked: [{ what: ".tcl", paths: ["tests/a.tcl"] }],
  unreadable: [],
};

describe("what must come first", () => {
  test("a proven set, 80 columns, with its heading once", () => {
    expect(renderNeeds(terminal(80), "release/v2.7", pick(PROVEN), true, false)).toMatchInlineSnapshot(`
      "
      What must be there first
        ✓ release/v2.7: this commit first, then 1a2b3c400000 is clean (tried, in
          memory)
            0b27cfe37d2d 2022-07-27 Introduce .listen into connection type
              it brought 1 line of train/loader.py that 1a2b3c400000 builds on; 1a2b3…
      "
    `);
    expect(renderNeeds(terminal(80), "release/v2.7", pick(PROVEN), false, false)).not.toContain("What must be there");
  });

  test("a chain that breaks", () => {
    const broken: Prerequisites = {
      kind: "broken",
      picks: PROVEN.picks,
      breaks: [{ commit: FIRST.commit, paths: ["src/config.c", "src/server.h"] }],
      limit: null,
      merges: 4,
    };
    expect(renderNeeds(terminal(80), "release/v2.7", pick(broken), false, false)).toMatchInlineSnapshot(`
      "  ✗ release/v2.7: this commit would have to come first, and does not apply
          either
            0b27cfe37d2d 2022-07-27 Introduce .listen into connection type
              it brought 1 line of train/loader.py that 1a2b3c400000 builds on; 1a2b3…
            it breaks at 0b27cfe37d2d in src/config.c, src/server.h
      "
    `);
    expect(renderNeeds(PIPE, "release/v2.7", pick(broken), false, false)).toMatchInlineSnapshot(`
      "release/v2.7: 1a2b3c4000000000000000000000000000000000: would need first 0b27cfe37d2d0000000000000000000000000000 2022-07-27 Introduce .listen into connection type
      release/v2.7: 1a2b3c4000000000000000000000000000000000: breaks at 0b27cfe37d2d0000000000000000000000000000 in src/config.c, src/server.h
      "
    `);
  });

  test.each<[string, Prerequisites, RegExp]>([
    ["nothing that helps", { kind: "unknown", limit: null, merges: 5 }, /wants an edit/],
    [
      "a search that was cut short",
      { kind: "unknown", limit: { reason: "merges", untried: [oid("1"), oid("2")] }, merges: 16 },
      /limit of merges; 2 commits not tried/,
    ],
    [
      "an object that is missing",
      { kind: "missing", detail: "commit abc is missing", merges: 0 },
      /commit abc is missing/,
    ],
  ])("%s is said", (_, found, words) => {
    expect(renderNeeds(terminal(120), "release/v2.7", pick(found), false, false)).toMatch(words);
    expect(renderNeeds(PIPE, "release/v2.7", pick(found), false, false)).toMatch(words);
  });

  test("nothing is printed where nothing was looked for or nothing is needed", () => {
    expect(renderNeeds(terminal(80), "a", pick(null), true, true)).toBe("");
    expect(renderNeeds(PIPE, "a", pick({ kind: "none-needed", tree: oid("7"), merges: 1 }), true, true)).toBe("");
  });
});

describe("names that the line lacks", () => {
  test("80 columns", () => {
    expect(renderNeeds(terminal(80), "release/v2.7", pick(null, REPORT), true, false)).toMatchInlineSnapshot(`
      "
      What must be there first
        ! release/v2.7: 1a2b3c400000 applies cleanly, and uses 3 names that are not
          there
            getCommandFlags  src/cluster.c:6719
              pick first (tried, in memory): 0b27cfe37d2d Introduce .listen into conn…
            Any  train/loader.py:3
              add the import: Any from typing
            cancel  src/cluster.c:6719
              adapt: defined at src/server.h:2867, the line has src/server.h:12
            and 2 more
      "
    `);
  });

  test("explained, 80 columns", () => {
    expect(renderNeeds(terminal(80), "release/v2.7", pick(null, REPORT), false, true)).toMatchInlineSnapshot(`
      "  ! release/v2.7: 1a2b3c400000 applies cleanly, and uses 3 names that are not
          there
            getCommandFlags  src/cluster.c:6719
              pick first (tried, in memory): 0b27cfe37d2d Introduce .listen into conn…
                a name that nothing binds (confidence high)
                defined at src/server.h:2867 on the source
                nothing declares getCommandFlags
            Any  train/loader.py:3
              add the import: Any from typing
                a name that nothing binds (confidence high)
                defined at src/server.h:2867 on the source
                nothing declares getCommandFlags
            cancel  src/cluster.c:6719
              adapt: defined at src/server.h:2867, the line has src/server.h:12
                the definition does not take this call (confidence high)
                defined at src/server.h:2867 on the source; here: src/server.h:12
                nothing declares getCommandFlags
            and 2 more
          release/v2.7: 1 alarm overridden before
          release/v2.7: not checked, .tcl: tests/a.tcl
      "
    `);
  });

  test("in a pipe", () => {
    expect(renderNeeds(PIPE, "release/v2.7", pick(null, REPORT), true, false)).toMatchInlineSnapshot(`
      "release/v2.7: 1a2b3c4000000000000000000000000000000000: unbound: getCommandFlags at src/cluster.c:6719: pick first (tried, in memory): 0b27cfe37d2d Introduce .listen into connection type
      release/v2.7: 1a2b3c4000000000000000000000000000000000: unbound: Any at train/loader.py:3: add the import: Any from typing
      release/v2.7: 1a2b3c4000000000000000000000000000000000: call: cancel at src/cluster.c:6719: adapt: defined at src/server.h:2867, the line has src/server.h:12
      release/v2.7: 1a2b3c4000000000000000000000000000000000: unbound: patched at src/cluster.c:6719: pick first (tried, in memory): 0b27cfe37d2d Introduce .listen into connection type (overridden)
      release/v2.7: 1a2b3c4000000000000000000000000000000000: not checked, .tcl: tests/a.tcl
      "
    `);
  });

  test("names of a repository cannot reach the terminal raw", () => {
    const evil = { ...REPORT, alarms: [{ ...ALARM, name: "a\u001b[31mb" }] };
    expect(renderNeeds(terminal(80), "a", pick(null, evil), false, false)).not.toContain("\u001b");
  });
});
