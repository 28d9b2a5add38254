import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Container } from '../../src/container';
import type { Context } from '../context';
import { formatError } from '../format-error';
import { checkCost } from '../limits/cost';
import { depthRule } from '../limits/depth';

/** More than any honest query has; what is beyond is refused while it is read. */
export const MAX_TOKENS = 10_000;

const costPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, request }) {
        checkCost(schema, document, request.variables, request.operationName);
      },
    };
  },
};

const metricsPlugin = ({ metrics }: Container): ApolloServerPlugin<Context> => {
  const seconds = metrics.histogram(
    'outdial_graphql_seconds',
    'Time to answer a GraphQL operation over HTTP.',
    [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    ['operation', 'result'],
  );
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async willSendResponse({ operation, errors }) {
          const labels = { operation: operation?.operation ?? 'none', result: errors ? 'error' : 'ok' };
          seconds.observe(labels, (performance.now() - started) / 1000);
        },
      };
    },
  };
};

export const createApollo = (container: Container, schema: GraphQLSchema): ApolloServer<Context> =>
  new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    validationRules: [depthRule],
    parseOptions: { maxTokens: MAX_TOKENS },
    formatError: (formatted, error) => formatError(formatted, error, container.logger),
    plugins: [ApolloServerPluginLandingPageDisabled(), costPlugin, metricsPlugin(container)],
    // Shutting down is the role's matter.
    stopOnTerminationSignals: false,
    logger: container.logger.child({ part: 'apollo' }),
  });
