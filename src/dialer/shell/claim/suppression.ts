import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import type { SuppressionVerdict } from '../../../compliance/suppression/evaluate';
import type { Sql } from '../../../infra/postgres';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';

const READ = `/* claim.attributes */
SELECT id, attributes FROM contact WHERE organisation_id = $1 AND id = ANY($2::bigint[])`;

export type Attributes = ReadonlyMap<number, Readonly<Record<string, unknown>>>;

const NONE: Attributes = new Map();

/** Of the contacts whose campaign has chosen rules; without such nothing is asked. */
export const readAttributes = async (
  sql: Sql,
  organisationId: string,
  contacts: readonly ContactFacts[],
  campaigns: ReadonlyMap<string, CampaignFacts>,
): Promise<Attributes> => {
  const ruled = contacts.filter(({ campaignId }) => campaigns.get(campaignId)?.suppression);
  if (ruled.length === 0) return NONE;
  const { rows } = await sql.query<{ id: number; attributes: Record<string, unknown> }>({
    name: 'claim.attributes',
    text: READ,
    values: [organisationId, ruled.map(({ contactId }) => contactId)],
  });
  return new Map(rows.map(({ id, attributes }) => [id, attributes]));
};

/** Those of the law's codes (`US|US-FL`); of a contact that came before codes did, all that share the calling code. */
export const countriesOf = (law: string, number: string): string[] => {
  if (law !== '') return [...new Set(law.split('|').map((code) => code.slice(0, 2)))];
  try {
    const parsed = parsePhoneNumberWithError(number);
    return parsed.country ? [parsed.country] : parsed.getPossibleCountries();
  } catch {
    return [];
  }
};

/** The rules of a campaign for one contact. */
export interface ContactRules {
  set: string;
  version: number;
  /** For each of its numbers, by its place; pure. */
  at(place: number, moment: number): SuppressionVerdict;
}

/** Null: the campaign has chosen none. */
export const suppressionOf = (
  { suppression }: CampaignFacts,
  { contactId, listId, numbers }: ContactFacts,
  known: Attributes,
): ContactRules | null => {
  if (!suppression) return null;
  const { name, version, rules } = suppression;
  const attributes = known.get(contactId) ?? {};
  return {
    set: name,
    version,
    at(place, moment) {
      const { mode, number, zone, law = '' } = numbers[place] as ContactFacts['numbers'][number];
      return rules.at({ attributes, listId, mode, zones: zone, countries: countriesOf(law, number) }, moment);
    },
  };
};
