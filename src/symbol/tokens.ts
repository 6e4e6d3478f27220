// The words of a file as sorted hashes: which files could speak of a name is answered without parsing any.
// 32-bit FNV-1a (Fowler, Noll, Vo) of each run of letters, digits, `_` and bytes above 127 that begins with no digit.
// Two words in one hash only add a candidate, which a parser then clears: 30 words asked of 150,000 meet one in 0.1 %.

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** 1: begins or continues a word, 2: continues one. */
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte >= 0x80;
  return isLetter ? 1 : byte >= 0x30 && byte <= 0x39 ? 2 : 0;
});

/** Bytes that git looks at to tell binary from text (xdiff-interface.c, `buffer_is_binary`). */
const BINARY_HEAD = 8000;

/** Sorted, without repeats. Empty for binary content. */
export function tokenHashes(body: Uint8Array): Uint32Array {
  if (body.subarray(0, BINARY_HEAD).includes(0)) return new Uint32Array(0);
  const found: number[] = [];
  const end = body.length;
  for (let at = 0; at < end; at++) {
    const kind = CLASS[body[at] ?? 0];
    if (kind === 0) continue;
    let hash = OFFSET;
    for (; at < end && CLASS[body[at] ?? 0] !== 0; at++) hash = Math.imul(hash ^ (body[at] ?? 0), PRIME);
    if (kind === 1) found.push(hash >>> 0);
  }
  return sortedUnique(Uint32Array.from(found));
}

export function hashToken(word: string): number {
  let hash = OFFSET;
  for (const byte of Buffer.from(word, "utf8")) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** Sorts in place; gives a view without repeats. */
export function sortedUnique(hashes: Uint32Array): Uint32Array {
  hashes.sort();
  let kept = 0;
  for (let at = 0; at < hashes.length; at++) {
    if (at === 0 || hashes[at] !== hashes[at - 1]) hashes[kept++] = hashes[at] ?? 0;
  }
  return hashes.subarray(0, kept);
}

/** Whether a sorted list holds a hash. */
export function holds(hashes: Uint32Array, hash: number): boolean {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = hashes[middle] ?? 0;
    if (value === hash) return true;
    if (value < hash) low = middle + 1;
    else high = middle;
  }
  return false;
}
