// What happened to recorded fixes: line by line, each with the command that goes on from there.
import type { AuditedLine, AuditOutcome } from "../../wire/audit.ts";
import { cleaned } from "./clean.ts";
import { count, paint, showId, symbol, type View } from "./view.ts";
import { truncate } from "./width.ts";

export function renderAudit(view: View, found: AuditOutcome): string {
  const { lines, without } = cleaned(found);
  const out = lines.flatMap((line) => lineRows(view, line));
  if (lines.length === 0) out.push("No line here has a ledger");
  else if (without.length > 0) out.push(note(view, `no ledger: ${without.join(", ")}`));
  return out.map((row) => `${row}\n`).join("");
}

function note(view: View, text: string): string {
  return view.plain ? `note: ${text}` : `${paint(view, "quiet", symbol(view, "note"))} ${text}`;
}

interface Said {
  readonly text: string;
  readonly command: string | null;
}

function lineRows(view: View, line: AuditedLine): string[] {
  const said = saidOf(view, line);
  const recorded = count(line.recorded, "fix recorded", "fixes recorded");
  if (view.plain) {
    const head = `${line.line}: ${recorded}, ${said.length === 0 ? "nothing to do" : count(said.length, "finding")}`;
    return [
      head,
      ...said.map(({ text, command }) => `${line.line}: ${text}${command === null ? "" : ` (${command})`}`),
    ];
  }
  const [name, tone] = said.length === 0 ? (["good", "good"] as const) : (["refused", "warn"] as const);
  return [
    `${paint(view, tone, symbol(view, name))} ${line.line}  ${paint(view, "quiet", recorded)}`,
    ...said.flatMap(({ text, command }) => [
      truncate(`    ${text}`, view.width),
      ...(command === null ? [] : [`      ${paint(view, "quiet", command)}`]),
    ]),
  ];
}

function saidOf(view: View, { line, fixes, unrecorded, backwards, movedTags }: AuditedLine): Said[] {
  const reverts = fixes.flatMap(({ source, revertedBy }): Said[] =>
    revertedBy === null
      ? []
      : [
          {
            text: `${showId(view, source.commit)} was taken back on main by ${showId(view, revertedBy.commit)}: ${source.subject}`,
            command: `morello pick ${revertedBy.commit.slice(0, 12)} --onto ${line}`,
          },
        ],
  );
  const followUps = fixes.flatMap(({ source, followUps: later }) =>
    later.map(({ commit, how }): Said => {
      const text = `${showId(view, commit.commit)} ${how} ${showId(view, source.commit)}, and is missing here: ${commit.subject}`;
      return { text, command: `morello pick ${commit.commit.slice(0, 12)} --onto ${line}` };
    }),
  );
  const tags = movedTags.map(({ tag, released, found }): Said => {
    const now = found === null ? "is gone" : `is ${showId(view, found)}`;
    return {
      text: `tag ${tag} was released as ${showId(view, released)}, and ${now}`,
      command: `git update-ref refs/tags/${tag} ${released.slice(0, 12)}`,
    };
  });
  return [
    ...(backwards === null
      ? []
      : [
          {
            text: `the line went back: ${showId(view, backwards.from)} was there, and ${showId(view, backwards.to)} is`,
            command: `git log --oneline ${backwards.to.slice(0, 12)}..${backwards.from.slice(0, 12)}`,
          },
        ]),
    ...tags,
    ...reverts,
    ...followUps,
    ...(unrecorded.length === 0
      ? []
      : [{ text: `${count(unrecorded.length, "commit")} without a record`, command: `morello check ${line}` }]),
  ];
}
