import { createReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { change } from './change';
import type { ApiClient } from './graphql-client';

export type ImportState = 'AWAITING_UPLOAD' | 'UPLOADING' | 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export interface ImportProgress {
  id: string;
  state: ImportState;
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

/** An upload was refused; the message has the server's reason. */
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

/** Streams the file to its single-use address; `onSent` hears how many bytes of it have left. */
export const uploadFile = async (
  url: string,
  uploadUrl: string,
  file: string,
  options: { onSent?: (bytes: number) => void; signal?: AbortSignal } = {},
): Promise<void> => {
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      options.onSent?.(sent);
      done(null, chunk);
    },
  });
  const body = Readable.toWeb(createReadStream(file).pipe(counted)) as ReadableStream;
  const { signal = null } = options;
  const answer = await fetch(new URL(uploadUrl, url), { method: 'PUT', body, duplex: 'half', signal });
  if (answer.ok) return;
  const { errors } = (await answer.json().catch(() => ({}))) as { errors?: { message: string }[] };
  throw new UploadRefused(`The upload was refused: ${errors?.[0]?.message ?? `status ${answer.status}`}`);
};

const ENDED: ReadonlySet<ImportState> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

export const hasEnded = ({ state }: { state: ImportState }): boolean => ENDED.has(state);

export const cancelImport = (client: ApiClient, id: string): Promise<ImportProgress> =>
  change<ImportProgress>(client, 'ContactImport', 'cancelContactImport(id: $id)', FIELDS, {
    id: { type: 'ID!', value: id },
  });

/** Every state of an import up to its last. */
export async function* followImport(client: ApiClient, id: string): AsyncGenerator<ImportProgress> {
  const document = `subscription($id: ID!) { contactImport(id: $id) { ${FIELDS} } }`;
  for await (const { contactImport } of client.subscribe<{ contactImport: ImportProgress }>(document, { id })) {
    yield contactImport;
    if (hasEnded(contactImport)) return;
  }
}
