// What a named pick case is, and how it comes to stand in a repository.
import type { CherryPickOptions, CherryPickResult } from "../cherry-pick.ts";
import { history, type CommitSpec, type Files, type History } from "../history.ts";
import type { TestRepository } from "../repository.ts";
import type { Sandbox } from "../sandbox.ts";
import type { ObjectFormat } from "../tree.ts";

export interface PickCase {
  readonly name: string;
  /** What the oracle must answer for the case to be about what its name says. */
  readonly outcome: CherryPickResult["kind"];
  /** Tells the history; its marks `onto` and `source` are the pick, unless `sources` names others. */
  readonly tell: (history: History) => History;
  readonly sources?: readonly string[];
  readonly options?: CherryPickOptions;
  readonly objectFormat?: ObjectFormat;
  /** Changes the bytes of the source commit (one char each) into what no porcelain would write. */
  readonly rewrite?: (commit: string) => string;
  /** Why the product may answer differently, where issue or design name the exception. */
  readonly exception?: string;
}

export interface StandingCase {
  readonly repository: TestRepository;
  readonly onto: string;
  readonly sources: readonly string[];
  readonly options: CherryPickOptions;
}

/** Writes a case into a repository of its own; branches `line` (at onto) and `main` (at the source, unless rewritten). */
export async function standCase(one: PickCase, sandbox: Sandbox, name = "repository"): Promise<StandingCase> {
  const { objectFormat = "sha1", options = {}, rewrite } = one;
  const repository = await one.tell(history({ objectFormat })).create(sandbox, { name, bare: true });
  let sources = (one.sources ?? ["source"]).map((mark) => repository.oid(mark));
  if (rewrite !== undefined) {
    sources = [];
    for (const mark of one.sources ?? ["source"]) {
      const { stdout } = await repository.gitRun(["cat-file", "commit", repository.oid(mark)]);
      const input = Buffer.from(rewrite(stdout.toString("latin1")), "latin1");
      sources.push(await repository.git(["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], { input }));
    }
  }
  return { repository, onto: repository.oid("onto"), sources, options };
}

/** The usual case: source and line each add one commit to a common base. */
export function forked(
  name: string,
  outcome: PickCase["outcome"],
  { base, source, line, ...more }: { base: Files; source: CommitSpec; line?: CommitSpec } & Partial<PickCase>,
): PickCase {
  const tell = (told: History): History =>
    told
      .commit("base", { files: base })
      .branch("line")
      .commit("onto", line ?? { files: { "line.txt": "the line's own\n" } })
      .checkout("main")
      .commit("source", source);
  return { name, outcome, tell, ...more };
}

/** Numbered lines, some of them replaced: `lines(20, { 3: "three" })`. */
export function lines(count: number, changed: Readonly<Record<number, string | null>> = {}, eol = "\n"): string {
  const all = Array.from({ length: count }, (_, index) =>
    index + 1 in changed ? changed[index + 1] : `line ${index + 1}`,
  );
  return all
    .filter((line) => line !== null)
    .map((line) => `${line}${eol}`)
    .join("");
}
