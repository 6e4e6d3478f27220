// How a container is reached, or the command that would start it; and which ones there are.
import type { ImageRunListOutcome, ImageRunOutcome } from "../../../wire/image/run.ts";
import { cleaned, cleanLines } from "../clean.ts";
import { table } from "../table.ts";
import { paint, symbol, type View } from "../view.ts";

/** `token`: shown in the lab's address; null: where it is kept is said instead. Planned: only the command is shown. */
export function renderImageRun(view: View, found: ImageRunOutcome, token: string | null): string {
  const { state, notes, jupyter, name, image } = cleaned(found);
  const config = found.ssh === null ? null : cleanLines(found.ssh.config).trimEnd().split("\n");
  if (state === "planned") {
    // It can be pasted whole: what there is to say besides stands in comments.
    const said = [...notes, ...(config === null ? [] : ["for ~/.ssh/config:", ...config])];
    return [...said.map((line) => `# ${line}`), cleanLines(found.shell)].map((line) => `${line}\n`).join("");
  }
  const lines = [
    ...(state === "ended" ? [] : [`${paint(view, "strong", name)}  ${paint(view, "quiet", image)}`]),
    ...notes.map((note) => `${paint(view, "warn", symbol(view, "note"))} ${note}`),
    ...(jupyter === null ? [] : [labLine(view, jupyter, token)]),
    ...(config === null ? [] : sshLines(view, name, config)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function labLine(view: View, { url, tokenFile }: { url: string; tokenFile: string }, token: string | null): string {
  const address = token === null ? url : `${url}?token=${token}`;
  return `JupyterLab  ${paint(view, "name", address)}${token === null ? `  (token in ${tokenFile})` : ""}`;
}

function sshLines(view: View, name: string, config: readonly string[]): string[] {
  const editor = paint(view, "name", `code --remote ssh-remote+${name} /workspace`);
  return [
    `SSH         ${paint(view, "name", `ssh ${name}`)}`,
    `            ${editor}`,
    "with this in ~/.ssh/config:",
    ...config.map((line) => `  ${line}`),
  ];
}

export function renderImageRunList(view: View, found: ImageRunListOutcome): string {
  const { containers, engine } = cleaned(found);
  if (containers.length === 0) return `No container was started with morello image run (${engine}).\n`;
  if (view.plain) {
    return containers
      .map(({ name, state, image, ports }) => `${[name, state, image, ports.join(" ")].join("\t")}\n`)
      .join("");
  }
  const rows = containers.map(({ name, state, image, ports }) => [
    { text: name, tone: "strong" as const },
    { text: state, tone: state === "running" ? ("good" as const) : ("quiet" as const) },
    { text: image },
    { text: ports.join(" "), tone: "quiet" as const },
  ]);
  const lines = table(view, [{ shrink: 1 }, {}, { shrink: 2, cut: "start" }, { shrink: 3 }], rows);
  return lines.map((line) => `${line}\n`).join("");
}
