/**
 * Works on each item of a stream, on at most so many at once. After a failure none is begun any more, and those under way
 * are waited for.
 *
 * @throws the first failure.
 */
export async function atOnce<Item>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  try {
    for await (const item of items) {
      const working = work(item)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => underWay.delete(working));
      underWay.add(working);
      if (underWay.size >= most) await Promise.race(underWay);
      if (failed !== undefined) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failed !== undefined) throw failed.error;
}
