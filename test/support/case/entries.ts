// Short words for entries that are no plain files.
import { latin1, type Bytes, type Entry } from "../tree.ts";

export const executable = (content: Bytes): Entry => ({ executable: content });
export const symlink = (target: Bytes): Entry => ({ symlink: target });
/** A full object ID, or any text that one is made from. */
export const submodule = (commit: string): Entry => ({ submodule: commit });
/** Content with a NUL in it and bytes that are not UTF-8. */
export const binary = (tail: string): Entry => latin1(`\x89BIN\r\n\0\xff\xfe${tail}`);
