// A verb: what all of them share, on top of commander.
import { Command, InvalidArgumentError, Option } from "commander";
import { COMMON } from "./help.ts";
import { spreadOnto } from "./onto.ts";
import { openSession, type CommonFlags, type Session } from "./session.ts";

export class Verb extends Command {
  override createCommand(name?: string): Verb {
    return new Verb(name);
  }

  /** Adds a verb with the options that every verb has. */
  verb(name: string, options: { readonly hidden?: boolean } = {}): Verb {
    const added = this.createCommand(name).copyInheritedSettings(this).common();
    this.addCommand(added, options);
    return added;
  }

  /** Before commander sees them, lines after one `--onto` get an `--onto` each. */
  override parseOptions(args: string[]): ReturnType<Command["parseOptions"]> {
    const hasOnto = this.options.some(({ long }) => long === "--onto");
    return super.parseOptions(hasOnto ? spreadOnto(args, (arg) => takesNextArgument(this.options, arg)) : args);
  }

  /** Examples come first in a verb's help, as they do in the program's. */
  examples(...lines: readonly string[]): this {
    return this.addHelpText("before", `Examples:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }

  /** What the verb does; it gives the exit status. */
  does<Flags extends object>(
    run: (session: Session, operands: readonly string[], flags: Flags) => Promise<number>,
  ): this {
    return this.action(async () => {
      const flags = this.opts<Flags & CommonFlags>();
      const above = aboveOf(this).map((verb) => verb.opts<CommonFlags>());
      const common: CommonFlags = {
        C: [...above.flatMap(({ C }) => C), ...flags.C],
        json: flags.json || above.some(({ json }) => json),
        color: flags.color && above.every(({ color }) => color),
      };
      const session = openSession(common);
      try {
        process.exitCode = await run(session, this.args, flags);
      } finally {
        session.meter.stop();
      }
    });
  }

  /** `-C`, `--json` and `--no-color`, which stand before the verb or after it. */
  common(): this {
    return this.addOption(
      new Option("-C <dir>", "work as if started in DIR; several are each relative to the one before")
        .argParser(collect)
        .default([], "")
        .helpGroup(COMMON),
    )
      .addOption(new Option("--json", "print the outcome as one JSON document").default(false, "").helpGroup(COMMON))
      .addOption(new Option("--no-color", "no colours; as NO_COLOR=1 or TERM=dumb do").helpGroup(COMMON));
  }
}

/** The verbs that a verb belongs to, the program first. */
function aboveOf(verb: Command): Command[] {
  return verb.parent === null ? [] : [...aboveOf(verb.parent), verb.parent];
}

/** Of `-x value`, `--long value` and `-abx value`; not of `--long=value`, `-xvalue`. */
export function takesNextArgument(options: readonly Option[], arg: string): boolean {
  const valued = (flag: string): boolean =>
    options.some(({ short, long, required }) => required && (short === flag || long === flag));
  if (arg.startsWith("--")) return valued(arg);
  for (let at = 1; at < arg.length; at++) {
    if (valued(`-${arg[at]}`)) return at === arg.length - 1;
  }
  return false;
}

/** Values as they were typed: an abbreviated object ID of digits alone stays what it is. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export function collectLines(value: string, before: readonly string[] = []): readonly string[] {
  const lines = value
    .split(",")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new InvalidArgumentError("It names no line.");
  return [...before, ...lines];
}

export function collectTrailers(value: string, before: readonly Trailer[]): readonly Trailer[] {
  const found = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=|: ?)(.*\S.*)$/.exec(value);
  if (found === null)
    throw new InvalidArgumentError("A trailer is KEY=VALUE, and a key has letters, digits and hyphens.");
  return [...before, { key: found[1] ?? "", value: (found[2] ?? "").trim() }];
}

/** What is said of a name, and why. */
export interface Judgement {
  readonly name: string;
  readonly reason: string;
}

export function collectJudgements(value: string, before: readonly Judgement[]): readonly Judgement[] {
  const found = /^([^=\s]+)=(.*\S.*)$/.exec(value);
  if (found === null) throw new InvalidArgumentError("It is NAME=WHY: the name as the plan shows it, and the reason.");
  return [...before, { name: found[1] ?? "", reason: (found[2] ?? "").trim() }];
}

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

/** Text of one line, for a trailer. */
export function oneLine(value: string): string {
  const text = value.replace(/\s+/g, " ").trim();
  if (text === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

export function parentNumber(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError("It is a parent's number, counted from 1.");
  return Number(value);
}

export function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError("It is a number from 1 on.");
  return Number(value);
}

/** The first second of a day in UTC, Unix seconds. */
export function dayStart(value: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError("It is a day, such as 2026-12-31.");
  return at / 1000;
}
