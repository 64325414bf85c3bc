/** Runs `work` on every item, at most `limit` at a time, and answers in the items' order. The first failure stops it. */
export async function mapBounded<Item, Made>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = Array.from({ length: items.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      made[index] = await work(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return made;
}
