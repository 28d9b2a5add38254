import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ContactList } from '../../src/contacts/lists/contact-list';
import { createContactListInput, updateContactListInput } from '../../src/contacts/lists/contact-list-service';
import { type FieldMapping, parseFieldMapping } from '../../src/contacts/normalise/field-mapping';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { ContactListType, FieldMappingType } from './types';

const { page: ListPage, result: ListResult } = shapesOf('ContactList', ContactListType);
const CreateInput = inputFrom('CreateContactListInput', createContactListInput, 'A list and how its files are read.');
const UpdateInput = inputFrom('UpdateContactListInput', updateContactListInput, 'Changes to a list.');

@Resolver(() => ContactListType)
export class ContactListResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ContactListType, { nullable: true, description: 'One contact list.' })
  contactList(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contactLists.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ListPage, { description: 'Contact lists of the organisation.' })
  contactLists(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.contactLists.list(caller, page));
  }

  @FieldResolver(() => FieldMappingType, { description: 'Which column is what.' })
  fieldMapping(@Root() list: ContactList): FieldMapping {
    return parseFieldMapping(list.fieldMapping);
  }

  @Change(() => ListResult, 'Makes a contact list.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createContactList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contactLists.create(caller, input);
  }

  @Change(
    () => ListResult,
    'Changes a list; its mapping only while nothing is loaded.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateContactList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contactLists.update(caller, input);
  }

  @Change(
    () => ListResult,
    'Its contacts are not dialled until it is resumed; calls in flight go on.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  stopContactList(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contactLists.stop(caller, id);
  }

  @Change(
    () => ListResult,
    'Its contacts are dialled again as they stood.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  resumeContactList(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contactLists.resume(caller, id);
  }
}
