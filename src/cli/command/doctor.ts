import { InvalidArgumentError, Option } from "commander";
import type { Verb } from "../verb.ts";

const HOW = `It looks at files and asks nvidia-smi; nothing is changed. Exit status 1: a cause was found. In a container it tells what
can be seen from there, and says when only the host can tell. Causes: docs/guide/gpu-troubleshooting.md`;

interface Flags {
  readonly all: boolean;
  readonly hostRoot: string | null;
  readonly for: string | null;
  /** Seconds. */
  readonly wait: number;
}

export function doctorVerb(verb: Verb): Verb {
  return verb
    .description("say why CUDA is missing, one cause first, with the command that helps")
    .option("-a, --all", "show what was looked at, too", false)
    .addOption(
      new Option("--for <image>", "say before a pull whether this host can run an image, and which variant").default(
        null,
        "",
      ),
    )
    .addOption(new Option("--host-root <dir>", "look at the host that is mounted at DIR").default(null, ""))
    .addOption(new Option("--wait <seconds>", "how long nvidia-smi may take").argParser(seconds).default(0.7))
    .examples("morello doctor", "morello doctor --all", "morello doctor --for registry.example.com/pytorch-cuda:v2.7.1")
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, _operands, { all, hostRoot, for: image, wait }) => {
      const { runDoctor } = await import("../run/doctor.ts");
      return runDoctor(session, { all, hostRoot, image, wait });
    });
}

function seconds(value: string): number {
  if (!/^\d{1,3}(?:\.\d{1,3})?$/.test(value) || Number(value) === 0)
    throw new InvalidArgumentError("It is a number of seconds, such as 10.");
  return Number(value);
}
