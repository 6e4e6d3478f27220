// The commit graph in memory: who is whose parent, in arrays. Answers ancestry for dozens of lines in milliseconds.

/** A run of commits as stored: parents first, so that a parent always has a smaller number than its child. */
export interface Segment {
  readonly count: number;
  /** Raw object IDs, one after the other. */
  readonly ids: Uint8Array;
  /** Committer dates, Unix seconds. */
  readonly times: Float64Array;
  /** Numbers of the first and second parent, -1 for none, `UNKNOWN` for one that the repository lacks. */
  readonly parents: Int32Array;
  /** Pairs (child, parent) for the third parent and beyond. */
  readonly more: Int32Array;
}

const NONE = -1;
const UNKNOWN = -2;

/** One line of `git rev-list --parents --timestamp`. */
export interface GraphLine {
  readonly oid: string;
  readonly time: number;
  readonly parents: readonly string[];
}

/** Sets of commits that one walk tells apart. */
const SETS = 31;

/** Flags of a commit in a walk, one bit a question. */
export type Marks = Uint32Array;

export class CommitGraph {
  readonly #width: number;
  readonly #ids: Buffer[] = [];
  readonly #starts: number[] = [];
  #times: Float64Array = new Float64Array(0);
  #parents: Int32Array = new Int32Array(0);
  readonly #more = new Map<number, number[]>();
  #table = new Int32Array(1024).fill(-1);
  #size = 0;
  /** By commit: marks that hold it as a set, and its bit there. */
  readonly #tracked = new Map<number, { readonly marks: Marks; readonly bit: number }>();

  /** @param hexLength 40 or 64 */
  constructor(hexLength: number) {
    this.#width = hexLength / 2;
  }

  /** Commits below this number have it in the cache too, for every process; the others only here. */
  kept = 0;

  get size(): number {
    return this.#size;
  }

  add(segment: Segment): void {
    const start = this.#size;
    this.#ids.push(Buffer.from(segment.ids.buffer, segment.ids.byteOffset, segment.ids.byteLength));
    this.#starts.push(start);
    if (this.#times.length < start + segment.count) this.#grow(start + segment.count);
    this.#times.set(segment.times, start);
    this.#parents.set(segment.parents, start * 2);
    for (let at = 0; at < segment.more.length; at += 2) {
      const child = segment.more[at] ?? 0;
      this.#more.set(child, [...(this.#more.get(child) ?? []), segment.more[at + 1] ?? UNKNOWN]);
    }
    this.#size += segment.count;
    if (this.#table.length < this.#size * 2) this.#rehash();
    else this.#enter(start);
  }

  /** Cuts lines, parents first, into a segment that continues this graph, and adds it. */
  append(given: readonly GraphLine[]): Segment {
    const lines = given.filter(({ oid }) => this.find(oid) === null); // git lists again what a pruned tip no longer hides
    const count = lines.length;
    const ids = new Uint8Array(count * this.#width);
    const times = new Float64Array(count);
    const parents = new Int32Array(count * 2).fill(NONE);
    const more: number[] = [];
    const fresh = new Map(lines.map(({ oid }, n) => [oid, this.#size + n]));
    for (const [n, line] of lines.entries()) {
      ids.set(Buffer.from(line.oid, "hex"), n * this.#width);
      times[n] = line.time;
      for (const [k, oid] of line.parents.entries()) {
        const number = fresh.get(oid) ?? this.find(oid) ?? UNKNOWN;
        if (k < 2) parents[n * 2 + k] = number;
        else more.push(this.#size + n, number);
      }
    }
    const segment: Segment = { count, ids, times, parents, more: Int32Array.from(more) };
    this.add(segment);
    return segment;
  }

  /** The number of a commit, or null if the graph does not hold it. */
  find(oid: string): number | null {
    const wanted = Buffer.from(oid, "hex");
    if (wanted.length !== this.#width) return null;
    const mask = this.#table.length - 1;
    for (let slot = wanted.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#table[slot] ?? -1;
      if (number < 0) return null;
      const [buffer, at] = this.#place(number);
      if (buffer.compare(wanted, 0, this.#width, at, at + this.#width) === 0) return number;
    }
  }

  /** Numbers of all commits whose object IDs begin with these four bytes, read as a little-endian number. */
  findShort(short: number): number[] {
    const mask = this.#table.length - 1;
    const found: number[] = [];
    for (let slot = short & mask; ; slot = (slot + 1) & mask) {
      const number = this.#table[slot] ?? -1;
      if (number < 0) return found;
      const [buffer, at] = this.#place(number);
      if (buffer.readUInt32LE(at) === short) found.push(number);
    }
  }

  /** Numbers of all commits whose object IDs begin with those hexadecimal digits; seven at least are sensible. */
  findAbbreviated(digits: string): number[] {
    if (digits.length < 8) return this.#findByScan(digits);
    return this.findShort(Buffer.from(digits.slice(0, 8), "hex").readUInt32LE(0)).filter((number) =>
      this.oid(number).startsWith(digits),
    );
  }

  /** The first four bytes of a commit's object ID, as `findShort` takes them. */
  short(number: number): number {
    const [buffer, at] = this.#place(number);
    return buffer.readUInt32LE(at);
  }

  oid(number: number): string {
    const [buffer, at] = this.#place(number);
    return buffer.toString("hex", at, at + this.#width);
  }

  time(number: number): number {
    return this.#times[number] ?? 0;
  }

  /** Numbers of a commit's parents; those that the repository lacks are left out. */
  parents(number: number): number[] {
    const first = this.#parents[number * 2] ?? NONE;
    const second = this.#parents[number * 2 + 1] ?? NONE;
    return [first, second, ...(this.#more.get(number) ?? [])].filter((parent) => parent >= 0);
  }

  isMerge(number: number): boolean {
    return (this.#parents[number * 2 + 1] ?? NONE) !== NONE;
  }

  /** One byte a commit: bit k is set if it can be reached from one of `sets[k]`. At most 31 sets. */
  mark(sets: readonly (readonly number[])[]): Marks {
    const marks = new Uint32Array(this.#size);
    let top = -1;
    for (const [bit, set] of sets.entries()) {
      for (const number of set) {
        marks[number] = (marks[number] ?? 0) | (1 << bit);
        top = Math.max(top, number);
      }
    }
    const parents = this.#parents;
    for (let n = top; n >= 0; n--) {
      const flags = marks[n] ?? 0;
      if (flags === 0) continue;
      const first = parents[n * 2] ?? NONE;
      const second = parents[n * 2 + 1] ?? NONE;
      if (first >= 0) marks[first] = (marks[first] ?? 0) | flags;
      if (second >= 0) {
        marks[second] = (marks[second] ?? 0) | flags;
        for (const parent of this.#more.get(n) ?? []) if (parent >= 0) marks[parent] = (marks[parent] ?? 0) | flags;
      }
    }
    return marks;
  }

  /** Makes every later question about what those commits reach a look-up. One walk for 31 of them. */
  track(tips: readonly number[]): void {
    const fresh = [...new Set(tips)].filter((tip) => !this.#tracked.has(tip));
    for (let at = 0; at < fresh.length; at += SETS) {
      const some = fresh.slice(at, at + SETS);
      const marks = this.mark(some.map((tip) => [tip]));
      for (const [bit, tip] of some.entries()) this.#tracked.set(tip, { marks, bit });
    }
  }

  /** One byte a commit: whether any of those commits reaches it, and whether every one does. */
  reach(tips: readonly number[]): { readonly some: Uint8Array; readonly every: Uint8Array } {
    this.track(tips);
    const wanted = new Map<Marks, number>();
    for (const tip of tips) {
      const tracked = this.#tracked.get(tip);
      if (tracked !== undefined) wanted.set(tracked.marks, (wanted.get(tracked.marks) ?? 0) | (1 << tracked.bit));
    }
    const [some, every] = [new Uint8Array(this.#size), new Uint8Array(this.#size).fill(1)];
    for (const [marks, mask] of wanted) {
      for (let n = 0; n < some.length; n++) {
        const flags = (marks[n] ?? 0) & mask;
        if (flags !== 0) some[n] = 1;
        if (flags !== mask) every[n] = 0;
      }
    }
    return { some, every };
  }

  /** Numbers reachable from `from` and not from `without`, newest number first. */
  difference(from: readonly number[], without: readonly number[]): number[] {
    const marks = this.mark([from, without]);
    const found: number[] = [];
    for (let n = marks.length - 1; n >= 0; n--) if (marks[n] === 1) found.push(n);
    return found;
  }

  /** Unless the descendant is tracked, looks down as far as the ancestor, whose number is smaller. */
  isAncestor(ancestor: number, descendant: number): boolean {
    if (ancestor >= descendant) return ancestor === descendant;
    const tracked = this.#tracked.get(descendant);
    if (tracked !== undefined) return (((tracked.marks[ancestor] ?? 0) >>> tracked.bit) & 1) === 1;
    const reached = new Uint8Array(descendant - ancestor + 1);
    reached[descendant - ancestor] = 1;
    const reach = (parent: number): void => {
      if (parent >= ancestor) reached[parent - ancestor] = 1;
    };
    for (let n = descendant; n > ancestor; n--) {
      if (reached[n - ancestor] === 0) continue;
      reach(this.#parents[n * 2] ?? NONE);
      const second = this.#parents[n * 2 + 1] ?? NONE;
      if (second === NONE) continue;
      reach(second);
      for (const parent of this.#more.get(n) ?? []) reach(parent);
    }
    return reached[0] === 1;
  }

  /** The best common ancestors of two commits, newest number first: `git merge-base --all`. */
  mergeBases(a: number, b: number): number[] {
    const marks = this.mark([[a], [b]]);
    const found: number[] = [];
    const below = new Uint8Array(marks.length); // ancestors of a common ancestor
    for (let n = Math.min(a, b); n >= 0; n--) {
      if (marks[n] !== 3) continue;
      if (below[n] === 0) found.push(n);
      for (const parent of this.parents(n)) below[parent] = 1;
    }
    return found;
  }

  /** Commits only `left` reaches, and only `right`. */
  distance(left: number, right: number): { ahead: number; behind: number } {
    let ahead = 0;
    let behind = 0;
    for (const flags of this.mark([[left], [right]])) {
      if (flags === 1) ahead++;
      else if (flags === 2) behind++;
    }
    return { ahead, behind };
  }

  /** Fewer digits than the table is sorted by. */
  #findByScan(digits: string): number[] {
    const found: number[] = [];
    for (let last = 0; last < 16 ** (8 - digits.length); last++) {
      const rest = last.toString(16).padStart(8 - digits.length, "0");
      found.push(...this.findShort(Buffer.from(digits + rest, "hex").readUInt32LE(0)));
    }
    return found;
  }

  #place(number: number): [Buffer, number] {
    let segment = this.#starts.length - 1;
    while ((this.#starts[segment] ?? 0) > number) segment--;
    return [this.#ids[segment] ?? Buffer.alloc(0), (number - (this.#starts[segment] ?? 0)) * this.#width];
  }

  /** Room for so many commits, and for as many again: a history comes in many segments. */
  #grow(wanted: number): void {
    const room = this.#size === 0 ? wanted : wanted * 2;
    const [times, parents] = [new Float64Array(room), new Int32Array(room * 2)];
    times.set(this.#times);
    parents.set(this.#parents);
    this.#times = times;
    this.#parents = parents;
  }

  #rehash(): void {
    let length = 1024;
    while (length < this.#size * 2) length *= 2;
    this.#table = new Int32Array(length).fill(-1);
    this.#enter(0);
  }

  /** Enters the commits from that number on. */
  #enter(from: number): void {
    const mask = this.#table.length - 1;
    const table = this.#table;
    for (let segment = 0; segment < this.#ids.length; segment++) {
      const ids = this.#ids[segment] ?? Buffer.alloc(0);
      const start = this.#starts[segment] ?? 0;
      const end = this.#starts[segment + 1] ?? this.#size;
      for (let number = Math.max(start, from); number < end; number++) {
        const at = (number - start) * this.#width;
        const short =
          (ids[at] ?? 0) | ((ids[at + 1] ?? 0) << 8) | ((ids[at + 2] ?? 0) << 16) | ((ids[at + 3] ?? 0) << 24);
        let slot = short & mask;
        while ((table[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
        table[slot] = number;
      }
    }
  }
}
