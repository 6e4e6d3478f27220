import { InvalidArgumentError, Option } from "commander";
import { AppError } from "../../../error.ts";
import type { Verb } from "../../verb.ts";

interface Flags {
  readonly to: string | null;
  readonly drainTimeout: number | null;
  readonly readyTimeout: number;
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly print: boolean;
  readonly status: boolean;
  readonly abort: boolean;
  readonly probeGpu: boolean;
  readonly engine: "podman" | "docker" | null;
}

const HOW = `The new version starts beside the old one. When it is healthy, the ports lead to it: connections that stand stay with
the old one, new ones go to the new one. The old container is left alone until its kernels, SSH logins, tmux and screen
sessions and torchrun jobs have ended by themselves, however long that takes. After a kill or a reboot, the same command
goes on. NAME is a container that podman or docker runs.`;

const UNITS: Readonly<Record<string, number>> = { "": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400 };

/** `90`, `90s`, `15m`, `2h`, `1d` -> seconds. */
function duration(value: string): number {
  const found = /^([1-9]\d{0,6})([smhd]?)$/.exec(value);
  if (found === null) throw new InvalidArgumentError("It is a time such as 90s, 15m, 2h or 1d.");
  return Number(found[1]) * (UNITS[found[2] ?? ""] ?? 1);
}

export function upgradeVerb(verb: Verb): Verb {
  return verb
    .description("move a running workbench to a new version, and leave running jobs alone")
    .argument("<name>", "the workbench: the container's name")
    .addOption(
      new Option("--to <version>", "this version or image; the newest of the same line unless given").default(null, ""),
    )
    .addOption(
      new Option("--drain-timeout <time>", "warn when the old one is still in use by then; it is never ended for that")
        .argParser(duration)
        .default(null, ""),
    )
    .addOption(
      new Option("--ready-timeout <time>", "give the new one so long to be healthy")
        .argParser(duration)
        .default(180, "3m"),
    )
    .option("--no-wait", "come back once the ports have moved; the same command removes the old one later")
    .option("-n, --dry-run", "show what would be done, and do nothing", false)
    .option("--print", "print the engine's commands, and do nothing", false)
    .option("--status", "show the containers, and who works in them", false)
    .option("--abort", "lead the ports back to the old one, as long as it is there", false)
    .option("--probe-gpu", "compute on the GPU, too, before the ports move: it takes some of its memory", false)
    .addOption(new Option("--engine <engine>", "ask this one alone").choices(["podman", "docker"]).default(null, ""))
    .examples(
      "morello image upgrade lab",
      "morello image upgrade lab --to v2.7.1 --drain-timeout 12h",
      "morello image upgrade lab --status",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, [name = ""], flags) => {
      const modes = [flags.dryRun || flags.print, flags.status, flags.abort].filter(Boolean).length;
      if (modes > 1) {
        throw new AppError("usage", "--dry-run, --status and --abort exclude each other", {
          hint: `morello image upgrade ${name} --status`,
        });
      }
      const { runUpgrade } = await import("../../run/image/upgrade.ts");
      return runUpgrade(session, { ...flags, name });
    });
}
