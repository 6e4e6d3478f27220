// The commit of its own that brings a line's version files and changelog to a version: computed in memory.
import { AppError } from "../../error.ts";
import { openSigner, withSignature } from "../../git/sign.ts";
import { serialiseCommit } from "../../object/commit.ts";
import { bytePathOf, quotePath, type BytePath } from "../../object/path.ts";
import { isRegular, MODE_TREE, type TreeEntry } from "../../object/tree.ts";
import { besides, bump, type VersionStep } from "../../release/bump.ts";
import { withSection, type Section } from "../../release/changelog.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Workspace } from "../workspace.ts";

export type Bumped =
  | {
      readonly kind: "bumped";
      /** The line's tree with the version; the tip's own where nothing changes. */
      readonly tree: string;
      /** Quoted paths that change. */
      readonly files: readonly string[];
      /** Quoted paths that configuration names and that are not there. */
      readonly missing: readonly string[];
    }
  | { readonly kind: "refused"; readonly path: string; readonly why: string };

interface File {
  readonly entry: TreeEntry;
  /** Bytes as latin1. */
  readonly text: string;
}

/** Edits the tree of the line's tip as `release` of the configuration says. Trees and blobs stay in the scratch repository. */
export async function bumpFiles(
  workspace: Workspace,
  tip: string,
  step: VersionStep,
  section: Omit<Section, "version">,
): Promise<Bumped> {
  const { scratch, engine, config } = workspace;
  const { versionFiles, changelog } = config.release;
  const { tree } = await commitAt(workspace, tip);
  const paths = [...new Set(versionFiles.flatMap((path) => [path, ...besides(path)]))];
  const files = new Map<string, File>();
  const read = async (path: string): Promise<void> => {
    const file = await fileAt(workspace, tree, path);
    if (file !== null) files.set(path, file);
  };
  await Promise.all([...paths, ...(changelog === undefined ? [] : [changelog])].map(read));
  const edits = new Map<BytePath, TreeEntry>();
  const write = (path: string, text: string): void => {
    const oid = scratch.write("blob", Buffer.from(text, "latin1"));
    edits.set(bytePathOf(path), { mode: files.get(path)?.entry.mode ?? "100644", oid });
  };
  for (const path of paths) {
    const file = files.get(path);
    if (file === undefined) continue;
    const bumped = bump(path, file.text, step, (other) => files.get(other)?.text ?? null);
    if (bumped.kind === "refused") return { kind: "refused", path: quotePath(bytePathOf(path)), why: bumped.why };
    if (bumped.kind === "bumped") write(path, bumped.text);
  }
  if (changelog !== undefined) {
    const before = files.get(changelog)?.text ?? null;
    const after = withSection(before, { ...section, version: step.to });
    if (after !== before) write(changelog, after);
  }
  return {
    kind: "bumped",
    tree: await engine.splice(tree, edits),
    files: [...edits.keys()].map((path) => quotePath(path)),
    missing: versionFiles.filter((path) => !files.has(path)).map((path) => quotePath(bytePathOf(path))),
  };
}

/** Writes the commit on top of the tip, signed where git signs commits. Gives the tip itself where nothing changes. */
export async function commitBump(
  workspace: Workspace,
  { tip, tree, tag }: { readonly tip: string; readonly tree: string; readonly tag: string },
  identity: Identity,
  sign: boolean | null,
): Promise<string> {
  const { repository, scratch, engine } = workspace;
  if ((await commitAt(workspace, tip)).tree === tree) return tip;
  engine.publish(tree);
  const name = `${identity.name} <${identity.email}>`;
  const who = `${Buffer.from(name, "utf8").toString("latin1")} ${identity.date}`;
  const message = `${bumpSubject(tag)}\n`;
  const body = serialiseCommit({ tree, parents: [tip], author: who, committer: who, message });
  const signer = await openSigner(repository, name, sign);
  return scratch.write(
    "commit",
    signer === null ? body : withSignature(body, await signer.sign(body), repository.objectFormat),
  );
}

const SUBJECT = "chore(release): ";

function bumpSubject(tag: string): string {
  return `${SUBJECT}${Buffer.from(tag, "utf8").toString("latin1")}`;
}

/** Whether a message is that of the commit that brought the files to one of those tags' versions. */
export function isBump(message: string, tags: ReadonlySet<string>): boolean {
  const [subject = ""] = message.split("\n", 1);
  return subject.startsWith(SUBJECT) && tags.has(Buffer.from(subject.slice(SUBJECT.length), "latin1").toString("utf8"));
}

async function commitAt({ scratch }: Workspace, oid: string): Promise<{ readonly tree: string }> {
  const commit = await scratch.reader.commit(oid);
  if (commit !== null) return commit;
  throw new AppError("object-missing", `Commit ${oid} is missing from the repository`, { hint: "git fetch" });
}

/** A regular file of a tree; null where there is none, or something else. */
async function fileAt({ scratch, engine }: Workspace, tree: string, path: string): Promise<File | null> {
  const parts = bytePathOf(path).split("/");
  let at = tree;
  for (const [n, part] of parts.entries()) {
    const entry = (await engine.tree(at))?.get(part as BytePath);
    if (entry === undefined) return null;
    if (n < parts.length - 1) {
      if (entry.mode !== MODE_TREE) return null;
      at = entry.oid;
    } else if (isRegular(entry.mode)) {
      const blob = await scratch.reader.read(entry.oid);
      return blob?.type === "blob" ? { entry, text: blob.body.toString("latin1") } : null;
    }
  }
  return null;
}
