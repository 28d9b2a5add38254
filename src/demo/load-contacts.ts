import { change } from '../api-client/change';
import type { ApiClient } from '../api-client/graphql-client';
import { followImport, type ImportProgress, stageImport, uploadFile } from '../api-client/import-file';
import type { Workspace } from './workspace';

/** Gives the list to the campaign and the file to the list; resolves when the import has ended, however it ended. */
export const loadContacts = async (
  url: string,
  admin: ApiClient,
  { listId, campaignId }: Workspace,
  file: string,
): Promise<ImportProgress> => {
  await change(admin, 'CampaignList', 'attachContactList(input: $input)', '__typename', {
    input: { type: 'AttachContactListInput!', value: { campaignId, listId, idempotencyKey: 'demo-attach' } },
  });
  const staged = await stageImport(admin, { listId, format: 'CSV', idempotencyKey: 'demo-import' });
  if (staged.import.state === 'AWAITING_UPLOAD' && staged.uploadUrl) await uploadFile(url, staged.uploadUrl, file);
  let last = staged.import;
  for await (const step of followImport(admin, last.id)) last = step;
  return last;
};
