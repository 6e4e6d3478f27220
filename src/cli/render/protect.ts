// What differs at the forge, rule by rule; then what people must see to, who may bypass, and others' rules.
import type { ProtectDifference, ProtectOutcome } from "../../wire/protect.ts";
import { cleaned } from "./clean.ts";
import { table, type Cell } from "./table.ts";
import { count, paint, symbol, type View } from "./view.ts";
import { wrap } from "./width.ts";

type Value = ProtectDifference["found"];

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
    ...found.others.map(({ name, source }) => `${name}: not Morello's: ${source}`),
    ...found.limits.map((limit) => `note: ${limit}`),
    `rules in force: sha256:${found.rulesDigest}`,
  ];
}

function forPeople(view: View, found: ProtectOutcome): string[] {
  const mark = found.ok ? paint(view, "good", symbol(view, "good")) : paint(view, "warn", symbol(view, "refused"));
  return [
    `${mark} ${paint(view, "strong", `${found.host}/${found.project}`)}  ${summary(found)}`,
    ...differenceLines(view, found.differences, found.kind === "applied"),
    ...(found.kind === "applied" && found.remaining.length > 0
      ? ["", paint(view, "bad", "Written, and not taken:"), ...rows(view, found.remaining)]
      : []),
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
      found.others.map(({ name, source }): Cell[] => [{ text: name }, { text: source, tone: "quiet" }]),
    ),
    ...(found.limits.length === 0 ? [] : ["", ...found.limits.flatMap((limit) => note(view, limit))]),
    ...next(view, found),
  ];
}

function summary({ kind, means, differences, shortfalls, ok, ...rest }: ProtectOutcome): string {
  const left = "remaining" in rest ? rest.remaining.length : differences.length;
  const open = [
    left === 0 ? "" : `${count(left, "setting")} ${left === 1 ? "differs" : "differ"}`,
    shortfalls.length === 0 ? "" : `${shortfalls.length} for a person to change`,
  ].filter((part) => part !== "");
  const state = ok ? `protected by ${means}` : open.join(", ");
  if (kind === "declined") return `${state}; nothing was written`;
  if (kind === "checked" || differences.length === 0) return state;
  return `${count(differences.length, "setting")} written; ${state}`;
}

function differenceLines(view: View, differences: readonly ProtectDifference[], written: boolean): string[] {
  const rules = [...new Set(differences.map(({ rule }) => rule))];
  return rules.flatMap((rule) => {
    const items = differences.filter((each) => each.rule === rule);
    const state = items.every(({ found }) => found === null)
      ? written
        ? "made"
        : "not there"
      : items.every(({ wanted }) => wanted === null)
        ? written
          ? "removed"
          : "not wanted any more"
        : "";
    return [
      "",
      `${paint(view, "name", rule)}${state === "" ? "" : paint(view, "quiet", `  ${state}`)}`,
      ...rows(view, items),
    ];
  });
}

/** `deletion  allowed → refused  why`; of a rule that is not there, the wanted values alone. */
function rows(view: View, items: readonly ProtectDifference[]): string[] {
  const arrow = symbol(view, "arrow");
  const cells = items.map(({ setting, found, wanted, why }): Cell[] => [
    { text: setting },
    { text: found === null ? "" : say(found), tone: "bad" },
    { text: found === null ? "" : arrow, tone: "quiet" },
    { text: wanted === null ? "nothing" : say(wanted), tone: "good" },
    { text: why, tone: "quiet" },
  ]);
  const columns = [{}, { shrink: 1 }, {}, { shrink: 1, least: 20 }, { shrink: 2, least: 24 }];
  return table(view, columns, cells, 2);
}

function shortfallLines(view: View, { shortfalls }: ProtectOutcome): string[] {
  if (shortfalls.length === 0) return [];
  const arrow = symbol(view, "arrow");
  const cells = shortfalls.map(({ ref, setting, found, wanted, why }): Cell[] => [
    { text: ref.replace(/^refs\/(heads|tags)\//, "") },
    { text: setting },
    { text: say(found), tone: "bad" },
    { text: arrow, tone: "quiet" },
    { text: say(wanted), tone: "good" },
    { text: why, tone: "quiet" },
  ]);
  const columns = [{ shrink: 1, least: 16 }, {}, {}, {}, {}, { shrink: 2, least: 20 }];
  return [
    "",
    paint(view, "strong", "For a person to change, since Morello did not set it"),
    ...table(view, columns, cells, 2),
  ];
}

function section(view: View, title: string, cells: readonly Cell[][]): string[] {
  if (cells.length === 0) return [];
  return ["", paint(view, "strong", title), ...table(view, [{ shrink: 1 }, {}, { shrink: 2 }], cells, 2)];
}

function note(view: View, text: string): string[] {
  return wrap(text, view.width - 2).map(
    (line, at) => `${at === 0 ? paint(view, "quiet", symbol(view, "note")) : " "} ${paint(view, "quiet", line)}`,
  );
}

function next(view: View, { kind, ok, differences, shortfalls, rulesDigest }: ProtectOutcome): string[] {
  const digest = `${paint(view, "quiet", "rules in force")}  sha256:${rulesDigest}`;
  const after =
    kind !== "applied" && differences.length > 0
      ? "morello protect --apply"
      : !ok && shortfalls.length > 0
        ? "change what is listed on the forge, then: morello protect"
        : null;
  return ["", digest, ...(after === null ? [] : [`${paint(view, "strong", "Next")}  ${after}`])];
}

function say(value: Value): string {
  if (value === null) return "nothing";
  if (typeof value === "object") return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}
