/**
 * Ids in order of a number that never repeats: who is available longest, which line is oldest. Plain arrays, so that
 * state serialises as it is; a few hundred entries at most, so that a splice is a short memmove.
 */
export type Ordered = { seq: number; id: string }[];

function place(list: Ordered, seq: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function insert(list: Ordered, seq: number, id: string): void {
  const last = list[list.length - 1];
  if (last === undefined || last.seq < seq) {
    list.push({ seq, id });
    return;
  }
  const index = place(list, seq);
  if (list[index]?.seq !== seq) list.splice(index, 0, { seq, id });
}

export function remove(list: Ordered, seq: number): void {
  const index = place(list, seq);
  if (list[index]?.seq === seq) list.splice(index, 1);
}
