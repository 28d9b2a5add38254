/** Why a row was kept out of a list, or a part of it left out. Messages never hold a telephone number. */
export const REASONS = [
  'MISSING_NUMBER',
  'NOT_A_NUMBER',
  'NUMBER_TOO_SHORT',
  'NUMBER_TOO_LONG',
  'NUMBER_NOT_VALID',
  'COUNTRY_UNKNOWN',
  'AREA_UNKNOWN',
  'EXTENSION_NOT_ALLOWED',
  'ZONE_UNKNOWN',
  'JURISDICTION_UNKNOWN',
  'VALUE_TOO_LONG',
  'ROW_TOO_LONG',
  'MALFORMED_ROW',
  'DNC',
  'DUPLICATE',
  /** The contact was taken in; one of its further numbers was not. */
  'FURTHER_NUMBER_LEFT_OUT',
] as const;
export type ReasonCode = (typeof REASONS)[number];

export interface Reason {
  field: string;
  code: ReasonCode;
  message: string;
}

export const reason = (field: string, code: ReasonCode, message: string): Reason => ({ field, code, message });
