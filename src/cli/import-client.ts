import { Readable } from 'node:stream';
import { change, create } from '../api-client/change';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import { cancelImport, followImport, type ImportProgress, stageImport, uploadFile } from '../api-client/import-file';
import { newId } from '../infra/ids';
import type { GuessedMapping } from './guess-mapping';

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
    const staged = await stageImport(this.api, { listId, format, idempotencyKey: newId() });
    if (!staged.uploadUrl) throw new Error('The file of this import was uploaded before');
    return { importId: staged.import.id, uploadUrl: staged.uploadUrl };
  }

  upload(uploadUrl: string, path: string, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void> {
    return uploadFile(this.url, uploadUrl, path, { onSent, signal });
  }

  follow(importId: string): AsyncGenerator<ImportProgress> {
    return followImport(this.api, importId);
  }

  cancel(importId: string): Promise<ImportProgress> {
    return cancelImport(this.api, importId);
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
