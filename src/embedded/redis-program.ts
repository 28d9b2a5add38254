import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';

const works = (): boolean => spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

interface Installer {
  program: string;
  /** What a person would type. */
  advice: string;
  attempts: string[][][];
}

const APT = ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'];

const INSTALLERS: Installer[] = [
  // The package lists are fetched only when the install fails without them.
  { program: 'apt-get', advice: 'apt-get install redis-server', attempts: [[APT], [['apt-get', 'update'], APT]] },
  { program: 'dnf', advice: 'dnf install redis', attempts: [[['dnf', 'install', '-y', 'redis']]] },
  { program: 'apk', advice: 'apk add redis', attempts: [[['apk', 'add', 'redis']]] },
  { program: 'brew', advice: 'brew install redis', attempts: [] },
];

// RUNLEVEL=1 keeps Debian's package from starting a Redis of its own.
const quietly = (command: string[]): boolean =>
  spawnSync('env', ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', ...command], { stdio: 'ignore' }).status === 0;

/** Makes sure that `redis-server` can be run; installs it when we are root, and never asks for more rights. */
export const ensureRedisProgram = (say: (line: string) => void): void => {
  if (works()) return;
  const installer = INSTALLERS.find(({ program }) => has(program));
  if (installer && userInfo().uid === 0) {
    say('Installing redis-server');
    for (const attempt of installer.attempts) if (attempt.every(quietly) && works()) return;
  }
  const advice = installer?.advice ?? 'your package manager';
  throw new Error(`redis-server is not on the PATH. Install it (${advice}) or set REDIS_URL to a running Redis.`);
};
