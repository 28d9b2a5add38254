import { ConfigError, loadConfig } from '../config';
import { MissingStoreError } from '../container';
import { EXIT_NOT_RUNNABLE } from '../embedded/kept-role';
import { type RoleName, type Supervisor, supervise } from '../embedded/supervisor';
import { createLogger } from '../infra/logger';
import { createLifecycle, EXIT } from '../infra/shutdown';
import { loadRole, RoleMissingError, roleExists } from './roles';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** One role in this process. Its log goes to standard error. */
export const startRole = async (role: RoleName): Promise<void> => {
  const config = loadConfig();
  const logger = createLogger(role, config.logLevel);
  const life = createLifecycle({ logger });
  try {
    const runRole = await loadRole(role);
    await runRole(config, life);
    life.ready();
  } catch (error) {
    const hopeless =
      error instanceof RoleMissingError || error instanceof MissingStoreError || error instanceof ConfigError;
    if (hopeless) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, 'the role did not start');
    process.exit(hopeless ? EXIT_NOT_RUNNABLE : EXIT.fault);
  }
};

/** A Ctrl-C may come twice, from the terminal and from npm: so close together they are one. */
const SAME_PRESS_MS = 700;

/** Everything: stores, migrations, switch and roles. */
export const startAll = async (): Promise<void> => {
  const config = loadConfig();
  const starting = new AbortController();
  let running: Supervisor | undefined;
  let firstAt = 0;
  const interrupt = (name: string) => {
    const now = performance.now();
    if (firstAt === 0) {
      firstAt = now;
      say(`\n${name}: dialing stops, calls have up to 10 s to end. Once more ends everything at once.`);
      starting.abort();
      void running?.stop().then(() => {
        say('Stopped');
        process.exit(EXIT.stopped);
      });
    } else if (now - firstAt > SAME_PRESS_MS) {
      if (!running) process.exit(EXIT.interrupted);
      void running.kill().then(() => process.exit(EXIT.interrupted));
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt(name));
  // A terminal that is gone must not end us before the stores are down.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // The pipe to what started us (npm start) closes when that is killed: nothing may go on without an owner.
  process.on('disconnect', () => {
    if (firstAt === 0) interrupt('The starter is gone');
  });

  const since = performance.now();
  try {
    running = await supervise(
      { config, say, program: process.argv[1] ?? '', roles: ['worker', 'api', 'dialer'] },
      starting.signal,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(firstAt > 0 ? EXIT.stopped : EXIT.fault);
  }
  say(`Outdial is ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);
  say(`  API      ${running.url}/graphql`);
  say(`  token    ${running.adminToken}`);
  say(`  logs     ${config.home}/logs`);
  if (config.demo && roleExists('demo')) running.startDemo();
};
