// The command line: every verb with its options. Nothing is opened and no use-case is loaded until a verb runs.
import { CommanderError, Option } from "commander";
import { abortVerb } from "./command/abort.ts";
import { applyVerb } from "./command/apply.ts";
import { approveVerb } from "./command/approve.ts";
import { auditVerb } from "./command/audit.ts";
import { checkVerb } from "./command/check.ts";
import { completeVerb, completionVerb } from "./command/completion.ts";
import { continueVerb } from "./command/continue.ts";
import { doctorVerb } from "./command/doctor.ts";
import { findVerb } from "./command/find.ts";
import { guardVerb } from "./command/guard.ts";
import { hooksVerb } from "./command/hooks.ts";
import { imageVerb } from "./command/image.ts";
import { initVerb } from "./command/init.ts";
import { ledgerVerb } from "./command/ledger.ts";
import { linesVerb } from "./command/lines.ts";
import { pickVerb } from "./command/pick.ts";
import { planVerb } from "./command/plan.ts";
import { releaseVerb } from "./command/release.ts";
import { protectVerb } from "./command/protect.ts";
import { resolveVerb } from "./command/resolve.ts";
import { skipVerb } from "./command/skip.ts";
import { undoVerb } from "./command/undo.ts";
import { waiveVerb } from "./command/waive.ts";
import { verifyVerb } from "./command/verify.ts";
import { COMMON, HELP } from "./help.ts";
import { paint, type View } from "./render/view.ts";
import { Verb } from "./verb.ts";
import { version } from "./version.ts";

/** Verbs as help shows them, group by group. A new verb is one line here. */
const VERBS: Readonly<Record<string, Readonly<Record<string, (verb: Verb) => Verb>>>> = {
  "Every day:": {
    find: findVerb,
    plan: planVerb,
    pick: pickVerb,
    release: releaseVerb,
  },
  "When a pick stops:": {
    resolve: resolveVerb,
    continue: continueVerb,
    skip: skipVerb,
    abort: abortVerb,
  },
  "What landed, and who let it:": {
    check: checkVerb,
    approve: approveVerb,
    waive: waiveVerb,
    ledger: ledgerVerb,
    audit: auditVerb,
    hooks: hooksVerb,
    guard: guardVerb,
    protect: protectVerb,
  },
  "Images:": {
    image: imageVerb,
    doctor: doctorVerb,
  },
  "Also:": {
    lines: linesVerb,
    apply: applyVerb,
    undo: undoVerb,
    verify: verifyVerb,
    init: initVerb,
    completion: completionVerb,
  },
};

const EXAMPLES = `Examples:
  morello lines                            the release lines of this repository
  morello find fix/leak                    is it there already, and where?
  morello plan fix/leak --onto all         what would picking do, line by line?
  morello pick fix/leak --onto v2.7,v2.8   do it
`;

/** Builds the program; it parses nothing yet. */
export function createProgram(): Verb {
  const program = new Verb("morello")
    .description("Carries one fix to every release line. Also runs as: git morello")
    .usage("[-C DIR] VERB [ARGUMENTS]")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp(HELP)
    .addHelpOption(new Option("-h, --help", "show help").helpGroup(COMMON))
    .addHelpCommand(
      new Verb("help").argument("[verb]").description("show the help of a verb").helpOption(false).helpGroup("Also:"),
    )
    .addHelpText("before", EXAMPLES)
    .addHelpText(
      "after",
      "\nmorello help VERB shows the options of a verb.\nExit status: 0 done, 1 refused, 2 usage, 3 git failed, 70 defect.",
    )
    .common();
  program.configureOutput({ outputError: () => undefined, writeErr: () => undefined }); // errors are thrown, and shown by whoever catches them
  program.addOption(new Option("-V, --version", "print the version").helpGroup(COMMON)).on("option:version", () => {
    process.stdout.write(`morello ${version()}\n`);
    throw new CommanderError(0, "commander.version", "");
  });
  for (const [group, verbs] of Object.entries(VERBS)) {
    for (const [name, declare] of Object.entries(verbs)) declare(program.verb(name)).helpGroup(group);
  }
  completeVerb(program.verb("__complete", { hidden: true }).helpOption(false), program);
  return program;
}

/** Help in a view's colours. */
export function styleHelp(program: Verb, view: View): void {
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ ...command.configureOutput(), getOutHasColors: () => view.color });
    command.configureHelp({
      ...HELP,
      styleTitle: (text) => paint(view, "strong", text),
      styleSubcommandTerm: (text) => paint(view, "name", text),
      styleOptionTerm: (text) => paint(view, "name", text),
    });
  }
}
