import { Command } from 'commander';
import { loadConfig } from '../config';
import { migrateClickhouse, migratePostgres } from '../infra/migrate';

const report = (store: string, applied: string[]): void => {
  process.stdout.write(`${store}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}\n`);
};

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('brings the stores named by DATABASE_URL and CLICKHOUSE_URL to the newest schema')
    .action(async () => {
      const { databaseUrl, clickhouseUrl } = loadConfig().stores;
      if (!databaseUrl && !clickhouseUrl) {
        throw new Error('Set DATABASE_URL, CLICKHOUSE_URL or both. Embedded stores are migrated by every start.');
      }
      if (databaseUrl) report('postgres', await migratePostgres(databaseUrl));
      if (clickhouseUrl) report('warehouse', await migrateClickhouse(clickhouseUrl));
    });
