// TAG or LINE, as it was typed -> what an image is made of: a release, or a build of a line between two releases.
import { AppError, isAppError } from "../../error.ts";
import { run } from "../../git/run.ts";
import type { DetectedLine } from "../../line/detect.ts";
import { TAGS } from "../../line/ref.ts";
import { selectLines } from "../../line/select.ts";
import { nearest } from "../../line/nearest.ts";
import { parseTag, type TagVersion } from "../../line/tag.ts";
import { parseTagObject } from "../../object/tag.ts";
import { parseIdentity } from "../../object/text.ts";
import { checkpointOf } from "../../oci/label.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";

export interface Subject {
  /** `v2.7.1`, or `v2.7.1-3-g0123456789ab` where no release tag stands at the commit. */
  readonly version: string;
  /** The release's git tag, short; null for a development build. */
  readonly tag: string | null;
  /** Object ID of the annotated tag; null: a light one, or none. */
  readonly tagObject: string | null;
  readonly commit: string;
  readonly tree: string;
  /** Unix seconds, of the committer. */
  readonly committed: number;
  /** The ledger commit that the tag's message names. */
  readonly checkpoint: string | null;
  /** The version of the tag, or of the last release before a development build; null: there is none. */
  readonly numbers: TagVersion | null;
  /** The line whose series the version belongs to; null: this repository has no branch for it. */
  readonly line: DetectedLine | null;
}

/** A release's tag wins over a line of the same name. Throws `unknown-revision`, `unknown-line`, `object-missing`. */
export async function findSubject(workspace: Workspace, wanted: string): Promise<Subject> {
  const name = wanted.replace(/^(?:refs\/)?tags\//, "");
  const isTag = workspace.refs.some(({ refname }) => refname === `${TAGS}${name}`);
  if (isTag) return releaseSubject(workspace, name);
  if (workspace.detected.length === 0 || name !== wanted) throw unknownTag(workspace, name);
  try {
    return await lineSubject(workspace, wanted);
  } catch (error) {
    throw isAppError(error, "unknown-line") && parseTag(wanted) !== null ? unknownTag(workspace, wanted) : error;
  }
}

export async function releaseSubject(workspace: Workspace, tag: string): Promise<Subject> {
  const numbers = parseTag(tag);
  if (numbers === null) {
    throw new AppError("unknown-revision", `The tag ${tag} holds no version, and an image's tag is a version`, {
      hint: "name a release such as v2.7.1, or a line",
      data: { tag },
    });
  }
  const ref = workspace.refs.find(({ refname }) => refname === `${TAGS}${tag}`);
  if (ref === undefined) throw unknownTag(workspace, tag);
  const commit = ref.peeled ?? ref.oid;
  const object = ref.peeled === null ? null : await workspace.scratch.reader.read(ref.oid);
  const message = object?.type === "tag" ? (parseTagObject(object.body)?.message ?? "") : "";
  return {
    version: tag,
    tag,
    tagObject: ref.peeled === null ? null : ref.oid,
    ...(await commitFacts(workspace, commit, tag)),
    checkpoint: checkpointOf(message),
    numbers,
    line: workspace.detected.find(({ tags }) => tags.some(({ name }) => name === tag)) ?? null,
  };
}

async function lineSubject(workspace: Workspace, wanted: string): Promise<Subject> {
  const graph = await historyOf(workspace, []);
  const { selected } = selectLines(linesOf(workspace, graph), [wanted]);
  const [line, ...more] = selected;
  if (line === undefined || more.length > 0) {
    throw new AppError("usage", `'${wanted}' names ${selected.length} lines, and an image is of one`, {
      hint: selected.map(({ name }) => `morello image build ${name}`).join("; "),
    });
  }
  const detected = workspace.detected.find(({ name }) => name === line.name) ?? null;
  const here = detected?.tags.find(({ oid }) => oid === line.tip);
  if (here !== undefined) return releaseSubject(workspace, here.name);
  const facts = await commitFacts(workspace, line.tip, line.name);
  const version = await describe(workspace, line.lastTag, line.tip);
  const numbers = line.lastTag === null ? null : parseTag(line.lastTag);
  return { version, tag: null, tagObject: null, ...facts, checkpoint: null, numbers, line: detected };
}

/** Digits of an object ID in a version: as many on every machine, where git takes as many as its repository needs. */
const ABBREVIATED = 12;

/** As `git describe --abbrev=12` says it, from the line's last release. */
async function describe({ repository }: Workspace, last: string | null, commit: string): Promise<string> {
  const id = `g${commit.slice(0, ABBREVIATED)}`;
  if (last === null) return id;
  const range = ["rev-list", "--count", commit, `^${TAGS}${last}`, "--"];
  return `${last}-${(await run(repository, range)).stdout.toString("utf8").trim()}-${id}`;
}

async function commitFacts(
  { scratch }: Workspace,
  oid: string,
  name: string,
): Promise<Pick<Subject, "commit" | "tree" | "committed">> {
  const commit = await scratch.reader.commit(oid);
  if (commit === null) {
    throw new AppError("object-missing", `${name} names ${oid.slice(0, 12)}, and that commit is not here`, {
      hint: `git fetch origin tag ${name}`,
      data: { object: oid },
    });
  }
  return { commit: oid, tree: commit.tree, committed: parseIdentity(commit.committer).seconds };
}

function unknownTag({ refs, remotes }: Workspace, tag: string): AppError {
  const tags = refs.flatMap(({ refname }) => (refname.startsWith(TAGS) ? [refname.slice(TAGS.length)] : []));
  const close = nearest(tag, tags);
  const fetch = remotes.length === 0 ? "git tag --list" : `git fetch --tags ${remotes[0]}`;
  return new AppError("unknown-revision", `'${tag}' is no tag and no release line here`, {
    hint: close.length > 0 ? `Did you mean ${close.map((name) => `'${name}'`).join(" or ")}?` : fetch,
    data: { tag, nearest: close },
  });
}
