// A manifest's checks against a running container: each is tried until it holds or has failed often enough.
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, ExecProbe, FileProbe, HttpProbe, Probe } from "../../environment/probe-manifest.ts";
import { endOf, execIn, type ContainerDeps, type ExecAnswer } from "../container.ts";
import { judgeExec, judgeFile, judgeHttp, type FileSeen, type HttpSeen, type NamedVerdict } from "./judge.ts";

export interface ProbeTarget extends ContainerDeps {
  /** The container's name. */
  readonly name: string;
  /** Where a port of the container is reached from here. */
  readonly reach: (port: number) => { readonly host: string; readonly port: number };
  /** Ports that the image declares. */
  readonly exposed: readonly number[];
  readonly token: string;
  /** The private key whose public key may log in; null where SSH was not started. */
  readonly sshKey: string | null;
  /** What commands of probes are told: PROBE_GPUS and so on. */
  readonly variables: Readonly<Record<string, string>>;
  /** The text of a file beside the manifest. */
  readonly script: (name: string) => string;
}

export interface CheckOptions {
  /** Whether memory of a GPU may be taken. */
  readonly allocate: boolean;
  /** Milliseconds, rising. */
  readonly clock: () => number;
  readonly onResult?: (result: CheckResult) => void;
}

export interface CheckResult extends NamedVerdict {
  readonly check: string;
  readonly attempts: number;
  readonly milliseconds: number;
}

/** In the order of the checks; a check that reports gives several. After the container's end the others are skipped. */
export async function runChecks(
  checks: readonly Check[],
  target: ProbeTarget,
  options: CheckOptions,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  let isOver = false;
  for (const check of checks) {
    target.signal?.throwIfAborted();
    const began = options.clock();
    const { verdicts, attempts, over }: Judged = isOver ? OVER : await runCheck(check, target, options);
    isOver = over;
    for (const verdict of verdicts) {
      const name = verdict.name === "" ? check.name : verdict.name;
      const result = {
        ...verdict,
        name,
        check: check.name,
        attempts,
        milliseconds: Math.round(options.clock() - began),
      };
      results.push(result);
      options.onResult?.(result);
    }
  }
  return results;
}

interface Judged {
  readonly verdicts: readonly NamedVerdict[];
  readonly attempts: number;
  /** The container has ended. */
  readonly over: boolean;
}

const skipped = (says: string, over = false): Judged => {
  return { verdicts: [{ name: "", state: "skipped", says }], attempts: 0, over };
};
const OVER = skipped("the container has ended", true);

async function runCheck(check: Check, target: ProbeTarget, { allocate }: CheckOptions): Promise<Judged> {
  const { when, probe } = check;
  if (check.allocates && !allocate) return skipped("takes memory of a GPU, which may be in use");
  if (when?.exposes !== undefined && !target.exposed.includes(when.exposes))
    return skipped(`the image declares no port ${when.exposes}`);
  if (when?.exec !== undefined) {
    const asked = await execIn(target, target.name, { command: when.exec, timeout: probe.timeoutSeconds * 1000 });
    if (asked.status !== 0) return skipped("not in this image");
  }
  if (probe.initialDelaySeconds > 0) await sleep(probe.initialDelaySeconds * 1000, undefined, signalOf(target));
  let attempts = 0;
  let successes = 0;
  for (let failures = 0; ;) {
    attempts++;
    const verdicts = await attempt(probe, target);
    if (verdicts.every(({ state }) => state !== "failed")) {
      if (++successes >= probe.successThreshold) return { verdicts, attempts, over: false };
    } else {
      successes = 0;
      failures++;
      const ended = await endOf(target, target.name);
      if (ended !== null) {
        const says = `the container ended with status ${ended}`;
        return { verdicts: [{ name: "", state: "failed", says }], attempts, over: true };
      }
      if (failures >= probe.failureThreshold) return { verdicts, attempts, over: false };
    }
    await sleep(probe.periodSeconds * 1000, undefined, signalOf(target));
  }
}

function signalOf({ signal }: ContainerDeps): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function attempt(probe: Probe, target: ProbeTarget): Promise<NamedVerdict[]> {
  const timeout = probe.timeoutSeconds * 1000;
  const late: NamedVerdict = { name: "", state: "failed", says: `no answer in ${probe.timeoutSeconds} seconds` };
  if (probe.exec !== undefined) {
    const seen = await execute(probe.exec, target, timeout);
    return seen.status === null ? [late] : judgeExec(probe.exec, { ...seen, status: seen.status });
  }
  if (probe.file !== undefined) {
    const seen = await lookAt(probe.file, target, timeout);
    return seen === "late" ? [late] : [{ name: "", ...judgeFile(probe.file, seen) }];
  }
  if (probe.httpGet !== undefined) {
    const seen = await httpGet(probe.httpGet, target, timeout);
    if (typeof seen === "string") return [{ name: "", state: "failed", says: seen }];
    return [{ name: "", ...judgeHttp(probe.httpGet, seen) }];
  }
  if (probe.tcpSocket !== undefined) {
    const refusal = await reachable(target.reach(probe.tcpSocket.port), timeout);
    return [
      refusal === null ? { name: "", state: "passed", says: "listens" } : { name: "", state: "failed", says: refusal },
    ];
  }
  return [];
}

/** Scripts are handed over as an argument: stdin may be wanted for something else. */
function execute({ command, script, stdin }: ExecProbe, target: ProbeTarget, timeout: number): Promise<ExecAnswer> {
  const interpreter = script?.endsWith(".py") === true ? "python3" : "sh";
  return execIn(target, target.name, {
    command: script === undefined ? (command ?? []) : [interpreter, "-c", target.script(script)],
    variables: target.variables,
    timeout,
    ...(stdin === undefined ? {} : { input: target.sshKey ?? "" }),
  });
}

const LOOK = `[ -e "$1" ] || exit 0; stat -L -c '%F|%a|%u' "$1"; if [ -f "$1" ]; then head -c 65536 "$1"; fi`;

async function lookAt({ path }: FileProbe, target: ProbeTarget, timeout: number): Promise<FileSeen | null | "late"> {
  const seen = await execIn(target, target.name, { command: ["sh", "-c", LOOK, "sh", path], timeout });
  if (seen.status === null) return "late";
  const [first = "", ...content] = seen.stdout.split("\n");
  const [kind = "", mode = "", owner = ""] = first.split("|");
  if (mode === "") return null;
  const type = kind.endsWith("directory") ? "directory" : kind.endsWith("file") ? "file" : "other";
  return { type, mode, owner: Number(owner), content: content.join("\n") };
}

const LONGEST_BODY = 1 << 16;

/** What was seen, or why nothing was. Redirections are answers: they are not followed. */
function httpGet(probe: HttpProbe, target: ProbeTarget, timeout: number): Promise<HttpSeen | string> {
  const { host, port } = target.reach(probe.port);
  const headers = Object.fromEntries(
    probe.httpHeaders.map(({ name, value }) => [name, value.replaceAll("${token}", target.token)]),
  );
  return new Promise((resolve) => {
    const request = httpRequest({ host, port, path: probe.path, headers, timeout, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        if (body.length < LONGEST_BODY) body += chunk;
      });
      answer.on("error", (cause) => resolve(cause.message));
      answer.on("end", () => {
        const all = Object.entries(answer.headers).map(([name, value]): [string, string] => [
          name,
          [value].flat().join(", "),
        ]);
        resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(all), body });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${timeout / 1000} seconds`)));
    request.on("error", (cause) => resolve(cause.message));
    request.end();
  });
}

/** Null: it listens; else why not. A proxy of the engine's accepts and hangs up where nothing listens inside. */
function reachable(at: { readonly host: string; readonly port: number }, timeout: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...at, timeout: Math.min(timeout, 5_000) });
    const settle = (says: string | null): void => {
      socket.destroy();
      resolve(says);
    };
    socket.on("connect", () => setTimeout(() => settle(null), SETTLING).unref());
    socket.on("data", () => settle(null)); // sshd and others speak first
    socket.on("close", () => settle("closed at once"));
    socket.on("timeout", () => settle("no answer"));
    socket.on("error", (cause) => settle(cause.message));
  });
}

/** Milliseconds after which a connection that is still open counts as one. */
const SETTLING = 300;
