// Questions to a person. Only where stdin and stderr are terminals; the library behind them is loaded with the first one.
import type { Answer } from "../usecase/pick.ts";

/** Ctrl-C at a question. */
class Interrupted extends Error {
  constructor() {
    super("Interrupted");
    this.name = "Interrupted";
  }
}

/** `initial` is what Enter alone answers. */
export async function ask(message: string, initial = true): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({
    message,
    initialValue: initial,
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
