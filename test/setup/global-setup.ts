import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { migratePostgres } from '../../src/infra/migrate';
import { type SharedStores, STORES_VARIABLE, TEMPLATE_VARIABLE } from './stores';

const startKeeper = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const setup = __dirname;
    const keeper = spawn(process.execPath, ['-r', join(setup, 'register.cjs'), join(setup, 'keeper.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Out of reach of Ctrl-C: it ends when our end of its standard input closes, whatever becomes of us.
      detached: true,
    });
    keeper.once('exit', (code) => reject(new Error(`The test stores did not start (exit code ${code})`)));
    createInterface({ input: keeper.stdout }).once('line', (line) => {
      keeper.unref();
      for (const pipe of [keeper.stdin, keeper.stdout]) (pipe as unknown as { unref(): void }).unref();
      resolve(line);
    });
  });

const migrationsHash = (): string => {
  const root = join(__dirname, '..', '..', 'migrations', 'postgres');
  const hash = createHash('sha256');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|sql)$/.test(file));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 12);
};

/** The migrated database that each test file clones; named by the migrations, so a standing set follows their changes. */
const ensureTemplate = async ({ databaseUrl }: SharedStores): Promise<string> => {
  const name = `template_${migrationsHash()}`;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) {
      const draft = `${name}_draft`;
      await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${draft}`);
      const url = new URL(databaseUrl);
      url.pathname = `/${draft}`;
      await migratePostgres(url.toString());
      await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    }
  } finally {
    await client.end();
  }
  return name;
};

export default async (): Promise<void> => {
  process.env[STORES_VARIABLE] ||= await startKeeper();
  process.env[TEMPLATE_VARIABLE] = await ensureTemplate(JSON.parse(process.env[STORES_VARIABLE]) as SharedStores);
};
