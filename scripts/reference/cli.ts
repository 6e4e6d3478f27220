import type { Command } from "commander";
import { page } from "./markdown.ts";

/** The help of the program and of every command that help shows, in its order, as a terminal of 100 columns has it. */
export function cliPage(program: Command): string {
  return page("Command line", ...sections(program, [program.name()]));
}

function sections(command: Command, names: readonly string[]): string[] {
  const below = command.createHelp().visibleCommands(command);
  return [
    `## ${names.join(" ")}`,
    `\`\`\`text\n${helpText(command)}\n\`\`\``,
    ...below.filter((sub) => sub.name() !== "help").flatMap((sub) => sections(sub, [...names, sub.name()])),
  ];
}

/** With what `addHelpText` adds, which `helpInformation()` leaves out. */
function helpText(command: Command): string {
  let text = "";
  const before = command.configureOutput();
  command.configureOutput({
    ...before,
    writeOut: (part) => void (text += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  command.configureOutput(before);
  return text.trim();
}
