// Copies what the ledger says to `refs/notes/morello`, for people who read `git log --notes=morello`. A convenience:
// what fails here fails nothing else.
import { isAppError } from "../../error.ts";
import { push } from "../../git/push.ts";
import { readRef, updateRefs } from "../../git/refs.ts";
import { run } from "../../git/run.ts";
import { addNotes, mergeNotes, NOTES_REFNAME, notesOf, type Note, type NotedPick } from "../../ledger/notes.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Workspace } from "../workspace.ts";

const TRIES = 5;

/** Adds notes of landed picks, on the source and on the pick. Somebody who writes at the same moment loses nothing. */
export async function notePicks(workspace: Workspace, picks: readonly NotedPick[], who: Identity): Promise<void> {
  const notes: Note[] = picks.flatMap(notesOf);
  if (notes.length === 0) return;
  const { repository, scratch } = workspace;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const tip = await readRef(repository, NOTES_REFNAME);
    const update = await addNotes(scratch, tip, notes, who);
    await scratch.transfer([update.to], tip === null ? [] : [tip]);
    const moved = await updateRefs(repository, [update], "morello: notes").catch((error: unknown) => {
      if (isAppError(error, "line-busy")) return null; // another git holds the ref for a moment
      throw error;
    });
    if (moved?.kind === "moved") return;
  }
}

/** Where the remote's notes are looked at before ours join them. */
const SEEN = "refs/morello/remote-notes";

/** Publishes the notes, merged with what the remote has. */
export async function pushNotes(workspace: Workspace, remote: string, who: Identity): Promise<void> {
  const { repository, scratch } = workspace;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const ours = await readRef(repository, NOTES_REFNAME);
    if (ours === null) return;
    const refspec = `+${NOTES_REFNAME}:${SEEN}`;
    const fetched = await run(repository, ["fetch", "--quiet", "--no-tags", "--end-of-options", remote, refspec], {
      ok: [0, 1, 128], // a remote without notes is no failure
    });
    const theirs = fetched.status === 0 ? await readRef(repository, SEEN) : null;
    if (ours === theirs) return;
    const to = theirs === null ? ours : await mergeNotes(scratch, ours, theirs, who);
    await scratch.transfer([to], [ours, ...(theirs === null ? [] : [theirs])]);
    const moved = await updateRefs(repository, [{ refname: NOTES_REFNAME, expected: ours, to }], "morello: notes");
    if (moved.kind === "refused") continue;
    try {
      await push(repository, remote, [{ refname: NOTES_REFNAME, to, expected: theirs }]);
      return;
    } catch (error) {
      if (!isAppError(error, "push-rejected")) return;
    }
  }
}
