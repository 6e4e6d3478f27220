// Reads the `.gitattributes` files of a tree that could change a merge. Bodies are read once.
import { AppError } from "../error.ts";
import type { ObjectReader } from "../git/objects.ts";
import { ancestors, type BytePath } from "../object/path.ts";
import { isRegular, MODE_TREE } from "../object/tree.ts";
import { mayMatch, mergeAttributes, type MergeAttributes } from "./attributes.ts";
import { lookUp, type TreeSource } from "./touched.ts";

export interface AttributeFile {
  readonly path: BytePath;
  readonly read: MergeAttributes;
}

export class AttributeFiles {
  readonly #trees: TreeSource;
  readonly #reader: ObjectReader;
  readonly #bodies = new Map<string, Promise<Buffer>>();

  constructor(trees: TreeSource, reader: ObjectReader) {
    this.#trees = trees;
    this.#reader = reader;
  }

  /** The files of a root tree that could change a merge at one of those paths. Throws `object-missing`. */
  async at(root: string, paths: readonly BytePath[]): Promise<AttributeFile[]> {
    const directories = new Set(paths.flatMap(ancestors));
    const top = await this.#file(root, "", false);
    const macros = top?.read.macro === true; // they are defined there alone, and used anywhere
    const below = await Promise.all([...directories].map((directory) => this.#file(root, directory, macros)));
    return [top, ...below].filter((file) => file !== null).filter(({ read }) => read.matters);
  }

  /** Whether they could say how the content of one of those paths is merged. Throws `object-missing`. */
  async sayHowToMerge(root: string, paths: readonly BytePath[]): Promise<boolean> {
    for (const path of paths) {
      for (const file of await this.at(root, [path])) {
        const below = file.path.length - ".gitattributes".length;
        if (mayMatch(file.read.lines, path.slice(below) as BytePath)) return true;
      }
    }
    return false;
  }

  async #file(root: string, directory: string, macros: boolean): Promise<AttributeFile | null> {
    const entry = await lookUp(this.#trees, root, directory);
    if (entry?.mode !== MODE_TREE) return null;
    const file = (await this.#trees(entry.oid))?.get(".gitattributes" as BytePath);
    if (file === undefined || !isRegular(file.mode)) return null; // git ignores a symlink there
    const body = await this.#body(file.oid);
    const path = (directory === "" ? ".gitattributes" : `${directory}/.gitattributes`) as BytePath;
    return { path, read: mergeAttributes(body.toString("latin1"), macros) };
  }

  #body(oid: string): Promise<Buffer> {
    let body = this.#bodies.get(oid);
    if (body === undefined) {
      body = this.#reader.read(oid).then((object) => {
        if (object !== null) return object.body;
        throw new AppError("object-missing", `Attributes file ${oid} is missing from the repository`, {
          data: { object: oid },
        });
      });
      this.#bodies.set(oid, body);
    }
    return body;
  }
}
