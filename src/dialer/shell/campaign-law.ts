import { abandonLaw, monthStarts, type WindowInForce } from '../../compliance/abandon/windows-in-force';
import type { Law } from '../../compliance/law/law';
import type { AbandonWindow, CampaignConfig } from '../kernel/messages';
import type { LawOf } from './laws';

/** The laws of everyone whom a campaign may call, and what they make of its abandon windows. */

/** A window judged over all of the organisation's campaigns that are under the rule. */
export interface GuardScope {
  rule: string;
  window: AbandonWindow;
  limitPercent: number;
}

/** A campaign's configuration with every window in force, and what is judged beyond the campaign. */
export interface LawfulConfig {
  config: CampaignConfig;
  scopes: GuardScope[];
}

const windowOf = ({ window, ...in_ }: WindowInForce, at: number): AbandonWindow => ({
  ...('rollingMs' in window
    ? { kind: 'ROLLING', ms: window.rollingMs }
    : { kind: 'CALENDAR', starts: monthStarts(window.timeZone, at) }),
  limitPercent: in_.limitPercent,
  ...(in_.numerator !== 'ALL' && { numerator: in_.numerator }),
  denominator: in_.denominator,
  profiles: in_.profiles,
});

/** `codes` null: nobody knows whom it calls, no window is known and nothing is dialled ahead of agents. */
export const lawfulConfig = (
  config: CampaignConfig,
  codes: readonly string[] | null,
  at: number,
  lawOf: LawOf,
): LawfulConfig => {
  if (codes === null) return { config: { ...config, abandon: { ...config.abandon, windows: [] } }, scopes: [] };
  const laws: Law[] = codes.map((code) => lawOf(code, at));
  const { windows, clockStart, withinMs } = abandonLaw(laws, config.abandon.limitPercent);
  const scopes = windows.filter(({ scope }) => scope === 'ORGANISATION');
  return {
    config: {
      ...config,
      minimumRingMs: Math.max(config.minimumRingMs, ...laws.map((law) => law.minimumRingMs)),
      abandon: {
        ...config.abandon,
        windows: windows.filter(({ scope }) => scope === 'CAMPAIGN').map((window) => windowOf(window, at)),
        ...(scopes.length > 0 && { scoped: true }),
        clockStart,
        withinMs,
      },
    },
    scopes: scopes.map((window) => ({
      rule: window.key,
      window: windowOf(window, at),
      limitPercent: window.limitPercent,
    })),
  };
};
