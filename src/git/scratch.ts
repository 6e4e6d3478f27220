// The scratch repository: empty configuration, the user's objects as alternates, a place for results that the user's
// repository never sees unless they are applied.
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { deflateSync } from "node:zlib";
import { hermeticEnvironment } from "./environment.ts";
import { hashObject, type ObjectType } from "../object/hash.ts";
import { ObjectReader } from "./objects.ts";
import { pathBytes, type BytePath } from "../object/path.ts";
import { run, type GitContext } from "./run.ts";
import type { Repository } from "./repository.ts";

const PREFIX = "morello-scratch-";

/** Rename and merge settings are git's defaults, written down so that no later default changes a result. */
const CONFIG = (format: string): string => `[core]
	repositoryFormatVersion = ${format === "sha1" ? 0 : 1}
	bare = false
	logAllRefUpdates = false
	looseCompression = 0
	deltaBaseCacheLimit = 512m
	attributesFile = /dev/null
[merge]
	renames = true
	directoryRenames = conflict
	renameLimit = 7000
	renormalize = false
	conflictStyle = merge
[diff]
	renames = true
	renameLimit = 1000
[gc]
	auto = 0
[maintenance]
	auto = false
${format === "sha1" ? "" : "[extensions]\n\tobjectFormat = sha256\n"}`;

export class Scratch implements GitContext {
  readonly cwd: string;
  readonly env: GitContext["env"];
  readonly reader: ObjectReader;
  readonly repository: Repository;
  #stdbuf: "found" | "none" | null = null;
  #conversations = true;
  readonly #written = new Set<string>();
  readonly #attributeTrees = new Map<string, string>();

  constructor(repository: Repository, temporary: string = temporaryDirectory(repository)) {
    removeAbandoned(temporary);
    this.repository = repository;
    this.cwd = mkdtempSync(join(realpathSync(temporary), `${PREFIX}${process.pid}-`));
    mkdirSync(join(this.cwd, "objects", "info"), { recursive: true });
    mkdirSync(join(this.cwd, "refs"));
    writeFileSync(join(this.cwd, "HEAD"), "ref: refs/heads/scratch\n");
    writeFileSync(join(this.cwd, "config"), CONFIG(repository.objectFormat));
    // A path with a newline or leading quote must be quoted; git then reads it as a C string.
    const stores = [repository.objectsDir, ...repository.alternateStores];
    writeFileSync(
      join(this.cwd, "objects", "info", "alternates"),
      stores.map((path) => `${alternate(path)}\n`).join(""),
    );
    const shallow = join(repository.commonDir, "shallow"); // alternates do not carry it
    if (existsSync(shallow)) copyFileSync(shallow, join(this.cwd, "shallow"));
    this.env = hermeticEnvironment(repository.baseEnvironment, this.cwd);
    this.reader = new ObjectReader(this, repository.objectFormat);
  }

  /** Writes one loose object and gives its ID. Uncompressed: it lives for seconds. */
  write(type: ObjectType, body: Uint8Array): string {
    const oid = hashObject(this.repository.objectFormat, type, body);
    if (this.#written.has(oid)) return oid;
    this.#written.add(oid);
    const directory = join(this.cwd, "objects", oid.slice(0, 2));
    mkdirSync(directory, { recursive: true });
    const file = join(directory, oid.slice(2));
    if (!existsSync(file))
      writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]), { level: 0 }));
    return oid;
  }

  /**
   * A work tree that holds these `.gitattributes` files and nothing else: the one place from which every git since
   * 2.38 takes attributes in the same way. Cached by `key`.
   */
  attributeTree(key: string, files: ReadonlyMap<BytePath, Uint8Array>): string {
    const known = this.#attributeTrees.get(key);
    if (known !== undefined) return known;
    const root = mkdtempSync(join(this.cwd, "attributes-"));
    for (const [path, body] of files) {
      if (/(^|\/)(\.{0,2}|\.git)(\/|$)/i.test(path)) continue; // git would not check it out either
      const full = Buffer.concat([Buffer.from(`${root}/`), pathBytes(path)]);
      try {
        mkdirSync(full.subarray(0, full.lastIndexOf(0x2f)), { recursive: true });
        writeFileSync(full, body);
      } catch (error) {
        // A directory that no work tree can hold has no attributes in one.
        if (!(error instanceof Error && "code" in error && error.code === "ENAMETOOLONG")) throw error;
      }
    }
    this.#attributeTrees.set(key, root);
    return root;
  }

  /**
   * Moves what was made here and those commits reach into the user's repository. `known` are commits it has already:
   * the tips that the new commits stand on.
   */
  async transfer(commits: readonly string[], known: readonly string[]): Promise<void> {
    if (commits.length === 0) return;
    // --local leaves out what lies in the alternates, so exactly the objects made here travel.
    const args = ["pack-objects", "--stdout", "--revs", "--local", "-q"];
    const pack = await run(this, args, { input: [...commits, "--not", ...known, ""].join("\n") });
    await run(this.repository, ["unpack-objects", "-q"], { input: pack.stdout });
  }

  /**
   * How to start a merge-tree that answers each question at once, or null: git flushes each answer from 2.49, an older
   * one does under `stdbuf -o0` where coreutils provide it.
   */
  conversationProgram(): readonly string[] | null {
    if (!this.#conversations) return null;
    const { mergeConversation, mergeStdin } = this.repository.capabilities;
    if (mergeConversation) return ["git"];
    if (!mergeStdin || process.platform !== "linux") return null;
    const directories = (this.env["PATH"] ?? "").split(delimiter);
    this.#stdbuf ??= directories.some((directory) => existsSync(join(directory, "stdbuf"))) ? "found" : "none";
    return this.#stdbuf === "found" ? ["stdbuf", "-o0", "git"] : null;
  }

  /** For a conversation that gave no answer: `stdbuf` does nothing to a program with the rights of another user. */
  distrustConversations(): void {
    this.#conversations = false;
  }

  close(): void {
    this.reader.close();
    rmSync(this.cwd, { recursive: true, force: true, maxRetries: 3 });
  }
}

function alternate(path: string): string {
  return /[\n"\\]/.test(path) || path.startsWith("#") ? JSON.stringify(path) : path;
}

/** Bytes that memory must have left before scratch repositories go there. */
const ROOM = 512 * 1024 * 1024;

/** Where `TMPDIR` says; else memory, where Linux offers it with room to spare (merges write hundreds of small files). */
function temporaryDirectory({ baseEnvironment }: Repository): string {
  if (baseEnvironment["TMPDIR"] !== undefined) return baseEnvironment["TMPDIR"];
  try {
    accessSync("/dev/shm", constants.W_OK);
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize >= ROOM ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Scratch repositories of processes that were killed. */
function removeAbandoned(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(temporary, name), { recursive: true, force: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
