import type { Gate } from './facts';

/** Rules of the organisation's own. A rule that waits opens by time; one that skips, or would wait for ever, closes. */
export const suppression: Gate = ({ suppression: rules, at }) => {
  if (!rules) return { gate: 'SUPPRESSION', allowed: true, detail: 'no rules chosen' };
  const set = `set "${rules.set}" version ${rules.version}`;
  const verdict = rules.at(at);
  if (!verdict.suppressed) return { gate: 'SUPPRESSION', allowed: true, detail: `no rule of ${set} holds` };
  return {
    gate: 'SUPPRESSION',
    allowed: false,
    detail: `rule "${verdict.rule}" of ${set} holds: ${verdict.consequence}`,
    ...(verdict.nextAt !== undefined && { nextAt: verdict.nextAt }),
  };
};
