import { change } from './change';
import type { ApiClient } from './graphql-client';
import { hasEnded, type ImportState } from './import-file';

export interface DncImportProgress {
  id: string;
  state: ImportState;
  bytesTotal: number;
  bytesRead: number;
  linesRead: number;
  linesRejected: number;
  linesDuplicate: number;
  numbers: number;
  storedPercent: number;
  errorCode: string | null;
  errorMessage: string | null;
}

const FIELDS = `id state bytesTotal bytesRead linesRead linesRejected linesDuplicate numbers storedPercent errorCode errorMessage`;

export interface DncImportOrder {
  listId: string;
  format: 'PLAIN' | 'CSV';
  numberColumn?: string;
  replaces: boolean;
  source: string;
  reason?: string;
  idempotencyKey?: string;
}

/** Takes an import's place for a file of numbers; the same key gives the same import again. */
export const stageDncImport = (
  client: ApiClient,
  input: DncImportOrder,
): Promise<{ import: DncImportProgress; uploadUrl: string | null }> =>
  change(client, 'StagedDncImport', 'createDncImport(input: $input)', `import { ${FIELDS} } uploadUrl`, {
    input: { type: 'CreateDncImportInput!', value: input },
  });

export const cancelDncImport = (client: ApiClient, id: string): Promise<DncImportProgress> =>
  change(client, 'DncImport', 'cancelDncImport(id: $id)', FIELDS, { id: { type: 'ID!', value: id } });

/** Every state of an import up to its last. */
export async function* followDncImport(client: ApiClient, id: string): AsyncGenerator<DncImportProgress> {
  const document = `subscription($id: ID!) { dncImport(id: $id) { ${FIELDS} } }`;
  for await (const { dncImport } of client.subscribe<{ dncImport: DncImportProgress }>(document, { id })) {
    yield dncImport;
    if (hasEnded(dncImport)) return;
  }
}
