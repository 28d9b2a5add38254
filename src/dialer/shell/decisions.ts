import { newId } from '../../infra/ids';
import { type KernelState, pacingDecision } from '../kernel/kernel';
import type { PacingDecision } from '../kernel/predictive/decision';
import type { Campaigns } from './campaigns';
import { every } from './periodic';
import type { Writer } from './writer';

/**
 * A sample of the pacing decisions for the warehouse: of each campaign every change of the reason, and otherwise one a
 * second. It looks at the kernel between its steps and costs the pacer nothing.
 */
export interface DecisionSamplerOptions {
  kernel: () => KernelState;
  campaigns: Pick<Campaigns, 'all'>;
  writer: Pick<Writer, 'push' | 'waiting'>;
}

const EVERY_MS = 1_000;
/** As often as the pacer decides. */
const LOOK_EVERY_MS = 250;
/** Behind so many effects that wait for PostgreSQL none of these is added. */
const MOST_WAITING = 2_000;

export const createDecisionSampler = ({ kernel, campaigns, writer }: DecisionSamplerOptions): (() => void) => {
  const last = new Map<string, Pick<PacingDecision, 'at' | 'reason'>>();
  return () => {
    const ids = new Set([...campaigns.all()].map(({ row }) => row.id));
    for (const id of last.keys()) if (!ids.has(id)) last.delete(id);
    if (writer.waiting > MOST_WAITING) return;
    for (const campaignId of ids) {
      const decision = pacingDecision(kernel(), campaignId);
      const before = last.get(campaignId);
      if (!decision || decision.at === before?.at) continue;
      const { at, reason } = decision;
      if (before && reason === before.reason && at - before.at < EVERY_MS) continue;
      last.set(campaignId, { at, reason });
      // Both clocks as the kernel last saw them: the decision was made so long before that.
      const wall = kernel().wall - (kernel().at - at);
      writer.push({ kind: 'pacingDecision', id: newId(), campaignId, decision: { ...decision }, wall });
    }
  };
};

/** Answers what stops it. */
export const sampleDecisions = (options: DecisionSamplerOptions, onError: (error: unknown) => void): (() => void) => {
  const sample = createDecisionSampler(options);
  return every(LOOK_EVERY_MS, async () => sample(), onError);
};
