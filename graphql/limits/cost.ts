import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { PAGE_SIZE } from '../../src/infra/page';

/** A page of 200 campaigns with twenty fields costs about 4,400. */
export const MAX_COST = 20_000;

/** A list costs its page size times what one entry costs. */
const pageEstimator: ComplexityEstimator = ({ args, childComplexity, field }) => {
  if (!field.args.some(({ name }) => name === 'first')) return 1 + childComplexity;
  const first = typeof args.first === 'number' ? args.first : PAGE_SIZE.default;
  return 1 + Math.max(1, first) * Math.max(1, childComplexity);
};

/** Throws QUERY_TOO_COSTLY; faults in the variables are left to the execution, which words them. */
export const checkCost = (
  schema: GraphQLSchema,
  query: DocumentNode,
  variables: Record<string, unknown> | undefined,
  operationName: string | undefined,
): void => {
  const cost = costOf(schema, query, variables, operationName);
  if (cost <= MAX_COST) return;
  throw new GraphQLError(
    `the query would cost ${cost} and may cost ${MAX_COST}: ask for smaller pages or fewer fields`,
    {
      extensions: { code: 'QUERY_TOO_COSTLY', http: { status: 400 } },
    },
  );
};

const costOf = (
  schema: GraphQLSchema,
  query: DocumentNode,
  variables: Record<string, unknown> | undefined,
  operationName: string | undefined,
): number => {
  try {
    return getComplexity({
      schema,
      query,
      variables: variables ?? {},
      ...(operationName ? { operationName } : {}),
      estimators: [fieldExtensionsEstimator(), pageEstimator],
      maxQueryNodes: MAX_COST,
    });
  } catch (error) {
    if (error instanceof GraphQLError && /maximum|nodes/i.test(error.message)) return MAX_COST + 1;
    return 0;
  }
};
