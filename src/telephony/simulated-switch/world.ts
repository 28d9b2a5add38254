import { z } from 'zod';

/**
 * The people, machines, trunks and devices behind the simulated switch, as JSON. Everything has a default; `{}` is a
 * plausible world. Durations are milliseconds before `timeScale` is applied.
 */

const ms = z.number().min(0).max(86_400_000);
const share = z.number().min(0).max(1);
const duration = z.union([
  ms,
  z.strictObject({ min: ms, max: ms }).refine((range) => range.min <= range.max, 'min must not exceed max'),
  z.strictObject({ mean: ms, max: ms.optional() }),
]);

const voice = z.enum(['person', 'vadPerson', 'machine', 'words', 'fax', 'deadAir', 'noMedia']);
export type Voice = z.infer<typeof voice>;

/** What one number does; whatever is left out is drawn from `callees`. */
export const calleeScript = z.strictObject({
  /** `answer`, a failure by name, or the carrier's final SIP response (486, 404 …). */
  outcome: z
    .union([
      z.enum(['answer', 'noAnswer', 'busy', 'invalid', 'rejected', 'congestion', 'networkFailure', 'configError']),
      z.int().min(400).max(699),
    ])
    .optional(),
  /** Sent as the Q.850 cause without a SIP code, as a Local channel does; 0 for none. */
  cause: z.int().min(0).max(127).optional(),
  /** Time until the answer or the failure. */
  ringMs: duration.optional(),
  progress: z.enum(['ringing', 'earlyMedia', 'none']).optional(),
  voice: voice.optional(),
  /** How long the greeting is spoken. */
  greetingMs: duration.optional(),
  /** Forces the verdict of the analysis. */
  verdict: z.enum(['HUMAN', 'MACHINE', 'NOTSURE', 'FAX']).optional(),
  /** Time in a bridge with an agent until the callee hangs up. */
  talkMs: duration.optional(),
  /** Hangs up this long after the answer, whatever happens then. */
  hangUpAfterAnswerMs: duration.optional(),
  /** Hangs up after this long with nobody and no message on the line. */
  patienceMs: duration.optional(),
  /** Hangs up this long after a message began. */
  hangUpInMessageMs: duration.optional(),
  /** Picks up in the very moment when the caller cancels. */
  answerOnCancel: z.boolean().optional(),
});
export type CalleeScript = z.infer<typeof calleeScript>;

/** What an agent's device does when it rings. */
export const agentScript = z.strictObject({
  does: z.enum(['answer', 'decline', 'busy', 'ringOut', 'fail']).default('answer'),
  answerMs: duration.default(20),
  hangUpAfterMs: duration.optional(),
});
export type AgentScript = z.infer<typeof agentScript>;

const callees = z.strictObject({
  answerProbability: share.default(0.4),
  /** Shares of the answers; the rest are persons. */
  voices: z
    .strictObject({
      vadPerson: share.default(0),
      machine: share.default(0),
      words: share.default(0),
      fax: share.default(0),
      deadAir: share.default(0),
      noMedia: share.default(0),
    })
    .prefault({}),
  /** Shares of the calls not answered; the rest ring out. */
  failures: z
    .strictObject({
      busy: share.default(0.2),
      invalid: share.default(0.05),
      rejected: share.default(0.03),
      congestion: share.default(0),
      networkFailure: share.default(0.01),
    })
    .prefault({}),
  ringMs: duration.default({ min: 3000, max: 20_000 }),
  failureMs: duration.default({ min: 20, max: 3000 }),
  personGreetingMs: duration.default({ min: 300, max: 900 }),
  machineGreetingMs: duration.default({ min: 4000, max: 12_000 }),
  talkMs: duration.default({ mean: 60_000, max: 600_000 }),
  patienceMs: duration.default({ min: 4000, max: 9000 }),
  /** Share of the answers that hang up `hangUpEarlyMs` after it, whatever happens. */
  hangUpEarly: share.default(0),
  hangUpEarlyMs: duration.default({ min: 0, max: 2000 }),
  /** Share of the persons who do not hear a message to its end. */
  hangUpInMessage: share.default(0),
});

const rule = z.strictObject({
  number: z.string().optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  script: calleeScript,
});

export const worldSchema = z.strictObject({
  /** Multiplies every duration: 0.01 makes a minute of talk 600 ms. */
  timeScale: z.number().positive().max(10).default(1),
  callees: callees.prefault({}),
  /** Wrong verdicts of the analysis, both ways. */
  amdErrors: z.strictObject({ humanAsMachine: share.default(0), machineAsHuman: share.default(0) }).prefault({}),
  /** First match wins; a rule with several conditions needs all of them. */
  rules: z.array(rule).default([]),
  agents: agentScript.prefault({}),
  agentRules: z.array(z.strictObject({ endpoint: z.string(), script: agentScript })).default([]),
  limits: z
    .strictObject({
      /** Customer lines of the trunk at once; one more gets 503. */
      maxLines: z.int().min(0).nullable().default(null),
      originatesPerSecond: z.int().min(0).nullable().default(null),
      trunkUp: z.boolean().default(true),
    })
    .prefault({}),
  media: z
    .strictObject({
      defaultMs: ms.default(3000),
      /** Length by media name. */
      lengths: z.record(z.string(), ms).default({}),
      /** Media whose playback fails, as a missing file does. */
      missing: z.array(z.string()).default([]),
    })
    .prefault({}),
  wire: z
    .strictObject({
      /** Not scaled: the delay of a REST answer. The effect comes at once, so events may overtake it. */
      ackMs: duration.default({ min: 1, max: 5 }),
      /** Not scaled: from addChannel to the entry into the bridge. */
      bridgeMs: duration.default({ min: 0, max: 3 }),
    })
    .prefault({}),
});
export type World = z.infer<typeof worldSchema>;
export type WorldInput = z.input<typeof worldSchema>;

export class WorldError extends Error {}

/** Every fault of a world in one error that names the fields. */
export const parseWorld = (input: unknown): World => {
  const parsed = worldSchema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'world'}: ${issue.message}`);
  throw new WorldError(`The world is not valid: ${faults.join('; ')}`);
};
