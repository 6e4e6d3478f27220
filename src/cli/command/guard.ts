import { Argument } from "commander";
import { AppError } from "../../error.ts";
import type { Verb } from "../verb.ts";

interface Flags {
  readonly auditOnly: boolean;
}

const ACTIONS = ["install", "uninstall"] as const;

const HOW = `The guard is a pre-receive hook of a bare repository: it looks at every push before anything moves, whatever way the
push came, and refuses what policy refuses. A hook that is there is kept, and runs after it.
Time limit of a push: git config morello.guardTimeout SECONDS (60 unless set).`;

export function guardVerb(verb: Verb): Verb {
  return verb
    .description("guard a repository on a server: a hook refuses what policy refuses")
    .addArgument(new Argument("<action>", "install or uninstall"))
    .argument("[dir]", "the bare repository; without it, the one here")
    .option("--audit-only", "with install: pushes are told what would be refused, and go through", false)
    .examples("morello guard install /srv/git/app.git", "morello guard install --audit-only", "morello guard uninstall")
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, [action = "", directory = null], { auditOnly }) => {
      const { runGuard, runReceive } = await import("../run/guard.ts");
      if (action === "receive") return runReceive(session, auditOnly); // what the hook runs
      const known = ACTIONS.find((each) => each === action);
      if (known === undefined)
        throw new AppError("usage", `'${action}' is not what a guard does`, {
          hint: `morello guard ${ACTIONS.join("|")} [DIR]`,
        });
      return runGuard(session, { action: known, directory, auditOnly });
    });
}
