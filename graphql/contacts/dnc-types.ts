import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DNC_ENTRY_KINDS, DNC_LIST_KINDS } from '../../src/contacts/dnc/dnc-list';
import { OPT_OUT_SOURCES } from '../../src/contacts/dnc/opt-out-service';
import { DNC_IMPORT_FORMATS } from '../../src/contacts/dnc/registry/dnc-import';
import { DNC_SCRUB_STATES } from '../../src/contacts/dnc/scrub';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';
import { FileImportType, ImportState, StagedFileType } from './file-import-types';

const ListKind = enumOf('DncListKind', DNC_LIST_KINDS, 'For whom a do-not-call list holds.');
export const EntryKind = enumOf('DncEntryKind', DNC_ENTRY_KINDS, 'What an entry forbids.');
const ListingKind = enumOf('DncListingKind', [...DNC_LIST_KINDS, 'OPT_OUT'], 'Why somebody must not be called.');
const ImportFormat = enumOf('DncImportFormat', DNC_IMPORT_FORMATS, 'What kind of file it is.');
const ScrubState = enumOf('DncScrubState', DNC_SCRUB_STATES, 'Where a scrub stands.');
const Source = enumOf('OptOutSource', OPT_OUT_SOURCES, 'How an opt-out was said.');
const OptOutKind = enumOf('OptOutKind', ['NUMBER', 'CUSTOMER_ID'], 'Who opted out: a number or a person.');

@ObjectType('DncList', { description: 'Whom not to call: entries, and numbers imported as a whole.' })
export class DncListType extends RecordType {
  @Field({ description: 'Name of the list.' })
  name!: string;

  @Field(() => ListKind, {
    description: 'INTERNAL holds for every campaign, NDNC unless a campaign has it off, CUSTOM where it is chosen.',
  })
  kind!: string;

  @Field({ description: 'Whose registry it is, and how its numbers are read: ISO 3166.' })
  country!: string;

  @Field({ description: 'How many imported numbers are in force.' })
  importedNumbers!: number;

  @Field(() => Date, {
    nullable: true,
    description: 'Since when they are in force. A registry must be renewed by law.',
  })
  importedAt!: Date | null;
}

@ObjectType('DncEntry', { description: 'A number, a prefix or a customer that must not be called.' })
export class DncEntryType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: number;

  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field(() => EntryKind, { description: 'What the value is.' })
  kind!: string;

  @Field({ description: 'E.164 number, its beginning, or an external id.' })
  value!: string;

  @Field({ description: 'Where the request came from.' })
  source!: string;

  @Field({ description: 'Why.' })
  reason!: string;

  @Field({ description: 'Who added it.' })
  addedBy!: string;

  @Field({ description: 'When.' })
  addedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'Until when it holds; null: for good.' })
  expiresAt!: Date | null;
}

@ObjectType('AddedDncEntries', { description: 'What became of the values of a request.' })
export class AddedDncEntriesType {
  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field(() => Int, { description: 'New ones.' })
  added!: number;

  @Field(() => Int, { description: 'Such as stood in the list already and keep their source and reason.' })
  known!: number;
}

@ObjectType('RemovedDncEntries', { description: 'What became of the values of a request.' })
export class RemovedDncEntriesType {
  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field(() => Int, { description: 'How many stood in the list.' })
  removed!: number;
}

@ObjectType('DncListing', { description: 'One reason for which somebody must not be called.' })
export class DncListingType {
  @Field(() => ListingKind, { description: 'Of which kind the list is, or their own word.' })
  kind!: string;

  @Field(() => EntryKind, { description: 'What of them is listed.' })
  by!: string;

  @Field(() => ID, { nullable: true, description: 'The list; null: `dncNumbers`, or an opt-out.' })
  listId!: string | null;
}

@ObjectType('DncCheck', { description: 'Somebody who must not be called.' })
export class DncCheckType {
  @Field({ description: 'The number or external id that was asked about.' })
  value!: string;

  @Field(() => [DncListingType], { description: 'Why.' })
  listings!: DncListingType[];
}

@ObjectType('DncImport', { description: 'A file of numbers on its way into a do-not-call list.' })
export class DncImportType extends FileImportType {
  @Field(() => ImportFormat, { description: 'What kind of file it is.' })
  format!: string;

  @Field(() => String, { nullable: true, description: 'Of CSV: the column with the number.' })
  numberColumn!: string | null;

  @Field({ description: 'Whether it takes the place of the numbers before, or comes to them.' })
  replaces!: boolean;

  @Field({ description: 'Where the file comes from.' })
  source!: string;

  @Field({ description: 'Why.' })
  reason!: string;

  @Field(() => ImportState, {
    description:
      'Where it stands. COMPLETED: its numbers are in force, all at once. FAILED, CANCELLED: none of them is.',
  })
  state!: string;

  @Field({ description: 'Bytes of the file that were read: the first of two passes.' })
  bytesRead!: number;

  @Field({ description: 'Lines that were read, empty ones apart.' })
  linesRead!: number;

  @Field({ description: 'Lines that hold no number; see `dncImportErrors`.' })
  linesRejected!: number;

  @Field({ description: 'Lines whose number stood in the file before.' })
  linesDuplicate!: number;

  @Field({ description: 'Different numbers of the file that are stored.' })
  numbers!: number;

  @Field(() => Int, { description: 'How much of the second pass is done, 0–100.' })
  storedPercent!: number;
}

@ObjectType('StagedDncImport', { description: 'A new import and where its file goes.' })
export class StagedDncImportType extends StagedFileType {
  @Field(() => DncImportType, { description: 'The import.' })
  import!: DncImportType;
}

@ObjectType('DncImportError', { description: 'A line that holds no number.' })
export class DncImportErrorType {
  @Field({ description: 'Line of the file, from 1.' })
  line!: number;

  @Field({ description: 'Why, as a code.' })
  code!: string;

  @Field({ description: 'Why, in words, never with what stands in the line.' })
  message!: string;
}

@ObjectType('DncCount', { description: 'Contacts that are listed in one way.' })
export class DncCountType {
  @Field(() => ListingKind, { description: 'How.' })
  kind!: string;

  @Field({ description: 'How many.' })
  contacts!: number;
}

@ObjectType('DncScrub', {
  description: 'A check of a loaded contact list against the lists that hold for its campaigns.',
})
export class DncScrubType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => ID, { description: 'The contact list.' })
  listId!: string;

  @Field(() => ScrubState, { description: 'Where it stands.' })
  state!: string;

  @Field({ description: 'Contacts of the list.' })
  contactsTotal!: number;

  @Field({ description: 'Contacts that were checked.' })
  contactsRead!: number;

  @Field({ description: 'Contacts all of whose numbers must not be dialled.' })
  contactsListed!: number;

  @Field({ description: 'Times such a contact was waiting in a campaign and was closed there.' })
  contactsClosed!: number;

  @Field({ description: 'Rises with every change.' })
  seq!: number;

  @Field({ description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it began.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;
}

@ObjectType('CampaignDoNotCall', { description: 'Whom a campaign must not call, beyond what holds for all.' })
export class CampaignDoNotCallType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => Int, { description: "The campaign's version." })
  version!: number;

  @Field({ description: 'Whether national registries hold for it.' })
  ndnc!: boolean;

  @Field(() => String, { nullable: true, description: 'Why they do not.' })
  ndncOffReason!: string | null;

  @Field(() => [ID], { description: 'Lists of kind CUSTOM that hold for it.' })
  dncListIds!: string[];

  @Field({ description: 'Whether contacts that are listed are closed as they come into the campaign.' })
  scrubAtDelivery!: boolean;

  @Field(() => ID, { nullable: true, description: 'Rules by which people are not called.' })
  suppressionRuleSetId!: string | null;
}

@ObjectType('OptOut', { description: 'Somebody who does not want to be called any more.' })
export class OptOutType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => OptOutKind, { description: 'NUMBER, or CUSTOMER_ID: every number of the person.' })
  kind!: string;

  @Field({ description: 'The number, masked for roles that do not see numbers, or the external id.' })
  value!: string;

  @Field(() => Source, { description: 'How the person said it.' })
  source!: string;

  @Field({ description: 'What the person said, in words.' })
  reason!: string;

  @Field(() => ID, { nullable: true, description: 'The call it was said in.' })
  attemptId!: string | null;

  @Field({ description: 'Who noted it.' })
  addedBy!: string;

  @Field({ description: 'Since when it holds.' })
  addedAt!: Date;

  @Field(() => String, { nullable: true, description: 'Who took it back.' })
  withdrawnBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When; null: it is in force.' })
  withdrawnAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why.' })
  withdrawalReason!: string | null;
}
