import fastifyStatic from '@fastify/static';
import { getDistDirectory, isSandboxFrame, renderAltair, renderInitSnippet, SANDBOX_FRAME_CSP } from 'altair-static';
import type { FastifyInstance } from 'fastify';

const BASE = '/explorer/';
const INIT_FILE = 'initial-options.js';

const FIRST_QUERY = `# Set the token under "Set Headers": authorization = Bearer <token>
{
  me { organisationId actor roles }
  campaigns { edges { node { id name state readiness { missing { code message } } } } }
}
`;

const options = {
  baseURL: BASE,
  endpointURL: '/graphql',
  subscriptionsEndpoint: '/graphql',
  initialSubscriptionRequestHandlerId: 'graphql-ws' as const,
  initialHeaders: { authorization: 'Bearer ' },
  initialQuery: FIRST_QUERY,
  serveInitialOptionsInSeperateRequest: `${BASE}${INIT_FILE}`,
};

/** The explorer page at `/`, from files of this installation alone: it works without the internet. */
export const serveExplorer = (app: FastifyInstance): void => {
  const page = renderAltair(options);
  const init = renderInitSnippet(options);
  app.get('/', (_request, reply) => reply.type('text/html').send(page));
  app.get(`${BASE}${INIT_FILE}`, (_request, reply) => reply.type('text/javascript').send(init));
  app.register(fastifyStatic, {
    root: getDistDirectory(),
    prefix: BASE,
    index: false,
    setHeaders: (reply, path) => {
      if (isSandboxFrame(path)) reply.setHeader('content-security-policy', SANDBOX_FRAME_CSP);
    },
  });
};
