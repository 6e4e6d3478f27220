// What people still do in a container: its process table and Jupyter's kernels, judged. Values in, values out. In doubt a
// process is somebody's work: what the container did not start by itself holds it.

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  /** `?` without one. */
  readonly tty: string;
  /** As ps tells it: `S`, `R`, `Z` … */
  readonly state: string;
  readonly args: string;
}

/** One of Jupyter's `/api/kernels`. */
export interface Kernel {
  readonly id: string;
  readonly name: string;
  /** `busy`, `idle`, `starting` … */
  readonly state: string;
}

export type UseKind = "kernel" | "ssh" | "tmux" | "screen" | "torchrun" | "terminal" | "process";

/** One reason to leave the container alone. */
export interface Use {
  readonly kind: UseKind;
  /** For people: the kernel with its state, or the command line of what runs, without its environment. */
  readonly what: string;
  /** In the container, as its engine numbers them; null for a kernel that only Jupyter tells of. */
  readonly pid: number | null;
}

export interface Running {
  readonly processes: readonly Process[];
  /** The container's first process. */
  readonly init: number;
  /** Null: Jupyter does not answer, or there is none. Its kernels are processes all the same. */
  readonly kernels: readonly Kernel[] | null;
  /** Command lines that a container of this kind starts by itself: what ran in a fresh one. */
  readonly startUp: readonly string[];
}

/** What the images' start scripts run, wherever it is not a person's own child. */
const SERVICES: readonly RegExp[] = [
  /^(?:\S*\/)?(?:tini|dumb-init|catatonit|docker-init|s6-svscan)\b/,
  /^sshd: .*\[listener\]/,
  /^(?:\S*\/)?sshd(?:\s+-\S+|\s+[^-\s]\S*)*$/,
  /(?:^|[\s/])jupyter(?:hub)?(?:-labhub|-lab|-server|-notebook|\s+lab|\s+server|\s+notebook)(?:\s|$)/,
  /\s-m\s+(?:jupyterlab|jupyter_server|notebook)(?:\s|$)/,
];

const KINDS: readonly (readonly [UseKind, RegExp])[] = [
  ["torchrun", /(?:^|[\s/])torchrun(?:\s|$)|torch\.distributed\.(?:run|launch)|torch[./]distributed[./]elastic/],
  ["kernel", /(?:^|[\s/])(?:ipykernel|ipykernel_launcher|IRkernel)\b|kernel-[0-9a-f-]{36}\.json/],
  ["tmux", /^(?:\S*\/)?tmux(?:[:\s]|$)/],
  ["screen", /^(?:\S*\/)?screen(?:\s|$)/i],
  ["ssh", /^sshd(?:-session)?: /],
];

/**
 * What holds the container, in order of process numbers, kernels without a process last; empty: nobody would miss it.
 * A session is told once, however much runs in it; a torchrun is told wherever it runs.
 */
export function usesOf({ processes, init, kernels, startUp }: Running): Use[] {
  const living = processes.filter(({ state }) => !state.startsWith("Z"));
  const byPid = new Map(living.map((process) => [process.pid, process]));
  const known = new Set(startUp);
  const own = new Map<number, boolean>();
  const isOwn = (process: Process): boolean => {
    const judged = own.get(process.pid);
    if (judged !== undefined) return judged;
    own.set(process.pid, false); // a circle of parents is nobody's start-up
    const parent = byPid.get(process.parent);
    const comesFromInit = parent !== undefined && parent.pid !== process.pid && isOwn(parent);
    const isService = known.has(process.args) || SERVICES.some((service) => service.test(process.args));
    const verdict = process.pid === init || (comesFromInit && isService);
    own.set(process.pid, verdict);
    return verdict;
  };
  const theirs = living.filter((process) => !isOwn(process)).toSorted((a, b) => a.pid - b.pid);
  const told = new Set<string>();
  const sessions = theirs.flatMap((process): Use[] => {
    const kind = kindOf(process, byPid);
    const parent = byPid.get(process.parent);
    const isInner = parent !== undefined && !isOwn(parent);
    if (isInner && kind !== "torchrun" && kind !== "kernel") return [];
    if (isInner && kind === kindOf(parent, byPid)) return [];
    const kernel = kernels?.find(({ id }) => process.args.includes(id));
    if (kernel !== undefined) told.add(kernel.id);
    return [{ kind, what: kernel === undefined ? process.args : kernelWords(kernel), pid: process.pid }];
  });
  // A table that was read while numbers were given anew may have parents in a circle: no session begins there.
  const lost = sessions.length > 0 ? [] : theirs.map(({ args, pid }): Use => ({ kind: "process", what: args, pid }));
  const silent = (kernels ?? []).filter(({ id }) => !told.has(id));
  return [
    ...sessions,
    ...lost,
    ...silent.map((kernel): Use => ({ kind: "kernel", what: kernelWords(kernel), pid: null })),
  ];
}

function kindOf(process: Process, byPid: ReadonlyMap<number, Process>): UseKind {
  const found = KINDS.find(([, pattern]) => pattern.test(process.args));
  if (found !== undefined) return found[0];
  const parent = byPid.get(process.parent);
  const isShell = process.tty !== "?" && process.tty !== "";
  return isShell && parent !== undefined && SERVICES.some((service) => service.test(parent.args))
    ? "terminal"
    : "process";
}

function kernelWords({ id, name, state }: Kernel): string {
  return `${name} ${id.slice(0, 8)}, ${state}`;
}
