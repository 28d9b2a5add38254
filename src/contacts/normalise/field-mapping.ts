import { z } from 'zod';
import { invalid } from '../../errors';

/** Which column of a file is what. Frozen once anything was loaded into the list. */
const column = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must be plain text');

export const fieldMappingShape = z
  .strictObject({
    /** Contact mode (Mobile, Home, …) to column, in the order in which the numbers are tried. */
    modes: z.record(z.string().trim().min(1).max(40), column),
    /** The customer's identity in the caller's own system. */
    externalId: column.nullish(),
    /** IANA time zone of the person; where it is empty the number decides. */
    timeZone: column.nullish(),
    /** Columns kept with the contact for the agent. */
    attributes: z.array(column).max(100).default([]),
    /** POSSIBLE: right country, area and length. VALID: in a range that is assigned, by libphonenumber. */
    numberCheck: z.enum(['POSSIBLE', 'VALID']).default('POSSIBLE'),
    numberLengthMin: z.number().int().min(7).max(15).default(7),
    numberLengthMax: z.number().int().min(7).max(15).default(15),
  })
  .refine(({ modes }) => Object.keys(modes).length >= 1 && Object.keys(modes).length <= 10, {
    path: ['modes'],
    message: 'must name 1–10 contact modes',
  })
  .refine(({ numberLengthMin, numberLengthMax }) => numberLengthMin <= numberLengthMax, {
    path: ['numberLengthMin'],
    message: 'must not be above numberLengthMax',
  });

export type FieldMapping = z.infer<typeof fieldMappingShape>;

export const parseFieldMapping = (value: unknown, field = 'fieldMapping'): FieldMapping => {
  const parsed = fieldMappingShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [field, ...(issue?.path ?? [])].join('.');
  throw invalid(path, `${path}: ${issue?.message}`);
};

/** Every column that the mapping names, each once. */
export const columnsOf = (mapping: FieldMapping): string[] => [
  ...new Set(
    [...Object.values(mapping.modes), mapping.externalId, mapping.timeZone, ...mapping.attributes].filter(
      (name): name is string => typeof name === 'string',
    ),
  ),
];
