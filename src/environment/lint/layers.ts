// Rules about layers: what changes often stands last, and nothing stays that nobody needs.
import type { LintRule } from "./rule.ts";
import { commandsOf, installed, type Step } from "./steps.ts";

function installs(step: Step): boolean {
  if (step.keyword !== "RUN") return false;
  return commandsOf(step).some(
    (command) =>
      installed(command, "apt") !== null ||
      installed(command, "pip") !== null ||
      /\b(?:conda|mamba|micromamba)\b[^|]*\s(?:install|env\s+(?:create|update))\b|\bnpm\s+(?:ci|install)\b|\bapk\s+add\b|\b(?:dnf|yum)\s+install\b/.test(
        command,
      ),
  );
}

/** The whole context, or a directory of sources; not one file that says what to install. */
function takesSource({ keyword, text, flags }: Step): boolean {
  if (!["COPY", "ADD"].includes(keyword) || flags.some((flag) => flag.startsWith("--from="))) return false;
  const from = text.split(/\s+/).slice(0, -1);
  return from.some((path) => /^(?:\.\/?|\*)$|\/$/.test(path) || /^(?:\.\/)?(?:src|app|lib)$/.test(path));
}

export const LAYER_RULES: readonly LintRule[] = [
  {
    id: "layer-order",
    severity: "warning",
    description:
      "Sources come after what is installed: else every change of a source installs and uploads all of it again.",
    hint: "move COPY below RUN, or let morello image build append the source as one small layer",
    check: ({ stages }) =>
      stages.flatMap(({ steps }) =>
        steps.flatMap((step, index) => {
          const later = takesSource(step) ? steps.slice(index + 1).find(installs) : undefined;
          return later === undefined
            ? []
            : [{ line: step.line, message: `sources are copied before line ${later.line} installs packages` }];
        }),
      ),
  },
  {
    id: "apt-lists",
    severity: "warning",
    description: "apt's lists do not stay: they are large, and other tomorrow.",
    hint: "rm -rf /var/lib/apt/lists/* in the same RUN",
    check: ({ stages }) =>
      stages.flatMap(({ steps }) =>
        steps
          .filter(({ keyword, text }) => keyword === "RUN" && /\bapt(?:-get)?\b[^&;|\n]*\supdate\b/.test(text))
          .filter(
            ({ text, flags }) =>
              !/rm\s[^&;]*\/var\/lib\/apt(?:\/lists)?/.test(text) &&
              !flags.some((flag) => flag.includes("/var/lib/apt")),
          )
          .map(({ line }) => ({ line, message: "apt-get update leaves its lists in the layer" })),
      ),
  },
  {
    id: "pip-cache",
    severity: "warning",
    description: "pip's cache does not stay: what it downloaded would be in the image twice.",
    hint: "pip install --no-cache-dir, or RUN --mount=type=cache,target=/root/.cache/pip",
    check: ({ stages }) =>
      stages.flatMap(({ steps }) =>
        steps
          .filter(
            (step) =>
              step.keyword === "RUN" &&
              commandsOf(step).some((command) => installed(command, "pip") !== null && !/\buv\b/.test(command)),
          )
          .filter(
            ({ text, flags }) =>
              !/--no-cache-dir|PIP_NO_CACHE_DIR/.test(text) && !flags.some((flag) => flag.includes("type=cache")),
          )
          .filter(() => !steps.some(({ keyword, text }) => keyword === "ENV" && /PIP_NO_CACHE_DIR/.test(text)))
          .map(({ line }) => ({ line, message: "pip keeps what it downloaded in the layer" })),
      ),
  },
];
