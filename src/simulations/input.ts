import { z } from 'zod';
import { PACING_PARAMETERS } from '../campaigns/parameters';
import { decimal, id, whole } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';

export const SIMULATION_MODES = ['PROGRESSIVE', 'PREDICTIVE', 'PROGRESSIVE_IVR', 'PREDICTIVE_IVR'] as const;
export type SimulationMode = (typeof SIMULATION_MODES)[number];

const { ivrPorts, dialingRate, maxDialingRate, abandonRate, predictiveCorrectionPace, predictiveGain } =
  PACING_PARAMETERS;
const WORLD_CHARACTERS = 200_000;

/** Only `seeds`, `days` and `seed` have a default of their own: everything else comes from the history, or the world. */
export const simulateCampaignInput = z.object({
  campaignId: id().optional().describe("Takes the campaign's own history: people, talks, wrap-ups, agents at work."),
  from: z.date().optional().describe('Begin of the history; 30 days before its end when not given.'),
  to: z.date().optional().describe('End of the history; now when not given. At most 92 days after `from`.'),
  world: z
    .string()
    .max(WORLD_CHARACTERS)
    .optional()
    .describe('A world as JSON, as `outdial simulate --world` takes it; not together with campaignId.'),
  agents: whole({ min: 1, max: 1000 }).optional().describe('Agents; 20 without a history. Not in IVR modes.'),
  ivrPorts: whole(ivrPorts).optional().describe('IVR modes: ports in place of agents; 20 without a history.'),
  hours: decimal({ min: 0.1, max: 24, unit: 'h' }).optional().describe('Length of a day; 9 without a history.'),
  days: whole({ min: 1, max: 30 }).default(1).describe('Days; learning and ledgers are kept from one to the next.'),
  contacts: whole({ min: 1, max: 10_000_000 })
    .optional()
    .describe('Length of the list; endless when not given, with a history what the campaign has left.'),
  mode: z
    .enum(SIMULATION_MODES)
    .meta({ typeName: 'SimulationMode' })
    .optional()
    .describe('Pacing; PROGRESSIVE, with a history the mode of the campaign.'),
  dialingRate: decimal(dialingRate).optional().describe('Progressive: lines for each agent; 1.'),
  maxDialingRate: decimal(maxDialingRate).optional().describe('Predictive: the most lines for each agent; 3.'),
  predictiveCorrectionPace: whole(predictiveCorrectionPace).optional().describe('Predictive: live answers; 70.'),
  predictiveGain: decimal(predictiveGain).optional().describe('Predictive: strength of the correction; 1.'),
  abandonRate: decimal({ ...abandonRate, unit: '%' })
    .optional()
    .describe('Limit of the abandon rate; 3 %.'),
  guard: z
    .enum(['STRICT', 'BALANCED'])
    .meta({ typeName: 'SimulationGuard' })
    .optional()
    .describe('How the limit is guarded; BALANCED when predictive, else STRICT.'),
  hitRate: decimal({ min: 0, max: 1 }).optional().describe('Share of dials that a person answers.'),
  machineShare: decimal({ min: 0, max: 1 }).optional().describe('Share of dials that a machine answers.'),
  talkMeanSeconds: decimal({ min: 1, max: 7200, unit: 's' }).optional().describe('Mean of the talks.'),
  talkCv: decimal({ min: 0.05, max: 5 }).optional().describe('Their coefficient of variation; 1. With the mean only.'),
  wrapUpMeanSeconds: decimal({ min: 0.5, max: 3600, unit: 's' }).optional().describe('Mean of the wrap-ups.'),
  answerMeanSeconds: decimal({ min: 0.5, max: 60, unit: 's' })
    .optional()
    .describe('How long it rings until a person answers, on average.'),
  ringLimitSeconds: decimal({ min: 16, max: 80, unit: 's' }).optional().describe('How long an unanswered call rings.'),
  seed: whole({ min: 0, max: 2 ** 31 - 1 })
    .default(1)
    .describe('First seed.'),
  seeds: whole({ min: 1, max: 20 }).default(5).describe('How many; the spread of each figure is over them.'),
  idempotencyKey,
});
export type SimulateCampaign = z.output<typeof simulateCampaignInput>;
