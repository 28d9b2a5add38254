import type { Gate } from './facts';
import { onward } from './onward';

/** Rules of the organisation's own. A rule that waits opens by time; one that skips, or would wait for ever, does not. */
export const suppression: Gate = (facts) => {
  const { suppression: rules, at } = facts;
  if (!rules) return { gate: 'SUPPRESSION', allowed: true, detail: 'no rules chosen' };
  const set = `set "${rules.set}" version ${rules.version}`;
  const verdict = rules.at(at);
  if (!verdict.suppressed) return { gate: 'SUPPRESSION', allowed: true, detail: `no rule of ${set} holds` };
  const { words, verdict: other } = onward(facts);
  return {
    gate: 'SUPPRESSION',
    allowed: false,
    detail: `rule "${verdict.rule}" of ${set} holds: ${verdict.consequence}; ${words}`,
    ...(verdict.nextAt !== undefined && { nextAt: verdict.nextAt }),
    ...other,
  };
};
