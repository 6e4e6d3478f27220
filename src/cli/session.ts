// One call of one verb: where it works, how it shows things, what it says and where.
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../error.ts";
import type { Deps } from "../usecase/workspace.ts";
import { noticeText } from "./render/notice.ts";
import { startMeter, type Meter } from "./progress.ts";
import { json } from "./render/clean.ts";
import type { View } from "./render/view.ts";
import { facts, viewOf } from "./terminal.ts";

/** What every verb takes. */
export interface CommonFlags {
  /** Of `-C`, in order. */
  readonly C: readonly string[];
  readonly json: boolean;
  /** False for `--no-color`. */
  readonly color: boolean;
}

export interface Session {
  readonly deps: Deps;
  readonly json: boolean;
  /** How stdout shows things. */
  readonly out: View;
  /** How stderr shows things. */
  readonly err: View;
  /** Somebody can be asked. */
  readonly interactive: boolean;
  readonly meter: Meter;
  /** Prints data: to stdout. */
  print(text: string): void;
  /** Prints the outcome as it is, or as people read it. */
  show<T>(outcome: T, render: (view: View, outcome: T) => string): void;
  /** Says something beside the data: to stderr. */
  say(text: string): void;
  /** Throws `consent-needed`, unless somebody can be asked. `yes`: they want no questions. */
  needPerson(what: string, hint: string, yes?: boolean): void;
}

let current: Meter | undefined;
const stopping = new AbortController();

/** Takes progress off the terminal, whoever is running. */
export function stopMeter(): void {
  current?.stop();
  current = undefined;
}

/** Ends what runs long: a person has pressed Ctrl-C. */
export function stopRun(): void {
  stopMeter();
  stopping.abort();
}

export function openSession(flags: CommonFlags): Session {
  const { stdin, stdout, stderr, env } = process;
  const interactive = stdin.isTTY && stderr.isTTY;
  const meter = startMeter(stderr, env["TERM"] !== "dumb");
  current = meter;
  const print = (text: string): void => {
    meter.pause();
    stdout.write(text);
  };
  const say = (text: string): void => {
    meter.pause();
    stderr.write(text);
  };
  const out = viewOf(facts(stdout), env, flags.color);
  return {
    deps: {
      cwd: directory(flags.C),
      environment: env,
      now: Math.floor(Date.now() / 1000),
      onProgress: meter.onProgress,
      onNotice: (notice) => say(noticeText(notice)),
      signal: stopping.signal,
    },
    json: flags.json,
    out,
    err: viewOf(facts(stderr), env, flags.color),
    interactive,
    meter,
    print,
    show: (outcome, render) => print(flags.json ? json(outcome) : render(out, outcome)),
    say,
    needPerson: (what, hint, yes = false) => {
      if (yes) throw new AppError("consent-needed", `${what}; --yes does not allow it`, { hint });
      if (!interactive)
        throw new AppError("consent-needed", `${what}, and nobody is there to ask: stdin or stderr is no terminal`, {
          hint,
        });
    },
  };
}

/** As git's `-C`: each relative to the one before; an empty one changes nothing. */
function directory(changes: readonly string[]): string {
  const wanted = changes.reduce((at, change) => (change === "" ? at : resolve(at, change)), process.cwd());
  try {
    return realpathSync(wanted);
  } catch {
    return wanted; // that it is not there is said by whoever opens it
  }
}
