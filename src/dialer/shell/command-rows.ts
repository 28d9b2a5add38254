import type { Sql } from '../../infra/postgres';
import type { CommandResult } from '../command-kinds';

export interface CommandRow {
  id: string;
  target: string;
  kind: string;
  body: unknown;
  createdBy: string;
  expiresAt: Date;
}

const OPEN = `/* command.open */
SELECT id, target, kind, body, created_by AS "createdBy", expires_at AS "expiresAt"
FROM dialer_command WHERE dialer_id = $1 AND organisation_id = $2 AND result IS NULL
ORDER BY seq LIMIT 500`;

const RESULT = `/* command.result */
UPDATE dialer_command SET result = $3, done_at = $4
WHERE organisation_id = $1 AND id = $2 AND result IS NULL`;

export const openCommands = async (sql: Sql, dialerId: string, organisationId: string): Promise<CommandRow[]> => {
  const { rows } = await sql.query<CommandRow>({
    name: 'command.open',
    text: OPEN,
    values: [dialerId, organisationId],
  });
  return rows;
};

export const recordResult = async (
  sql: Sql,
  organisationId: string,
  id: string,
  result: CommandResult,
  at: Date,
): Promise<void> => {
  await sql.query({
    name: 'command.result',
    text: RESULT,
    values: [organisationId, id, JSON.stringify(result), at],
  });
};
