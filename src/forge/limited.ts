// Many requests, a few at once: forges slow down whoever asks for more.

/** As `Promise.all` of the calls, in order, with at most so many under way. Rejects with the first failure. */
export async function mapLimited<T, U>(
  items: readonly T[],
  limit: number,
  call: (item: T) => Promise<U>,
): Promise<U[]> {
  const results: U[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await call(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
