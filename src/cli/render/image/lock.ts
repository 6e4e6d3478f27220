// What `morello image lock` did or found, for people.
import { unreachable } from "../../../error.ts";
import type { ImageLockOutcome, LockChange, LockedSummary } from "../../../wire/image/lock.ts";
import { table, type Cell } from "../table.ts";
import { count, paint, symbol, type Tone, type View } from "../view.ts";
import { wrap } from "../width.ts";

export function renderImageLock(view: View, outcome: ImageLockOutcome): string {
  return `${linesOf(view, outcome).join("\n")}\n`;
}

function linesOf(view: View, outcome: ImageLockOutcome): string[] {
  switch (outcome.kind) {
    case "locked":
      return lockedLines(view, outcome);
    case "holds": {
      const size = `${count(outcome.environments, "environment")}, ${count(outcome.packages, "package")}`;
      const there = outcome.online ? ", and all of it is still there" : "";
      return [
        `${paint(view, "good", symbol(view, "good"))} morello.lock is what morello.yaml asks for${there} (${size})`,
      ];
    }
    case "stale":
      return [
        `${paint(view, "bad", symbol(view, "bad"))} morello.lock is not what morello.yaml asks for`,
        ...table(
          view,
          [{}, { shrink: 1 }, {}],
          outcome.differences.map(({ variant, platform, what, only }) => [
            { text: `${variant} ${platform}`, tone: "quiet" },
            { text: what },
            { text: `only in ${only}`, tone: "warn" },
          ]),
          2,
        ),
        "",
        `${paint(view, "quiet", "hint:")} morello image lock`,
      ];
    case "vanished":
      return [
        `${paint(view, "bad", symbol(view, "bad"))} ${count(outcome.missing.length, "package")} of morello.lock can no longer be had`,
        ...table(
          view,
          [{}, { shrink: 1 }, { shrink: 2 }, { shrink: 3 }],
          outcome.missing.map(({ variant, platform, name, version, available }) => [
            { text: `${variant} ${platform}`, tone: "quiet" },
            { text: name, tone: "name" },
            { text: version },
            available.length === 0
              ? { text: "nothing instead", tone: "bad" }
              : { text: `${symbol(view, "arrow")} ${available.slice(0, 3).join(", ")}`, tone: "warn" },
          ]),
          2,
        ),
        "",
        `${paint(view, "quiet", "hint:")} morello image lock --update; a build from the cache works as long as the cache has it`,
      ];
    case "impossible":
      return [
        `${paint(view, "bad", symbol(view, "bad"))} Nobody published what ${outcome.variant === "default" ? "image.environment" : `the variant ${outcome.variant}`} asks for.`,
        ...(view.plain ? [outcome.reason] : wrap(outcome.reason, view.width - 2)).map((line) => `  ${line}`),
        ...outcome.offers.flatMap(({ row, lines }, index) => [
          "",
          `${index === 0 ? "  The nearest there is:" : "  Or:"} ${paint(view, "name", row)}`,
          ...lines.map((line) => `    ${line}`),
        ]),
        "",
        ...outcome.sources.map((source) => paint(view, "quiet", `  source: ${source}`)),
      ];
    default:
      return unreachable(outcome);
  }
}

function lockedLines(
  view: View,
  { environments, isWritten, epoch }: Extract<ImageLockOutcome, { kind: "locked" }>,
): string[] {
  const day = new Date(epoch * 1000).toISOString().slice(0, 10);
  const head = isWritten
    ? `${paint(view, "good", symbol(view, "good"))} morello.lock is written; its time is ${day}`
    : `${paint(view, "good", symbol(view, "there"))} morello.lock holds this already; its time is ${day}`;
  return [head, ...environments.flatMap((each) => ["", ...environmentLines(view, each)])];
}

function environmentLines(view: View, of: LockedSummary): string[] {
  const facts = [
    ...(of.compat === null ? [] : [`torch ${of.compat}`]),
    ...(of.python === null ? [] : [`Python ${of.python}`]),
    count(of.debs, ".deb", ".debs") + (of.debBytes === 0 ? "" : ` (${(of.debBytes / 1e6).toFixed(1)} MB)`),
    count(of.wheels, "wheel"),
  ];
  return [
    `${paint(view, "strong", of.variant)} ${of.platform}: ${facts.join(", ")}`,
    ...changeLines(view, of.changes),
    ...of.notes.flatMap((note) =>
      (view.plain ? [note] : wrap(note, view.width - 4)).map(
        (line, index) => `  ${index === 0 ? symbol(view, "note") : " "} ${line}`,
      ),
    ),
  ];
}

/** Beyond it a table says less than a count; the file and git's diff have every line. */
const MOST = 40;

function changeLines(view: View, changes: readonly LockChange[]): string[] {
  const shown = view.plain ? changes : changes.slice(0, MOST);
  const rows = shown.map(({ what, name, before, after }): Cell[] => [
    { text: before === null ? "+" : after === null ? "-" : "~", tone: toneOf(before, after) },
    { text: what, tone: "quiet" },
    { text: what === "base" ? "" : name, tone: "name" },
    { text: versionText(before) },
    { text: before !== null && after !== null ? symbol(view, "arrow") : "", tone: "quiet" },
    { text: versionText(after) },
  ]);
  const rest = changes.length - shown.length;
  return [
    ...table(view, [{}, {}, { shrink: 1 }, { shrink: 3 }, {}, { shrink: 2 }], rows, 2),
    ...(rest === 0 ? [] : [paint(view, "quiet", `  and ${rest} more: git diff morello.lock`)]),
  ];
}

/** A digest by its beginning: the file has it in full. */
function versionText(version: string | null): string {
  return (version ?? "").replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1");
}

function toneOf(before: string | null, after: string | null): Tone {
  return before === null ? "good" : after === null ? "bad" : "warn";
}
