import type { ReasonCode } from '../normalise/reason';

/** One row of a file: the values of the wanted columns, or what is wrong with it. */
export type FileRow =
  | { line: number; values: readonly (string | undefined)[]; fault?: undefined }
  | { line: number; fault: { code: ReasonCode; message: string }; values?: undefined };

/** No contact needs a row of more bytes: a longer one is refused without being held in memory. */
export const MAX_ROW_BYTES = 128 * 1024;
