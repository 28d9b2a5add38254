import { Client, type QueryResult } from 'pg';

/**
 * A client of which answers can be forgotten. pg, where it makes the promise itself, assigns a closure to a property of the query,
 * and V8 makes such closures old from the beginning: they hold the answer until all garbage is collected, not the young alone.
 */
export class ForgetfulClient extends Client {
  // The base class declares it for all forms of a query at once: text or configuration, then values, then what to call back.
  // biome-ignore lint/suspicious/noExplicitAny: as the base class has it
  override query(config: any, values?: any, callback?: any): any {
    const answersItself = typeof config?.submit === 'function' || typeof (callback ?? values) === 'function';
    if (answersItself) return super.query(config, values, callback);
    return new Promise<QueryResult>((resolve, reject) => {
      const answered = (error: Error | null, result: QueryResult) => (error ? reject(error) : resolve(result));
      super.query(config, values, answered);
    }).catch((error: Error) => {
      // The stack of whoever asked, as pg has it: the one that it comes with ends in the socket.
      Error.captureStackTrace(error);
      throw error;
    });
  }
}
