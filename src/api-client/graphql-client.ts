import { type Client, createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface GraphqlFault {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; retryable?: boolean; field?: string } & Record<string, unknown>;
}

/** The answer had errors: `code` is that of the first. */
export class GraphqlFailure extends Error {
  readonly code: string | undefined;

  constructor(
    readonly errors: readonly GraphqlFault[],
    readonly status?: number,
  ) {
    super(errors.map(({ message, extensions }) => `${extensions?.code ?? '?'}: ${message}`).join('\n'));
    this.code = errors[0]?.extensions?.code;
  }
}

export type Variables = Record<string, unknown>;

export interface ApiClient {
  /** Over HTTP; throws GraphqlFailure when the answer has errors. */
  query<T = Record<string, never>>(document: string, variables?: Variables): Promise<T>;
  /** Over WebSocket; ends when the server completes it, throws GraphqlFailure or the close event it ended with. */
  subscribe<T = Record<string, never>>(document: string, variables?: Variables): AsyncIterableIterator<T>;
  close(): Promise<void>;
}

/**
 * `url` is that of HTTP without a path, e.g. `http://127.0.0.1:4000`. With `retryAttempts` a subscription outlives a lost
 * connection; every message is a full view, so nothing is lost with it.
 */
export const createClient = (url: string, token?: string, { retryAttempts = 0 } = {}): ApiClient => {
  const authorization = token ? `Bearer ${token}` : undefined;
  let socket: Client | undefined;
  const connect = (): Client => {
    socket ??= createSocketClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: true,
      retryAttempts,
      shouldRetry: () => true,
      ...(authorization ? { connectionParams: { authorization } } : {}),
    });
    return socket;
  };
  return {
    async query<T>(document: string, variables: Variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body: JSON.stringify({ query: document, variables }),
      });
      const answer = (await response.json()) as { data?: T; errors?: GraphqlFault[] };
      if (answer.errors) throw new GraphqlFailure(answer.errors, response.status);
      return answer.data as T;
    },
    async *subscribe<T>(document: string, variables: Variables = {}) {
      const stream = connect().iterate({ query: document, variables });
      try {
        for await (const { data, errors } of stream) {
          if (errors) throw new GraphqlFailure(errors.map((error) => ({ ...error, path: undefined }) as GraphqlFault));
          yield data as T;
        }
      } catch (error) {
        throw Array.isArray(error) ? new GraphqlFailure(error as GraphqlFault[]) : error;
      } finally {
        await stream.return?.();
      }
    },
    async close() {
      await socket?.dispose();
    },
  };
};
