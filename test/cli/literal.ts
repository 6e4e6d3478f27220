// Outcomes as literals, for renderers: a plan of two commits on four lines, with one outcome of every kind somewhere.
import type { View } from "../../src/cli/render/view.ts";
import type { Line, LineReport } from "../../src/wire/line.ts";
import type { LineResult } from "../../src/wire/outcome.ts";
import type {
  ConflictedPath,
  PickOptions,
  PickOutcome,
  Plan,
  PlannedLine,
  PlanNote,
  Source,
} from "../../src/wire/plan.ts";

export const PIPE: View = { width: 80, plain: true, color: false, unicode: false };

export function terminal(width: number, more: Partial<View> = {}): View {
  return { width, plain: false, color: false, unicode: true, ...more };
}

/** An object ID that begins with those digits. */
export function oid(start: string): string {
  return start.padEnd(40, "0");
}

export const LEAK: Source = {
  commit: oid("1a2b3c4"),
  subject: "Limit the prefetch queue: it kept every batch alive until the epoch ended",
  author: "Ada Lovelace",
  date: "2026-03-04T10:00:00+01:00",
  parents: [oid("aaaa")],
  mainline: null,
  neededBy: [],
};

export const DOCS: Source = { ...LEAK, commit: oid("2b3c4d5"), subject: "説明を追加する: docstrings of the loader 🚀" };

export function line(name: string, more: Partial<Line> = {}): Line {
  return {
    name,
    refname: `refs/heads/${name}`,
    remoteRefname: null,
    tip: oid("99aa"),
    localTip: oid("99aa"),
    difference: null,
    version: [2, 7],
    tagPrefix: "v",
    lastTag: "v2.7.0",
    tagTime: 1_772_600_000,
    tipTime: 1_772_600_000,
    maintenance: { maintained: true, reason: "recent-tip" },
    owners: [],
    confirm: "plan",
    verify: null,
    image: null,
    ...more,
  };
}

export function report(name: string, more: Partial<LineReport> = {}): LineReport {
  return { ...line(name), sinceTag: 3, onlyHere: 12, onlyMain: 340, ...more };
}

export const OUTCOMES: { readonly [Kind in PickOutcome["kind"]]: Extract<PickOutcome, { kind: Kind }> } = {
  "already-there": { kind: "already-there", evidence: "patch-id", commit: oid("e700b956c4de"), tag: "v2.8.1" },
  "clean": {
    kind: "clean",
    tree: oid("77"),
    commit: oid("249583bbf6d4"),
    renames: [],
    stat: { files: 2, insertions: 10, deletions: 3 },
    paths: ["train/loader.py", "train/queue.py"],
  },
  "redundant": { kind: "redundant", reason: "became-empty" },
  "conflict": { kind: "conflict", paths: [conflicted("train/loader.py")] },
  "not-applicable": { kind: "not-applicable", missing: ["train/loader.py", "train/queue.py"] },
  "refused": {
    kind: "refused",
    reason: "merge-without-mainline",
    detail: "1a2b3c400000 is a merge; --mainline 1 takes what it brought to its first parent",
  },
  "blocked": { kind: "blocked", by: LEAK.commit },
};

export function conflicted(path: string, more: Partial<ConflictedPath> = {}): ConflictedPath {
  return {
    path,
    kind: "content",
    base: null,
    ours: null,
    theirs: null,
    regions: [
      {
        line: 42,
        base: ["def prefetch(self, n):"],
        ours: ["def prefetch(self, n, *, pin=False):", "\tif pin:", "\t\tself.pin()", "", "# more", "# and more"],
        theirs: [],
      },
    ],
    moreRegions: 0,
    causes: null,
    ...more,
  };
}

export function planned(
  name: string,
  outcomes: readonly PickOutcome[],
  sources: readonly Source[] = [LEAK],
): PlannedLine {
  const stops = ["conflict", "refused", "not-applicable"];
  const failure = outcomes.findIndex(({ kind }) => stops.includes(kind));
  const moves = outcomes.some(({ kind }) => kind === "clean");
  return {
    line: line(name),
    onto: oid("99aa"),
    target: { refname: `refs/heads/${name}`, expected: oid("99aa") },
    picks: outcomes.map((outcome, n) => ({
      source: sources[n]!.commit,
      from: sources[n]!.commit,
      outcome,
      standing: null,
      prerequisites: null,
      symbols: null,
    })),
    result: moves ? oid("249583bbf6d4") : oid("99aa"),
    firstFailure: failure === -1 ? null : sources[failure]!.commit,
  };
}

const OPTIONS: PickOptions = {
  mainline: null,
  signoff: false,
  trailers: [],
  messages: {},
  via: "source",
  toBranch: null,
};

export function plan(
  lines: readonly PlannedLine[],
  more: {
    readonly sources?: readonly Source[];
    readonly notes?: readonly PlanNote[];
    readonly options?: Partial<PickOptions>;
    readonly revisions?: readonly string[];
  } = {},
): Plan {
  return {
    schema: "morello.plan/1",
    git: "2.39.5",
    committer: { name: "Bo Release", email: "bo@example.com", date: "1772701200 +0100" },
    revisions: [...(more.revisions ?? ["fix/leak"])],
    options: { ...OPTIONS, ...more.options },
    sources: [...(more.sources ?? [LEAK])],
    lines: [...lines],
    notes: [...(more.notes ?? [])],
  };
}

/** One commit, a line for each outcome that a first commit can have. */
export const MANY_LINES = plan([
  planned("release/v2.8", [OUTCOMES["already-there"]]),
  planned("release/v2.7", [OUTCOMES.clean]),
  planned("release/v2.6", [OUTCOMES.conflict]),
  planned("release/v2.5", [OUTCOMES["not-applicable"]]),
  planned("release/v2.4", [OUTCOMES.redundant]),
  planned("release/v2.3", [OUTCOMES.refused]),
]);

export const SERIES = plan(
  [
    planned("release/v2.8", [OUTCOMES["already-there"], OUTCOMES.clean], [LEAK, DOCS]),
    planned("release/v2.6", [OUTCOMES.conflict, OUTCOMES.blocked], [LEAK, DOCS]),
  ],
  { sources: [LEAK, DOCS], revisions: ["main..fix/leak"] },
);

export function result(kind: LineResult["kind"], from: PlannedLine, more: Partial<LineResult> = {}): LineResult {
  const moved = kind === "moved";
  return {
    line: from.line.name,
    refname: from.target.refname,
    kind,
    from: oid("99aa"),
    to: moved ? oid("249583bbf6d4") : oid("99aa"),
    picks: from.picks.map((pick) => ({
      ...pick,
      landed: moved && pick.outcome.kind === "clean" ? pick.outcome.commit : null,
    })),
    verify: null,
    violations: [],
    worktrees: [],
    next: kind === "stopped" ? `morello resolve ${from.line.name}` : null,
    ...more,
  };
}
