// Rules about what must not be in an image: secrets, keys that all its users would share, strangers' code.
import type { LintRule } from "./rule.ts";
import { commandsOf, installed, type Containerfile, type Step } from "./steps.ts";

const SECRET =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|SECRET|SECRETS|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)(?:_|$)/i;

const SECRET_FILE =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.pgpass|\.env|\.ssh|\.aws|\.kube|\.gnupg|\.git-credentials|credentials(?:\.json)?|\.docker(?:\/config\.json)?|[^/]*\.(?:pem|p12|pfx|key))\/?$/;

function steps({ head, stages }: Containerfile, ...keywords: readonly string[]): Step[] {
  return [...head, ...stages.flatMap((stage) => stage.steps)].filter(({ keyword }) => keywords.includes(keyword));
}

/** `A=b C="d e"`, or the old form `A b c`. */
function pairs(text: string): { readonly name: string; readonly value: string | null }[] {
  const old = /^([A-Za-z_]\w*)\s+([^=].*)$/.exec(text);
  if (old !== null && !/^[A-Za-z_]\w*=/.test(text)) return [{ name: old[1] ?? "", value: old[2] ?? "" }];
  return [...text.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g)].map(([, name = "", value]) => ({
    name,
    value: value?.replace(/^["']|["']$/g, "") ?? null,
  }));
}

/** What COPY and ADD take; the last word is where to. */
function copied({ text }: Step): string[] {
  const list = text.startsWith("[") ? text.replace(/^\[|\]$/g, "").split(/"\s*,\s*"/) : text.split(/\s+/);
  return list.slice(0, -1).map((word) => word.replaceAll('"', "").trim());
}

export const SAFETY_RULES: readonly LintRule[] = [
  {
    id: "secret-variable",
    severity: "error",
    description: "No secret is a variable: ENV and ARG are in the image for whoever pulls it.",
    hint: "RUN --mount=type=secret,id=NAME for the build, a mounted file or -e when it runs",
    check: (file) =>
      steps(file, "ENV", "ARG").flatMap(({ line, keyword, text }) =>
        pairs(text)
          .filter(
            ({ name, value }) =>
              SECRET.test(name) && !/_FILE$/i.test(name) && (keyword === "ARG" || (value !== null && value !== "")),
          )
          .map(({ name }) => ({ line, message: `${keyword} ${name} is kept in the image and its history` })),
      ),
  },
  {
    id: "secret-file",
    severity: "error",
    description: "No file that holds keys or logins is copied in; deleting it later leaves it in the layer below.",
    hint: "RUN --mount=type=secret,id=NAME,target=PATH, and the file in .dockerignore",
    check: (file) =>
      steps(file, "COPY", "ADD")
        .filter(({ flags }) => !flags.some((flag) => flag.startsWith("--from=")))
        .flatMap((step) =>
          copied(step)
            .filter((path) => SECRET_FILE.test(path))
            .map((path) => ({ line: step.line, message: `${path} goes into the image` })),
        ),
  },
  {
    id: "password",
    severity: "error",
    description: "No password is set in a build: all users of the image would have it.",
    hint: "log in with keys; morello's start script takes AUTHORIZED_KEYS when it starts",
    check: (file) =>
      steps(file, "RUN").flatMap(({ line, text }) =>
        /\bchpasswd\b/.test(text) ||
        /\b(?:useradd|usermod)\b[^&;|]*\s(?:-p|--password)[\s=]/.test(text) ||
        /\bpasswd\s+--stdin/.test(text)
          ? [{ line, message: "a password is set, the same for every user of the image" }]
          : [],
      ),
  },
  {
    id: "host-keys",
    severity: "error",
    description:
      "SSH host keys are made when a container starts: baked in, every user of the image can pose as every other.",
    hint: "rm -f /etc/ssh/ssh_host_*_key* in the same RUN, and ssh-keygen -A when the container starts",
    check: (file) =>
      steps(file, "RUN", "COPY", "ADD").flatMap((step) => {
        if (step.keyword !== "RUN")
          return /ssh_host_\w*key/.test(step.text)
            ? [{ line: step.line, message: "SSH host keys are copied into the image" }]
            : [];
        const brings = commandsOf(step).some((command) =>
          (installed(command, "apt") ?? []).some((name) => /^(?:openssh-server|ssh|tasksel)(?:=|$)/.test(name)),
        );
        const makes = /\bssh-keygen\s+(?:\S+\s+)*-A\b|\bdpkg-reconfigure\s+openssh-server/.test(step.text);
        const removes = /rm\s[^&;]*\/etc\/ssh\/ssh_host_/.test(step.text);
        if (removes || (!brings && !makes)) return [];
        const what = makes
          ? "SSH host keys are made in the build"
          : "openssh-server makes SSH host keys as it is installed";
        return [{ line: step.line, message: `${what}, and they stay in the image` }];
      }),
  },
  {
    id: "piped-script",
    severity: "error",
    description: "Nothing fetched is run unseen.",
    hint: "fetch it, check its sha256sum, then run it; or take the package",
    check: (file) =>
      steps(file, "RUN").flatMap(({ line, text }) =>
        /\b(?:curl|wget)\b[^;&\n]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:ba|da|z|k)?sh\b|\b(?:curl|wget)\b[^;&\n]*\|\s*(?:sudo\s+)?\S*python|\b(?:ba|z)?sh\s+(?:-c\s+)?["']?(?:<\(|\$\()\s*(?:curl|wget)\b/.test(
          text,
        )
          ? [{ line, message: "what the net answers is run as it comes" }]
          : [],
      ),
  },
  {
    id: "add-url",
    severity: "error",
    description: "ADD takes nothing from the net without a checksum.",
    hint: "ADD --checksum=sha256:… URL, or a file of the build context",
    check: (file) =>
      steps(file, "ADD")
        .filter((step) => copied(step).some((path) => /^(?:https?|ftp):/.test(path)))
        .filter(({ flags }) => !flags.some((flag) => flag.startsWith("--checksum=")))
        .map(({ line }) => ({ line, message: "whatever the URL gives that day goes in" })),
  },
  {
    id: "user",
    severity: "warning",
    description: "The last stage says whom it runs as, and that is not root.",
    hint: "USER 1000, or a start script that gives root away",
    check: ({ stages }) => {
      const last = stages.at(-1);
      const user = last?.steps.findLast(({ keyword }) => keyword === "USER");
      if (last === undefined || (user !== undefined && !/^(?:root|0)(?::|$)/.test(user.text))) return [];
      const hands = last.steps.some(({ keyword, text }) => keyword === "ENTRYPOINT" && text.includes("morello-start"));
      return hands
        ? []
        : [
            {
              line: user?.line ?? last.from.line,
              message: user === undefined ? "no USER: it runs as root" : "USER root",
            },
          ];
    },
  },
];
