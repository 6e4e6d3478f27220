// Questions to a person. Only where stdin and stderr are terminals; the library behind them is loaded with the first one.
import type { Answer } from "../usecase/pick.ts";

/** Ctrl-C at a question. */
class Interrupted extends Error {
  constructor() {
    super("Interrupted");
    this.name = "Interrupted";
  }
}

export async function ask(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({
    message,
    initialValue: true,
    input: process.stdin,
    output: process.stderr,
    withGuide: false,
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

export async function askPick(message: string): Promise<Answer> {
  const { select, isCancel } = await import("@clack/prompts");
  const answer = await select<Answer>({
    message,
    options: [
      { value: "yes", label: "yes", hint: "pick it" },
      { value: "no", label: "no", hint: "leave this commit out on this line" },
      { value: "quit", label: "quit", hint: "move nothing at all" },
    ],
    input: process.stdin,
    output: process.stderr,
    withGuide: false,
    showInstructions: false,
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/**
 * Whether a command may run. A choice between two, with "no" first: no single key is a yes, so that nothing that was
 * typed before the question came can be one.
 */
export function askAllow(message: string): Promise<boolean> {
  return choose(message, { no: "leave it alone", yes: "now, and whenever it is this very command" });
}

/** Whether a person puts their signature to what was shown. */
export function askSign(message: string): Promise<boolean> {
  return choose(message, { no: "sign nothing", yes: "with the key that git is configured with" });
}

async function choose(message: string, hints: { readonly no: string; readonly yes: string }): Promise<boolean> {
  const { select, isCancel } = await import("@clack/prompts");
  const answer = await select<boolean>({
    message,
    options: [
      { value: false, label: "no", hint: hints.no },
      { value: true, label: "yes", hint: hints.yes },
    ],
    input: process.stdin,
    output: process.stderr,
    withGuide: false,
    showInstructions: false,
  });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}
