// Why two images differ: a block a cause, with some of the places where it shows, and its remedy.
import { unreachable } from "../../../error.ts";
import type { DifferenceCause, ImageDiffOutcome, DifferingPlace } from "../../../wire/image/diff.ts";
import { cleaned } from "../clean.ts";
import { table, type Cell, type Column } from "../table.ts";
import { count, paint, symbol, type View } from "../view.ts";
import { wrap } from "../width.ts";

/** Places that are shown of a cause; `--json` has all. */
const SHOWN = 4;

export function renderImageDiff(view: View, found: ImageDiffOutcome): string {
  const outcome = cleaned(found);
  if (view.plain) return plain(outcome);
  const { a, b, causes } = outcome;
  const heads = (
    [
      ["a", a],
      ["b", b],
    ] as const
  ).map(([name, { reference, digest, layers }]): Cell[] => [
    { text: name, tone: "quiet" },
    { text: reference, tone: "strong" },
    { text: digest.slice(0, "sha256:".length + 12), tone: "id" },
    { text: count(layers, "layer"), tone: "quiet" },
  ]);
  const blocks = causes.map((cause) => block(view, cause));
  return [table(view, HEADS, heads), ...blocks, verdict(view, outcome)]
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

const HEADS: readonly Column[] = [{}, { shrink: 1, least: 16, cut: "start" }, {}, {}];
const PLACES: readonly Column[] = [
  { shrink: 2, least: 24, cut: "start" },
  { shrink: 1, least: 20 },
  {},
  { shrink: 1, least: 20 },
];

function block(view: View, { title, remedy, seen, differences }: DifferenceCause): string[] {
  const mark = seen ? paint(view, "bad", symbol(view, "bad")) : paint(view, "quiet", symbol(view, "note"));
  const number = differences.length > 1 ? ` (${differences.length})` : "";
  const [first = "", ...rest] = wrap(`${title}${number}`, view.width - 2);
  const more = differences.length - SHOWN;
  const places = table(
    view,
    PLACES,
    differences.slice(0, SHOWN).map((each) => place(view, each)),
    4,
  );
  const omitted = more > 0 ? [`    ${paint(view, "quiet", `… and ${more} more: --json`)}`] : [];
  return [
    `${mark} ${paint(view, "strong", first)}`,
    ...rest.map((line) => `  ${paint(view, "strong", line)}`),
    ...places,
    ...omitted,
    `    remedy: ${paint(view, "name", remedy)}`, // never cut: it is to be pasted
  ];
}

function place(view: View, { where, a, b }: DifferingPlace): Cell[] {
  return [
    { text: where ?? "" },
    { text: a ?? "not there", tone: "quiet" },
    { text: symbol(view, "arrow"), tone: "quiet" },
    { text: b ?? "not there", tone: "quiet" },
  ];
}

function verdict(view: View, outcome: ImageDiffOutcome): string[] {
  const isSame = outcome.verdict !== "different";
  const mark = isSame ? paint(view, "good", symbol(view, "good")) : paint(view, "bad", symbol(view, "bad"));
  const [first = "", ...rest] = wrap(words(outcome), view.width - 2);
  return [`${mark} ${first}`, ...rest.map((line) => `  ${line}`)];
}

function words({ verdict: kind, causes }: ImageDiffOutcome): string {
  switch (kind) {
    case "same-manifest":
      return "The images are the same: one manifest";
    case "same-layers":
      return `The images hold the same layers, wrapped otherwise by ${count(causes.length, "cause")}: no container can tell them apart`;
    case "same-files":
      return `The images come to the same files by other layers, by ${count(causes.length, "cause")}: no container can tell them apart`;
    case "different": {
      const seen = causes.filter((cause) => cause.seen).length;
      return `The images differ by ${count(causes.length, "cause")}, of which a container sees ${seen}`;
    }
    default:
      return unreachable(kind);
  }
}

/** One fact a line: cause, place, both sides; then the verdict. */
function plain(outcome: ImageDiffOutcome): string {
  const lines = outcome.causes.flatMap(({ cause, remedy, differences }) => [
    ...differences.map(({ where, a, b }) => [cause, where ?? "-", a ?? "not there", b ?? "not there"].join("\t")),
    [cause, "remedy", remedy].join("\t"),
  ]);
  return [...lines, words(outcome)].map((line) => `${line}\n`).join("");
}
