import { Readable } from 'node:stream';
import { change, create } from '../api-client/change';
import { findRecord, type Named, readReport } from '../api-client/find';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import { cancelImport, followImport, type ImportProgress, stageImport, uploadFile } from '../api-client/import-file';
import { newId } from '../infra/ids';
import type { GuessedMapping } from './guess-mapping';

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
    return findRecord(this.api, 'campaigns', ({ id, name }) => id === idOrName || name === idOrName);
  }

  findList(name: string): Promise<Named | undefined> {
    return findRecord(this.api, 'contactLists', (list) => list.name === name);
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
    return Readable.fromWeb((await readReport(this.url, this.token, `/imports/${importId}/errors.csv`)) as never);
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
