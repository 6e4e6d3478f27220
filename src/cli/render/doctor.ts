// Why CUDA is missing: one cause first, its command, then what else is wrong; what was looked at, if asked for.
import type { DoctorFinding, DoctorOutcome } from "../../wire/doctor.ts";
import { cleaned } from "./clean.ts";
import { table } from "./table.ts";
import { count, paint, symbol, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

type Facts = DoctorOutcome["facts"];

const WHERE: Readonly<Record<DoctorFinding["at"], string>> = {
  here: "Run",
  host: "Run on the host",
  engine: "Start it with",
};

export function renderDoctor(view: View, found: DoctorOutcome, all: boolean): string {
  const outcome = cleaned(found);
  const lines = view.plain ? plainLines(outcome) : shownLines(view, outcome);
  if (all) lines.push(...(view.plain ? [] : [""]), ...lookedAt(view, outcome.facts));
  return lines.map((line) => `${line}\n`).join("");
}

function shownLines(view: View, { cause, also, notices, facts }: DoctorOutcome): string[] {
  const lines: string[] = [];
  if (cause === null) lines.push(`${paint(view, "good", symbol(view, "good"))} ${healthy(facts)}`);
  else
    lines.push(
      `${paint(view, "bad", symbol(view, "bad"))} ${paint(view, "strong", cause.title)}`,
      ...causeLines(view, cause, false),
    );
  if (also.length > 0) {
    lines.push("", "Also, which may follow from it:");
    for (const { title, because } of also)
      lines.push(...wrap(`${title}: ${because}`, view.width - 4).map((line, n) => `  ${n === 0 ? "- " : "  "}${line}`));
  }
  if (cause !== null && notices.length > 0) lines.push("");
  lines.push(...noticeLines(view, notices));
  return lines;
}

export function noticeLines(view: View, notices: readonly string[]): string[] {
  return notices.flatMap((notice) =>
    wrap(notice, view.width - 2).map(
      (line, n) => `${n === 0 ? paint(view, "quiet", symbol(view, "note")) : " "} ${line}`,
    ),
  );
}

/** Why, and the command that helps; the title is another's to show, or not. */
export function causeLines(
  view: View,
  { title, because, command, at, rule, source }: DoctorFinding,
  titled = true,
): string[] {
  return [
    ...wrap(titled ? `${title}: ${because}` : because, view.width - 2).map((line) => `  ${line}`),
    "",
    `${paint(view, "strong", WHERE[at])}  ${command}`,
    paint(view, "quiet", truncate(`[${rule}] ${source}`, view.width)),
  ];
}

export function saidPlainly({ rule, title, because, command, at }: DoctorFinding): string {
  return `${rule}: ${title}: ${because}: ${WHERE[at].toLowerCase()}: ${command}`;
}

/** One fact a line. */
function plainLines({ cause, also, notices, facts }: DoctorOutcome): string[] {
  return [
    cause === null ? `well: ${healthy(facts)}` : saidPlainly(cause),
    ...also.map((each) => `also: ${saidPlainly(each)}`),
    ...notices.map((notice) => `note: ${notice}`),
  ];
}

function healthy({ smi, driver, wsl }: Facts): string {
  const what = smi.kind === "answered" ? gpuNames(smi.gpus) : "No cause found";
  const which = driver?.version == null ? (wsl ? ", driver of Windows" : "") : `, driver ${driver.version}`;
  const cuda = smi.kind === "answered" && smi.cuda !== null ? `, which came with CUDA ${smi.cuda}` : "";
  return `${what}${which}${cuda}`;
}

/** `2 × NVIDIA A100-SXM4-40GB`, each name once. */
function gpuNames(gpus: readonly { readonly name: string }[]): string {
  const names = [...new Set(gpus.map(({ name }) => name))];
  return names
    .map((name) => {
      const number = gpus.filter((gpu) => gpu.name === name).length;
      return number === 1 ? name : `${number} x ${name}`;
    })
    .join(", ");
}

export function lookedAt(view: View, facts: Facts): string[] {
  const rows = factRows(facts).map(([what, value]) => [{ text: what }, { text: value }]);
  if (view.plain) return factRows(facts).map(([what, value]) => `looked at: ${what}: ${value}`);
  return [paint(view, "strong", "Looked at"), ...table(view, [{}, { shrink: 1 }], rows, 2)];
}

function factRows(facts: Facts): (readonly [string, string])[] {
  const { place, pci, driver, libraries, smi, torch, compat, toolkit, fabric } = facts;
  const yes = (value: boolean): string => (value ? "yes" : "no");
  const there = Object.entries(toolkit).flatMap(([name, is]) => (is ? [name] : []));
  return [
    ["place", place.kind === "host" ? (facts.wsl ? "WSL" : "host") : `container of ${place.engine}`],
    ["system", `${facts.system[0] ?? "unknown"}, kernel ${facts.kernel ?? "unknown"}`],
    ["PCI", pci === null ? "does not tell" : pciRow(pci)],
    ["kernel modules", facts.modules.join(", ") || "none of NVIDIA"],
    [
      "modules on disk",
      `for this kernel ${yes(facts.built.forThisKernel)}, for others ${yes(facts.built.forOthers)}, source ${yes(facts.built.source)}`,
    ],
    [
      "Secure Boot, SELinux",
      `${facts.secureBoot === null ? "unknown" : yes(facts.secureBoot)}, ${facts.selinux ? "enforcing" : "no"}`,
    ],
    [
      "driver",
      driver === null
        ? "not loaded"
        : `${driver.version ?? "unknown"}${driver.flavour === null ? "" : ` (${driver.flavour})`}`,
    ],
    [
      "libraries",
      `libcuda ${libraries.cuda ?? (libraries.any ? "there" : "absent")}, NVML ${libraries.nvml ?? "absent"}`,
    ],
    ["compat package", compat === null ? "not in use" : `${compat.directory} (${compat.version ?? "unknown"})`],
    [
      "device files",
      facts.devices.map(({ name, mode }) => `${name} ${mode.toString(8).padStart(4, "0")}`).join(", ") || "none",
    ],
    ["nvidia-smi", smiRow(smi)],
    ["engines", facts.engines.join(", ") || "none"],
    ["container toolkit", there.join(", ") || "absent"],
    ["docker's runtime", facts.docker.runtime],
    [
      "CDI specs",
      facts.cdi.map(({ path, driver: of }) => `${path}${of === null ? "" : ` (${of})`}`).join(", ") || "none",
    ],
    ["fabric manager", fabric.running ? "running" : fabric.installed ? "not running" : "not installed"],
    [
      "variables",
      Object.entries(facts.variables)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ") || "none",
    ],
    ["PyTorch", torch === null ? "not found" : `${torch.version} (CUDA ${torch.cuda ?? "none"}) in ${torch.place}`],
  ];
}

function pciRow(pci: NonNullable<Facts["pci"]>): string {
  const gpus = pci.filter(({ kind }) => kind === "gpu");
  const switches = pci.length - gpus.length - pci.filter(({ kind }) => kind === "other").length;
  const held = [...new Set(gpus.map(({ driver }) => driver ?? "nothing"))].join(", ");
  const of = gpus.length === 0 ? "no NVIDIA GPU" : `${count(gpus.length, "NVIDIA GPU")}, held by ${held}`;
  return switches === 0 ? of : `${of}; ${count(switches, "NVSwitch", "NVSwitches")}`;
}

function smiRow(smi: Facts["smi"]): string {
  switch (smi.kind) {
    case "absent":
      return "not on the PATH";
    case "silent":
      return `no answer within ${smi.afterMs} ms`;
    case "failed":
      return smi.said.split("\n")[0] ?? "";
    case "answered":
      return smi.gpus
        .map(({ name, capability, instances }) =>
          [
            name,
            ...(capability === null ? [] : [`sm_${capability.replace(".", "")}`]),
            ...(instances.length === 0 ? [] : [count(instances.length, "MIG device")]),
          ].join(" "),
        )
        .join(", ");
  }
}
