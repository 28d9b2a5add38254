import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Contact } from '../../src/contacts/contact';
import { createContactInput, updateContactInput } from '../../src/contacts/contact-input';
import { LAW_SEPARATOR } from '../../src/contacts/jurisdictions/jurisdiction-finder';
import { ZONE_SEPARATOR } from '../../src/contacts/zones/candidate-zones';
import { isOutdialError } from '../../src/errors';
import { type Caller, ROLES } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { ContactAttributeType, ContactNumberType, ContactType } from './types';

const { page: ContactPage, result: ContactResult } = shapesOf('Contact', ContactType);
const CreateInput = inputFrom('CreateContactInput', createContactInput, 'One person for a list.');
const UpdateInput = inputFrom('UpdateContactInput', updateContactInput, 'Changes to a contact.');

@Resolver(() => ContactType)
export class ContactResolver {
  @Allow(...ROLES)
  @Query(() => ContactType, { nullable: true, description: 'One contact.' })
  async contact(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contacts.get(caller, id).catch((error: unknown) => {
      if (isOutdialError(error) && error.code === 'NOT_FOUND') return null;
      throw error;
    });
  }

  @Allow(...ROLES)
  @Query(() => ContactPage, { description: 'Contacts of a list, in the order in which they came.' })
  contacts(
    @CurrentCaller() caller: Caller,
    @Arg('listId', () => ID) listId: string,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.contacts.list(caller, listId, page));
  }

  @FieldResolver(() => [ContactNumberType], { description: 'All numbers, in the order in which they are tried.' })
  numbers(@Root() { numbers }: Contact): ContactNumberType[] {
    return numbers.map(({ mode, number, zone, law = '' }) => ({
      mode,
      number,
      zones: zone.split(ZONE_SEPARATOR),
      jurisdictions: law.split(LAW_SEPARATOR).filter(Boolean),
    }));
  }

  @FieldResolver(() => [ContactAttributeType], { description: 'What is known of the person.' })
  attributes(@Root() { attributes }: Contact): ContactAttributeType[] {
    return Object.entries(attributes).map(([name, value]) => ({ name, value }));
  }

  @Change(
    () => ContactResult,
    'Adds one contact to a list, also while its campaigns run.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  createContact(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contacts.create(caller, input);
  }

  @Change(
    () => ContactResult,
    'Changes a contact, also while its campaigns run: wherever it waits it goes on with its new numbers.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateContact(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contacts.update(caller, input);
  }
}
