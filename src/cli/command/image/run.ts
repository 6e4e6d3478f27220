import { InvalidArgumentError, Option } from "commander";
import { AppError } from "../../../error.ts";
import { collect, type Verb } from "../../verb.ts";
import { startsContainers, type ImageRunFlags } from "./container-options.ts";

const HOW = `It runs podman or docker, and --print shows the command instead. Your directory is /workspace inside, ports are open on
this machine alone, files stay yours. Without a command JupyterLab starts, and its token is kept in a file.
Without Morello: docker run -it --gpus all -p 8888:8888 -v "$(pwd)":/workspace IMAGE`;

export function imageRunVerb(verb: Verb): Verb {
  return startsContainers(verb)
    .description("start a container of a line's newest release, or of an image")
    .argument("[what]", "a line, a release such as v2.7.1, or an image")
    .argument("[command...]", "after --: what runs in it instead of JupyterLab")
    .option("--print", "show the engine's command, and start nothing", false)
    .option("--list", "list the containers that were started so", false)
    .option("-d, --detach", "leave it running, and wait until it answers", false)
    .option(
      "--door",
      "with -d: a small container of its own has the ports, so that `image upgrade` can move them",
      false,
    )
    .addOption(new Option("--name <name>", "the container's name").default(null, ""))
    .addOption(new Option("--variant <name>", "another variant than the default").default(null, ""))
    .addOption(
      new Option("-p, --port <port>", "JupyterLab's port here; 8888, or the next that is free")
        .argParser(port)
        .default(null, ""),
    )
    .addOption(new Option("--bind <address>", "the address that ports are open on").default("127.0.0.1"))
    .option("--ssh", "start an SSH server for your public key", false)
    .addOption(
      new Option("--ssh-port <port>", "its port here; 2222, or the next that is free")
        .argParser(port)
        .default(null, ""),
    )
    .addOption(
      new Option("--key <file>", "with --ssh: this public key instead; several may be given")
        .argParser(collect)
        .default([], ""),
    )
    .addOption(new Option("--workspace <dir>", "what is mounted as /workspace instead of .").default(null, ""))
    .addOption(
      new Option("--shm-size <size>", "shared memory, such as 16g; half of this machine's memory")
        .argParser(bytes)
        .default(null, ""),
    )
    .addOption(
      new Option("--ipc <mode>", "host: share memory with the host").choices(["host", "private"]).default("private"),
    )
    .addOption(new Option("-v, --volume <mount>", "mount HOST:CONTAINER[:ro], too").argParser(collect).default([], ""))
    .addOption(
      new Option("-e, --env <variable>", "NAME=VALUE, or NAME as it is here").argParser(collect).default([], ""),
    )
    .option("--torchrun", "run the script on as many processes as there are GPUs", false)
    .examples(
      "morello image run release/v2.7 --ssh",
      "morello image run v2.7.1 -- python train.py",
      "morello image run release/v2.7 --torchrun -- train_ddp.py --epochs 50",
      "morello image run registry.example.com/pytorch-cuda:v2.7.1 --print",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<ImageRunFlags>(async (session, [what, ...command], flags) => {
      const run = await import("../../run/image/run.ts");
      if (flags.list) return run.runImageRunList(session, flags.engine);
      if (what === undefined) {
        throw new AppError("usage", "A line, a release or an image is wanted", { hint: "morello lines" });
      }
      if (flags.torchrun && command.length === 0) {
        throw new AppError("usage", "--torchrun wants a script", {
          hint: `morello image run ${what} --torchrun -- train.py`,
        });
      }
      if (flags.door && (!flags.detach || flags.print || command.length > 0 || flags.network === "host")) {
        throw new AppError("usage", "--door is for services that go on by themselves: with -d, and without a command", {
          hint: `morello image run ${what} -d --door`,
        });
      }
      return run.runImageRun(session, what, command, flags);
    });
}

function port(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65_535)
    throw new InvalidArgumentError("It is a port from 1 to 65535.");
  return Number(value);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30 };

/** `16g`, as engines read it. */
function bytes(value: string): number {
  const found = /^([1-9]\d{0,9})([kmg]?)b?$/i.exec(value);
  if (found === null) throw new InvalidArgumentError("It is a size such as 512m or 16g.");
  return Number(found[1]) * (UNITS[(found[2] ?? "").toLowerCase()] ?? 1);
}
