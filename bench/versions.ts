// Plays a repository's releases again: for each tag of a series, with the tags below it and nothing else known, which
// version would come next? Says how often it is the one that people made, and with --out which were others.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { compareTagVersions, parseTag, type TagVersion } from "../src/line/tag.ts";
import { nextVersion } from "../src/release/version.ts";
import type { BenchOptions } from "./options.ts";

interface Tag {
  readonly name: string;
  readonly version: TagVersion;
}

export function benchVersions({ repo, out }: BenchOptions): Promise<void> {
  const listed = spawnSync("git", ["-C", repo, "tag", "--list"], { encoding: "utf8" });
  if (listed.status !== 0) throw new Error(`git tag: ${listed.stderr}`);
  const tags = listed.stdout.split("\n").flatMap((name): Tag[] => {
    const version = parseTag(name);
    return version === null || version.numbers.length < 2 ? [] : [{ name, version }];
  });
  tags.sort((a, b) => compareTagVersions(a.version, b.version));
  const cases = tags.flatMap((tag, at) => caseOf(tag, tags.slice(0, at)) ?? []);
  for (const kind of ["patch", "pre-release"] as const) {
    const own = cases.filter((each) => each.kind === kind);
    const right = own.filter(({ tag, answer }) => tag === answer).length;
    process.stderr.write(`${right} of ${own.length} ${kind} tags: the next version is the one that was made\n`);
  }
  if (out !== undefined) writeFileSync(out, cases.map((each) => `${JSON.stringify(each)}\n`).join(""));
  return Promise.resolve();
}

/** Null for a tag that no rule could foresee: the first final one of its series, a mark without a number. */
function caseOf({ name, version }: Tag, earlier: readonly Tag[]) {
  const { prefix, numbers, suffix, prerelease } = version;
  const series = numbers.slice(0, 2);
  const reached = earlier.filter(
    (tag) => tag.version.prefix === prefix && series.every((number, n) => tag.version.numbers[n] === number),
  );
  const pre = prerelease ? (/^[-._]?([A-Za-z]+)[-._]?\d+$/.exec(suffix)?.[1] ?? null) : null;
  if (prerelease ? pre === null : reached.every((tag) => tag.version.prerelease)) return null;
  const spelt = name.slice(prefix.length).split(/[._-]/).slice(0, 2).join(".");
  const answer = nextVersion({
    line: { name: `release/${spelt}`, version: series, tagPrefix: prefix },
    reached: reached.map((tag) => tag.name),
    taken: earlier.map((tag) => tag.name),
    others: [],
    level: "patch",
    since: reached.length === 0 ? null : 1,
    allowed: false,
    pre,
    wanted: null,
  });
  const kind = prerelease ? ("pre-release" as const) : ("patch" as const);
  return { kind, tag: name, answer: answer.kind === "next" ? answer.tag : answer.kind };
}
