import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { z } from 'zod';

const settingsSchema = z.object({ port: z.number(), user: z.string(), password: z.string(), data: z.string() });

/**
 * The embedded warehouse: one chDB engine in a process of its own, so that roles share it and killing a role harms no data.
 * Its one argument is a file with its settings, which keeps the password out of the process list.
 */
const main = async (file: string): Promise<void> => {
  const settings = settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  // Before the engine starts: its threads inherit the priority. Calls come before reports.
  setPriority(10);
  const { ChdbSessions } = await import('./chdb-sessions.js');
  const { ChdbEndpoint } = await import('./chdb-endpoint.js');
  const sessions = new ChdbSessions(settings.data);
  const { server } = new ChdbEndpoint(sessions, settings);
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    server.close(() => {
      sessions.close();
      process.exit(0);
    });
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 3000).unref();
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  server.listen(settings.port, '127.0.0.1');
  server.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
};

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
