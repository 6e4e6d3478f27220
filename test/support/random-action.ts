// What one side of a random pick does to a file of the base, or to the directory it lies in.
import fc from "fast-check";
import {
  applyEdit,
  attributeText,
  content,
  DESTINATIONS,
  DIRECTORIES,
  edit,
  FILENAMES,
  type Edit,
} from "./random-content.ts";
import { contentOf, modeOf, move, put, removeAll, withContent, type Entry, type FileTree } from "./tree.ts";

export type Action =
  | { readonly do: "edit"; readonly edits: readonly Edit[] }
  | { readonly do: "rename"; readonly to: string; readonly edits: readonly Edit[] }
  | { readonly do: "copy"; readonly to: string; readonly edits: readonly Edit[] }
  | { readonly do: "remove" | "chmod" | "file-to-directory" | "directory-to-file" | "remove-directory" }
  | { readonly do: "replace"; readonly entry: Entry }
  | { readonly do: "add"; readonly at: string; readonly content: string }
  | { readonly do: "add-beside"; readonly name: string; readonly content: string }
  | { readonly do: "move-directory"; readonly to: string; readonly edits: readonly Edit[] }
  | { readonly do: "attributes"; readonly nested: boolean; readonly content: string };

/** One side's tree, and where each path of the base has got to in it. */
export interface Side {
  readonly tree: FileTree;
  readonly moved: Map<string, string>;
}

const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
const perhapsEdits = fc.oneof(fc.constant([]), fc.array(edit, { minLength: 1, maxLength: 2 }));

export const edited: fc.Arbitrary<Action> = fc.record({ do: fc.constant("edit" as const), edits });
const renamed = fc.record({
  do: fc.constant("rename" as const),
  to: fc.constantFrom(...DESTINATIONS),
  edits: perhapsEdits,
});
const movedDirectory = fc.record({
  do: fc.constant("move-directory" as const),
  to: fc.constantFrom(...DIRECTORIES),
  edits: perhapsEdits,
});
const addedBeside = fc.record({ do: fc.constant("add-beside" as const), name: fc.constantFrom(...FILENAMES), content });
const replacement: fc.Arbitrary<Entry> = fc.oneof(
  fc.constantFrom("one.txt", "elsewhere").map((symlink) => ({ symlink })),
  fc.constantFrom("module 1", "module 2", "module 3").map((submodule) => ({ submodule })),
  content,
);
const simple = fc
  .constantFrom(
    "remove" as const,
    "remove" as const,
    "chmod" as const,
    "chmod" as const,
    "file-to-directory" as const,
    "directory-to-file" as const,
    "remove-directory" as const,
  )
  .map((what) => ({ do: what }));

export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: edited },
  { weight: 4, arbitrary: renamed },
  { weight: 5, arbitrary: simple },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("replace" as const), entry: replacement }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("copy" as const),
      to: fc.constantFrom(...DESTINATIONS),
      edits: perhapsEdits,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      at: fc.constantFrom("added.txt", "a/new.txt", "b/added.c"),
      content,
    }),
  },
  { weight: 1, arbitrary: addedBeside },
  { weight: 2, arbitrary: movedDirectory },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("attributes" as const), nested: fc.boolean(), content: attributeText }),
  },
);

/** One side moves a directory, the other adds a file in it. */
export const directoryAdditions: fc.Arbitrary<{ move: Action; add: Action }> = fc.record({
  move: movedDirectory,
  add: addedBeside,
});

/** Does it to the file that stood at `path` in the base; nothing if this side has it no longer. */
export function applyAction(side: Side, path: string, action: Action): void {
  const { tree, moved } = side;
  const here = moved.get(path) ?? path;
  const entry = tree.get(here);
  const directory = here.slice(0, Math.max(0, here.lastIndexOf("/")));
  const beside = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
  switch (action.do) {
    case "add":
      put(tree, action.at, action.content);
      return;
    case "add-beside":
      put(tree, beside(action.name), action.content);
      return;
    case "attributes":
      put(tree, action.nested ? beside(".gitattributes") : ".gitattributes", action.content);
      return;
    case "remove-directory":
      removeAll(tree, directory === "" ? here : directory);
      return;
    case "directory-to-file":
      if (directory !== "") put(tree, directory, "a directory once\n");
      return;
    case "move-directory":
      if (directory === "" || action.to === directory || action.to.startsWith(`${directory}/`)) return;
      moveTo(side, directory, action.to);
      if (entry !== undefined) editAt(tree, `${action.to}${here.slice(directory.length)}`, action.edits);
      return;
    default:
      if (entry !== undefined) changeFile(side, here, entry, action);
  }
}

type FileAction = Exclude<Action, { do: "add" | "add-beside" | "attributes" | "move-directory" }>;

function changeFile(side: Side, here: string, entry: Entry, action: FileAction): void {
  const { tree } = side;
  const isAttributes = here.endsWith(".gitattributes"); // git takes a symlink of that name, but no directory or submodule
  switch (action.do) {
    case "edit":
      editAt(tree, here, action.edits);
      return;
    case "rename":
      moveTo(side, here, action.to);
      editAt(tree, action.to, action.edits);
      return;
    case "copy":
      put(tree, action.to, entry);
      editAt(tree, action.to, action.edits);
      return;
    case "replace":
      if (!isAttributes || modeOf(action.entry) !== "160000") put(tree, here, action.entry);
      return;
    case "chmod":
      if (modeOf(entry) === "100644") put(tree, here, { executable: contentOf(entry) ?? "" });
      else if (modeOf(entry) === "100755") put(tree, here, contentOf(entry) ?? "");
      return;
    case "file-to-directory":
      if (!isAttributes) put(tree, `${here}/inner.txt`, entry);
      return;
    default:
      removeAll(tree, here);
  }
}

function moveTo({ tree, moved }: Side, from: string, to: string): void {
  if (from === to || !move(tree, from, to)) return;
  for (const [origin, place] of moved) {
    if (place === from || place.startsWith(`${from}/`)) moved.set(origin, `${to}${place.slice(from.length)}`);
  }
}

function editAt(tree: FileTree, path: string, changes: readonly Edit[]): void {
  const entry = tree.get(path);
  const body = entry === undefined ? null : contentOf(entry);
  if (entry === undefined || typeof body !== "string" || modeOf(entry) === "120000") return;
  tree.set(path, withContent(entry, changes.reduce(applyEdit, body)));
}
