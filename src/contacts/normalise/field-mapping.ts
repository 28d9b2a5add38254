import { z } from 'zod';
import { parse, whole } from '../../infra/validate';

const column = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, { error: 'must be plain text' });

const modeColumn = z
  .object({
    mode: z.string().trim().min(1).max(40).describe('Contact mode: Mobile, Home, Work …'),
    column: column.describe('The column with its number.'),
  })
  .meta({ typeName: 'ContactModeColumnInput', description: 'A contact mode and the column with its number.' });

const noneTwice = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** Which column of a file is what. Frozen once anything was loaded into the list. */
export const fieldMappingInput = z
  .object({
    modes: z
      .array(modeColumn)
      .min(1)
      .max(10)
      .refine((modes) => noneTwice(modes.map(({ mode }) => mode)), { error: 'name a contact mode twice' })
      .describe('1–10 contact modes, in the order in which the numbers are tried.'),
    externalId: column.nullish().describe("Column with the customer's identity in your own system."),
    timeZone: column
      .nullish()
      .describe('Column with the IANA time zone of the person; where it is empty postal code or number decide.'),
    postalCode: column
      .nullish()
      .describe('Column with the postal code: of the US and Canada, it tells state or province, and the time zone.'),
    jurisdiction: column
      .nullish()
      .describe(
        'Column with the jurisdictions of the person, e.g. "US-FL": their law applies besides that of the number.',
      ),
    attributes: z
      .array(column)
      .max(100)
      .default([])
      .describe('Columns kept with the contact for the agent, at most 100.'),
    numberCheck: z
      .enum(['POSSIBLE', 'VALID'])
      .meta({ typeName: 'NumberCheck' })
      .default('POSSIBLE')
      .describe('POSSIBLE: right country, area and length. VALID: in a range that is assigned, by libphonenumber.'),
    numberLengthMin: whole({ min: 7, max: 15 }).default(7).describe('Fewest digits, country calling code included.'),
    numberLengthMax: whole({ min: 7, max: 15 }).default(15).describe('Most digits, country calling code included.'),
  })
  .refine(({ numberLengthMin, numberLengthMax }) => numberLengthMin <= numberLengthMax, {
    path: ['numberLengthMin'],
    error: 'is above numberLengthMax',
  })
  .meta({ typeName: 'FieldMappingInput', description: 'Which column of a file is what.' });

export type FieldMapping = z.output<typeof fieldMappingInput>;

/** As it is stored. `modes` may also be an object of mode to column, where the order of several does not matter. */
export const parseFieldMapping = (stored: unknown): FieldMapping => {
  const { modes } = (stored ?? {}) as { modes?: unknown };
  if (typeof modes !== 'object' || modes === null || Array.isArray(modes)) return parse(fieldMappingInput, stored);
  const listed = Object.entries(modes).map(([mode, name]) => ({ mode, column: name }));
  return parse(fieldMappingInput, { ...(stored as object), modes: listed });
};

/** Every column that the mapping names, each once. */
export const columnsOf = (mapping: FieldMapping): string[] => [
  ...new Set(
    [
      ...mapping.modes.map((mode) => mode.column),
      mapping.externalId,
      mapping.timeZone,
      mapping.postalCode,
      mapping.jurisdiction,
      ...mapping.attributes,
    ].filter((name): name is string => typeof name === 'string'),
  ),
];
