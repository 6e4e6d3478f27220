// Rules about what a build takes from outside: the same text must mean the same bytes next month.
import { judge } from "../compat/judge.ts";
import type { LintRule } from "./rule.ts";
import { commandsOf, installed, type Containerfile, type Stage, type Step } from "./steps.ts";

function runs({
  stages,
}: Containerfile): { readonly step: Step; readonly stage: Stage; readonly commands: string[] }[] {
  return stages.flatMap((stage) =>
    stage.steps.filter(({ keyword }) => keyword === "RUN").map((step) => ({ step, stage, commands: commandsOf(step) })),
  );
}

/** Bases that come from elsewhere: no stage of this file, no scratch. */
function foreign({ stages }: Containerfile): readonly Stage[] {
  return stages.filter(
    ({ image }, index) => image !== "scratch" && !stages.slice(0, index).some(({ name }) => name === image),
  );
}

export const PIN_RULES: readonly LintRule[] = [
  {
    id: "base-by-digest",
    severity: "error",
    description: "A base is named by digest: a tag moves.",
    hint: "FROM NAME@sha256:…, as skopeo inspect or docker buildx imagetools inspect prints it",
    check: (file) =>
      foreign(file)
        .filter(({ image }) => !image.includes("@sha256:"))
        .map(({ from, image }) => {
          const tag = /:([^/:]+)$/.exec(image)?.[1];
          const what =
            tag === undefined
              ? `${image} has no tag, so latest is meant`
              : tag === "latest"
                ? `${image} is whatever is newest`
                : `${image} is a tag`;
          return { line: from.line, message: `${what}; a digest is wanted` };
        }),
  },
  {
    id: "apt-pinned",
    severity: "warning",
    description: "Debian packages are pinned, or come from files of the build context.",
    hint: "apt-get install NAME=VERSION, or let morello image lock write versions and hashes down",
    check: (file) =>
      runs(file).flatMap(({ step, commands }) => {
        const loose = commands
          .flatMap((command) => installed(command, "apt") ?? [])
          .filter((name) => !/[=/$]|\.deb$/.test(name));
        return loose.length === 0
          ? []
          : [{ line: step.line, message: `${few(loose)} without a version: what is installed depends on the day` }];
      }),
  },
  {
    id: "no-upgrade",
    severity: "warning",
    description: "A build does not upgrade what the base brings: a newer base does.",
    hint: "take a newer base by digest, and leave out apt-get upgrade",
    check: (file) =>
      runs(file).flatMap(({ step, commands }) =>
        commands.some((command) => /\bapt(?:-get)?\b[^|]*\s(?:dist-|full-)?upgrade\b/.test(command))
          ? [{ line: step.line, message: "packages of the base are upgraded: to what depends on the day" }]
          : [],
      ),
  },
  {
    id: "pip-hashes",
    severity: "warning",
    description: "Python packages are installed by hash, which says that nobody changed them.",
    hint: "pip install --require-hashes -r requirements.txt, with the hashes that morello image lock or pip-compile writes",
    check: (file) =>
      runs(file).flatMap(({ step, commands }) =>
        commands.flatMap((command) => {
          const names = installed(command, "pip");
          if (names === null || /--require-hashes\b|--hash=/.test(command)) return [];
          const loose = names.filter((name) => !/[=@/$]|\.whl$|^\.$/.test(name));
          const what = loose.length > 0 ? `${few(loose)} without a version` : "versions without hashes";
          return [{ line: step.line, message: `${what}: --require-hashes is wanted` }];
        }),
      ),
  },
  {
    id: "torch-of-base",
    severity: "error",
    description: "A base's own PyTorch is not replaced by pip: NVIDIA's is a pre-release that no index has.",
    hint: "leave torch, torchvision and torchaudio out, or take a base without PyTorch, such as nvcr.io/nvidia/cuda",
    check: (file) =>
      runs(file).flatMap(({ step, stage, commands }) => {
        if (!/(?:^|\/)(?:nvidia|pytorch)\/pytorch(?:[:@]|$)/.test(rootOf(stage, file))) return [];
        const names = commands.flatMap((command) => installed(command, "pip") ?? []);
        const torch = names.filter((name) => /^(?:torch|torchvision|torchaudio|torchtext)(?![\w-])/.test(name));
        return torch.length === 0
          ? []
          : [{ line: step.line, message: `${few(torch)} replaces the PyTorch that ${rootOf(stage, file)} brings` }];
      }),
  },
  {
    id: "torch-exists",
    severity: "error",
    description: "PyTorch is asked for in a combination that was published.",
    hint: "docs/reference/compatibility.md has the combinations there are",
    check: (file) =>
      runs(file).flatMap(({ step, commands }) =>
        commands.flatMap((command) => {
          const torch = (installed(command, "pip") ?? []).flatMap(
            (name) => /^torch==([\d.]+(?:\+\w+)?)$/.exec(name)?.[1] ?? [],
          )[0];
          const cuda = /download\.pytorch\.org\/whl\/(cu\d{3}|cpu)\b/.exec(command)?.[1] ?? torch?.split("+")[1];
          if (torch === undefined || cuda === undefined) return [];
          const judged = judge({ torch, cuda });
          if (judged.kind !== "impossible") return [];
          const offers = judged.offers.map(({ row }) => row).join(", ");
          return [{ line: step.line, message: `${judged.reason} The nearest: ${offers}.` }];
        }),
      ),
  },
  {
    id: "epoch",
    severity: "warning",
    description: "The build's time is given to it: programs such as useradd write the day they ran.",
    hint: "ARG SOURCE_DATE_EPOCH after FROM, and --build-arg SOURCE_DATE_EPOCH=… of the commit",
    check: ({ stages }) => {
      const last = stages.at(-1);
      if (last === undefined || !last.steps.some(({ keyword }) => keyword === "RUN")) return [];
      return last.steps.some(
        ({ keyword, text }) => ["ARG", "ENV"].includes(keyword) && /^SOURCE_DATE_EPOCH\b/.test(text),
      )
        ? []
        : [{ line: last.from.line, message: "no ARG SOURCE_DATE_EPOCH: the same build gives other bytes tomorrow" }];
    },
  },
];

/** The image that a stage stands on, through stages of the same file. */
function rootOf(stage: Stage, file: Containerfile): string {
  const below = file.stages.find(({ name, from }) => name === stage.image && from.line < stage.from.line);
  return below === undefined ? stage.image : rootOf(below, file);
}

function few(names: readonly string[]): string {
  return names.length < 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
