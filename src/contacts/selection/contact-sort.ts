import { z } from 'zod';
import { invalid } from '../../errors';
import { text } from '../../infra/validate';
import { valueType } from './contact-filter';

export const SORT_DIRECTIONS = ['ASCENDING', 'DESCENDING'] as const;

const sortColumn = z
  .object({
    attribute: text(100).describe('Column of the list, one of its attributes.'),
    type: valueType
      .default('TEXT')
      .describe('How its values compare; a date is YYYY-MM-DD. Texts: any case, 40 characters.'),
    direction: z
      .enum(SORT_DIRECTIONS)
      .meta({ typeName: 'SortDirection' })
      .default('ASCENDING')
      .describe('Contacts without the value come last in either.'),
  })
  .meta({ typeName: 'ContactSortInput', description: 'One column by which contacts are ordered.' });

export const contactSort = z.array(sortColumn).max(4);

export type ContactSort = z.output<typeof contactSort>;

/** Refuses a column that is named twice: the second would never decide. */
export const checkSort = (sort: ContactSort, field = 'contactSort'): void => {
  const seen = new Set<string>();
  for (const { attribute } of sort) {
    if (seen.has(attribute)) throw invalid(field, `${field}: "${attribute}" is named twice`);
    seen.add(attribute);
  }
};
