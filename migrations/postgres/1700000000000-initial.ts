import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const PARTS = ['organisations', 'agents', 'campaigns', 'contacts', 'dialing', 'reporting'];

/** The schema as first published; one SQL file per context, in the order of their references. */
export class Initial1700000000000 implements MigrationInterface {
  readonly name = 'Initial1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of PARTS) await runner.query(readFileSync(sqlFile(part), 'utf8'));
  }

  async down(): Promise<void> {
    throw new Error('The first schema cannot be taken back: drop the database instead');
  }
}

/** Compiled code lies in dist/migrations/postgres, the SQL stays in the project: both are three levels or two below the root. */
const sqlFile = (part: string): string => {
  const root = join(__dirname, '..', '..');
  const project = root.endsWith('dist') ? join(root, '..') : root;
  return join(project, 'migrations', 'postgres', 'initial', `${part}.sql`);
};
