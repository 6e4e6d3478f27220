// The journal of an upgrade: what it is about to do, on the disk before it does it. Read back by the same command after a
// kill; every step can be done twice.
import { rmSync } from "node:fs";
import { z } from "zod";
import { readText, writeWhole, type Place } from "./place.ts";

/** In order; each is written before it is begun. */
const STEPS = ["pull", "start", "healthy", "switch", "drain", "remove"] as const;

const SCHEMA = "morello.upgrade/1";

const Side = z.strictObject({
  container: z.string(),
  /** As people call it: `v2.7.1`, or the image. */
  version: z.string(),
  /** As it was asked for. */
  image: z.string(),
  /** By digest, or its ID; null before it is pulled. */
  pinned: z.string().nullable(),
});

const At = z.strictObject({ bind: z.string(), port: z.int() });

const Port = z.strictObject({
  /** In the container. */
  inside: z.int(),
  service: z.enum(["jupyter", "ssh", "other"]),
  /** Where the workbench is reached: the door listens there. */
  reached: z.array(At).min(1),
  /** Where the door leads to the old one while that is left alone; null: it has a port of its own. */
  aside: At.nullable(),
  /** The old one's own port, which the door takes up when it is gone. */
  own: At.nullable(),
  /** Where the two containers listen on this host. */
  from: z.int(),
  to: z.int().nullable(),
});
export type JournalPort = z.infer<typeof Port>;

const Journal = z.strictObject({
  schema: z.literal(SCHEMA),
  id: z.string(),
  name: z.string(),
  engine: z.enum(["podman", "docker"]),
  /** Unix seconds. */
  startedAt: z.int(),
  at: z.enum([...STEPS, "roll-back", "done", "rolled-back", "aborted"]),
  /** The switch is taken back: what was new is now the old one. */
  aborting: z.boolean(),
  from: Side,
  to: Side,
  ports: z.array(Port),
  /** What the new one did by itself before anybody could reach it: command lines, changed paths. */
  startUp: z.strictObject({ processes: z.array(z.string()), paths: z.array(z.string()) }).nullable(),
  /** Why it is rolled back. */
  why: z.string().nullable(),
  log: z.array(z.string()),
});
export type Journal = z.infer<typeof Journal>;

export function newJournal(fields: Omit<Journal, "schema" | "at" | "aborting" | "startUp" | "why" | "log">): Journal {
  return { schema: SCHEMA, at: "pull", aborting: false, startUp: null, why: null, log: [], ...fields };
}

/** The journal before it stays beside it: a step can be done twice. Throws `disk-full`, `state-invalid`. */
export function writeJournal(place: Place, journal: Journal): void {
  writeWhole(place.journal, `${JSON.stringify(journal, null, 2)}\n`, { before: place.journalBefore });
}

/** The last journal that can be read; null: there is none. `damaged`: it is not the last one that was written. */
export function readJournal(place: Place): { readonly journal: Journal | null; readonly damaged: boolean } {
  const last = readOne(place.journal);
  if (last !== null) return { journal: last, damaged: false };
  return { journal: readOne(place.journalBefore), damaged: readText(place.journal) !== null };
}

function readOne(path: string): Journal | null {
  const text = readText(path);
  if (text === null) return null;
  try {
    return Journal.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Forgets an upgrade that had nothing to do. */
export function removeJournal(place: Place): void {
  for (const path of [place.journal, place.journalBefore]) rmSync(path, { force: true });
}

/** Whether a run of the same command would go on with it. */
export function isOpen({ at }: Journal): boolean {
  return at !== "done" && at !== "rolled-back" && at !== "aborted";
}
