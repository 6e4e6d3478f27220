// Whether the trees that a log should have brought are here, to the last byte: many are asked for at once.
import type { ObjectReader } from "../../git/objects.ts";
import type { WrittenTree } from "../growing-tree.ts";
import type { Findings } from "./findings.ts";

/** Bytes that are asked for and have not come. */
const UNDER_WAY = 2 * 1024 * 1024;

export class KeptTrees {
  readonly #reader: ObjectReader;
  readonly #findings: Findings;
  #asked: Promise<void>[] = [];
  #bytes = 0;

  constructor(reader: ObjectReader, findings: Findings) {
    this.#reader = reader;
    this.#findings = findings;
  }

  /** `at`: position of the record that brought them. */
  async check(trees: readonly WrittenTree[], at: number): Promise<void> {
    for (const tree of trees) {
      this.#asked.push(this.#compare(tree, at));
      this.#bytes += tree.body.length;
    }
    if (this.#bytes > UNDER_WAY) await this.end();
  }

  async end(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    this.#bytes = 0;
    await Promise.all(asked);
  }

  async #compare({ oid, body }: WrittenTree, at: number): Promise<void> {
    const found = await this.#reader.read(oid).catch(() => null);
    if (found === null)
      this.#findings.add("tree", at, `the tree ${oid.slice(0, 12)} is not here, or damaged`, "git fsck");
    else if (!found.body.equals(body))
      this.#findings.add(
        "tree",
        at,
        `the tree ${oid.slice(0, 12)} has other bytes than its object ID says`,
        "git fsck",
      );
  }
}
