import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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

type Holder = ProcessIdentity & { url?: string };

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

/** One supervisor per home. A lock left by a crash names a process that is gone, or another one: it is taken over. */
const takeLock = (home: string, file: string): Holder => {
  const self = identify(process.pid);
  if (!self) throw new Error('This process cannot be identified: neither /proc nor ps works here');
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
      return self;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder && isAlive(holder)) {
      const where = holder.url ? `, at ${holder.url}` : ' and still starting';
      throw new AlreadyRunningError(
        `Outdial already runs on ${home} (process ${holder.pid})${where}. Stop it first, or set another OUTDIAL_HOME.`,
      );
    }
    rmSync(file, { force: true });
  }
};

/** Makes the home ready for this process alone. */
export const openHome = (path: string, say: (line: string) => void): Home => {
  const wanted = resolve(path);
  // Others may pass through it, as PostgreSQL's user must; what they may read is up to each file.
  mkdirSync(wanted, { recursive: true, mode: 0o711 });
  const home = realpathSync(wanted);
  const logs = join(home, 'logs');
  const run = join(home, 'run');
  for (const directory of [logs, run]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = join(home, 'supervisor.lock');
  const self = takeLock(home, lock);
  return {
    home,
    logs,
    run,
    say,
    secrets: loadSecrets(home),
    release: () => rmSync(lock, { force: true }),
    publishUrl: (url) => writeFileSync(lock, JSON.stringify({ ...self, url }), { mode: 0o600 }),
  };
};
