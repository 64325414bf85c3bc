/**
 * Runs `work` on every item, at most `limit` at a time, and answers in the items' order. The first failure stops it: no
 * more items are begun, and it is thrown once what was under way has ended, so that nothing goes on unseen.
 */
export async function mapBounded<Item, Made>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = Array.from({ length: items.length });
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        made[index] = await work(items[index] as Item, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return made;
}
