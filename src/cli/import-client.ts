import { createReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { change, create } from '../api-client/change';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import { newId } from '../infra/ids';
import type { GuessedMapping } from './guess-mapping';

const IMPORT_FIELDS = `id state bytesTotal bytesRead rowsRead rowsImported rowsDuplicate rowsRejected errorCode errorMessage`;

export interface ImportView {
  id: string;
  state: string;
  bytesTotal: number;
  bytesRead: number;
  rowsRead: number;
  rowsImported: number;
  rowsDuplicate: number;
  rowsRejected: number;
  errorCode: string | null;
  errorMessage: string | null;
}

interface Named {
  id: string;
  name: string;
}

/** What `outdial import` asks of the API; everything a script could ask too. */
export class ImportClient {
  private readonly api: ApiClient;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.api = createClient(url, token, { retryAttempts: 20 });
  }

  findCampaign(idOrName: string): Promise<Named | undefined> {
    return this.find('campaigns', ({ id, name }) => id === idOrName || name === idOrName);
  }

  findList(name: string): Promise<Named | undefined> {
    return this.find('contactLists', (list) => list.name === name);
  }

  createList(name: string, defaultCountry: string, fieldMapping: GuessedMapping): Promise<Named> {
    return create<Named>(
      this.api,
      'ContactList',
      { name, defaultCountry, fieldMapping, idempotencyKey: newId() },
      'id name',
    );
  }

  async attach(campaignId: string, listId: string): Promise<void> {
    await change(this.api, 'CampaignList', 'attachContactList(input: $input)', 'listId', {
      input: { type: 'AttachContactListInput!', value: { campaignId, listId, idempotencyKey: newId() } },
    });
  }

  async stage(listId: string, format: 'CSV' | 'JSON'): Promise<{ importId: string; uploadUrl: string }> {
    const staged = await change<{ import: { id: string }; uploadUrl: string }>(
      this.api,
      'StagedContactImport',
      'createContactImport(input: $input)',
      'import { id } uploadUrl',
      { input: { type: 'CreateContactImportInput!', value: { listId, format, idempotencyKey: newId() } } },
    );
    return { importId: staged.import.id, uploadUrl: staged.uploadUrl };
  }

  async upload(uploadUrl: string, path: string, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void> {
    let sent = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sent += chunk.length;
        onSent(sent);
        done(null, chunk);
      },
    });
    const body = Readable.toWeb(createReadStream(path).pipe(counted)) as ReadableStream;
    const answer = await fetch(new URL(uploadUrl, this.url), { method: 'PUT', body, duplex: 'half', signal });
    if (answer.ok) return;
    const { errors } = (await answer.json().catch(() => ({}))) as { errors?: { message: string }[] };
    throw new Error(`The upload was refused: ${errors?.[0]?.message ?? `status ${answer.status}`}`);
  }

  async *follow(importId: string): AsyncGenerator<ImportView> {
    const document = `subscription ($id: ID!) { contactImport(id: $id) { ${IMPORT_FIELDS} } }`;
    const stream = this.api.subscribe<{ contactImport: ImportView }>(document, { id: importId });
    for await (const { contactImport } of stream) yield contactImport;
  }

  async cancel(importId: string): Promise<ImportView> {
    return change<ImportView>(this.api, 'ContactImport', 'cancelContactImport(id: $id)', IMPORT_FIELDS, {
      id: { type: 'ID!', value: importId },
    });
  }

  async errorReport(importId: string): Promise<Readable> {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.url}/imports/${importId}/errors.csv`, { headers });
    if (!answer.ok || !answer.body) throw new Error(`The report of bad rows cannot be read: status ${answer.status}`);
    return Readable.fromWeb(answer.body as never);
  }

  close(): Promise<void> {
    return this.api.close();
  }

  private async find(list: string, matches: (node: Named) => boolean): Promise<Named | undefined> {
    const document = `query ($after: String) {
  page: ${list}(first: 200, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } }
}`;
    let after: string | null = null;
    for (;;) {
      const { page }: { page: Page } = await this.api.query<{ page: Page }>(document, { after });
      const found = page.edges.find(({ node }) => matches(node));
      if (found) return found.node;
      if (!page.pageInfo.hasNextPage) return undefined;
      after = page.pageInfo.endCursor;
    }
  }
}

interface Page {
  edges: { node: Named }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}
