/**
 * The catalogue of errors that may leave the system. `message` is public: it names the field, the value and what is
 * allowed, and never holds a secret, a stack or personal data. `retryable` says whether the same request may succeed later.
 */
export const ERROR_CATALOGUE = {
  INVALID_INPUT: { retryable: false, status: 400 },
  NOT_FOUND: { retryable: false, status: 404 },
  CONFLICT: { retryable: false, status: 409 },
  VERSION_CONFLICT: { retryable: true, status: 409 },
  INVALID_STATE: { retryable: false, status: 409 },
  NOT_READY: { retryable: false, status: 409 },
  IN_USE: { retryable: false, status: 409 },
  UNAUTHENTICATED: { retryable: false, status: 401 },
  TOKEN_EXPIRED: { retryable: false, status: 401 },
  FORBIDDEN: { retryable: false, status: 403 },
  TOO_MANY_ATTEMPTS: { retryable: true, status: 429 },
  QUERY_TOO_DEEP: { retryable: false, status: 400 },
  QUERY_TOO_COSTLY: { retryable: false, status: 400 },
  PAYLOAD_TOO_LARGE: { retryable: false, status: 413 },
  DIALER_UNAVAILABLE: { retryable: true, status: 503 },
  /** A subscription ended because another desktop of the agent took over. */
  REPLACED: { retryable: true, status: 409 },
  COMMAND_EXPIRED: { retryable: true, status: 409 },
  STORE_UNAVAILABLE: { retryable: true, status: 503 },
  REPORTS_UNAVAILABLE: { retryable: true, status: 503 },
  INTERNAL: { retryable: false, status: 500 },
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export class OutdialError extends Error {
  readonly retryable: boolean;
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** The input field at fault, as a dotted path, when there is one. */
    readonly field?: string,
    /** Never shown to a caller; goes to the log only. */
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'OutdialError';
    this.retryable = ERROR_CATALOGUE[code].retryable;
    this.status = ERROR_CATALOGUE[code].status;
  }
}

export const invalid = (field: string, message: string): OutdialError =>
  new OutdialError('INVALID_INPUT', message, field);

export const notFound = (what: string, id: string): OutdialError =>
  new OutdialError('NOT_FOUND', `${what} ${id} does not exist`);

export const isOutdialError = (error: unknown): error is OutdialError => error instanceof OutdialError;
