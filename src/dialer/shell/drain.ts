import { monotonic } from '../../infra/clock';
import type { CampaignView } from '../kernel/kernel';

/** Time left for hang-ups to come back as ends, and for their outcomes to be written. */
const LAST_HANG_UPS_MS = 1_000;
const LEAST_WRITING_MS = 500;

/** Lines of a campaign that have not come to a talk yet. */
export const unresolvedLines = (view: CampaignView | null): number => {
  if (!view) return 0;
  const { connected, ...others } = view.lines;
  return Object.values(others).reduce((sum, count) => sum + count, 0);
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

export interface Drain {
  deadlineMs: number;
  unresolved(): number;
  /** Takes down what has rung for the minimum ring; below it a line may not be taken down. */
  takeDownRinging(): void;
  /** Resolves when everything is written. */
  settled(): Promise<void>;
}

/**
 * The last seconds of a dialer that ends on purpose: lines in flight still come to their agents. What rings at the end of
 * it would find nobody here, so it is taken down where the law allows.
 */
export const drainLines = async ({ deadlineMs, unresolved, takeDownRinging, settled }: Drain): Promise<void> => {
  const end = monotonic() + deadlineMs;
  const resolvedBy = async (at: number): Promise<void> => {
    while (unresolved() > 0 && monotonic() < at) await pause(50);
  };
  await resolvedBy(end - LAST_HANG_UPS_MS);
  if (unresolved() > 0) takeDownRinging();
  await resolvedBy(end);
  await Promise.race([settled(), pause(Math.max(LEAST_WRITING_MS, end - monotonic()))]);
};
