import { loadConfig } from '../../src/config';
import { supervise } from '../../src/embedded/supervisor';

/**
 * A supervisor with its stores, its switch and a dialer if that is asked for, as a process that tests may kill: prints one JSON line
 * when it is ready. Its home is the usual OUTDIAL_HOME.
 */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const program = require.resolve('../../src/cli/main.ts');
const roles = process.argv[2] === 'dialer' ? (['dialer'] as const) : [];

supervise({ config: loadConfig(), say: (line) => process.stderr.write(`${line}\n`), program, roles }, stop.signal)
  .then((running) => {
    process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)));
    process.stdout.write(`${JSON.stringify({ pids: running.pids(), url: running.url, stores: running.stores })}\n`);
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
