// What tests of `morello find` begin with: a loader whose queue leaks, the fix on main, and lines that branched before.
import { find as findWith, type FindInput } from "../../src/usecase/find.ts";
import { NOTHING_SAID } from "../../src/usecase/judge.ts";
import type { FindOutcome, FoundFix, LineStanding } from "../../src/wire/find.ts";
import { history, type History, type HistoryOptions } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { depsOf, type Place } from "./setting.ts";

/** Parts of the loader, in order; each can be replaced. */
const PARTS = {
  imports: "import queue\nimport threading\n",
  open: "\n\ndef open_shards(paths):\n    return [open(path, 'rb') for path in paths]\n",
  queue: "\n\ndef make_queue(workers):\n    # Workers may run ahead of the training loop.\n    return queue.Queue()\n",
  start:
    "\n\ndef start(workers, source, target):\n    for number in range(workers):\n        threading.Thread(target=pump, args=(source, target)).start()\n",
  pump: "\n\ndef pump(source, target):\n    for batch in source:\n        target.put(batch)\n",
} as const;

export function loader(replaced: Partial<Record<keyof typeof PARTS, string>> = {}): string {
  return Object.values({ ...PARTS, ...replaced }).join("");
}

/** The part `queue` as the fix leaves it. */
export const LIMITED = `

def make_queue(workers):
    # Unbounded, the queue held whole epochs in memory.
    limit = 2 * max(1, workers)
    return queue.Queue(maxsize=limit)
`;

/** The same fix as somebody wrote it for an older line. */
export const LIMITED_BY_HAND = `

def make_queue(workers):
    # Unbounded, the queue held whole epochs in memory.
    limit = 2 * max(1, workers)
    return queue.LifoQueue(maxsize=limit)
`;

export const FIX_MESSAGE = "loader: limit the prefetch queue\n\nIt held every batch until the epoch ended.\n";

export const LEAKING = { "loader.py": loader() };
export const FIXED = { "loader.py": loader({ queue: LIMITED }) };

/** `main` with `base` (the leaking loader), a commit beside it, and `fix`. HEAD and the story's branch are main. */
export function leakStory(options: HistoryOptions = {}): History {
  return history(options)
    .commit("base", { files: { ...LEAKING, README: "read me\n" } })
    .commit("more", { files: { "more.txt": "more\n" } })
    .commit("fix", { message: FIX_MESSAGE, files: FIXED });
}

/** `morello find REV…`. */
export function find(
  repository: TestRepository,
  revisions: string | readonly string[],
  { cwd, env, now, ...wish }: Partial<Omit<FindInput, "revisions">> & Place = {},
): Promise<FindOutcome> {
  const place = {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(now === undefined ? {} : { now }),
  };
  return findWith(depsOf(repository, place), {
    lines: [],
    mainline: null,
    fetch: false,
    said: NOTHING_SAID,
    ...wish,
    revisions: [revisions].flat(),
  });
}

/** The answer about one revision. */
export async function findOne(
  repository: TestRepository,
  revision: string,
  wish: Parameters<typeof find>[2] = {},
): Promise<FoundFix> {
  const [fix] = (await find(repository, revision, wish)).fixes;
  if (fix === undefined) throw new Error(`There is no answer about ${revision}`);
  return fix;
}

export async function standingOn(
  repository: TestRepository,
  line: string,
  revision = repository.oid("fix"),
): Promise<LineStanding> {
  const found = (await findOne(repository, revision)).lines.find((one) => one.line === line);
  if (found === undefined) throw new Error(`There is no line ${line}`);
  return found;
}

/** `{ standing, commits, revertedBy }` with marks in place of object IDs. */
export function inMarks(
  repository: TestRepository,
  { standing, commits, revertedBy }: LineStanding,
): { standing: string; commits: string[]; revertedBy: string | null } {
  return {
    standing,
    commits: commits.map(({ commit }) => markOf(repository, commit)),
    revertedBy: revertedBy === null ? null : markOf(repository, revertedBy.commit),
  };
}

export function markOf(repository: TestRepository, oid: string): string {
  return [...repository.oids].find(([, one]) => one === oid)?.[0] ?? oid;
}
