import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Container } from '../src/container';
import { type ErrorCode, isOutdialError, OutdialError } from '../src/errors';
import { identify } from './auth/identity';
import { createContext } from './context';
import { toOutdialError } from './format-error';
import { createApollo } from './http/apollo';
import { serveExplorer } from './http/explorer';
import { serveHealthRoutes } from './http/health-routes';
import { ROUTES } from './http/routes';
import { createSchema } from './schema';
import { buildServices } from './services';
import { serveWebSocket } from './subscriptions/web-socket';

/** Uploads are staged and streamed by routes of their own; a GraphQL request is small. */
export const MAX_BODY_BYTES = 1_000_000;

export interface Api {
  /** Of HTTP, without the path. */
  url: string;
  wsUrl: string;
  port: number;
  close(): Promise<void>;
}

export interface ApiOptions {
  /** 0 takes a free port. */
  port: number;
  host?: string;
}

const answerErrors = (app: FastifyInstance, { logger }: Container): void => {
  const send = (error: OutdialError) => ({
    errors: [
      {
        message: error.message,
        extensions: { code: error.code, retryable: error.retryable, ...(error.field ? { field: error.field } : {}) },
      },
    ],
  });
  const known = (error: FastifyError): OutdialError => {
    if (isOutdialError(error)) return error;
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return new OutdialError('PAYLOAD_TOO_LARGE', `a request may have ${MAX_BODY_BYTES} bytes`);
    }
    const code: ErrorCode = 'INVALID_INPUT';
    if (error.statusCode && error.statusCode < 500) return new OutdialError(code, 'the request cannot be read');
    return toOutdialError(error, logger);
  };
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const answer = known(error);
    return reply.code(answer.status).send(send(answer));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(send(new OutdialError('NOT_FOUND', 'there is nothing here: GraphQL is at /graphql'))),
  );
};

/** GraphQL over HTTP and WebSocket, uploads, explorer, health and metrics on one port. */
export const startApi = async (container: Container, { port, host = '127.0.0.1' }: ApiOptions): Promise<Api> => {
  const services = buildServices(container);
  const schema = await createSchema();
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true, trustProxy: false });
  answerErrors(app, container);
  const apollo = createApollo(container, schema);
  apollo.addPlugin(fastifyApolloDrainPlugin(app));
  await apollo.start();
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => {
        const identity = await identify(services.authenticator, request.headers.authorization);
        return createContext(container, services, identity, request.ip);
      },
    }),
  });
  serveHealthRoutes(app, container);
  serveExplorer(app);
  for (const routes of ROUTES) routes(app, container, services);
  await app.ready();
  const sockets = serveWebSocket({ container, services, schema, server: app.server, maxPayload: MAX_BODY_BYTES });
  await app.listen({ port, host });
  const address = app.server.address();
  const actual = address && typeof address === 'object' ? address.port : port;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${name}:${actual}`,
    wsUrl: `ws://${name}:${actual}/graphql`,
    port: actual,
    close: async () => {
      await sockets.close();
      await apollo.stop();
      await app.close();
      await services.jobs.close();
    },
  };
};
