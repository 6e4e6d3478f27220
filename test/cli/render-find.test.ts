import { describe, expect, test } from "vitest";
import { detailOf, renderFind } from "../../src/cli/render/find.ts";
import { renderWanted } from "../../src/cli/render/wanted.ts";
import type { FindOutcome, FoundFix, LineStanding, WantedOutcome } from "../../src/wire/find.ts";
import type { Match } from "../../src/wire/match.ts";
import { LEAK, oid, PIPE, terminal } from "./literal.ts";

function summary(start: string, subject: string): FoundFix["source"] {
  return { commit: oid(start), subject, author: "Ada Lovelace", date: "2026-03-04T10:00:00+01:00" };
}

function match(commit: string, more: Partial<Match> = {}): Match {
  const evidence: Match["evidence"] = [{ kind: "patch-id" }, { kind: "author" }];
  return {
    commit: oid(commit),
    band: "same",
    score: 0.994,
    evidence,
    disagreements: [],
    parts: [],
    others: [],
    ...more,
  };
}

function on(line: string, standing: LineStanding["standing"], more: Partial<LineStanding> = {}): LineStanding {
  return {
    line,
    tip: oid("99aa"),
    standing,
    commits: [],
    match: null,
    revertedBy: null,
    notAffected: null,
    ...more,
  };
}

const PICK = { ...summary("e700b956c4de", LEAK.subject), tag: "v2.8.1" };
const { parents: _parents, mainline: _mainline, neededBy: _neededBy, ...SOURCE } = LEAK;

const LINES: LineStanding[] = [
  on("release/v3.0", "equivalent", {
    commits: [{ ...SOURCE, tag: "v3.0.0" }],
    match: match("1a2b3c4", { score: 1, evidence: [{ kind: "ancestor" }] }),
  }),
  on("release/v2.9", "recorded", { commits: [{ ...PICK, commit: oid("ee"), tag: null }] }),
  on("release/v2.8", "equivalent", { commits: [PICK], match: match("e700b956c4de") }),
  on("release/v2.7", "corresponding", {
    commits: [
      { ...PICK, commit: oid("c1"), tag: null },
      { ...PICK, commit: oid("c2"), tag: "v2.7.4" },
    ],
    match: match("c1", {
      score: 0.974,
      parts: [oid("c2")],
      evidence: [
        { kind: "lines", share: 0.7, ofSource: 0.82, ofCommit: 0.9 },
        { kind: "subject", similarity: 1 },
        { kind: "author" },
        { kind: "date" },
      ],
    }),
  }),
  on("release/v2.6", "corresponding", {
    commits: [{ ...PICK, commit: oid("d1"), tag: null }],
    match: match("d1", {
      score: 0.7,
      band: "ask",
      evidence: [{ kind: "subject", similarity: 0.6 }],
      disagreements: [{ kind: "picked-from-unlike", named: oid("1a2b3c4") }],
    }),
  }),
  on("release/v2.5", "reverted", {
    commits: [{ ...PICK, commit: oid("b1"), tag: "v2.5.2" }],
    match: match("b1"),
    revertedBy: summary("b2", "Revert the limit of the queue"),
  }),
  on("release/v2.4", "absent"),
  on("stable/very-long-name-of-a-line-2.3", "not affected", {
    notAffected: {
      by: "blame",
      introduced: [summary("ca05e", "Read ahead: a queue of batches"), summary("ca06e", "Tidy up")],
      paths: ["train/loader.py"],
    },
  }),
];

const FOUND: FindOutcome = {
  kind: "find",
  judged: [],
  fixes: [
    {
      source: SOURCE,
      main: { name: "main", has: true, revertedBy: null },
      lines: LINES,
      followUps: [
        {
          commit: summary("f1", "Limit the queue by bytes: batches differ much in size"),
          how: "fixes",
          missingOn: ["release/v2.8", "release/v2.7"],
        },
        { commit: summary("f2", "Docs of the loader"), how: "same issue", missingOn: [] },
      ],
    },
  ],
  unreadable: [],
};

test("where a fix stands, 80 columns", () => {
  expect(renderFind(terminal(80), FOUND)).toMatchInlineSnapshot(`
    "Find  1a2b3c400000 Limit the prefetch queue: it kept… (Ada Lovelace, 2026-03-04)
          on main

    ✓  release/v3.0                         already there, as the same patch
                                            in its history, since v3.0.0
    ✓  release/v2.9                         already there, by the ledger
                                            as ee0000000000
    ✓  release/v2.8                         already there, as the same patch
                                            as e700b956c4de, since v2.8.1
    =  release/v2.7                         probably there, in another form
                                            as c10000000000 and c20000000000, since
                                            v2.7.4, 97 %: 82 % of its lines, the
                                            same subject, the same author
    ?  release/v2.6                         perhaps the same fix: please look
                                            as d10000000000, 70 %: a subject like it
    !  release/v2.5                         was there, and was reverted
                                            was b10000000000, taken out by
                                            b20000000000
    ✗  release/v2.4                         not there
    ○  stable/very-long-name-of-a-line-2.3  not needed here
                                            it repairs ca05e0000000 Read ahead: a
                                            queue of batches and 1 more

    ! release/v2.6: d10000000000 says that it was picked from 1a2b3c400000, and does
      something else

    Later commits that speak of it
    •  f10000000000  Limit the queue by byte…  missing on release/v2.8, release/v2.7
    •  f20000000000  Docs of the loader (sam…

    Next  morello plan 1a2b3c400000 --onto release/v2.4
          morello plan f10000000000 --onto release/v2.8 --onto release/v2.7
          morello find 1a2b3c400000 --same d10000000000 --reason '…'
    "
  `);
});

test("where a fix stands, 120 columns", () => {
  expect(renderFind(terminal(120), FOUND)).toMatchInlineSnapshot(`
    "Find  1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the epoch ended (Ada Lovelace, 2026-03-04)
          on main

    ✓  release/v3.0                         already there, as the same patch   in its history, since v3.0.0
    ✓  release/v2.9                         already there, by the ledger       as ee0000000000
    ✓  release/v2.8                         already there, as the same patch   as e700b956c4de, since v2.8.1
    =  release/v2.7                         probably there, in another form
                                            as c10000000000 and c20000000000, since v2.7.4, 97 %: 82 % of its lines, the
                                            same subject, the same author
    ?  release/v2.6                         perhaps the same fix: please look  as d10000000000, 70 %: a subject like it
    !  release/v2.5                         was there, and was reverted        was b10000000000, taken out by b20000000000
    ✗  release/v2.4                         not there
    ○  stable/very-long-name-of-a-line-2.3  not needed here
                                            it repairs ca05e0000000 Read ahead: a queue of batches and 1 more

    ! release/v2.6: d10000000000 says that it was picked from 1a2b3c400000, and does something else

    Later commits that speak of it
    •  f10000000000  Limit the queue by bytes: batches differ much in size (fixes)  missing on release/v2.8, release/v2.7
    •  f20000000000  Docs of the loader (same issue)

    Next  morello plan 1a2b3c400000 --onto release/v2.4
          morello plan f10000000000 --onto release/v2.8 --onto release/v2.7
          morello find 1a2b3c400000 --same d10000000000 --reason '…'
    "
  `);
});

test("where a fix stands, in a pipe", () => {
  expect(renderFind(PIPE, FOUND)).toMatchInlineSnapshot(`
    "commit: 1a2b3c4000000000000000000000000000000000 Limit the prefetch queue: it kept every batch alive until the epoch ended
    main: on main
    release/v3.0: 1a2b3c4000000000000000000000000000000000: already there, as the same patch (in its history, since v3.0.0)
    release/v2.9: 1a2b3c4000000000000000000000000000000000: already there, by the ledger (as ee00000000000000000000000000000000000000)
    release/v2.8: 1a2b3c4000000000000000000000000000000000: already there, as the same patch (as e700b956c4de0000000000000000000000000000, since v2.8.1)
    release/v2.7: 1a2b3c4000000000000000000000000000000000: probably there, in another form (as c100000000000000000000000000000000000000 and c200000000000000000000000000000000000000, since v2.7.4, 97 %: 82 % of its lines, the same subject, the same author)
    release/v2.6: 1a2b3c4000000000000000000000000000000000: perhaps the same fix: please look (as d100000000000000000000000000000000000000, 70 %: a subject like it)
    release/v2.5: 1a2b3c4000000000000000000000000000000000: was there, and was reverted (was b100000000000000000000000000000000000000, taken out by b200000000000000000000000000000000000000)
    release/v2.4: 1a2b3c4000000000000000000000000000000000: not there
    stable/very-long-name-of-a-line-2.3: 1a2b3c4000000000000000000000000000000000: not needed here (it repairs ca05e00000000000000000000000000000000000 Read ahead: a queue of batches and 1 more)
    release/v2.6: warning: d10000000000 says that it was picked from 1a2b3c400000, and does something else
    fixes: f100000000000000000000000000000000000000 Limit the queue by bytes: batches differ much in size: missing on release/v2.8, release/v2.7
    same issue: f200000000000000000000000000000000000000 Docs of the loader
    "
  `);
});

describe("above the lines it says", () => {
  const [fix] = FOUND.fixes;
  const words = (main: FoundFix["main"]): string =>
    renderFind(terminal(80), { ...FOUND, fixes: [{ ...fix!, main, lines: [], followUps: [] }] }).split("\n")[1] ?? "";

  test.each([
    [{ name: "main", has: true, revertedBy: null }, "      on main"],
    [{ name: "main", has: false, revertedBy: null }, "      not on main"],
    [{ name: null, has: false, revertedBy: null }, "      there is no main branch"],
    [
      { name: "main", has: true, revertedBy: summary("b3", "Revert it: slower than before") },
      "      main has taken it back: b30000000000 Revert it: slower than before",
    ],
  ])("%#", (main, expected) => {
    expect(words(main)).toBe(expected);
  });
});

test("a commit that is in the line's history is not named again", () => {
  expect(detailOf(terminal(80), LINES[0]!)).toBe("in its history, since v3.0.0");
});

test("what was judged, and what could not be read, is said around it", () => {
  const outcome: FindOutcome = {
    kind: "find",
    judged: [
      { commit: oid("c1"), said: "same" },
      { commit: oid("c2"), said: "forgotten" },
    ],
    fixes: [],
    unreadable: [oid("b1"), oid("b2"), oid("b3"), oid("b4")],
  };
  expect(renderFind(terminal(80), outcome)).toMatchInlineSnapshot(`
    "✓ remembered: c10000000000: the same fix
    ✓ remembered: c20000000000: nothing is said any more

    • 4 commits could not be read, and were compared by words alone: b10000000000, b20000000000, b30000000000 and 1 more
    "
  `);
  expect(renderFind(PIPE, outcome)).toMatchInlineSnapshot(`
    "judged: c100000000000000000000000000000000000000: the same fix
    judged: c200000000000000000000000000000000000000: nothing is said any more
    note: 4 commits could not be read, and were compared by words alone: b100000000000000000000000000000000000000, b200000000000000000000000000000000000000, b300000000000000000000000000000000000000 and 1 more
    "
  `);
});

test("what a repository says is cleaned before a terminal sees it", () => {
  const [fix] = FOUND.fixes;
  const evil = { ...SOURCE, subject: "evil \u001b]0;title\u0007 subject" };
  expect(renderFind(terminal(80), { ...FOUND, fixes: [{ ...fix!, source: evil }] })).not.toContain("\u001b");
});

const WANTED: WantedOutcome = {
  kind: "wanted",
  main: "main",
  since: "v2.7.0",
  lines: ["release/v2.8", "release/v2.7", "release/v2.6"],
  fixes: [
    {
      source: SOURCE,
      because: "fix",
      revertedBy: null,
      standings: [
        { ...LINES[2]!, line: "release/v2.8" },
        on("release/v2.7", "absent"),
        { ...LINES[4]!, line: "release/v2.6" },
      ],
    },
    {
      source: summary("77", "fix: close shards that were opened by a worker that died meanwhile, and count them"),
      because: "fix",
      revertedBy: summary("78", "Revert"),
      standings: [
        { ...LINES[5]!, line: "release/v2.8" },
        { ...LINES[7]!, line: "release/v2.7" },
        { ...LINES[3]!, line: "release/v2.6" },
      ],
    },
    {
      source: summary("79", "fix: there on all lines"),
      because: "Fixes",
      revertedBy: null,
      standings: [
        { ...LINES[2]!, line: "release/v2.8" },
        { ...LINES[2]!, line: "release/v2.7" },
        { ...LINES[1]!, line: "release/v2.6" },
      ],
    },
  ],
  more: 12,
  unreadable: [oid("b1")],
};

test("what lines may want, 80 columns", () => {
  expect(renderWanted(terminal(80), WANTED)).toMatchInlineSnapshot(`
    "Fixes  on main since v2.7.0: 2 of 3 may be wanted

                                                            v2.8      v2.7  v2.6
    1a2b3c400000  Limit the prefetch queue: it kept every…  ✓ v2.8.1  ✗     ?
    770000000000  fix: close shards that were opened by a…  !         ○     = v2.7.4

    ✓ there, with its first tag · = there in another form · ? please look · ✗ not
    there · ! reverted · ○ not needed

    • 12 older fixes not looked at: --limit 15

    • 1 commit could not be read, and was compared by words alone: b10000000000

    Next  morello plan 1a2b3c400000 --onto release/v2.7
    "
  `);
});

test("what lines may want, 120 columns", () => {
  expect(renderWanted(terminal(120), WANTED)).toMatchInlineSnapshot(`
    "Fixes  on main since v2.7.0: 2 of 3 may be wanted

                                                                                                    v2.8      v2.7  v2.6
    1a2b3c400000  Limit the prefetch queue: it kept every batch alive until the epoch ended         ✓ v2.8.1  ✗     ?
    770000000000  fix: close shards that were opened by a worker that died meanwhile, and count t…  !         ○     = v2.7.4

    ✓ there, with its first tag · = there in another form · ? please look · ✗ not there · ! reverted · ○ not needed

    • 12 older fixes not looked at: --limit 15

    • 1 commit could not be read, and was compared by words alone: b10000000000

    Next  morello plan 1a2b3c400000 --onto release/v2.7
    "
  `);
});

test("what lines may want, in a pipe", () => {
  expect(renderWanted(PIPE, WANTED)).toMatchInlineSnapshot(`
    "release/v2.8: 1a2b3c4000000000000000000000000000000000: already there, as the same patch (as e700b956c4de0000000000000000000000000000, since v2.8.1): fix: Limit the prefetch queue: it kept every batch alive until the epoch ended
    release/v2.7: 1a2b3c4000000000000000000000000000000000: not there: fix: Limit the prefetch queue: it kept every batch alive until the epoch ended
    release/v2.6: 1a2b3c4000000000000000000000000000000000: perhaps the same fix: please look (as d100000000000000000000000000000000000000, 70 %: a subject like it): fix: Limit the prefetch queue: it kept every batch alive until the epoch ended
    release/v2.8: 7700000000000000000000000000000000000000: was there, and was reverted (was b100000000000000000000000000000000000000, taken out by b200000000000000000000000000000000000000): fix: fix: close shards that were opened by a worker that died meanwhile, and count them
    release/v2.7: 7700000000000000000000000000000000000000: not needed here (it repairs ca05e00000000000000000000000000000000000 Read ahead: a queue of batches and 1 more): fix: fix: close shards that were opened by a worker that died meanwhile, and count them
    release/v2.6: 7700000000000000000000000000000000000000: probably there, in another form (as c100000000000000000000000000000000000000 and c200000000000000000000000000000000000000, since v2.7.4, 97 %: 82 % of its lines, the same subject, the same author): fix: fix: close shards that were opened by a worker that died meanwhile, and count them
    release/v2.8: 7900000000000000000000000000000000000000: already there, as the same patch (as e700b956c4de0000000000000000000000000000, since v2.8.1): Fixes: fix: there on all lines
    release/v2.7: 7900000000000000000000000000000000000000: already there, as the same patch (as e700b956c4de0000000000000000000000000000, since v2.8.1): Fixes: fix: there on all lines
    release/v2.6: 7900000000000000000000000000000000000000: already there, by the ledger (as ee00000000000000000000000000000000000000): Fixes: fix: there on all lines
    note: 12 older fixes not looked at
    note: 1 commit could not be read, and was compared by words alone: b100000000000000000000000000000000000000
    "
  `);
});

test("what one line may want has words in place of a legend", () => {
  const only = WANTED.fixes.map((fix) => ({ ...fix, standings: fix.standings.slice(1, 2) }));
  expect(renderWanted(terminal(80), { ...WANTED, lines: ["release/v2.7"], fixes: only, more: 0 }))
    .toMatchInlineSnapshot(`
      "Fixes  on main since v2.7.0: 1 of 3 may be wanted

                                                                           v2.7
      1a2b3c400000  Limit the prefetch queue: it kept every batch alive…   ✗ not there

      • 1 commit could not be read, and was compared by words alone: b10000000000

      Next  morello plan 1a2b3c400000 --onto release/v2.7
      "
    `);
});

test("nothing wanted is said as well", () => {
  expect(renderWanted(terminal(80), { ...WANTED, fixes: [], more: 0, since: oid("5eed") })).toMatchInlineSnapshot(`
    "Fixes  on main since 5eed00000000: 0 of 0 may be wanted

    • 1 commit could not be read, and was compared by words alone: b10000000000
    "
  `);
});
