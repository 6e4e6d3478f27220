// What main has that lines may want: fixes down, lines across.
import type { WantedOutcome } from "../../wire/find.ts";
import { cleaned } from "./clean.ts";
import { detailOf, markOf, phraseOf, unreadableLines } from "./find.ts";
import { command } from "./shell.ts";
import { table, type Cell } from "./table.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

type Wanted = WantedOutcome["fixes"][number];

export function renderWanted(view: View, found: WantedOutcome): string {
  const outcome = cleaned(found);
  const lines = view.plain ? plainWanted(view, outcome) : wantedLines(view, outcome);
  return lines.map((line) => `${line}\n`).join("");
}

/** Fixes that no line wants are counted, not shown. */
function isOpen({ standings }: Wanted): boolean {
  return standings.some(
    ({ standing, match }) =>
      standing === "absent" || standing === "reverted" || (standing === "corresponding" && match?.band === "ask"),
  );
}

function wantedLines(view: View, outcome: WantedOutcome): string[] {
  const { main, since, lines, fixes, more } = outcome;
  const open = fixes.filter(isOpen);
  const title = `${paint(view, "strong", "Fixes")}  on ${main} since ${shortened(since)}: ${open.length} of ${fixes.length} may be wanted`;
  const out = [title];
  if (open.length > 0) {
    const [only] = lines;
    const head: Cell[] = [
      { text: "" },
      { text: "" },
      ...headings(lines).map((text): Cell => ({ text, tone: "strong" })),
    ];
    const rows = open.map(({ source, revertedBy, standings }): Cell[] => [
      { text: shortId(source.commit), tone: "id" },
      { text: source.subject, rest: revertedBy === null ? "" : ` (${main} took it back)` },
      ...standings.map((line): Cell => {
        const mark = markOf(view, line);
        const word = only !== undefined && lines.length === 1 ? ` ${phraseOf(line)}` : tagOf(line);
        return { text: `${mark.text}${word}`, tone: mark.tone };
      }),
    ]);
    out.push(
      "",
      ...table(view, [{}, { shrink: 2, least: 24 }, ...lines.map(() => ({ shrink: 1, least: 6 }))], [head, ...rows]),
    );
    if (lines.length > 1) out.push("", ...wrap(legend(view), view.width).map((text) => paint(view, "quiet", text)));
  }
  if (more > 0)
    out.push(
      "",
      `${symbol(view, "note")} ${count(more, "older fix", "older fixes")} not looked at: --limit ${fixes.length + more}`,
    );
  const unread = unreadableLines(view, outcome.unreadable);
  if (unread.length > 0) out.push("", ...unread.flatMap((text) => wrap(text, view.width)));
  const [first] = open;
  const absent = first?.standings.find(({ standing }) => standing === "absent");
  if (first !== undefined && absent !== undefined)
    out.push(
      "",
      `${paint(view, "strong", "Next")}  ${command(["morello", "plan", shortId(first.source.commit), "--onto", absent.line])}`,
    );
  return out;
}

/** Names without the folder that all of them are in. */
function headings(lines: readonly string[]): readonly string[] {
  const folder = /^.*\//.exec(lines[0] ?? "")?.[0] ?? "";
  return lines.every((line) => line.startsWith(folder)) ? lines.map((line) => line.slice(folder.length)) : lines;
}

function tagOf(line: Wanted["standings"][number]): string {
  const tag = line.commits.at(-1)?.tag;
  return tag == null || line.standing === "reverted" ? "" : ` ${tag}`;
}

function legend(view: View): string {
  const entries = (["good", "there", "bad", "refused", "nothing"] as const).map((name) => symbol(view, name));
  const [good, there, bad, refused, nothing] = entries;
  return `${good} there, with its first tag · ${there} there in another form · ? please look · ${bad} not there · ${refused} reverted · ${nothing} not needed`;
}

function shortened(since: string): string {
  return /^[0-9a-f]{40,64}$/.test(since) ? shortId(since) : truncate(since, 40);
}

function plainWanted(view: View, { fixes, more, unreadable }: WantedOutcome): string[] {
  return [
    ...fixes.flatMap(({ source, because, standings }) =>
      standings.map((line) => {
        const detail = detailOf(view, line);
        return `${line.line}: ${source.commit}: ${phraseOf(line)}${detail === "" ? "" : ` (${detail})`}: ${because}: ${source.subject}`;
      }),
    ),
    ...(more > 0 ? [`note: ${count(more, "older fix", "older fixes")} not looked at`] : []),
    ...unreadableLines(view, unreadable),
  ];
}
