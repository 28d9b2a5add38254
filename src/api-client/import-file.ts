import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { change } from './change';
import type { ApiClient } from './graphql-client';

export interface ImportProgress {
  id: string;
  state: 'AWAITING_UPLOAD' | 'UPLOADING' | 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  bytesTotal: number;
  bytesRead: number;
  rowsRead: number;
  rowsImported: number;
  rowsDuplicate: number;
  rowsRejected: number;
  errorCode: string | null;
  errorMessage: string | null;
}

const FIELDS = `id state bytesTotal bytesRead rowsRead rowsImported rowsDuplicate rowsRejected errorCode errorMessage`;

interface Staged {
  import: ImportProgress;
  uploadUrl: string | null;
}

/** The answer to an upload was not the expected one; `message` is the server's. */
export class UploadRefused extends Error {}

/** Takes an import's place for a file; the same key gives the same import again. */
export const stageImport = (
  client: ApiClient,
  input: { listId: string; format: 'CSV' | 'JSON'; idempotencyKey?: string },
): Promise<Staged> =>
  change<Staged>(
    client,
    'StagedContactImport',
    'createContactImport(input: $input)',
    `import { ${FIELDS} } uploadUrl`,
    { input: { type: 'CreateContactImportInput!', value: input } },
  );

/** Streams the file to its single-use address; `onBytes` hears how much of it has left. */
export const uploadFile = async (
  url: string,
  uploadUrl: string,
  file: string,
  options: { onBytes?: (sent: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<void> => {
  const { size } = await stat(file);
  const stream = createReadStream(file);
  let sent = 0;
  stream.on('data', (chunk) => {
    sent += chunk.length;
    options.onBytes?.(sent, size);
  });
  const response = await fetch(new URL(uploadUrl, url), {
    method: 'PUT',
    body: Readable.toWeb(stream),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    duplex: 'half',
    ...(options.signal ? { signal: options.signal } : {}),
  } as RequestInit);
  if (response.ok) return;
  const answer = (await response.json().catch(() => null)) as { message?: string } | null;
  throw new UploadRefused(answer?.message ?? `the upload was answered with status ${response.status}`);
};

/** Every state of an import up to its last. */
export async function* followImport(client: ApiClient, id: string): AsyncGenerator<ImportProgress> {
  const document = `subscription($id: ID!) { contactImport(id: $id) { ${FIELDS} } }`;
  for await (const { contactImport } of client.subscribe<{ contactImport: ImportProgress }>(document, { id })) {
    yield contactImport;
    if (['COMPLETED', 'FAILED', 'CANCELLED'].includes(contactImport.state)) return;
  }
}
