// Whether an LMDB file can be opened at all: the library maps it into memory and trusts it, so one that was cut off or
// overwritten would end the process.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MAGIC = 0xbeefc0de;
/** Bytes of a page before its content, and within the content of a meta page: LMDB 1.0's `MDB_page` and `MDB_meta`. */
const HEADER = 24;
const PAGE_SIZE = HEADER + 24;
const LAST_PAGE = HEADER + 120;
const META = LAST_PAGE + 8;

/** True for a file that is empty, or not there yet, or that both meta pages find complete. */
export function isWhole(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return true; // LMDB makes it, or says why not
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return true;
    const first = metaPage(descriptor, 0);
    const second = first === null ? null : metaPage(descriptor, first.pageSize);
    if (first === null || second?.pageSize !== first.pageSize) return false;
    return size >= (Math.max(first.lastPage, second.lastPage) + 1) * first.pageSize;
  } finally {
    closeSync(descriptor);
  }
}

function metaPage(descriptor: number, at: number): { pageSize: number; lastPage: number } | null {
  const page = Buffer.alloc(META);
  if (readSync(descriptor, page, 0, META, at) < META || page.readUInt32LE(HEADER) !== MAGIC) return null;
  const pageSize = page.readUInt32LE(PAGE_SIZE);
  return pageSize < 512 ? null : { pageSize, lastPage: Number(page.readBigUInt64LE(LAST_PAGE)) };
}
