// What `morello image lint` found, for people: `file:line`, what stands there, and what to write.
import type { ImageLintOutcome } from "../../../wire/image/lint.ts";
import { count, paint, symbol, type View } from "../view.ts";

export function renderImageLint(view: View, { files }: ImageLintOutcome): string {
  const lines = files.flatMap(({ file, findings }) =>
    findings.length === 0
      ? [`${paint(view, "good", symbol(view, "good"))} ${file}: nothing to say`]
      : findings.flatMap(({ rule, severity, line, message, hint }) => [
          `${paint(view, "name", `${file}:${line}`)} ${paint(view, severity === "error" ? "bad" : "warn", severity)}: ${message} ${paint(view, "quiet", `(${rule})`)}`,
          `  ${symbol(view, "arrow")} ${hint}`,
        ]),
  );
  const all = files.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === "error").length;
  const sum = `${count(errors, "error")}, ${count(all.length - errors, "warning")}`;
  return `${[...lines, ...(all.length === 0 ? [] : ["", sum])].join("\n")}\n`;
}
