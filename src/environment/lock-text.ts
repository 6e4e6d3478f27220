// Lock <-> the text of morello.lock: one fact a line, one package a line, always in the same order, so that a diff says
// what changed and git merges what does not touch. The same lock always gives the same bytes.
import { AppError } from "../error.ts";
import { byBytes } from "./asks.ts";
import { Lock, LOCK_FILE, type LockedDeb, type LockedEnvironment, type LockedWheel } from "./lock.ts";

const HEAD = `# ${LOCK_FILE}: what the image's environments are made of. Written by: morello image lock`;

const HINT = "morello image lock";

/** The file's bytes as text, with a newline at its end. */
export function lockText(lock: Lock): string {
  const environments = lock.environments.toSorted((a, b) => byBytes(titleOf(a), titleOf(b)));
  return [
    HEAD,
    `version ${lock.version}`,
    `spec ${lock.spec}`,
    `epoch ${lock.epoch}`,
    `recipe ${lock.recipe}`,
    ...environments.flatMap((each) => ["", ...environmentLines(each)]),
    "",
  ].join("\n");
}

function titleOf({ variant, platform }: LockedEnvironment): string {
  return `[${variant} ${platform}]`;
}

function environmentLines(of: LockedEnvironment): string[] {
  return [
    titleOf(of),
    of.base === null ? "base scratch" : `base ${of.base.reference} ${of.base.digest}`,
    ...(of.python === null ? [] : [`python ${of.python}`]),
    ...(of.compat === null ? [] : [`compat ${of.compat}`]),
    ...of.asks.map((line) => `asks ${line}`),
    ...of.debs.toSorted(byName).map(debLine),
    ...of.wheels.toSorted(byName).map(wheelLine),
  ];
}

function byName(a: LockedDeb | LockedWheel, b: LockedDeb | LockedWheel): number {
  const key = (of: LockedDeb | LockedWheel): string => `${of.name} ${"architecture" in of ? of.architecture : ""}`;
  return byBytes(key(a), key(b));
}

function debLine({ name, version, architecture, sha256, size, url }: LockedDeb): string {
  return `deb ${name} ${version} ${architecture} sha256:${sha256} ${size} ${url}`;
}

function wheelLine({ name, version, sha256, url }: LockedWheel): string {
  return `wheel ${name} ${version} sha256:${sha256} ${url}`;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads what `lockText` writes; blank lines and comments may stand anywhere. Throws `lock-invalid` with the line that
 * cannot be read. `where`: how messages name the file.
 */
export function parseLock(text: string, where: string = LOCK_FILE): Lock {
  const head: Head = {};
  const environments: Writable<LockedEnvironment>[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const fail = (why: string): never => {
      throw new AppError("lock-invalid", `${where}:${index + 1}: ${why}`, { hint: HINT, data: { line: index + 1 } });
    };
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(line)) fail("a conflict of a merge stands here; the lock is made anew");
    const title = /^\[(\S+) (\S+)\]$/.exec(line);
    if (title !== null) {
      const [, variant = "", platform = ""] = title;
      if (environments.some((each) => each.variant === variant && each.platform === platform))
        fail(`${line} stands here a second time`);
      environments.push({ variant, platform, base: null, python: null, compat: null, asks: [], debs: [], wheels: [] });
      continue;
    }
    const [key = "", ...words] = line.split(" ");
    const last = environments.at(-1);
    const isRead = last === undefined ? readHead(head, key, words) : readLine(last, key, words);
    if (!isRead) fail(`cannot be read: ${line.slice(0, 80)}`);
  }
  return checked({ ...head, environments }, where);
}

interface Head {
  version?: number;
  spec?: string;
  recipe?: string;
  epoch?: number;
}

function readHead(head: Head, key: string, words: string[]): boolean {
  const [word = ""] = words;
  if (words.length !== 1 || Object.hasOwn(head, key)) return false;
  if (key === "spec" || key === "recipe") head[key] = word;
  else if (key === "version" || key === "epoch") head[key] = wholeNumber(word);
  else return false;
  return true;
}

function readLine(into: Writable<LockedEnvironment>, key: string, words: string[]): boolean {
  const [first = "", second = "", third = "", fourth = "", fifth = "", sixth = ""] = words;
  const of = words.length;
  if (key === "base" && of === 2) into.base = { reference: first, digest: second };
  else if (key === "base" && of === 1 && first === "scratch") into.base = null;
  else if ((key === "python" || key === "compat") && of === 1) into[key] = first;
  else if (key === "asks" && of > 1) into.asks.push(words.join(" "));
  else if (key === "deb" && of === 6)
    into.debs.push({
      name: first,
      version: second,
      architecture: third,
      url: sixth,
      sha256: bare(fourth),
      size: wholeNumber(fifth),
    });
  else if (key === "wheel" && of === 4)
    into.wheels.push({ name: first, version: second, url: fourth, sha256: bare(third) });
  else return false;
  return true;
}

function bare(digest: string): string {
  return digest.replace(/^sha256:/, "");
}

function wholeNumber(word: string): number {
  return /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
}

function checked(value: unknown, where: string): Lock {
  const result = Lock.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue?.path.join(".") ?? "";
  throw new AppError("lock-invalid", `${where} cannot be read: ${at === "" ? "" : `${at}: `}${issue?.message ?? ""}`, {
    hint: HINT,
  });
}
