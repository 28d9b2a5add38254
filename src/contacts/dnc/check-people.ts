import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid } from '../../errors';
import type { Clock } from '../../infra/clock';
import { e164 } from '../../infra/telephone';
import { id, parse, text } from '../../infra/validate';
import type { Caller } from '../../organisations/caller';
import { findListed, holdsAt, type Listing, listingsOf } from './listed';

export const checkDoNotCallInput = z.object({
  numbers: z.array(e164()).max(1_000).default([]).describe('At most 1000, in E.164 form.'),
  customerIds: z.array(text(100)).max(1_000).default([]).describe('At most 1000 external ids.'),
  ndnc: z.boolean().default(true).describe('Whether national registries are asked.'),
  dncListIds: z.array(id()).max(100).default([]).describe('Lists of kind CUSTOM to ask as well.'),
});

export interface CheckedPerson {
  value: string;
  listings: Listing[];
}

/** Which of them must not be called, and why; those that may be called are left out. */
export const checkPeople = async (
  { pool, clock }: { pool: Pool; clock: Clock },
  caller: Caller,
  input: unknown,
): Promise<CheckedPerson[]> => {
  const { numbers, customerIds, ndnc, dncListIds: listIds } = parse(checkDoNotCallInput, input);
  if (numbers.length + customerIds.length === 0) throw invalid('numbers', 'numbers or customerIds must be given');
  const people = [
    ...numbers.map((number) => ({ number, customerId: null })),
    // A customer without a number: nothing but the id is looked up.
    ...customerIds.map((customerId) => ({ number: '+0', customerId })),
  ];
  const listings = await findListed(pool, caller.organisationId, people);
  return people
    .map((person) => ({
      value: person.customerId ?? person.number,
      listings: listingsOf(listings, person, { ndnc, listIds }).filter(holdsAt(clock.date())),
    }))
    .filter((checked) => checked.listings.length > 0);
};
