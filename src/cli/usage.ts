// Commander's errors in Morello's own words and shape.
import type { CommanderError } from "commander";
import { AppError } from "../error.ts";

/** The error to show; null if help or the version was asked for, and shown. */
export function usageError(error: CommanderError, verb: string | null, words: readonly string[] = []): AppError | null {
  if (error.exitCode === 0) return null;
  const [first = "", ...rest] = error.message.split("\n");
  const near = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(rest.join(" ").trim())?.[1];
  const help = verb === null ? "morello --help" : `morello ${verb} --help`;
  const [at, about] = words;
  const without = at === "help" && about !== undefined ? `Unknown verb '${about}'` : "No verb was given";
  const message = first.replace(/^error: /, "").replace("command", "verb");
  return new AppError("usage", message === "(outputHelp)" ? without : sentence(message), {
    hint: near === undefined ? help : `did you mean ${near}?   (${help})`,
    data: near === undefined ? {} : { nearest: near.split(", ") },
  });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
