// Runs git's merges: one at a time through an open conversation, many as batches that the processors share.
import { availableParallelism } from "node:os";
import { MergeConversation, mergeTrees, type MergeMessage, type MergeResult } from "../git/merge-tree.ts";
import type { Scratch } from "../git/scratch.ts";
import type { BytePath } from "../object/path.ts";
import type { Sides } from "./decide.ts";

export class Merger {
  readonly scratch: Scratch;
  #conversation: { readonly attributes: string; readonly process: MergeConversation } | null = null;

  constructor(scratch: Scratch) {
    this.scratch = scratch;
  }

  /** One merge goes through the open conversation, many go as a batch. */
  async run(requests: readonly Sides[], attributes: string): Promise<MergeResult[]> {
    const program = this.scratch.conversationProgram();
    const [only] = requests;
    if (requests.length === 1 && only !== undefined && program !== null) {
      if (this.#conversation?.attributes !== attributes || !this.#conversation.process.alive) {
        this.#conversation?.process.close();
        this.#conversation = { attributes, process: new MergeConversation(this.scratch, attributes, program) };
      }
      return [await this.#conversation.process.merge(only)];
    }
    return mergeTrees(this.scratch, requests, attributes);
  }

  /** Runs independent batches at once. */
  runAll(
    batches: readonly { readonly sides: readonly Sides[]; readonly attributes: string }[],
  ): Promise<MergeResult[][]> {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined)
      return this.run(only.sides, only.attributes).then((results) => [results]);
    return Promise.all(batches.map(({ sides, attributes }) => mergeTrees(this.scratch, sides, attributes)));
  }

  /** Those of the objects that the repository lacks. */
  async missingAmong(oids: readonly string[]): Promise<string[]> {
    const found = await Promise.all(oids.map((oid) => this.scratch.reader.info(oid)));
    return oids.filter((_, n) => found[n] === null);
  }

  close(): void {
    this.#conversation?.process.close();
    this.#conversation = null;
  }
}

/** Cuts a list into as many runs as there are processors, neighbours together and at least so many in each. */
export function inShares<T>(items: readonly T[], atLeast: number): T[][] {
  const size = Math.max(atLeast, Math.ceil(items.length / availableParallelism()));
  const shares: T[][] = [];
  for (let at = 0; at < items.length; at += size) shares.push(items.slice(at, at + size));
  return shares;
}

/** git's short types of conflicts, by the paths they are about. */
export function typesByPath(messages: readonly MergeMessage[]): Map<BytePath, string[]> {
  const types = new Map<BytePath, string[]>();
  for (const { paths, type } of messages) {
    if (!type.startsWith("CONFLICT")) continue;
    for (const path of paths) types.set(path, [...(types.get(path) ?? []), type]);
  }
  return types;
}
