import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema, type PubSub } from 'type-graphql';
import { RoleChecker } from './auth/allow';
import { RESOLVERS } from './resolvers';

/** Subscriptions follow rows (see subscriptions/follow-row), never type-graphql's own topics. */
const noTopics: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Subscriptions follow rows: declare `subscribe`');
  },
};

export const createSchema = (): Promise<GraphQLSchema> =>
  // Inputs are validated by the services with zod, whose messages name field, value and range.
  buildSchema({ resolvers: RESOLVERS, authChecker: RoleChecker, pubSub: noTopics, validate: false });

/** What stands in graphql/schema.graphql. */
export const printSorted = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
