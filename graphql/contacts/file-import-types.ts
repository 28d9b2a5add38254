import { Field, ID, ObjectType } from 'type-graphql';
import { IMPORT_STATES } from '../../src/contacts/imports/file-import';
import { enumOf } from '../enums';

export const ImportState = enumOf('ContactImportState', IMPORT_STATES, 'Where an import stands.');

/** What every import of a file shows. */
@ObjectType()
export abstract class FileImportType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => ID, { description: 'The list.' })
  listId!: string;

  @Field({ description: 'Size of the file in bytes.' })
  bytesTotal!: number;

  @Field(() => String, { nullable: true, description: 'Why the whole file failed, as a code.' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Why the whole file failed, in words.' })
  errorMessage!: string | null;

  @Field({ description: 'Rises with every change.' })
  seq!: number;

  @Field({ description: 'Who made it.' })
  createdBy!: string;

  @Field({ description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When its first line was read.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;

  @Field({ description: 'Until when its file may be uploaded.' })
  uploadExpiresAt!: Date;
}

/** Where the file of a new import goes. */
@ObjectType()
export abstract class StagedFileType {
  @Field(() => String, {
    nullable: true,
    description:
      'Path on this server for one PUT or POST of the file, streamed, without further credentials; null when the answer is repeated and the file was uploaded already. A secret.',
  })
  uploadUrl!: string | null;
}
