// An image that was compared with a tag's tree: taken, or what differs, path by path.
import type { ImageAdoptOutcome } from "../../../wire/image/adopt.ts";
import { cleaned } from "../clean.ts";
import { table } from "../table.ts";
import { count, paint, symbol, type View } from "../view.ts";
import { wrap } from "../width.ts";

/** So many paths are listed; `--json` has them all. */
const LISTED = 20;

export function renderImageAdopt(view: View, found: ImageAdoptOutcome): string {
  const outcome = cleaned(found);
  return (view.plain ? plain(outcome) : shown(view, outcome)).map((line) => `${line}\n`).join("");
}

function sentence({ kind, tag, variant, path, files, ...outcome }: ImageAdoptOutcome): string {
  const release = variant === null ? tag : `${tag} ${variant}`;
  if (kind === "different") {
    const number = "differences" in outcome ? outcome.differences.length : 0;
    return `not the image of ${release}: ${count(number, "difference")} in ${path}`;
  }
  const same = `${count(files, "file")} in ${path}, all as in the tag's tree`;
  return kind === "same" ? `could be the image of ${release}: ${same}` : `the image of ${release}: ${same}`;
}

function notes(outcome: ImageAdoptOutcome): string[] {
  if (outcome.kind !== "adopted") return [];
  const { recorded, notices } = outcome;
  const already = recorded.appended === 0 && recorded.reason === null ? ["on record already"] : [];
  return [...already, ...[recorded.reason, recorded.warning].filter((each) => each !== null), ...notices];
}

function shown(view: View, outcome: ImageAdoptOutcome): string[] {
  const tone = outcome.kind === "different" ? "bad" : "good";
  const head = `${paint(view, tone, symbol(view, tone))} ${outcome.reference}@${outcome.digest}`;
  const text = wrap(sentence(outcome), view.width - 2).map((row) => `  ${row}`);
  if (outcome.kind !== "different")
    return [head, ...text, ...notes(outcome).flatMap((note) => wrap(note, view.width - 2).map((row) => `  ${row}`))];
  const rows = outcome.differences
    .slice(0, LISTED)
    .map(({ path, what }) => [{ text: what, tone: "quiet" } as const, { text: path }]);
  const more = outcome.differences.length - rows.length;
  return [
    head,
    ...text,
    ...table(view, [{}, { shrink: 1, cut: "start" }], rows, 2),
    ...(more > 0 ? [`  and ${more} more; --json lists them all`] : []),
  ];
}

function plain(outcome: ImageAdoptOutcome): string[] {
  const differing = outcome.kind === "different" ? outcome.differences : [];
  return [
    `${outcome.reference}@${outcome.digest}: ${sentence(outcome)}`,
    ...differing.map(({ platform, path, what }) => `${outcome.tag}: ${platform}: ${path}: ${what}`),
    ...notes(outcome).map((note) => `note: ${note}`),
  ];
}
