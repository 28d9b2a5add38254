import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { launch } from './launch';
import type { Store, StorePlace } from './store';

export interface WarehouseStartOptions {
  place: StorePlace;
  port: number;
  password: string;
  /** Arguments for Node before the program: what this process was started with. */
  nodeArguments?: readonly string[];
}

const USER = 'outdial';
export const WAREHOUSE_DATABASE = 'outdial';

const withClient = async <T>(
  url: string,
  work: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> => {
  const client = createClient({ url, request_timeout: 30_000 });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
};

export const startWarehouse = async (options: WarehouseStartOptions): Promise<Store> => {
  const { place, port, password } = options;
  const directory = join(place.home, 'warehouse');
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(directory, 'endpoint.json');
  writeFileSync(file, JSON.stringify({ port, user: USER, password, data }), { mode: 0o600 });
  const urlOf = (database: string) => `http://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const running = await launch({
    name: 'warehouse',
    command: process.execPath,
    args: [
      ...(options.nodeArguments ?? process.execArgv),
      // The same file compiled (.js) or, in tests, as source (.ts).
      join(__dirname, `chdb-server${extname(__filename)}`),
      file,
    ],
    // Ours, because Node's arguments may hold paths relative to it.
    cwd: process.cwd(),
    logFile: join(place.logs, 'warehouse.log'),
    runDirectory: place.run,
    marker: file,
    stopSignal: 'SIGTERM',
    // The engine is a library of half a gigabyte: its first load from a cold disk takes long.
    readyTimeoutMs: 120_000,
    ready: async () => {
      const authorization = `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
      const answer = await fetch(`http://127.0.0.1:${port}/?query=SELECT%201`, { headers: { authorization } });
      return answer.ok;
    },
  });
  await withClient(urlOf('default'), (client) =>
    client.command({ query: `CREATE DATABASE IF NOT EXISTS ${WAREHOUSE_DATABASE}` }),
  );
  return { ...running, port, url: urlOf(WAREHOUSE_DATABASE) };
};
