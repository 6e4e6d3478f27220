// Where in the file a value stands.
import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node } from "yaml";

export type Path = readonly PropertyKey[];

/**
 * Offset of what stands at a path: the key, where the path ends in a mapping's key, else the item. Where it is not
 * there, of the nearest thing around it.
 */
export function locate(document: Document, path: Path): number {
  return walk(document, path).offset;
}

/** The first line of what is written at a path, shortened; null if nothing is. */
export function sourceAt(document: Document, source: string, path: Path): string | null {
  const { node, complete } = walk(document, path);
  if (!complete || !node?.range) return null;
  const [first = "", ...more] = source.slice(node.range[0], node.range[1]).trim().split("\n");
  const line = first.trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : more.length > 0 ? `${line} …` : line;
}

function walk(document: Document, path: Path): { node: Node | null; offset: number; complete: boolean } {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let value: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return { node, offset, complete: false };
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      value = pair.value;
    } else if (isSeq(node)) {
      value = node.items[Number(step)];
      if (isNode(value)) offset = value.range?.[0] ?? offset;
    }
    if (!isNode(value)) return { node: null, offset, complete: false };
    node = value;
  }
  return { node, offset, complete: true };
}
