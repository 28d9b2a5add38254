/** Something to do later; `cancelled` tasks are skipped when their time comes. */
export interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * Every future moment of every call in one heap behind one timer: a thousand calls with several deadlines each cost the
 * event loop a single timer. Tasks due at the same moment run in the order in which they were scheduled.
 */
export class Scheduler {
  private readonly heap: Task[] = [];
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Number.POSITIVE_INFINITY;
  private counter = 0;

  constructor(private readonly onError: (error: unknown) => void) {}

  now(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): Task {
    const task: Task = { at: this.now() + Math.max(0, delayMs), order: this.counter++, run, cancelled: false };
    this.push(task);
    this.arm();
    return task;
  }

  /** Forgets everything that is pending. */
  clear(): void {
    this.heap.length = 0;
    if (this.timer) clearTimeout(this.timer);
    this.timer = undefined;
    this.armedFor = Number.POSITIVE_INFINITY;
  }

  private arm(): void {
    const next = this.heap[0];
    if (!next || next.at >= this.armedFor) return;
    if (this.timer) clearTimeout(this.timer);
    this.armedFor = next.at;
    this.timer = setTimeout(() => this.runDue(), Math.max(0, next.at - this.now()));
  }

  private runDue(): void {
    this.timer = undefined;
    this.armedFor = Number.POSITIVE_INFINITY;
    // Half a millisecond of grace: timers are rounded down to whole milliseconds and would otherwise be armed twice.
    const horizon = this.now() + 0.5;
    let next = this.heap[0];
    while (next && next.at <= horizon) {
      this.pop();
      if (!next.cancelled) {
        try {
          next.run();
        } catch (error) {
          this.onError(error);
        }
      }
      next = this.heap[0];
    }
    this.arm();
  }

  private push(task: Task): void {
    const heap = this.heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(task, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = task;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
