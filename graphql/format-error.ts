import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode, isOutdialError, OutdialError } from '../src/errors';
import type { Logger } from '../src/infra/logger';
import { isStoreAway } from '../src/infra/store-away';

const codeInCatalogue = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);

/** Faults in the query itself: their message comes from graphql-js and names only what the schema publishes. */
const QUERY_FAULTS = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

const causeOf = (error: unknown): unknown => {
  let inner = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  return inner;
};

/** What somebody sent must not be repeated to whoever reads the answer or a log of it: numbers, names, passwords. */
const withoutValues = (message: string): string =>
  message
    .replace(/ (non[- ]\w+(?: \w+)? )?value: .*$/s, ' the value given')
    .replace(/Value ".*" does not exist in/s, 'the value given does not exist in')
    // The last semicolon ends the value, which may hold some of its own.
    .replace(/^(Variable "\$\w+") got invalid value .*?( at "[\w.[\]]+")?; (?=[^;]*$)/s, '$1 got an invalid value$2; ');

/** The error as the catalogue has it; what is unknown becomes INTERNAL with a reference to the log. */
export const toOutdialError = (error: unknown, logger: Logger): OutdialError => {
  const cause = causeOf(error);
  if (isOutdialError(cause)) return cause;
  if (isStoreAway(cause)) {
    return new OutdialError('STORE_UNAVAILABLE', 'the database cannot be reached at the moment; try again');
  }
  if (error instanceof GraphQLError) {
    // Apollo puts a code of its own over that of a validation rule.
    const code =
      cause instanceof GraphQLError ? (cause.extensions.code ?? error.extensions.code) : error.extensions.code;
    if (codeInCatalogue(code)) return new OutdialError(code, error.message);
    // Without an original error it comes from graphql-js itself: syntax, validation, coercion of variables.
    if (cause instanceof GraphQLError || QUERY_FAULTS.has(String(code)) || code === 'BAD_USER_INPUT') {
      return new OutdialError('INVALID_INPUT', withoutValues(error.message));
    }
  }
  const reference = randomUUID();
  logger.error({ err: cause, reference }, 'unexpected error in the api');
  return new OutdialError('INTERNAL', `something went wrong; the log has it under ${reference}`);
};

/** Codes of the catalogue only: no stack, no echo of inputs. */
export const formatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  logger: Logger,
): GraphQLFormattedError => {
  const known = toOutdialError(error, logger);
  return {
    message: known.message,
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: {
      code: known.code,
      retryable: known.retryable,
      ...(known.field ? { field: known.field } : {}),
    },
  };
};
