/** A queue in the order of arrival, without the cost of `Array.shift` on long arrays. */
export interface Fifo<Item> {
  push(item: Item): void;
  take(): Item | undefined;
  length(): number;
}

export function createFifo<Item>(): Fifo<Item> {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    take() {
      const item = items[head];
      if (item === undefined) return undefined;
      head++;
      if (head > 1_000 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    length: () => items.length - head,
  };
}
