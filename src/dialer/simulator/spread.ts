/** A figure over several seeds. */
export interface Spread {
  mean: number;
  /** Standard error of the mean; null with one value. */
  standardError: number | null;
  least: number;
  most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    standardError: count < 2 ? null : Math.sqrt(squares / (count - 1) / count),
    least: Math.min(...values),
    most: Math.max(...values),
  };
}
