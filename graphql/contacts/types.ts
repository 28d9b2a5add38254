import { Field, ID, Int, ObjectType } from 'type-graphql';
import { LOAD_SCRUBS } from '../../src/contacts/dnc/scrub-load';
import { IMPORT_FORMATS } from '../../src/contacts/imports/contact-import';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';
import { FileImportType, ImportState, StagedFileType } from './file-import-types';

const NumberCheck = enumOf('NumberCheck', ['POSSIBLE', 'VALID'], 'How closely numbers are looked at.');
const ImportFormat = enumOf('ContactImportFormat', IMPORT_FORMATS, 'What kind of file it is.');
const LoadScrub = enumOf('LoadScrub', LOAD_SCRUBS, 'Against what rows are checked as they are loaded.');

@ObjectType('ContactModeColumn', { description: 'A contact mode and the column with its number.' })
export class ContactModeColumnType {
  @Field({ description: 'Contact mode.' })
  mode!: string;

  @Field({ description: 'The column.' })
  column!: string;
}

@ObjectType('FieldMapping', { description: 'Which column of a file is what.' })
export class FieldMappingType {
  @Field(() => [ContactModeColumnType], { description: 'In the order in which the numbers are tried.' })
  modes!: ContactModeColumnType[];

  @Field(() => String, { nullable: true, description: "Column of the customer's identity in your own system." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'Column of the IANA time zone.' })
  timeZone?: string | null;

  @Field(() => String, { nullable: true, description: 'Column of the postal code.' })
  postalCode?: string | null;

  @Field(() => String, { nullable: true, description: 'Column of the jurisdictions.' })
  jurisdiction?: string | null;

  @Field(() => [String], { description: 'Columns kept with the contact.' })
  attributes!: string[];

  @Field(() => NumberCheck, { description: 'How closely numbers are looked at.' })
  numberCheck!: string;

  @Field(() => Int, { description: 'Fewest digits of a number, 7–15.' })
  numberLengthMin!: number;

  @Field(() => Int, { description: 'Most digits of a number, 7–15.' })
  numberLengthMax!: number;
}

@ObjectType('ContactList', { description: 'Contacts that came by the same columns.' })
export class ContactListType extends RecordType {
  @Field({ description: 'Name of the list.' })
  name!: string;

  @Field({ description: 'How numbers without a country calling code are read: ISO 3166.' })
  defaultCountry!: string;

  @Field(() => LoadScrub, { description: 'Which do-not-call lists keep rows out as they are loaded.' })
  dncScrubAtLoad!: string;

  @Field(() => Int, { description: 'How many contacts it has.' })
  contacts!: number;

  @Field(() => Date, { nullable: true, description: 'Since when mapping and country are frozen.' })
  loadedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'From then on its contacts are not dialled.' })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'Since when it is stopped; null: it is not.' })
  stoppedAt!: Date | null;
}

@ObjectType('ContactNumber', { description: 'A number of a contact.' })
export class ContactNumberType {
  @Field({ description: 'Contact mode.' })
  mode!: string;

  @Field({ description: 'E.164; masked for roles that do not see numbers.' })
  number!: string;

  @Field(() => [String], { description: 'IANA time zones it may be in: a call must be lawful in each.' })
  zones!: string[];

  @Field(() => [String], { description: 'Jurisdictions under whose law it is dialled; the strictest of all applies.' })
  jurisdictions!: string[];
}

@ObjectType('ContactAttribute', { description: 'What is known of a contact.' })
export class ContactAttributeType {
  @Field({ description: 'The column it came from.' })
  name!: string;

  @Field({ description: 'Its value.' })
  value!: string;
}

@ObjectType('Contact', { description: 'A person in a list.' })
export class ContactType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: number;

  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field(() => ID, { nullable: true, description: 'The import it came by.' })
  importId!: string | null;

  @Field(() => String, { nullable: true, description: 'Identity in your own system.' })
  externalId!: string | null;

  @Field({ description: 'When it was taken in.' })
  createdAt!: Date;

  @Field(() => Int, { description: 'Rises with every change; an update names the version it saw.' })
  version!: number;
}

@ObjectType('ContactImport', { description: 'One file on its way into a list.' })
export class ContactImportType extends FileImportType {
  @Field(() => ImportFormat, { description: 'What kind of file it is.' })
  format!: string;

  @Field(() => ImportState, { description: 'Where it stands. COMPLETED, FAILED and CANCELLED are final.' })
  state!: string;

  @Field({ description: 'Bytes of the file that were read.' })
  bytesRead!: number;

  @Field(() => Int, { description: 'Rows that were read: imported, duplicate and rejected ones.' })
  rowsRead!: number;

  @Field(() => Int, { description: 'Rows that became contacts.' })
  rowsImported!: number;

  @Field(() => Int, { description: 'Rows whose number was in the list already.' })
  rowsDuplicate!: number;

  @Field(() => Int, { description: 'Rows that were kept out; see `contactImportErrors`.' })
  rowsRejected!: number;
}

@ObjectType('StagedContactImport', { description: 'A new import and where its file goes.' })
export class StagedContactImportType extends StagedFileType {
  @Field(() => ContactImportType, { description: 'The import.' })
  import!: ContactImportType;
}

@ObjectType('ContactImportError', { description: 'A row that was kept out, or a part of one that was left out.' })
export class ContactImportErrorType {
  @Field(() => Int, { description: 'Row of the file, from 1, the header not counted.' })
  rowNo!: number;

  @Field(() => Int, { description: 'Line of the file, from 1.' })
  line!: number;

  @Field({ description: 'The column at fault; empty when it is the whole row.' })
  field!: string;

  @Field({ description: 'Why, as a code.' })
  code!: string;

  @Field({ description: 'Why, in words, never with the number itself.' })
  message!: string;
}

@ObjectType('CampaignList', { description: 'A list that a campaign dials.' })
export class CampaignListType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field(() => Int, { description: 'Lists of lower priority are dialled first, 1–1000.' })
  priority!: number;

  @Field({ description: 'Since when.' })
  attachedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When all its contacts stood in the campaign; null: not yet.' })
  filledAt!: Date | null;
}

@ObjectType('DetachedList', { description: 'A list that a campaign no longer dials.' })
export class DetachedListType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => ID, { description: 'The list.' })
  listId!: string;
}

@ObjectType('DncNumber', { description: 'A number that must not be dialled.' })
export class DncNumberType {
  @Field({ description: 'E.164.' })
  number!: string;

  @Field({ description: 'Where the request came from.' })
  source!: string;

  @Field({ description: 'Why.' })
  reason!: string;

  @Field({ description: 'Who added it.' })
  addedBy!: string;

  @Field({ description: 'When.' })
  addedAt!: Date;

  @Field(() => Int, { description: 'Rises with every change; an update names the version it saw.' })
  version!: number;
}
