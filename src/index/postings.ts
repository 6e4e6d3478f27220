// An inverted index in pieces: sorted pairs of a term and the first four bytes of an object ID, cut into buckets by the
// term's top bits. A short ID may stand for several commits: whoever asks compares the commits themselves.

/** Pairs one after the other, ascending by term, then by short ID. */
export type Postings = Uint32Array;

/** Pairs in a bucket, about. */
const BUCKET = 256;

/** Sorts pairs and takes out those that stand twice. `pairs`: term, short ID, term, … */
export function sortPostings(pairs: readonly Uint32Array[]): Postings {
  const count = pairs.reduce((sum, { length }) => sum + length / 2, 0);
  // As one number a pair sorts natively: 64 bits, term first.
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  let at = 0;
  for (const some of pairs) {
    for (let n = 0; n < some.length; n += 2) {
      halves[at * 2] = some[n + 1] ?? 0;
      halves[at * 2 + 1] = some[n] ?? 0;
      at++;
    }
  }
  keys.sort();
  const sorted = new Uint32Array(count * 2);
  let kept = 0;
  for (let n = 0; n < count; n++) {
    const [term, short] = [halves[n * 2 + 1] ?? 0, halves[n * 2] ?? 0];
    if (kept > 0 && sorted[kept - 2] === term && sorted[kept - 1] === short) continue;
    sorted[kept++] = term;
    sorted[kept++] = short;
  }
  return sorted.slice(0, kept);
}

/** How many top bits of the term name the bucket. */
export function bucketBits(pairs: number): number {
  let bits = 0;
  while (bits < 20 && pairs >> bits > BUCKET) bits++;
  return bits;
}

export function bucketOf(term: number, bits: number): number {
  return bits === 0 ? 0 : term >>> (32 - bits);
}

/** Cuts sorted pairs into buckets; empty ones are left out. */
export function* buckets(postings: Postings, bits: number): Generator<readonly [bucket: number, pairs: Postings]> {
  let start = 0;
  while (start < postings.length) {
    const bucket = bucketOf(postings[start] ?? 0, bits);
    let end = start;
    while (end < postings.length && bucketOf(postings[end] ?? 0, bits) === bucket) end += 2;
    yield [bucket, postings.subarray(start, end)];
    start = end;
  }
}

/** Where the pairs of a term begin and end in a bucket's bytes, counted in pairs. */
export function rangeOf(bucket: Buffer, term: number): readonly [start: number, end: number] {
  const start = lowerBound(bucket, term, 0);
  return [start, lowerBound(bucket, term + 1, start)];
}

export function shortAt(bucket: Buffer, pair: number): number {
  return bucket.readUInt32LE(pair * PAIR + 4);
}

/** Bytes of a pair. */
const PAIR = 8;

function lowerBound(bucket: Buffer, term: number, from: number): number {
  let [low, high] = [from, Math.floor(bucket.length / PAIR)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bucket.readUInt32LE(middle * PAIR) < term) low = middle + 1;
    else high = middle;
  }
  return low;
}
