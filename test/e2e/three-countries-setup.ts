import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { change, create } from '../../src/api-client/change';
import { followImport, type ImportProgress, stageImport, uploadFile } from '../../src/api-client/import-file';
import type { CampaignRun } from './campaign-run';
import { AMERICANS, OTHERS, type Person, SHARED } from './three-countries-people';

/** Two campaigns of one subject in one group: one with a contact strategy and retries of its own, one with neither. */

const columns = { externalId: 'customer', attributes: ['first_name'] };
const MODES = [
  { mode: 'Mobile', column: 'mobile' },
  { mode: 'Home', column: 'home' },
];

const csvOf = (people: readonly Person[]): string =>
  [
    'customer,first_name,mobile,home,zip',
    ...people.map(({ id, mobile, home = '', zip = '' }) => [id, `Person ${id}`, mobile, home, zip].join()),
    // Kept out: no number, and one that is there already.
    'US-98,Nobody,12,,',
    `US-99,Again,${people[0]?.mobile},,`,
  ].join('\n');

const jsonOf = (people: readonly Person[]): string =>
  JSON.stringify(people.map(({ id, mobile, home }) => ({ customer: id, first_name: `Person ${id}`, mobile, home })));

/** Minutes from the end of an attempt to the next, by outcome, in the campaign that has a set of its own. */
export const OWN_DELAYS: Record<string, number> = { BUSY: 20, NO_ANSWER: 45 };
/** And in the one that has the primary set. */
export const PRIMARY_DELAYS: Record<string, number> = { BUSY: 60, NO_ANSWER: 60 };
export const CLOSING = ['LIVE_VOICE', 'INVALID_NUMBER'];
export const MODE_GAPS: Record<string, number> = { Mobile: 30, Home: 60 };
export const HOME_HOURS = [['10:00', '12:30']] as const;
export const MOST = { own: 5, other: 3, aDay: 4 };

export interface Countries {
  campaignId: string;
  otherCampaignId: string;
  internalListId: string;
}

export const update = async (
  { admin }: CampaignRun,
  campaignId: string,
  input: Record<string, unknown>,
): Promise<void> => {
  const { campaign } = await admin.query<{ campaign: { version: number } }>(
    'query($id: ID!) { campaign(id: $id) { version } }',
    { id: campaignId },
  );
  const value = { id: campaignId, version: campaign.version, ...input };
  await change(admin, 'Campaign', 'updateCampaign(input: $input)', 'id', {
    input: { type: 'UpdateCampaignInput!', value },
  });
};

const load = async (
  { admin, url }: CampaignRun,
  listId: string,
  format: 'CSV' | 'JSON',
  file: string,
  content: string,
): Promise<ImportProgress> => {
  writeFileSync(file, content);
  const staged = await stageImport(admin, { listId, format });
  if (staged.uploadUrl) await uploadFile(url, staged.uploadUrl, file);
  let last = staged.import;
  for await (const step of followImport(admin, last.id)) last = step;
  return last;
};

const attach = ({ admin }: CampaignRun, campaignId: string, listId: string, priority: number): Promise<unknown> =>
  change(admin, 'CampaignList', 'attachContactList(input: $input)', '__typename', {
    input: { type: 'AttachContactListInput!', value: { campaignId, listId, priority } },
  });

export const listed = ({ admin }: CampaignRun, listId: string, kind: string, value: string): Promise<unknown> =>
  change(admin, 'AddedDncEntries', 'addDncEntries(input: $input)', 'added', {
    input: { type: 'AddDncEntriesInput!', value: { listId, kind, values: [value], source: 'letter' } },
  });

export const setUpCountries = async (run: CampaignRun, folder: string): Promise<Countries> => {
  const { admin, workspace } = run;
  const { campaignId } = workspace;
  const every = (day: string) => [day, HOME_HOURS.map(([start, end]) => ({ start, end }))];
  const week = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const strategy = await create(admin, 'ContactStrategy', {
    name: 'Mobile, then home in the morning',
    maxAttemptsPerDay: MOST.aDay,
    modes: [
      { mode: 'Mobile', attempts: 3, gapMinutes: MODE_GAPS.Mobile },
      { mode: 'Home', attempts: 2, gapMinutes: MODE_GAPS.Home, weekly: Object.fromEntries(week.map(every)) },
    ],
  });
  const set = await create(admin, 'TelephonyOutcomeSet', {
    name: 'Quick',
    rules: [
      { outcome: 'BUSY', action: 'RETRY', delayMinutes: OWN_DELAYS.BUSY },
      { outcome: 'NO_ANSWER', action: 'RETRY', delayMinutes: OWN_DELAYS.NO_ANSWER, nextMode: 'NEXT' },
      { outcome: 'UNREACHABLE', action: 'RETRY', delayMinutes: OWN_DELAYS.NO_ANSWER, nextMode: 'NEXT' },
    ],
  });
  await update(run, campaignId, {
    contactStrategyId: strategy.id,
    telephonyOutcomeSetId: set.id,
    subject: 'offers',
    maxAttempts: MOST.own,
    callingHoursStartMinute: 0,
    callingHoursEndMinute: 1440,
  });
  const { campaign } = await admin.query<{ campaign: { groupId: string } }>(
    'query($id: ID!) { campaign(id: $id) { groupId } }',
    { id: campaignId },
  );
  const other = await create(admin, 'Campaign', {
    name: 'Autumn',
    groupId: campaign.groupId,
    subject: 'offers',
    maxAttempts: MOST.other,
  });
  const dnc = await create(admin, 'DncList', { name: 'Ours', kind: 'INTERNAL' });
  await listed(run, dnc.id, 'NUMBER', '+12125550196');
  await listed(run, dnc.id, 'CUSTOMER_ID', 'US-16');
  await listed(run, dnc.id, 'CUSTOMER_ID', 'GB-5');
  const list = (name: string, more: object) =>
    create(admin, 'ContactList', { name, fieldMapping: { ...columns, modes: MODES, ...more }, defaultCountry: 'US' });
  const americans = await list('Americans', { postalCode: 'zip' });
  const others = await list('Others', {});
  const shared = await list('Shared', {});
  const loaded = [
    await load(run, americans.id, 'CSV', join(folder, 'americans.csv'), csvOf(AMERICANS)),
    await load(run, others.id, 'JSON', join(folder, 'others.json'), jsonOf(OTHERS)),
    await load(run, shared.id, 'JSON', join(folder, 'shared.json'), jsonOf(SHARED)),
  ];
  // Of the Americans two are listed, one row has no number and one is there twice; of the others one is listed.
  expect(loaded).toMatchObject([
    { state: 'COMPLETED', rowsImported: AMERICANS.length - 2, rowsRejected: 3, rowsDuplicate: 1 },
    { state: 'COMPLETED', rowsImported: OTHERS.length - 1, rowsRejected: 1 },
    { state: 'COMPLETED', rowsImported: SHARED.length, rowsRejected: 0 },
  ]);
  await attach(run, campaignId, americans.id, 100);
  await attach(run, campaignId, others.id, 50);
  await attach(run, campaignId, shared.id, 10);
  await attach(run, other.id, shared.id, 100);
  return { campaignId, otherCampaignId: other.id, internalListId: dnc.id };
};
