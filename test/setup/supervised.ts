import { loadConfig } from '../../src/config';
import { supervise } from '../../src/embedded/supervisor';

/**
 * A supervisor with its stores and its switch but no other role, as a process that tests may kill: prints one JSON line when
 * it is ready. Its home is the usual OUTDIAL_HOME.
 */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const program = require.resolve('../../src/cli/main.ts');

supervise({ config: loadConfig(), say: (line) => process.stderr.write(`${line}\n`), program, roles: [] }, stop.signal)
  .then((running) => {
    process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)));
    process.stdout.write(`${JSON.stringify({ pids: running.pids(), url: running.url, stores: running.stores })}\n`);
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
