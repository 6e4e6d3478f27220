// What was detected, as the configuration that would say it.
import type { InitOutcome } from "../../wire/outcome.ts";
import { cleaned, cleanLines } from "./clean.ts";
import { count, paint, symbol, type View } from "./view.ts";

/** The summary, for stderr: stdout holds the configuration alone, so that it can be redirected. */
export function renderInit(view: View, found: InitOutcome): string {
  const { main, lines, written, existing, published } = cleaned(found);
  const maintained = lines.filter(({ maintenance }) => maintenance.maintained).length;
  const mark = paint(view, written === null ? "warn" : "good", symbol(view, written === null ? "note" : "good"));
  const out = [
    `${mark} ${main === null ? "no main branch" : `main branch ${main}`}, ${count(lines.length, "release line")}, ${maintained} maintained`,
  ];
  if (written !== null)
    out.push(
      `${mark} written: ${written}`,
      ...(published.length === 0
        ? []
        : [
            `${mark} ${count(published.length, "ledger")} published as ${count(published.length, "branch", "branches")}: pushed with their lines`,
          ]),
      `${paint(view, "strong", "Next")}  git add morello.yaml && git commit -m 'morello: configuration'`,
    );
  else if (existing !== null) out.push(`${mark} there is a configuration already: ${existing}`);
  else out.push(`${paint(view, "strong", "Next")}  morello init --write`);
  return out.map((line) => `${line}\n`).join("");
}

/** The configuration itself; comments are dimmed for people. */
export function renderConfiguration(view: View, { text }: Pick<InitOutcome, "text">): string {
  return cleanLines(text)
    .split("\n")
    .map((line) => (/^\s*#/.test(line) ? paint(view, "quiet", line) : line))
    .join("\n");
}
