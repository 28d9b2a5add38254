import type { Cap } from '../../compliance/law/law';
import type { StrategySettings } from './contact-strategy';

const SOURCE = 'contact strategy';

/** The strategy's own limits as caps of the gate, beside those of the law; they count the attempts of the campaign. */
export const capsOf = ({ maxAttemptsPerDay, limits }: StrategySettings): Cap[] => [
  ...(maxAttemptsPerDay === null
    ? []
    : [
        {
          id: `strategy/${maxAttemptsPerDay}-a-day`,
          scope: 'PERSON' as const,
          perSubject: false,
          max: maxAttemptsPerDay,
          within: { calendarDay: true as const },
          source: SOURCE,
        },
      ]),
  ...limits.map(({ scope, max, hours }) => ({
    id: `strategy/${max}-in-${hours}h-per-${scope.toLowerCase()}`,
    scope,
    perSubject: false,
    max,
    within: { rollingMs: hours * 3_600_000 },
    source: SOURCE,
  })),
];
