import { Argument } from "commander";
import { SHELLS, type Shell } from "../completion/script.ts";
import type { Verb } from "../verb.ts";

export function completionVerb(verb: Verb): Verb {
  return verb
    .description("print a script that completes verbs, options, lines and revisions")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .examples(
      "bash:  echo 'eval \"$(morello completion bash)\"' >> ~/.bashrc",
      "zsh:   echo 'eval \"$(morello completion zsh)\"' >> ~/.zshrc      (after compinit)",
      "fish:  morello completion fish > ~/.config/fish/completions/morello.fish",
    )
    .does(async (session, [shell]) => {
      const { completionScript } = await import("../completion/script.ts");
      session.print(completionScript(shell as Shell));
      return 0;
    });
}

/** What the scripts call at each TAB, with the program whose verbs and options they complete. */
export function completeVerb(verb: Verb, program: Verb): Verb {
  return verb.argument("[words...]", "the words so far; the last one is being typed").does(async (session, words) => {
    const { candidates } = await import("../completion/candidates.ts");
    const found = await candidates(program, session.deps, words);
    session.print(found.map((line) => `${line}\n`).join(""));
    return 0;
  });
}
