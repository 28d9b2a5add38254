/** One scrape of a role's `/metrics`. */
export interface Scrape {
  at: number;
  samples: { name: string; labels: string; value: number }[];
}

export const scrape = async (healthPort: number): Promise<Scrape> => {
  const answer = await fetch(`http://127.0.0.1:${healthPort}/metrics`);
  const text = await answer.text();
  const samples: Scrape['samples'] = [];
  for (const line of text.split('\n')) {
    const match = /^([a-z_:]+)(?:\{([^}]*)\})? (\S+)$/.exec(line);
    if (match?.[1] !== undefined) samples.push({ name: match[1], labels: match[2] ?? '', value: Number(match[3]) });
  }
  return { at: performance.now(), samples };
};

/** Of all labels together. */
export const total = ({ samples }: Scrape, name: string): number =>
  samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);

export const growth = (from: Scrape, to: Scrape, name: string): number => total(to, name) - total(from, name);

const bucketsOf = (scraped: Scrape, name: string): Map<number, number> => {
  const buckets = new Map<number, number>();
  for (const { name: found, labels, value } of scraped.samples) {
    if (found !== `${name}_bucket`) continue;
    const bound = /le="([^"]+)"/.exec(labels)?.[1];
    const limit = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    buckets.set(limit, (buckets.get(limit) ?? 0) + value);
  }
  return buckets;
};

/** The quantile of what a histogram took in between two scrapes: linear within its bucket, as Prometheus counts. */
export const quantileBetween = (from: Scrape, to: Scrape, name: string, quantile: number): number => {
  const before = bucketsOf(from, name);
  const counts = [...bucketsOf(to, name)]
    .map(([limit, count]) => ({ limit, count: count - (before.get(limit) ?? 0) }))
    .sort((a, b) => a.limit - b.limit);
  const wanted = (counts.at(-1)?.count ?? 0) * quantile;
  let lower = 0;
  let below = 0;
  for (const { limit, count } of counts) {
    if (count >= wanted && count > 0) {
      if (!Number.isFinite(limit)) return lower;
      return lower + ((limit - lower) * (wanted - below)) / Math.max(1, count - below);
    }
    lower = limit;
    below = count;
  }
  return lower;
};

export const quantileOf = (values: readonly number[], quantile: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;
};
