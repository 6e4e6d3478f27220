// OpenSSH's allowed signers (ssh-keygen(1), ALLOWED SIGNERS): which key signs for whom, for what and when. Parses and
// writes the file that `ssh-keygen -Y verify -f` and git's `gpg.ssh.allowedSignersFile` take.
import { AppError } from "../../error.ts";
import { keyText, parsePublicKey } from "./public-key.ts";

export interface AllowedSigner {
  /** Email addresses or patterns (`*@example.com`), all of which the key signs for; `!` takes one out. */
  readonly principals: readonly string[];
  /** Names or patterns; null: any. */
  readonly namespaces: readonly string[] | null;
  /** Unix seconds; the key is valid at this moment and after it. */
  readonly validAfter: number | null;
  /** Unix seconds; the key is valid before this moment and at it. */
  readonly validBefore: number | null;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly key: string;
}

export type ParsedSigners =
  | { readonly kind: "signers"; readonly signers: readonly AllowedSigner[] }
  /** `line`: counted from 1. */
  | { readonly kind: "bad"; readonly line: number; readonly why: string };

/** In the file's order. One line that cannot be read makes the whole file bad: nobody is left out in silence. */
export function parseAllowedSigners(text: string): ParsedSigners {
  const signers: AllowedSigner[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const parsed = parseLine(line);
    if (typeof parsed === "string") return { kind: "bad", line: index + 1, why: parsed };
    signers.push(parsed);
  }
  return { kind: "signers", signers };
}

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const LINE = new RegExp(
  String.raw`^(?:"([^"]+)"|([^\s"]+))[ \t]+(?:((?:[^\s"]|${QUOTED})+)[ \t]+)??([\w@.-]+[ \t]+[\w+/=]+)(?:[ \t].*)?$`,
);
const OPTION = new RegExp(String.raw`([A-Za-z-]+)(?:=(${QUOTED}))?(?:,|$)`, "y");

function parseLine(line: string): AllowedSigner | string {
  const [, quoted, plain = "", options = "", key = ""] = LINE.exec(line) ?? [];
  const principals = (quoted ?? plain).split(",");
  if (key === "") return "it is not PRINCIPALS [OPTIONS] KEY";
  if (principals.includes("")) return "it names an empty principal";
  const found = parseOptions(options);
  if (typeof found === "string") return found;
  const parsed = parsePublicKey(key);
  if (parsed.kind === "bad") return parsed.why;
  const namespaces = found.get("namespaces")?.split(",") ?? null;
  const [validAfter, validBefore] = ["valid-after", "valid-before"].map((name) => {
    const stamp = found.get(name);
    return stamp === undefined ? null : parseTime(stamp);
  });
  if (validAfter === undefined) return `valid-after is no time: ${found.get("valid-after")}`;
  if (validBefore === undefined) return `valid-before is no time: ${found.get("valid-before")}`;
  if (validAfter !== null && validBefore !== null && validBefore <= validAfter) {
    return "valid-before is not after valid-after";
  }
  return { principals, namespaces, validAfter, validBefore, key: keyText(parsed.key) };
}

/** Options by name, in lower case, or why they cannot be. */
function parseOptions(text: string): Map<string, string> | string {
  const found = new Map<string, string>();
  for (let at = 0; at < text.length; at = OPTION.lastIndex) {
    OPTION.lastIndex = at;
    const [whole, written = "", quoted] = OPTION.exec(text) ?? [];
    const name = written.toLowerCase();
    if (whole === undefined) return `its options cannot be read: ${text.slice(at)}`;
    if (name === "cert-authority") {
      return "it names a certificate authority (cert-authority), and certificates are not taken: list each key itself";
    }
    if (!["namespaces", "valid-after", "valid-before"].includes(name) || quoted === undefined) {
      return `it has an option that is not known: ${whole.replace(/,$/, "")}`;
    }
    if (found.has(name)) return `it has ${name} twice`;
    found.set(name, quoted.slice(1, -1).replaceAll('\\"', '"'));
  }
  return found;
}

/** YYYYMMDD[HHMM[SS]], in the zone of the machine as ssh-keygen takes it, or with Z in UTC. To Unix seconds. */
function parseTime(stamp: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/i.exec(stamp);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const same = new Date(utc).toISOString().replace(/\D/g, "").slice(0, 14).startsWith(stamp.replace(/\D/g, ""));
  if (!same) return undefined; // the 31st of February
  return (found[7] === undefined ? new Date(year, month - 1, day, hour, minute, second).getTime() : utc) / 1000;
}

/** Whether a name can stand in the file as one principal or namespace: no comma, quote, backslash or control character. */
export function isListable(name: string): boolean {
  return /^[^"#,\\\p{Cc}][^",\\\p{Cc}]*$/u.test(name);
}

/** One line a signer, times in UTC (OpenSSH 9.1 or newer). Throws `unknown-key` if a name cannot stand in the file. */
export function writeAllowedSigners(signers: readonly AllowedSigner[]): string {
  return signers.map((signer) => `${writeLine(signer)}\n`).join("");
}

function writeLine({ principals, namespaces, validAfter, validBefore, key }: AllowedSigner): string {
  const odd = [...principals, ...(namespaces ?? [])].find((name) => !isListable(name));
  if (odd !== undefined) {
    throw new AppError("unknown-key", `Cannot write allowed signers: ${JSON.stringify(odd)} cannot be a name in them`, {
      hint: "name each key's owner by an email address",
    });
  }
  const list = principals.join(",");
  const options = [
    ...(namespaces === null ? [] : [`namespaces="${namespaces.join(",")}"`]),
    ...(validAfter === null ? [] : [`valid-after="${timeStamp(validAfter)}"`]),
    ...(validBefore === null ? [] : [`valid-before="${timeStamp(validBefore)}"`]),
  ];
  return [/\s/.test(list) ? `"${list}"` : list, ...(options.length === 0 ? [] : [options.join(",")]), key].join(" ");
}

/** Unix seconds as `YYYYMMDDHHMMSSZ`, as `ssh-keygen -O verify-time` takes it too. */
function timeStamp(seconds: number): string {
  return `${new Date(seconds * 1000)
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/\D/g, "")}Z`;
}

/** Whom a key signs for, in that namespace, at that moment (Unix seconds): principals or patterns, in the file's order. */
export function principalsOf(
  signers: readonly AllowedSigner[],
  signed: { readonly key: string; readonly namespace: string; readonly time: number },
): string[] {
  return signers
    .filter(
      ({ key, namespaces }) => key === signed.key && (namespaces === null || listed(namespaces, signed.namespace)),
    )
    .filter(({ validAfter }) => validAfter === null || signed.time >= validAfter)
    .filter(({ validBefore }) => validBefore === null || signed.time <= validBefore)
    .flatMap(({ principals }) => principals);
}

/** OpenSSH's pattern lists: `*` and `?` stand for anything, and a pattern after `!` that matches rules out. */
function listed(patterns: readonly string[], name: string): boolean {
  const matches = (pattern: string): boolean => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(name);
  };
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern));
}
