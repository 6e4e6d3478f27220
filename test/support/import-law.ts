// The import law of ARCHITECTURE.md as a function: sources in, violations out. Adding a room or a package means
// adding it here, with where it may be used.
import { posix } from "node:path";
import { blank, importsOf, lineAt } from "./source-text.ts";

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: "rooms" | "packages" | "spawn" | "ambient" | "circle" | "size" | "import";
  readonly message: string;
}

/** Values in, values out: these know no git, no disk, no clock. */
const PURE_ROOMS = [
  "object",
  "message",
  "patch",
  "equivalence",
  "prerequisite",
  "line",
  "plan",
  "policy",
  "symbol",
  "wire",
  "oci",
  "layer",
  "environment",
  "attestation",
];

/** Single files that keep the law of the pure rooms, in rooms that do not. */
const PURE_FILES = ["error.ts", "config/schema.ts", "doctor/facts.ts"];

const FACES = ["cli", "server"];

/** Room -> rooms and files that it may import besides itself and what is pure. Pure rooms have no entry. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  git: [],
  index: ["git"],
  apply: ["git", "index"],
  ledger: ["git", "apply"],
  release: ["git"],
  registry: ["git"],
  image: ["git", "registry"],
  doctor: ["git", "image"],
  verify: ["git", "apply"],
  forge: ["git"],
  usecase: ["config", "git", "index", "apply", "ledger", "release", "registry", "image", "doctor", "forge", "verify"],
};

/** What a face may import besides its own room. The pure rooms reach it through use-cases and wire shapes. */
const FACE_MAY_IMPORT = [
  "usecase",
  "wire",
  "error.ts",
  "config/load.ts",
  "git/repository.ts", // to open what `-C` names
  "git/environment.ts",
  "git/run.ts", // an editor or a pager is started where git would start it
];

/** npm package -> rooms that may use it. */
const PACKAGES: Readonly<Record<string, readonly string[] | "anywhere">> = {
  "dockerfile-ast": ["environment"],
  "zod": "anywhere",
  "yaml": ["config"],
  "lmdb": ["index"],
  "commander": ["cli"],
  "picocolors": ["cli"],
  "@clack/prompts": ["cli"],
  "@commitlint/config-conventional": ["policy"],
  "@commitlint/lint": ["policy"],
  "@commitlint/rules": ["policy"],
  "semver": ["release"],
  "@cyclonedx/cyclonedx-library": ["attestation"],
  "packageurl-js": ["attestation"],
  "pako": ["layer"],
  "web-tree-sitter": ["symbol", "index"],
};

/** Node's modules that compute and touch nothing. */
const PURE_BUILTINS = ["node:assert", "node:buffer", "node:crypto", "node:path/posix", "node:util", "node:zlib"];

const MAY_SPAWN = ["git", "image", "registry", "doctor", "verify"];

interface Ambient {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files outside the faces where it may stand. */
  readonly also: readonly string[];
}

const AMBIENT: readonly Ambient[] = [
  {
    what: "the clock",
    pattern:
      /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^)\s])|(?<!\bnew\s+)(?<![\w$.])Date\s*\(|\bperformance\s*\.\s*now\b|\bprocess\s*\.\s*hrtime\b/g,
    also: ["config/load.ts", "verify/command.ts"], // how long a command ran
  },
  {
    what: "randomness",
    pattern: /\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/g,
    also: ["config/load.ts"],
  },
  {
    what: "the environment",
    pattern: /\bprocess\s*\.\s*(?:env|argv|argv0|cwd)\b|\bprocess\s*(?:\?\.)?\s*\[|=\s*process\b(?!\s*\.)/g,
    also: ["config/load.ts", "git/environment.ts"],
  },
  { what: "the end of the process", pattern: /\bprocess\s*\.\s*(?:exit|exitCode|abort)\b/g, also: [] },
  { what: "the terminal", pattern: /\bconsole\s*[.[]|\bprocess\s*\.\s*(?:stdin|stdout|stderr)\b/g, also: [] },
];

const MAX_LINES = 400;

/** Checks all sources together; paths are relative to `src/`, with forward slashes. In order of file and line. */
export function violations(sources: ReadonlyMap<string, string>): Violation[] {
  const found: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, source] of sources) {
    const blanked = blank(source);
    const report = (line: number, rule: Violation["rule"], message: string): void =>
      void found.push({ file, line, rule, message });
    graph.set(file, []);
    for (const { specifier, line } of importsOf(source, blanked)) {
      if (specifier === "") {
        report(line, "import", "an import() must name its module in a literal");
      } else if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier);
        if (sources.has(target)) {
          graph.get(file)?.push(target);
          const reason = refusal(file, target);
          if (reason !== null) report(line, "rooms", reason);
        } else {
          report(line, "import", `${specifier} names no file of src/`);
        }
      } else if (specifier.startsWith("node:")) {
        builtin(file, specifier, (rule, message) => report(line, rule, message));
      } else {
        const reason = packageRefusal(file, specifier);
        if (reason !== null) report(line, "packages", reason);
      }
    }
    for (const { index } of blanked.matchAll(/(?<![\w$.])require\s*\(/g)) {
      report(lineAt(source, index), "import", "require() is not looked at by this law; use import");
    }
    if (!FACES.includes(roomOf(file))) {
      for (const { what, pattern, also } of AMBIENT) {
        if (also.includes(file)) continue;
        for (const { index } of blanked.matchAll(pattern)) {
          report(lineAt(source, index), "ambient", `${what} belongs to the faces; take it as a parameter`);
        }
      }
    }
    const lines = source.split("\n").length - (source.endsWith("\n") ? 1 : 0);
    if (lines > MAX_LINES && !/long because: \S/.test(source.split("\n").slice(0, 10).join("\n"))) {
      report(1, "size", `${lines} lines; at most ${MAX_LINES}, or a comment "long because: …" in the first ten`);
    }
  }
  for (const circle of circles(graph)) {
    found.push({ file: circle[0]!, line: 1, rule: "circle", message: `imports itself: ${circle.join(" -> ")}` });
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

function roomOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
}

function isPure(file: string): boolean {
  return PURE_FILES.includes(file) || PURE_ROOMS.includes(roomOf(file));
}

function refusal(file: string, target: string): string | null {
  const from = roomOf(file);
  const to = roomOf(target);
  if (target === "index.ts") return "index.ts is for users of the library; import what it re-exports";
  if (isPure(file)) return isPure(target) ? null : `${file} is pure and may not import ${target}`;
  if (from === to && from !== "") return null;
  if (FACES.includes(from)) {
    if (from === "cli" && to === "server") return null; // `morello board` starts the server
    return FACE_MAY_IMPORT.includes(to) || FACE_MAY_IMPORT.includes(target)
      ? null
      : `a face may import use-cases and wire shapes, not ${target}`;
  }
  if (FACES.includes(to)) return `only a face may import ${target}`;
  if (isPure(target) || file === "index.ts") return null;
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `the room ${from}/ has no entry in the import law`;
  return allowed.includes(to) ? null : `${from}/ may not import ${target}`;
}

function builtin(file: string, specifier: string, report: (rule: Violation["rule"], message: string) => void): void {
  if (specifier === "node:child_process" && !MAY_SPAWN.includes(roomOf(file))) {
    report("spawn", `only ${MAY_SPAWN.map((room) => `${room}/`).join(" and ")} may start processes`);
  } else if (isPure(file) && !PURE_BUILTINS.includes(specifier)) {
    report("rooms", `${file} is pure and may not import ${specifier}`);
  } else if (["node:process", "node:console", "node:perf_hooks"].includes(specifier) && !FACES.includes(roomOf(file))) {
    report("ambient", `${specifier} hides what this law looks for; use the global`);
  } else if (specifier === "node:module" && !FACES.includes(roomOf(file))) {
    report("import", "node:module can load what this law does not see");
  }
}

function packageRefusal(file: string, specifier: string): string | null {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const rooms = PACKAGES[name];
  if (rooms === undefined) return `the package ${name} has no entry in the import law (Node's own want "node:")`;
  if (rooms === "anywhere" || rooms.includes(roomOf(file))) return null;
  return `${name} may be imported in ${rooms.map((room) => `${room}/`).join(", ")} alone`;
}

/** One path for each knot of files that import each other, from a file of it back to that file (Tarjan). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const knot = stack.splice(stack.indexOf(file));
    if (knot.length > 1 || graph.get(file)?.includes(file)) found.push(wayBack(file, new Set(knot), graph));
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

function wayBack(start: string, knot: ReadonlySet<string>, graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) {
        const way = [start];
        for (let at: string | undefined = file; at !== undefined && at !== start; at = cameFrom.get(at))
          way.splice(0, 0, at);
        return file === start ? [start, start] : [start, ...way];
      }
      if (!knot.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return [start];
}
