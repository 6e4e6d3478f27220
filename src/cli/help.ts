// Help: examples first, then verbs group by group, then options.
import type { Command, Help, HelpConfiguration, Option } from "commander";

export const HELP: HelpConfiguration = { formatHelp, commandUsage, optionDescription, subcommandTerm };

/** Options that stand before the verb or after it. */
export const COMMON = "Everywhere:";

/** Defaults are said in words where they are not obvious; only choices are listed. */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  if (argChoices === undefined) return description;
  return `${description} (${argChoices.join(", ")}${typeof defaultValue === "string" ? `; ${defaultValue} unless given` : ""})`;
}

function commandUsage(command: Command): string {
  if (command.parent === null) return `${command.name()} ${command.usage()}`;
  const mandatory = command.options.filter((option) => option.mandatory).map(({ long }) => ` ${long} LINE…`);
  const below = command.commands.length > 0 ? " VERB" : "";
  return `${namesAbove(command)} ${subcommandTerm(command)}${below}${mandatory.join("")} [OPTIONS]`;
}

/** `morello`, or `morello ledger` for a verb of that verb. */
function namesAbove({ parent }: Command): string {
  if (parent === null) return "";
  return parent.parent === null ? parent.name() : `${namesAbove(parent)} ${parent.name()}`;
}

function subcommandTerm(command: Command): string {
  const operands = command.registeredArguments.map((argument) => {
    const name = `${argument.name().toUpperCase()}${argument.variadic ? "…" : ""}`;
    return argument.required ? ` ${name}` : ` [${name}]`;
  });
  return command.name() + operands.join("");
}

function formatHelp(command: Command, helper: Help): string {
  const width = helper.padWidth(command, helper);
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : ["", helper.styleTitle(title), ...items];
  const item = (term: string, description: string): string => helper.formatItem(term, width, description, helper);
  const verbs = helper
    .groupItems([...command.commands], helper.visibleCommands(command), (each) => each.helpGroup() || "Verbs:")
    .entries();
  const options = helper
    .groupItems([...command.options], helper.visibleOptions(command), (each) => each.helpGroupHeading ?? "Options:")
    .entries();
  const operands = helper.visibleArguments(command);
  const text = helper.boxWrap(
    helper.styleCommandDescription(helper.commandDescription(command)),
    helper.helpWidth ?? 80,
  );
  const lines = [
    ...(text === "" ? [] : [text, ""]),
    `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(command))}`,
    ...list(
      "Arguments:",
      operands.map((each) =>
        item(
          helper.styleArgumentTerm(helper.argumentTerm(each)),
          helper.styleArgumentDescription(helper.argumentDescription(each)),
        ),
      ),
    ),
  ];
  for (const [title, each] of verbs) {
    lines.push(
      ...list(
        title,
        each.map((verb) =>
          item(
            helper.styleSubcommandTerm(helper.subcommandTerm(verb)),
            helper.styleSubcommandDescription(verb.description()),
          ),
        ),
      ),
    );
  }
  for (const [title, each] of [...options].sort(([a], [b]) => Number(a === COMMON) - Number(b === COMMON))) {
    lines.push(
      ...list(
        title,
        each.map((option) =>
          item(
            helper.styleOptionTerm(helper.optionTerm(option)),
            helper.styleOptionDescription(helper.optionDescription(option)),
          ),
        ),
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}
