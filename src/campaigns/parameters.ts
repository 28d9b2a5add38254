import { z } from 'zod';
import { invalid } from '../errors';
import { decimal, whole } from '../infra/validate';

/**
 * Every number of a campaign and its group that has a range: declared here once, used to validate and to describe.
 */
export const PACING_MODES = ['PREVIEW', 'PROGRESSIVE', 'PREDICTIVE', 'PROGRESSIVE_IVR', 'PREDICTIVE_IVR'] as const;
export type PacingMode = (typeof PACING_MODES)[number];

export const PREVIEW_TYPES = ['STANDARD', 'DIRECT'] as const;
export const OFFER_ACTIONS = ['ACCEPT', 'SKIP', 'REMOVE'] as const;

export interface NumberParameter {
  min: number;
  max: number;
  default: number;
  whole?: boolean;
  unit?: string;
  description: string;
}

export interface PacingParameter extends NumberParameter {
  modes: readonly PacingMode[];
}

const PROGRESSIVE_MODES: readonly PacingMode[] = ['PROGRESSIVE', 'PROGRESSIVE_IVR'];
export const PREDICTIVE_MODES: readonly PacingMode[] = ['PREDICTIVE', 'PREDICTIVE_IVR'];
export const IVR_MODES: readonly PacingMode[] = ['PROGRESSIVE_IVR', 'PREDICTIVE_IVR'];

export const PACING_PARAMETERS = {
  dialingRate: {
    modes: PROGRESSIVE_MODES,
    min: 1,
    max: 10,
    default: 1,
    description: 'Contacts dialled for each reserved agent or free port. Exactly 1 shows the customer while dialling.',
  },
  maxDialingRate: {
    modes: PREDICTIVE_MODES,
    min: 1,
    max: 10,
    default: 3,
    description: 'The most lines per agent that the predictive pacer may open.',
  },
  abandonRate: {
    modes: PACING_MODES.filter((mode) => mode !== 'PREVIEW'),
    min: 0.1,
    max: 100,
    default: 3,
    unit: '%',
    description: 'The most live answers that may be abandoned. The least of this and the law holds.',
  },
  predictiveCorrectionPace: {
    modes: PREDICTIVE_MODES,
    min: 10,
    max: 5000,
    default: 70,
    whole: true,
    unit: 'live answers',
    description: 'After how many live answers the predictive pacer corrects itself.',
  },
  predictiveGain: {
    modes: PREDICTIVE_MODES,
    min: 0.1,
    max: 3,
    default: 1,
    description: 'How strongly the predictive pacer corrects itself.',
  },
  ivrPorts: {
    modes: IVR_MODES,
    min: 1,
    max: 1000,
    default: 1,
    whole: true,
    unit: 'ports',
    description: 'Ports that stand in for agents.',
  },
  offerTimeoutSeconds: {
    modes: ['PREVIEW'],
    min: 0,
    max: 7200,
    default: 600,
    whole: true,
    unit: 's',
    description: 'How long an offer waits for the agent; at least 10 when SKIP or REMOVE follows.',
  },
} as const satisfies Record<string, PacingParameter>;

export const GROUP_PARAMETERS = {
  noAnswerRingLimitSeconds: {
    min: 16,
    max: 80,
    default: 32,
    whole: true,
    unit: 's',
    description: 'How long a call may ring unanswered.',
  },
  wrapUpLimitSeconds: {
    min: 0,
    max: 7200,
    default: 120,
    whole: true,
    unit: 's',
    description: 'After this the wrap-up ends by itself.',
  },
  numberLengthMin: { min: 7, max: 15, default: 7, whole: true, unit: 'digits', description: 'Shortest number taken.' },
  numberLengthMax: { min: 7, max: 15, default: 15, whole: true, unit: 'digits', description: 'Longest number taken.' },
} as const satisfies Record<string, NumberParameter>;

export const CPA_TIMERS = {
  minSilencePeriodMs: {
    min: 100,
    max: 1000,
    default: 608,
    whole: true,
    unit: 'ms',
    description: 'Silence that ends a word.',
  },
  analysisPeriodMs: {
    min: 1000,
    max: 10_000,
    default: 2500,
    whole: true,
    unit: 'ms',
    description: 'Length of the analysis.',
  },
  minimumValidSpeechMs: {
    min: 50,
    max: 500,
    default: 112,
    whole: true,
    unit: 'ms',
    description: 'Shortest sound that is speech.',
  },
  maxTimeAnalysisMs: {
    min: 1000,
    max: 10_000,
    default: 3000,
    whole: true,
    unit: 'ms',
    description: 'Longest analysis of an answer.',
  },
  maxTermToneAnalysisMs: {
    min: 1000,
    max: 60_000,
    default: 30_000,
    whole: true,
    unit: 'ms',
    description: 'Longest wait for the terminating tone of a machine.',
  },
} as const satisfies Record<string, NumberParameter>;

/** What is played is a sound of the switch, by name: recordings and files of others are out of reach. */
export const IVR_MESSAGE = /^sound:[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

export const CAMPAIGN_PARAMETERS = {
  rank: {
    min: 1,
    max: 1000,
    default: 100,
    whole: true,
    description: 'Among campaigns that an agent could serve: lower is served first.',
  },
  maxAttempts: { min: 1, max: 100, default: 3, whole: true, unit: 'attempts', description: 'Attempts for a contact.' },
  callbackLimitPerAgent: {
    min: 1,
    max: 1000,
    default: 50,
    whole: true,
    unit: 'callbacks',
    description: 'Open callbacks that one agent may have promised.',
  },
  callingHoursStartMinute: {
    min: 0,
    max: 1439,
    default: 480,
    whole: true,
    unit: 'minutes',
    description: "First minute of the day, in the called person's zone, at which calls may be made.",
  },
  callingHoursEndMinute: {
    min: 1,
    max: 1440,
    default: 1260,
    whole: true,
    unit: 'minutes',
    description: "Minute of the day, in the called person's zone, from which no more calls are made.",
  },
  ivrMessageLimitSeconds: {
    min: 1,
    max: 3600,
    default: 120,
    whole: true,
    unit: 's',
    description: 'IVR modes: a person hears the message for so long at most.',
  },
} as const satisfies Record<string, NumberParameter>;

/** A field of an input: range, description and, when asked for, default. */
export const parameterField = (parameter: NumberParameter): z.ZodDefault<z.ZodNumber> =>
  bare(parameter).default(parameter.default).describe(parameter.description);

const bare = (parameter: NumberParameter): z.ZodNumber => (parameter.whole ? whole(parameter) : decimal(parameter));

type FieldsOf<T> = { [K in keyof T]: z.ZodDefault<z.ZodNumber> };
export const parameterFields = <T extends Record<string, NumberParameter>>(parameters: T): FieldsOf<T> =>
  Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, parameterField(one)])) as FieldsOf<T>;

export type PacingNumber = keyof typeof PACING_PARAMETERS;

/** What is stored: the parameters that belong to the group's mode, no others; the abandon rate has its own column. */
export type Pacing = { [K in Exclude<PacingNumber, 'abandonRate'>]?: number } & {
  previewType?: (typeof PREVIEW_TYPES)[number];
  offerAutoAction?: (typeof OFFER_ACTIONS)[number];
  skipAllowed?: boolean;
  removeAllowed?: boolean;
};

export type PacingInput = Pacing & { abandonRate?: number };

const PREVIEW_CHOICES = {
  previewType: 'STANDARD',
  offerAutoAction: 'SKIP',
  skipAllowed: true,
  removeAllowed: true,
} as const;

const modesOf = (name: string): readonly PacingMode[] =>
  Object.hasOwn(PACING_PARAMETERS, name) ? PACING_PARAMETERS[name as PacingNumber].modes : ['PREVIEW'];

const defaultsOf = (mode: PacingMode): PacingInput => ({
  ...Object.fromEntries(
    Object.entries(PACING_PARAMETERS)
      .filter(([, { modes }]) => (modes as readonly PacingMode[]).includes(mode))
      .map(([name, parameter]) => [name, parameter.default]),
  ),
  ...(mode === 'PREVIEW' ? PREVIEW_CHOICES : {}),
});

/** Parameters as they will stand for `mode`: given over those before over defaults; foreign ones refused by name. */
export const pacingFor = (mode: PacingMode, given: PacingInput, before: PacingInput = {}): PacingInput => {
  for (const [name, value] of Object.entries(given)) {
    const modes = modesOf(name);
    if (value === undefined || modes.includes(mode)) continue;
    throw invalid(name, `${name} does not belong to ${mode}: it is a parameter of ${modes.join(', ')}`);
  }
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => modesOf(name).includes(mode)));
  const pacing: PacingInput = { ...defaultsOf(mode), ...kept, ...given };
  const { offerTimeoutSeconds: timeout, offerAutoAction: action } = pacing;
  if (mode === 'PREVIEW' && action !== 'ACCEPT' && (timeout ?? 0) < 10) {
    throw invalid('offerTimeoutSeconds', `offerTimeoutSeconds ${timeout} is outside 10–7200 s for ${action}`);
  }
  const rate = pacing.abandonRate;
  if (rate !== undefined && Math.abs(rate * 10 - Math.round(rate * 10)) > 1e-9) {
    throw invalid('abandonRate', `abandonRate ${rate} has more than one decimal`);
  }
  return pacing;
};
