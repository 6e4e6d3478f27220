// 32-bit hashes of short byte runs: FNV-1a, with murmur3's finaliser so that all bits are good. Not cryptographic.

export const SEED = 0x811c9dc5;
export const PRIME = 0x01000193;

/** Spreads what is in the low bits over all of them (murmur3's `fmix32`, public domain). */
export function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Of a string's chars; strings of bytes as latin1 and text both do. */
export function hashText(text: string, seed: number = SEED): number {
  let h = seed;
  for (let n = 0; n < text.length; n++) h = Math.imul(h ^ text.charCodeAt(n), PRIME);
  return mix(h);
}
