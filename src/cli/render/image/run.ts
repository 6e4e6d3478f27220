// How a container is reached, or the command that would start it; and which ones there are.
import type { ImageRunListOutcome, ImageRunOutcome } from "../../../wire/image/run.ts";
import { cleaned } from "../clean.ts";
import { table } from "../table.ts";
import { paint, symbol, type View } from "../view.ts";

/** `token`: shown in the lab's address; null: where it is kept is said instead. */
export function renderImageRun(view: View, found: ImageRunOutcome, token: string | null): string {
  const { state, shell, notes, jupyter, ssh, name, image } = cleaned(found);
  // A command is pasted as it is: it goes to stdout alone, and what there is to say with it as comments.
  if (state === "planned" && token === null && view.plain) {
    const said = [...notes, ...(ssh === null ? [] : ["for ~/.ssh/config:", ...ssh.config.trimEnd().split("\n")])];
    return [...said.map((line) => `# ${line}`), shell].map((line) => `${line}\n`).join("");
  }
  const lines = [
    ...(state === "ended" ? [] : [`${paint(view, "strong", name)}  ${paint(view, "quiet", image)}`]),
    ...notes.map((note) => `${paint(view, "warn", symbol(view, "note"))} ${note}`),
    ...(jupyter === null ? [] : [labLine(view, jupyter, token)]),
    ...(ssh === null ? [] : sshLines(view, name, ssh.config)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function labLine(view: View, { url, tokenFile }: { url: string; tokenFile: string }, token: string | null): string {
  const address = token === null ? url : `${url}?token=${token}`;
  return `JupyterLab  ${paint(view, "name", address)}${token === null ? `  (token in ${tokenFile})` : ""}`;
}

function sshLines(view: View, name: string, config: string): string[] {
  return [
    `SSH         ${paint(view, "name", `ssh ${name}`)}, ${paint(view, "name", `code --remote ssh-remote+${name} /workspace`)}, with this in ~/.ssh/config:`,
    ...config
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
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
