// How often a fix is told to do something else beside it, and how often it is seen where it does: tidying commits of the
// same repository, each laid over one of its fixes. `npm run bench -- concern --repo DIR [--revision REV] [--limit N]`.
import { filesChanged } from "../src/git/changed-files.ts";
import { openRepository } from "../src/git/repository.ts";
import { text } from "../src/git/run.ts";
import { FIX_WORDS, fixReason } from "../src/message/fix.ts";
import { subjectOf } from "../src/object/text.ts";
import type { ChangedFile } from "../src/patch/changed-file.ts";
import { strayHunks, strayInFix } from "../src/policy/concern.ts";
import type { BenchOptions } from "./options.ts";

const TIDYING =
  /\b(?:rename|reformat|clang-format|gofmt|gofumpt|whitespaces?|re-?indent|indentation|black|ruff format)\b/i;
const CODE = /\.(?:py|pyx|c|h|cpp|go)$/;
const TESTS = /(?:^|\/)tests?\/|_test\./;
/** Files of a fix that others are laid over, and hunks that a tidying commit has at least. */
const SMALL = 6;
const HUNKS = 3;
const CHUNK = 500;

interface Told {
  readonly message: string;
  readonly files: readonly ChangedFile[];
}

export async function benchConcern({ repo, revision, limit }: BenchOptions): Promise<void> {
  const fixes: Told[] = [];
  const tidying: Told[] = [];
  for await (const one of commits(repo, revision ?? "HEAD", limit ?? 6_000)) {
    if (fixReason(one.message, FIX_WORDS) !== null) fixes.push(one);
    else if (TIDYING.test(subjectOf(one.message)) && hunks(one) >= HUNKS) tidying.push(one);
  }
  const told = fixes.filter(({ message, files }) => strayInFix(message, files).length > 0);
  const plain = fixes.filter((one) => !told.includes(one) && one.files.length < SMALL && hunks(one) > 0);
  const mixed = tidying.filter(
    ({ files }, n) => strayHunks([...(plain[n % plain.length]?.files ?? []), ...files]).length > 0,
  );
  const share = (part: number, whole: number): string =>
    `${part} of ${whole} (${((100 * part) / Math.max(1, whole)).toFixed(2)} %)`;
  process.stdout.write(
    `fixes told: ${share(told.length, fixes.length)}\nmixed, seen: ${share(mixed.length, tidying.length)}\n`,
  );
  for (const { message } of told) process.stdout.write(`  ${subjectOf(message)}\n`);
}

function hunks({ files }: Told): number {
  return files.filter(({ path }) => CODE.test(path) && !TESTS.test(path)).flatMap((file) => file.hunks).length;
}

async function* commits(repo: string, revision: string, limit: number): AsyncGenerator<Told> {
  const repository = await openRepository(repo, process.env);
  const listed = await text(repository, ["log", "-z", "--no-merges", `-${limit}`, "--format=%H%n%B", revision]);
  const all = listed
    .split("\0")
    .map((one) => [one.slice(0, one.indexOf("\n")), one.slice(one.indexOf("\n") + 1)] as const);
  for (let at = 0; at < all.length; at += CHUNK) {
    const some = all.slice(at, at + CHUNK);
    const changed = await filesChanged(
      repository,
      some.map(([oid]) => oid),
    );
    for (const [oid, message] of some) {
      const files = changed.get(oid);
      if (files !== undefined) yield { message, files };
    }
  }
}
