interface Entry<E> {
  at: number;
  n: number;
  event: E;
}

/** Events in virtual time: earliest first, of the same moment in the order in which they were added. */
export class EventQueue<E> {
  private readonly heap: Entry<E>[] = [];
  private counter = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Time of the next event; infinity without one. */
  nextAt(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(at: number, event: E): void {
    this.counter += 1;
    const entry: Entry<E> = { at, n: this.counter, event };
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent]!;
      if (above.at < at || (above.at === at && above.n < entry.n)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  take(): E | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last) return undefined;
    if (heap.length === 0) return top.event;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (!below) break;
      const right = heap[child + 1];
      if (right && (right.at < below.at || (right.at === below.at && right.n < below.n))) {
        child += 1;
        below = right;
      }
      if (last.at < below.at || (last.at === below.at && last.n < below.n)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return top.event;
  }
}
