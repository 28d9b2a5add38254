import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { identify, type ProcessIdentity } from './process-identity';
import type { StorePlace } from './store';

const secretsSchema = z.object({
  jwtSecret: z.string().min(32),
  adminToken: z.string().min(16),
  postgresPassword: z.string().min(16),
  redisPassword: z.string().min(16),
  warehousePassword: z.string().min(16),
  switchPassword: z.string().min(16),
});

/** Made once and kept, mode 600: sessions and the stores' data outlive a restart. */
export type Secrets = z.infer<typeof secretsSchema>;

export interface Home extends StorePlace {
  secrets: Secrets;
  /** Lets the next start in. */
  release(): void;
  /** Shown to whoever starts a second time. */
  publishUrl(url: string): void;
  /** Tells whoever starts now to wait for our end. */
  markStopping(): void;
}

export class AlreadyRunningError extends Error {}

const secret = (bytes = 24): string => randomBytes(bytes).toString('hex');

const loadSecrets = (home: string): Secrets => {
  const file = join(home, 'secrets.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const secrets: Secrets = {
      jwtSecret: secret(32),
      adminToken: `oda_${secret()}`,
      postgresPassword: secret(),
      redisPassword: secret(),
      warehousePassword: secret(),
      switchPassword: secret(),
    };
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
    return secrets;
  }
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`${file} is damaged. Restore it from a copy: the stores' passwords are in it.`);
  return parsed.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

type Holder = ProcessIdentity & { url?: string; stopping?: boolean };

/** Whoever started the holder may just have been killed: it takes the holder a moment to notice. */
const NOTICE_MS = 2000;
const STOP_MS = 40_000;

const readHolder = (file: string): Holder | undefined => {
  try {
    return parseJson(readFileSync(file, 'utf8')) as Holder | undefined;
  } catch {
    return undefined;
  }
};

const isAlive = (holder: Holder): boolean => {
  const now = identify(holder.pid);
  return now !== undefined && now.startedAt === holder.startedAt && now.command === holder.command;
};

/**
 * One supervisor per home. A lock left by a crash names a process that is gone, or another one: it is taken over. One that is
 * just stopping is waited for.
 */
const takeLock = async (home: string, file: string, say: (line: string) => void): Promise<Holder> => {
  const self = identify(process.pid);
  if (!self) throw new Error('This process cannot be identified: neither /proc nor ps works here');
  const since = performance.now();
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
      return self;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (!holder || !isAlive(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (performance.now() - since > (holder.stopping ? STOP_MS : NOTICE_MS)) {
      const where = holder.url ? `, at ${holder.url}` : ' and is still starting';
      throw new AlreadyRunningError(
        `Outdial already runs on ${home} (process ${holder.pid})${where}. Stop it first, or set another OUTDIAL_HOME.`,
      );
    }
    if (holder.stopping && !told) say(`Waiting for process ${holder.pid} to end, which is stopping`);
    told ||= holder.stopping === true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** Makes the home ready for this process alone. */
export const openHome = async (path: string, say: (line: string) => void): Promise<Home> => {
  const wanted = resolve(path);
  // Others may pass through it, as PostgreSQL's user must; what they may read is up to each file.
  mkdirSync(wanted, { recursive: true, mode: 0o711 });
  const home = realpathSync(wanted);
  const logs = join(home, 'logs');
  const run = join(home, 'run');
  for (const directory of [logs, run]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = join(home, 'supervisor.lock');
  const self = await takeLock(home, lock, say);
  const publish = (more: Partial<Holder>): void => {
    writeFileSync(`${lock}.new`, JSON.stringify(Object.assign(self, more)), { mode: 0o600 });
    renameSync(`${lock}.new`, lock);
  };
  return {
    home,
    logs,
    run,
    say,
    secrets: loadSecrets(home),
    release: () => rmSync(lock, { force: true }),
    publishUrl: (url) => publish({ url }),
    markStopping: () => publish({ stopping: true }),
  };
};
