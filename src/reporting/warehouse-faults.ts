import { ClickHouseError } from '@clickhouse/client';

/**
 * What the warehouse answers when the rows themselves are wrong, by ClickHouse's error codes: parsing, types, ranges,
 * nulls, encoding. Everything else (no connection, no memory, a missing table, a bug in our statement) is an outage: the
 * rows wait, because setting them aside would lose good facts.
 */
const ROW_FAULTS = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '43', // ILLEGAL_TYPE_OF_ARGUMENT
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '130', // CANNOT_READ_ARRAY_FROM_TEXT
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '376', // CANNOT_PARSE_UUID
  '407', // DECIMAL_OVERFLOW
  '467', // CANNOT_PARSE_BOOL
  '691', // UNKNOWN_ELEMENT_OF_ENUM
]);

/** The code with ClickHouse's name for it, never its message: that quotes the row. */
export const rowFault = (error: unknown): string | undefined =>
  error instanceof ClickHouseError && ROW_FAULTS.has(error.code)
    ? [error.code, error.type].filter(Boolean).join(' ')
    : undefined;
