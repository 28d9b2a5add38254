import type { Server } from 'node:http';
import { GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import type { Context as Connection } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Container } from '../../src/container';
import type { Caller } from '../../src/organisations/caller';
import { identify } from '../auth/identity';
import { createContext } from '../context';
import { formatError } from '../format-error';
import { MAX_TOKENS } from '../http/apollo';
import { checkCost } from '../limits/cost';
import { depthRule } from '../limits/depth';
import type { Services } from '../services';
import { keepSocket, RESUMABLE_CLOSE } from './socket-keeper';

export interface WebSocketApi {
  close(): Promise<void>;
}

type Params = { authorization?: unknown };

type Session = Extra & Record<PropertyKey, unknown> & { caller?: Caller; release?: () => void };

export interface WebSocketOptions {
  container: Container;
  services: Services;
  schema: GraphQLSchema;
  server: Server;
  maxPayload: number;
}

/** A peer that vanished without a word is found out within two of these: its agent is not present any more. */
const KEEP_ALIVE_MS = 5_000;

/** Subscriptions (and any other operation) by graphql-transport-ws on the HTTP server's own port. */
export const serveWebSocket = ({ container, services, schema, server, maxPayload }: WebSocketOptions): WebSocketApi => {
  const wss = new WebSocketServer({ server, path: '/graphql', maxPayload });
  // Without a listener an error of the HTTP server, heard by both, would end the process.
  wss.on('error', () => undefined);
  const open = container.metrics.gauge('outdial_websockets', 'Open WebSocket connections.');
  const { logger } = container;

  const refuse = (socket: WebSocket, code: string) =>
    socket.close(RESUMABLE_CLOSE[code as keyof typeof RESUMABLE_CLOSE] ?? 4401, code);

  const stop = useServer<Params, Session>(
    {
      async onConnect(ctx) {
        const { extra } = ctx;
        const authorization = ctx.connectionParams?.authorization ?? extra.request.headers.authorization;
        const { caller, authError } = await identify(services.authenticator, authorization);
        if (authError) {
          refuse(extra.socket, authError.code);
          return;
        }
        open.inc();
        if (!caller) return;
        extra.caller = caller;
        extra.release = keepSocket(extra.socket, {
          caller,
          check: () => identify(services.authenticator, authorization),
        });
      },
      onDisconnect(ctx) {
        open.dec();
        ctx.extra.release?.();
      },
      onClose(ctx) {
        ctx.extra.release?.();
      },
      onSubscribe(ctx: Connection<Params, Session>, _id, payload) {
        try {
          const document = parse(payload.query, { maxTokens: MAX_TOKENS });
          const faults = validate(schema, document, [...specifiedRules, depthRule]);
          if (faults.length > 0) return faults;
          checkCost(schema, document, payload.variables ?? undefined, payload.operationName ?? undefined);
          const { caller, request } = ctx.extra;
          return {
            schema,
            document,
            variableValues: payload.variables,
            operationName: payload.operationName,
            contextValue: createContext(
              container,
              services,
              caller ? { caller } : {},
              request.socket.remoteAddress ?? 'unknown',
            ),
          };
        } catch (error) {
          if (error instanceof GraphQLError) return [error];
          throw error;
        }
      },
      onError: (_ctx, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error, logger)),
      onNext: (_ctx, _id, _payload, _args, result) =>
        result.errors
          ? { ...result, errors: result.errors.map((error) => formatError(error.toJSON(), error, logger)) }
          : result,
    },
    wss,
    KEEP_ALIVE_MS,
  );

  return {
    async close() {
      await stop.dispose();
    },
  };
};
