import { Arg, Args, Ctx, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { ContactImport } from '../../src/contacts/imports/contact-import';
import { createContactImportInput } from '../../src/contacts/imports/import-service';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change, resultOf } from '../refusal';
import { Connection, ConnectionArgs, connection } from '../relay';
import { followJob } from '../subscriptions/follow-job';
import { ContactImportErrorType, ContactImportType, StagedContactImportType } from './types';

const { page: ImportPage, result: ImportResult } = shapesOf('ContactImport', ContactImportType);
const ErrorPage = Connection('ContactImportError', () => ContactImportErrorType);
const StagedResult = resultOf('CreateContactImportResult', () => StagedContactImportType, 'StagedContactImport');
const CreateInput = inputFrom('CreateContactImportInput', createContactImportInput, 'A file that is to come.');

@Resolver(() => ContactImportType)
export class ContactImportResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ContactImportType, { nullable: true, description: 'One import.' })
  contactImport(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.imports.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ImportPage, { description: 'Imports of the organisation, or of one list.' })
  contactImports(
    @CurrentCaller() caller: Caller,
    @Arg('listId', () => ID, { nullable: true }) listId: string | undefined,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.imports.list(caller, page, listId));
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => ErrorPage, { description: 'Rows that were kept out; as CSV at /imports/<id>/errors.csv.' })
  contactImportErrors(
    @CurrentCaller() caller: Caller,
    @Arg('importId', () => ID) importId: string,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(
      args,
      (page) => services.imports.errors(caller, importId, page),
      ({ rowNo }) => String(rowNo),
    );
  }

  @Change(() => StagedResult, 'Makes an import and the address for its file.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  async createContactImport(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    const { import: made, uploadToken } = await services.imports.create(caller, input);
    return { import: made, uploadUrl: uploadToken && `/uploads/${uploadToken}` };
  }

  @Change(() => ImportResult, 'Ends an import; contacts it has taken stay.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  cancelContactImport(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.imports.cancel(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => ContactImportType, {
    name: 'contactImport',
    description: 'Progress of an import: where it stands first, then every change.',
    subscribe: followJob<ContactImport>(({ services }) => services.imports, topics.contactImport),
  })
  contactImportProgress(@Root() view: ContactImport, @Arg('id', () => ID) _id: string): ContactImport {
    return view;
  }
}
