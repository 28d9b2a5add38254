/** SQLSTATE classes and codes by which PostgreSQL says that it is going away, starting, or out of connections. */
const AWAY_STATES = /^(08...|57P0[1-5]|53300)$/;

const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);

const AWAY_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|the database system is|not currently accepting connections|server closed the connection/i;

/** Whether an error of `pg` or TypeORM means that the database cannot be reached, as against a faulty statement. */
export const isStoreAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) return true;
  if (AWAY_MESSAGES.test(error.message)) return true;
  return driverError !== undefined && driverError !== error && isStoreAway(driverError);
};
