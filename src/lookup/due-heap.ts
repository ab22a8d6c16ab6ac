/** Items by the time they are due: the earliest comes out first. */
export interface DueHeap<Item> {
  push(dueAt: number, item: Item): void;
  /** The earliest item when it is due. */
  takeDue(now: number): Item | undefined;
  /** When the earliest item is due; Infinity when there is none. */
  nextAt(): number;
  length(): number;
}

/** A binary heap. */
export function createDueHeap<Item>(): DueHeap<Item> {
  const heap: { readonly at: number; readonly item: Item }[] = [];
  const at = (index: number) => heap[index]?.at ?? Infinity;
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]];
    if (x === undefined || y === undefined) return;
    heap[a] = y;
    heap[b] = x;
  };
  return {
    push(dueAt, item) {
      let index = heap.push({ at: dueAt, item }) - 1;
      for (let parent = (index - 1) >> 1; index > 0 && at(parent) > at(index); parent = (index - 1) >> 1) {
        swap(parent, index);
        index = parent;
      }
    },
    takeDue(now) {
      const first = heap[0];
      if (first === undefined || first.at > now) return undefined;
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) heap[0] = last;
      for (let index = 0; ;) {
        const left = 2 * index + 1;
        const least = at(left + 1) < at(left) ? left + 1 : left;
        if (at(least) >= at(index)) break;
        swap(least, index);
        index = least;
      }
      return first.item;
    },
    nextAt: () => at(0),
    length: () => heap.length,
  };
}
