// Checks every SSH signature in a repository's commits and annotated tags, in Node alone, and with --verify asks git
// about each signed commit too: `good` here must be a good signature to git, and `bad` a bad one.
import { spawnSync } from "node:child_process";
import { checkCommitSignature, checkTagSignature, type GitSignature } from "../src/ledger/git-signature.ts";
import type { BenchOptions } from "./options.ts";

const BATCH = 2000;

export function benchSignatures({ repo, limit, verify }: BenchOptions): Promise<void> {
  const newest = limit === null ? [] : [`--max-count=${limit}`];
  const commits = lines(git(repo, ["rev-list", "--all", ...newest]));
  const tags = lines(git(repo, ["for-each-ref", "--format=%(objecttype) %(objectname)", "refs/tags"])).flatMap(
    (line) => (line.startsWith("tag ") ? [line.slice("tag ".length)] : []),
  );
  const format = git(repo, ["rev-parse", "--show-object-format"]).toString().trim() === "sha256" ? "sha256" : "sha1";
  const counts = new Map<string, number>();
  const checked = new Map<string, GitSignature>();
  const check = (kind: string, oids: readonly string[], how: (body: Buffer) => GitSignature): void => {
    for (let at = 0; at < oids.length; at += BATCH) {
      for (const [oid, body] of bodies(repo, oids.slice(at, at + BATCH))) {
        const found = how(body);
        if (kind === "commit" && (found.kind === "good" || found.kind === "bad")) checked.set(oid, found);
        const what =
          found.kind === "good" ? `good ${found.key.split(" ")[0]}` : "why" in found ? found.why : found.kind;
        counts.set(`${kind}: ${what}`, (counts.get(`${kind}: ${what}`) ?? 0) + 1);
      }
    }
  };
  check("commit", commits, (body) => checkCommitSignature(body, format));
  check("tag", tags, checkTagSignature);
  for (const [what, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) say(`${count} ${what}`);
  if (verify && checked.size > 0) compare(repo, checked);
  return Promise.resolve();
}

/** git's word for a good signature by a key that nobody has listed is `U`; `B` is a bad one. */
function compare(repo: string, checked: ReadonlyMap<string, GitSignature>): void {
  const asked = ["-c", "gpg.ssh.allowedSignersFile=/dev/null", "log", "--no-walk", "--stdin", "--format=%H %G?"];
  const answers = lines(git(repo, asked, `${[...checked.keys()].join("\n")}\n`));
  const other = answers.filter((line) => {
    const [oid = "", word] = line.split(" ");
    return word !== (checked.get(oid)?.kind === "good" ? "U" : "B");
  });
  for (const line of other) say(`git differs: ${line}, here ${checked.get(line.split(" ")[0] ?? "")?.kind}`);
  say(`${answers.length - other.length} of ${answers.length} signed commits: as git says`);
}

/** Objects by object ID, in the order asked for. */
function* bodies(repo: string, oids: readonly string[]): Generator<[oid: string, body: Buffer]> {
  const out = git(repo, ["cat-file", "--batch"], `${oids.join("\n")}\n`);
  for (let at = 0; at < out.length;) {
    const end = out.indexOf("\n", at);
    const [oid = "", , size] = out.toString("latin1", at, end).split(" ");
    at = end + 1 + (size === undefined ? 0 : Number(size) + 1);
    if (size !== undefined) yield [oid, out.subarray(end + 1, at - 1)];
  }
}

function git(repo: string, args: readonly string[], input = ""): Buffer {
  const done = spawnSync("git", ["-C", repo, ...args], { input, maxBuffer: 2 ** 30 });
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout;
}

function lines(output: Buffer): string[] {
  return output
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
