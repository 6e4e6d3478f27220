// An upgrade of a workbench: its steps as they are done, what came of it, who works where.
import { unreachable } from "../../../error.ts";
import type { UpgradeEvent } from "../../../usecase/image/upgrade.ts";
import type { UpgradeOutcome, UpgradePort, UpgradeUse } from "../../../wire/image/upgrade.ts";
import { clean, cleaned } from "../clean.ts";
import { command } from "../shell.ts";
import { table, type Cell } from "../table.ts";
import { count, paint, symbol, type SymbolName, type Tone, type View } from "../view.ts";
import { truncate, wrap } from "../width.ts";

/** One line of stderr for a step that is done or a thing to know; null: nothing is to be said. */
export function stepLine(view: View, found: UpgradeEvent): string | null {
  const event = cleaned(found);
  const said = words(event);
  if (said === null) return null;
  const [name, tone, text, rest] = said;
  const mark = view.plain ? "" : `${paint(view, tone, symbol(view, name))} `;
  const more = rest === "" ? "" : `  ${paint(view, "quiet", rest)}`;
  return `${mark}${text}${more}\n`;
}

type Said = readonly [SymbolName, Tone, string, string];

function words(event: UpgradeEvent): Said | null {
  switch (event.kind) {
    case "pulling":
    case "stopping":
      return null;
    case "resumed":
      return [
        "note",
        "name",
        `going on with ${STEPS[event.step]}`,
        event.damaged ? "the journal's last entry was damaged" : "",
      ];
    case "pulled":
      return ["good", "good", `pulled ${event.version}`, event.pinned];
    case "started":
      return ["good", "good", `started ${event.container}`, "beside the old one"];
    case "healthy":
      return ["good", "good", `${event.container} is healthy`, ""];
    case "unhealthy":
      return ["bad", "bad", `${event.container} is not fit: ${event.why}`, ""];
    case "switched":
      return ["good", "good", `new connections go to ${event.to}`, `those that stand stay with ${event.from}`];
    case "waiting":
      return ["waiting", "name", `${event.container} is left alone: ${summary(event.uses)}`, ""];
    case "overdue":
      return [
        "refused",
        "warn",
        `${event.container} is still in use after ${time(event.seconds)}: ${summary(event.uses)}`,
        "it stays",
      ];
    case "refused":
      return [
        "refused",
        "warn",
        `port ${event.ports.join(" and ")} is somebody else's`,
        "the door takes it as soon as it is free",
      ];
    case "removed":
      return ["good", "good", `removed ${event.container}`, "nobody worked in it"];
    case "kept":
      return [
        "note",
        "name",
        `stopped ${event.container}, and kept it: ${count(event.files.length, "file")} in it alone`,
        "",
      ];
    default:
      return unreachable(event);
  }
}

/** What goes on now, for the line that a terminal shows meanwhile. */
export function waitingWords(event: UpgradeEvent): string {
  const { kind } = event;
  if (kind === "pulling") return `pulling ${event.image}`;
  if (kind === "pulled") return "starting the new version";
  if (kind === "started") return "waiting until it is healthy";
  if (kind === "waiting" || kind === "overdue") return `waiting for ${summary(event.uses)} (Ctrl-C is safe)`;
  return kind === "stopping" ? `stopping ${event.container}` : "working";
}

const STEPS = {
  "pull": "pulling the new version",
  "start": "starting the new version",
  "healthy": "waiting until the new version is healthy",
  "switch": "moving the ports",
  "drain": "waiting until nobody works in the old one",
  "remove": "removing the old one",
  "roll-back": "removing the new version",
  "done": "done",
  "rolled-back": "rolled back",
  "aborted": "aborted",
} as const;

const KINDS: Readonly<Record<UpgradeUse["kind"], string>> = {
  kernel: "kernel",
  ssh: "SSH login",
  tmux: "tmux session",
  screen: "screen session",
  torchrun: "torchrun job",
  terminal: "terminal",
  process: "process",
};

/** `2 kernels, 1 SSH login`. */
function summary(uses: readonly UpgradeUse[]): string {
  const kinds = [...new Set(uses.map(({ kind }) => kind))];
  return kinds
    .map((kind) => count(uses.filter((use) => use.kind === kind).length, KINDS[kind], plural(kind)))
    .join(", ");
}

function plural(kind: UpgradeUse["kind"]): string {
  return kind === "process" ? "processes" : `${KINDS[kind]}s`;
}

function time(seconds: number): string {
  if (seconds % 86_400 === 0) return count(seconds / 86_400, "day");
  if (seconds % 3600 === 0) return count(seconds / 3600, "hour");
  return seconds % 60 === 0 ? count(seconds / 60, "minute") : count(seconds, "second");
}

/** The engine's commands alone, to be pasted. */
export function renderCommands(view: View, outcome: UpgradeOutcome): string {
  if (outcome.kind !== "planned") return renderUpgrade(view, outcome);
  return outcome.commands.map((one) => `${clean(command(one))}\n`).join("");
}

export function renderUpgrade(view: View, found: UpgradeOutcome): string {
  return lines(view, cleaned(found))
    .map((line) => `${line}\n`)
    .join("");
}

function lines(view: View, outcome: UpgradeOutcome): string[] {
  switch (outcome.kind) {
    case "planned":
      return [
        head(view, "note", "name", outcome, "would go from"),
        ...portLines(view, outcome.ports, "would be"),
        ...outcome.commands.map((one) => `  ${paint(view, "quiet", command(one))}`),
      ];
    case "current":
      return [
        sentence(view, "there", "name", `${outcome.name} runs ${outcome.side.version} already`, outcome.side.image),
      ];
    case "upgraded":
      return [
        head(view, "good", "good", outcome, "went from"),
        ...portLines(view, outcome.ports, "is"),
        ...(outcome.old.kind === "kept"
          ? keptLines(view, outcome.engine, outcome.from.container, outcome.old.files)
          : []),
      ];
    case "draining":
      return [
        head(view, "good", "good", outcome, "went from"),
        ...portLines(view, outcome.ports, "is"),
        ...asideLines(view, outcome.ports, outcome.from.version),
        sentence(view, "waiting", "name", `${outcome.from.container} is left alone`, ""),
        ...useLines(view, outcome.uses),
        hint(view, ["morello", "image", "upgrade", outcome.name], "removes it once nobody works in it"),
      ];
    case "rolled-back":
      return [
        sentence(
          view,
          "bad",
          "bad",
          `${outcome.name} stays at ${outcome.from.version}: ${outcome.to.version} is not fit`,
          "",
        ),
        ...wrap(outcome.why, view.width - 2).map((line) => `  ${line}`),
        ...outcome.log.map((line) => `  ${paint(view, "quiet", truncated(view, line))}`),
      ];
    case "aborted":
      return [
        sentence(view, "good", "good", `${outcome.name} is back at ${outcome.side.version}`, ""),
        ...(outcome.uses.length === 0
          ? []
          : [
              sentence(view, "waiting", "name", `${outcome.other} is left alone`, ""),
              ...useLines(view, outcome.uses),
              hint(view, ["morello", "image", "upgrade", outcome.name], "removes it once nobody works in it"),
            ]),
      ];
    case "status":
      return statusLines(view, outcome);
    default:
      return unreachable(outcome);
  }
}

type Sides = Extract<UpgradeOutcome, { kind: "upgraded" | "draining" | "planned" }>;

function head(view: View, name: SymbolName, tone: Tone, { name: bench, from, to }: Sides, how: string): string {
  return sentence(
    view,
    name,
    tone,
    `${bench} ${how} ${from.version} to ${paint(view, "strong", to.version)}`,
    to.container,
  );
}

function sentence(view: View, name: SymbolName, tone: Tone, text: string, rest: string): string {
  const mark = view.plain ? "" : `${paint(view, tone, symbol(view, name))} `;
  return `${mark}${text}${rest === "" ? "" : `  ${paint(view, "quiet", rest)}`}`;
}

const SERVICES: Readonly<Record<UpgradePort["service"], string>> = { jupyter: "JupyterLab", ssh: "SSH", other: "port" };

function portLines(view: View, ports: readonly UpgradePort[], how: "is" | "would be"): string[] {
  const rows = ports.map(({ service, inside, reached }): Cell[] => [
    { text: service === "other" ? `port ${inside}` : SERVICES[service], tone: "quiet" },
    { text: `${how} at ${reached.map(({ bind, port }) => place(bind, port)).join(" and ")}` },
  ]);
  const owns = ports.flatMap(({ own }) => (own === null ? [] : [own.port]));
  const note = `until it is gone the old one keeps ${owns.join(" and ")}, which will lead to the new one then`;
  return [
    ...table(view, [{}, { shrink: 1, least: 20 }], rows, 2),
    ...(owns.length === 0 ? [] : wrap(note, view.width - 2).map((line) => `  ${paint(view, "quiet", line)}`)),
  ];
}

function asideLines(view: View, ports: readonly UpgradePort[], version: string): string[] {
  const rows = ports.flatMap(({ service, inside, aside }): Cell[][] => {
    if (aside === null) return [];
    const text = service === "other" ? `port ${inside}` : SERVICES[service];
    return [[{ text, tone: "quiet" }, { text: `of ${version} meanwhile at ${place(aside.bind, aside.port)}` }]];
  });
  return table(view, [{}, { shrink: 1, least: 20 }], rows, 2);
}

function place(bind: string, port: number): string {
  return bind === "0.0.0.0" ? `port ${port}` : `${bind}:${port}`;
}

function useLines(view: View, uses: readonly UpgradeUse[]): string[] {
  const rows = uses.map(({ kind, what, pid }): Cell[] => [
    { text: KINDS[kind], tone: "strong" },
    { text: what },
    { text: pid === null ? "" : String(pid), tone: "quiet" },
  ]);
  return table(view, [{}, { shrink: 1, least: 24 }, {}], rows, 2);
}

function keptLines(view: View, engine: string, container: string, files: readonly string[]): string[] {
  const shown = files.slice(0, view.plain ? files.length : 10);
  const more = files.length - shown.length;
  return [
    sentence(view, "note", "name", `${container} is stopped and kept: these files are in it alone`, ""),
    ...shown.map((file) => `  ${truncated(view, file)}`),
    ...(more > 0 ? [`  ${paint(view, "quiet", `and ${count(more, "other")}`)}`] : []),
    hint(
      view,
      [engine, "cp", `${container}:${files[0] ?? ""}`, "."],
      `takes one out; ${engine} rm ${container} ends it`,
    ),
  ];
}

function hint(view: View, args: readonly string[], what: string): string {
  const text = command(args);
  return view.plain
    ? `hint: ${text}: ${what}`
    : `${paint(view, "name", "hint:")} ${text}  ${paint(view, "quiet", what)}`;
}

function truncated(view: View, line: string): string {
  return view.plain ? line : truncate(line, view.width - 2);
}

const ROLES = { "current": "in place", "new": "new", "old": "old", "door": "door", "left-over": "left over" } as const;

function statusLines(view: View, { name, upgrade, containers }: Extract<UpgradeOutcome, { kind: "status" }>): string[] {
  const rows = containers.map(({ container, version, role, running, uses }): Cell[] => [
    { text: ROLES[role], tone: role === "current" ? "good" : "quiet" },
    { text: container, tone: "strong" },
    { text: role === "door" ? "" : version },
    { text: running ? "runs" : "stopped", tone: running ? "plain" : "warn" },
    { text: uses.length > 0 ? summary(uses) : role === "door" ? "" : "nobody", tone: "quiet" },
  ]);
  const columns = [{}, {}, {}, {}, { shrink: 1, least: 16 }];
  const held = containers.filter(({ uses }) => uses.length > 0);
  return [
    upgrade === null ? `${name}  no upgrade so far` : stateLine(view, name, upgrade),
    ...table(view, columns, rows, 2),
    ...(upgrade === null ? [] : portLines(view, upgrade.ports, "is")),
    ...held.flatMap(({ container, uses }) => [`${container}`, ...useLines(view, uses)]),
  ];
}

function stateLine(
  view: View,
  name: string,
  { step, from, to, why }: NonNullable<Extract<UpgradeOutcome, { kind: "status" }>["upgrade"]>,
): string {
  const end = step === "done" || step === "rolled-back" || step === "aborted";
  const text = `${name}  ${from.version} ${symbol(view, "arrow")} ${to.version}: ${STEPS[step]}`;
  return sentence(view, end ? (step === "done" ? "good" : "bad") : "waiting", end ? "plain" : "name", text, why ?? "");
}
