// What a probe saw and what its check wants -> whether it passed, in words: the current value, then the wanted one. Pure.
import { z } from "zod";
import type { ExecProbe, FileProbe, HttpProbe } from "../../environment/probe-manifest.ts";

export interface Verdict {
  readonly state: "passed" | "failed" | "skipped";
  /** One line. */
  readonly says: string;
}

/** A check that tells of several things gives each its name. */
export interface NamedVerdict extends Verdict {
  /** Empty: the check's own. */
  readonly name: string;
}

export interface ExecSeen {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const passed = (says: string): Verdict => ({ state: "passed", says });
const failed = (says: string): Verdict => ({ state: "failed", says });

/** In the order in which the command told them; one where it does not report. Never empty. */
export function judgeExec(wanted: Pick<ExecProbe, "status" | "stdout" | "report">, seen: ExecSeen): NamedVerdict[] {
  const reported = wanted.report ? reportOf(seen.stdout) : [];
  const own = judgeStatus(wanted, seen);
  if (own.state === "passed" && reported.length > 0) return reported;
  if (own.state === "passed" && wanted.report) return [{ name: "", ...failed("reported nothing") }];
  // What it told before it failed still tells where.
  const known = own.state === "failed" && reported.some(({ state }) => state === "failed");
  return known ? reported : [...reported, { name: "", ...own }];
}

function judgeStatus({ status, stdout }: Pick<ExecProbe, "status" | "stdout">, seen: ExecSeen): Verdict {
  if (seen.status !== status) {
    const why = lastLine(seen.stderr) || lastLine(seen.stdout);
    return failed(`exit status ${seen.status}; ${status} is wanted${why === "" ? "" : `: ${why}`}`);
  }
  if (stdout !== undefined && !fits(stdout, seen.stdout))
    return failed(`stdout is ${quoted(seen.stdout)}; wanted: ${stdout}`);
  return passed(lastLine(seen.stdout));
}

const Reported = z.object({
  name: z.string(),
  state: z.enum(["passed", "failed", "skipped"]),
  says: z.string().default(""),
});

/** Lines that are no results are what programs say besides. */
function reportOf(stdout: string): NamedVerdict[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      const { name, state, says } = Reported.parse(JSON.parse(line));
      return [{ name, state, says: oneLine(says) }];
    } catch {
      return [];
    }
  });
}

export interface HttpSeen {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function judgeHttp(wanted: Pick<HttpProbe, "status" | "responseHttpHeaders" | "body">, seen: HttpSeen): Verdict {
  const { status, responseHttpHeaders, body } = wanted;
  const isWanted = status === undefined ? seen.status >= 200 && seen.status < 400 : status.includes(seen.status);
  if (!isWanted) return failed(`status ${seen.status}; wanted: ${status?.join(" or ") ?? "200 to 399"}`);
  for (const { name, value } of responseHttpHeaders) {
    const have = seen.headers[name.toLowerCase()];
    if (have !== value)
      return failed(`header ${name} is ${have === undefined ? "missing" : quoted(have)}; wanted: ${value}`);
  }
  if (body !== undefined && !fits(body, seen.body))
    return failed(`the answer is ${quoted(seen.body)}; wanted: ${body}`);
  return passed(`status ${seen.status}`);
}

export interface FileSeen {
  readonly type: "file" | "directory" | "other";
  /** Permission bits, octal: `755`, `1777`. */
  readonly mode: string;
  readonly owner: number;
  readonly content: string;
}

/** `seen` null: there is no such file. */
export function judgeFile(
  wanted: Pick<FileProbe, "type" | "mode" | "owner" | "contains">,
  seen: FileSeen | null,
): Verdict {
  if (wanted.type === "absent")
    return seen === null ? passed("not there") : failed(`is a ${seen.type}; none is wanted`);
  if (seen === null) return failed(`is not there; a ${wanted.type} is wanted`);
  if (seen.type !== wanted.type) return failed(`is a ${seen.type}; a ${wanted.type} is wanted`);
  if (wanted.mode !== undefined && Number.parseInt(seen.mode, 8) !== Number.parseInt(wanted.mode, 8))
    return failed(`mode ${seen.mode}; ${wanted.mode} is wanted`);
  if (wanted.owner !== undefined && seen.owner !== wanted.owner)
    return failed(`owner ${seen.owner}; ${wanted.owner} is wanted`);
  if (wanted.contains !== undefined && !fits(wanted.contains, seen.content))
    return failed(`does not hold ${wanted.contains}`);
  return passed(`${seen.type}, mode ${seen.mode}, owner ${seen.owner}`);
}

function fits(pattern: string, subject: string): boolean {
  return new RegExp(pattern, "mu").test(subject);
}

const LONGEST = 200;

function quoted(value: string): string {
  return JSON.stringify(oneLine(value));
}

function oneLine(value: string): string {
  const line = value.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function lastLine(value: string): string {
  return oneLine(value.trim().split("\n").at(-1) ?? "");
}
