import { z } from 'zod';

/** The only reader of process.env: everything else takes its part of the frozen `Config`. */

const blank = (value: unknown) => (value === '' ? undefined : value);
const text = z.preprocess(blank, z.string().trim().optional());
const port = (fallback: number) => z.preprocess(blank, z.coerce.number().int().min(0).max(65535).default(fallback));
const integer = (fallback: number, min: number, max: number) =>
  z.preprocess(blank, z.coerce.number().int().min(min).max(max).default(fallback));
const toggle = (fallback: 'on' | 'off') =>
  z.preprocess(blank, z.enum(['on', 'off']).default(fallback)).transform((value) => value === 'on');

const environment = z.object({
  OUTDIAL_HOME: z.preprocess(blank, z.string().default('.outdial')),
  PORT: port(4000),
  HOST: z.preprocess(blank, z.string().default('127.0.0.1')),
  OUTDIAL_DEMO: toggle('on'),
  OUTDIAL_ADMIN_TOKEN: z.preprocess(blank, z.string().min(16).max(200).optional()),
  /** Lets tests move business time forward for every process. */
  OUTDIAL_TEST_CLOCK: toggle('off'),
  OUTDIAL_LOG_LEVEL: z.preprocess(blank, z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info')),
  OUTDIAL_JWT_SECRET: z.preprocess(blank, z.string().min(32).optional()),
  OUTDIAL_JWT_TTL_SECONDS: integer(3600, 60, 86400),
  OUTDIAL_DIALER: text,
  /** What a dialer's kernel is told and what it commands, for `outdial replay`, below the home. */
  OUTDIAL_INPUT_LOG: toggle('on'),
  /** Kept per dialer. */
  OUTDIAL_INPUT_LOG_MB: integer(1024, 10, 1_048_576),
  OUTDIAL_METRICS_PORT: port(0),
  /** Where clients of the API that run beside it (the demo) find it; the supervisor sets it. */
  OUTDIAL_API_URL: text,
  DATABASE_URL: text,
  REDIS_URL: text,
  CLICKHOUSE_URL: text,
  ARI_URL: text,
  ARI_ENDPOINT_TEMPLATE: z.preprocess(blank, z.string().default('PJSIP/{number}@{trunk}')),
  /** Read by the embedded simulated switch: a JSON file describing its callees. */
  OUTDIAL_WORLD: text,
  OUTDIAL_TRUTH_LOG: text,
  /** Where the simulated switch listens; 0 takes a free port. */
  OUTDIAL_SWITCH_PORT: port(0),
  OUTDIAL_SWITCH_PASSWORD: z.preprocess(blank, z.string().default('outdial')),
  OUTDIAL_SEED: integer(1, 0, 2 ** 31 - 1),
});

const shape = (env: z.infer<typeof environment>) => ({
  home: env.OUTDIAL_HOME,
  demo: env.OUTDIAL_DEMO,
  testClock: env.OUTDIAL_TEST_CLOCK,
  logLevel: env.OUTDIAL_LOG_LEVEL,
  api: { host: env.HOST, port: env.PORT, metricsPort: env.OUTDIAL_METRICS_PORT, url: env.OUTDIAL_API_URL },
  auth: {
    adminToken: env.OUTDIAL_ADMIN_TOKEN,
    jwtSecret: env.OUTDIAL_JWT_SECRET,
    jwtTtlSeconds: env.OUTDIAL_JWT_TTL_SECONDS,
  },
  stores: { databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL, clickhouseUrl: env.CLICKHOUSE_URL },
  /** Which `Dialer` a dialer process serves: its id, or unset for any that has no owner. */
  dialer: { id: env.OUTDIAL_DIALER },
  inputLog: { enabled: env.OUTDIAL_INPUT_LOG, maxBytes: env.OUTDIAL_INPUT_LOG_MB * 1024 ** 2 },
  telephony: { ariUrl: env.ARI_URL, endpointTemplate: env.ARI_ENDPOINT_TEMPLATE },
  simulatedSwitch: {
    world: env.OUTDIAL_WORLD,
    truthLog: env.OUTDIAL_TRUTH_LOG,
    port: env.OUTDIAL_SWITCH_PORT,
    password: env.OUTDIAL_SWITCH_PASSWORD,
    seed: env.OUTDIAL_SEED,
  },
});

type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };
export type Config = DeepReadonly<ReturnType<typeof shape>>;

export class ConfigError extends Error {}

const freeze = <T extends object>(value: T): T => {
  for (const inner of Object.values(value)) if (inner && typeof inner === 'object') freeze(inner);
  return Object.freeze(value);
};

/** Reads the configuration once; every fault is reported in one error. */
export const loadConfig = (env: NodeJS.ProcessEnv = process.env): Config => {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The configuration is not valid:\n${faults.join('\n')}`);
  }
  return freeze(shape(parsed.data));
};

/** The environment for a child process: ours, with what the supervisor decided on top. */
export const childEnvironment = (overrides: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...overrides,
});
