// What differs at the forge, rule by rule; then what people must see to, who may bypass, and others' rules.
import type { ProtectDifference, ProtectOutcome, ProtectShortfall } from "../../wire/protect.ts";
import { cleaned } from "./clean.ts";
import { naturalWidth, table, type Cell } from "./table.ts";
import { count, paint, symbol, type View } from "./view.ts";
import { wrap } from "./width.ts";

type Value = ProtectDifference["found"];
type Settings = ProtectOutcome["others"][number]["settings"];

export function renderProtect(view: View, outcome: ProtectOutcome): string {
  const found = cleaned(outcome);
  const lines = view.plain ? plain(found) : forPeople(view, found);
  return lines.map((line) => `${line}\n`).join("");
}

function plain(found: ProtectOutcome): string[] {
  const written = found.kind === "applied";
  return [
    `${found.host}/${found.project}: ${summary(found)}`,
    ...found.differences.map(
      ({ rule, setting, found: is, wanted }) =>
        `${rule}: ${setting}: ${written ? "changed" : "different"}: ${say(is)} -> ${say(wanted)}`,
    ),
    ...(written ? found.remaining : []).map(
      ({ rule, setting, found: is, wanted }) => `${rule}: ${setting}: not taken: ${say(is)} -> ${say(wanted)}`,
    ),
    ...found.shortfalls.map(
      ({ ref, setting, found: is, wanted }) => `${ref}: ${setting}: falls short: ${say(is)} -> ${say(wanted)}`,
    ),
    ...found.bypasses.map(({ rule, actor, when }) => `${rule}: bypass: ${actor}: ${when}`),
    ...found.others.map(({ name, source, settings }) => `${name}: not Morello's: ${source}: ${inShort(settings)}`),
    ...found.limits.map((limit) => `note: ${limit}`),
    `rules in force: sha256:${found.rulesDigest}`,
  ];
}

function forPeople(view: View, found: ProtectOutcome): string[] {
  const mark = found.ok ? paint(view, "good", symbol(view, "good")) : paint(view, "warn", symbol(view, "refused"));
  return [
    `${mark} ${paint(view, "strong", `${found.host}/${found.project}`)}  ${summary(found)}`,
    ...differenceLines(view, found.differences, found.kind === "applied" ? "written" : "found"),
    ...(found.kind === "applied" ? differenceLines(view, found.remaining, "not taken") : []),
    ...shortfallLines(view, found),
    ...section(
      view,
      "Who need not heed them",
      found.bypasses.map(({ rule, actor, when }): Cell[] => [
        { text: actor },
        { text: when },
        { text: rule, tone: "quiet" },
      ]),
    ),
    ...section(
      view,
      "Not Morello's, and left alone",
      found.others.map(({ name, source, settings }): Cell[] => [
        { text: name },
        { text: source, tone: "quiet" },
        { text: inShort(settings), tone: "quiet" },
      ]),
    ),
    ...(found.limits.length === 0 ? [] : ["", ...found.limits.flatMap((limit) => note(view, limit))]),
    ...next(view, found),
  ];
}

function summary({ kind, means, differences, shortfalls, ok, ...rest }: ProtectOutcome): string {
  const left = "remaining" in rest ? rest.remaining.length : differences.length;
  const open = [
    left === 0 ? "" : `${count(left, "setting")} ${left === 1 ? "differs" : "differ"}`,
    shortfalls.length === 0 ? "" : `${count(shortfalls.length, "setting")} for a person to change`,
  ].filter((part) => part !== "");
  const state = ok ? `protected by ${means}` : open.join(", ");
  if (kind === "declined") return `${state}; nothing was written`;
  if (kind === "checked" || differences.length === 0) return state;
  return `${count(differences.length, "setting")} written; ${state}`;
}

type Stage = "found" | "written" | "not taken";

function differenceLines(view: View, differences: readonly ProtectDifference[], stage: Stage): string[] {
  const rules = [...new Set(differences.map(({ rule }) => rule))];
  return rules.flatMap((rule) => {
    const items = differences.filter((each) => each.rule === rule);
    const state = stateOf(items, stage);
    const tone = stage === "not taken" ? "bad" : "quiet";
    const title = `${paint(view, "name", rule)}${state === "" ? "" : paint(view, tone, `  ${state}`)}`;
    return ["", title, ...rows(view, items)];
  });
}

function stateOf(items: readonly ProtectDifference[], stage: Stage): string {
  if (stage === "not taken") return "written, and not taken";
  if (items.every(({ found }) => found === null)) return stage === "written" ? "made" : "not there";
  if (items.every(({ wanted }) => wanted === null)) return stage === "written" ? "removed" : "not wanted any more";
  return "";
}

/** `deletion  allowed → refused  why`; of a rule that is not there, the wanted values alone. */
function rows(view: View, items: readonly ProtectDifference[]): string[] {
  const cells = items.map(({ setting, found, wanted }): Cell[] => [
    { text: setting },
    ...(found === null ? [{ text: "" }, { text: "" }] : [{ text: say(found), tone: "bad" } as const, arrow(view)]),
    { text: wanted === null ? "nothing" : say(wanted), tone: "good" },
  ]);
  return explained(
    view,
    cells,
    items.map(({ why }) => why),
  );
}

/** What falls short in the same way stands together, with the refs that it is about. */
function shortfallLines(view: View, { shortfalls }: ProtectOutcome): string[] {
  if (shortfalls.length === 0) return [];
  const groups = new Map<string, { first: ProtectShortfall; refs: string[] }>();
  for (const each of shortfalls) {
    const key = JSON.stringify([each.setting, each.found, each.wanted, each.why]);
    const group = groups.get(key) ?? { first: each, refs: [] };
    group.refs.push(short(each.ref));
    groups.set(key, group);
  }
  const lines = [...groups.values()].flatMap(({ first: { setting, found, wanted, why }, refs }) => {
    const cells: Cell[] = [
      { text: setting },
      { text: say(found), tone: "bad" },
      arrow(view),
      { text: say(wanted), tone: "good" },
    ];
    return [
      ...table(view, [{}, { shrink: 1 }, {}, { shrink: 1 }], [cells], 2),
      ...below(view, `${refs.join(", ")}: ${why}`),
    ];
  });
  return ["", paint(view, "strong", "For a person to change, since Morello did not set it"), ...lines];
}

function arrow(view: View): Cell {
  return { text: symbol(view, "arrow"), tone: "quiet" };
}

/** Fewer columns than this are too few to read a sentence in. */
const LEAST = 28;

/** Rows with why beside them, wrapped in what room there is, or below where there is too little. */
function explained(view: View, cells: readonly Cell[][], reasons: readonly string[]): string[] {
  const taken = naturalWidth(cells, 2);
  const room = view.width - taken - 2;
  const columns = [{}, { shrink: 1 }, {}, { shrink: 1, least: 20 }, {}];
  if (room < LEAST) {
    return table(view, columns, cells, 2).flatMap((line, at) => [line, ...below(view, reasons[at] ?? "")]);
  }
  const lines = cells.flatMap((row, at) =>
    wrap(reasons[at] ?? "", room).map((text, n): Cell[] => [
      ...(n === 0 ? row : row.map(() => ({ text: "" }))),
      { text, tone: "quiet" },
    ]),
  );
  return table(view, columns, lines, 2);
}

function below(view: View, reason: string): string[] {
  return wrap(reason, view.width - 6).map((text) => `      ${paint(view, "quiet", text)}`);
}

function section(view: View, title: string, cells: readonly Cell[][]): string[] {
  if (cells.length === 0) return [];
  return ["", paint(view, "strong", title), ...table(view, [{ shrink: 1 }, { shrink: 1 }, { shrink: 2 }], cells, 2)];
}

function note(view: View, text: string): string[] {
  return wrap(text, view.width - 2).map(
    (line, at) => `${at === 0 ? paint(view, "quiet", symbol(view, "note")) : " "} ${paint(view, "quiet", line)}`,
  );
}

function next(view: View, found: ProtectOutcome): string[] {
  const { kind, ok, differences, rulesDigest } = found;
  const digest = `${paint(view, "quiet", "rules in force")}  sha256:${rulesDigest}`;
  const after =
    kind !== "applied" && differences.length > 0
      ? "morello protect --apply"
      : ok
        ? null
        : "change on the forge's own pages what is listed, then: morello protect";
  return ["", digest, ...(after === null ? [] : [`${paint(view, "strong", "Next")}  ${after}`])];
}

/** What a rule of somebody else's says: its own list of rules where it has one, else its settings. */
function inShort({ rules, enforcement, ...settings }: Settings): string {
  const state = enforcement === undefined || enforcement === "active" ? "" : `${say(enforcement)}: `;
  if (rules !== undefined) return state + say(rules);
  return (
    state +
    Object.entries(settings)
      .map(([setting, value]) => `${setting} ${say(value)}`)
      .join(", ")
  );
}

function say(value: Value): string {
  if (value === null) return "nothing";
  if (typeof value === "object") return value.length === 0 ? "none" : value.map(short).join(", ");
  return String(value);
}

/** A branch's or tag's short name or pattern: what it is, the row says. */
function short(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}
