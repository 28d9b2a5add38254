import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql';

export type Operation = 'query' | 'mutation' | 'subscription';

export interface RootField {
  operation: Operation;
  field: GraphQLField<unknown, unknown>;
}

export const rootFields = (schema: GraphQLSchema): RootField[] =>
  (
    [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
      ['subscription', schema.getSubscriptionType()],
    ] as const
  ).flatMap(([operation, type]) => Object.values(type?.getFields() ?? {}).map((field) => ({ operation, field })));

/** What to put where an id is asked for: by the name of the argument or field. */
export type IdFor = (name: string) => string;

type Input = GraphQLArgument | GraphQLInputField;

const inputValue = (name: string, type: Input['type'], idFor: IdFor): unknown => {
  if (isNonNullType(type)) return inputValue(name, type.ofType, idFor);
  if (isListType(type)) return [inputValue(name.replace(/s$/, ''), type.ofType, idFor)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) return objectOf(Object.values(type.getFields()), idFor);
  if (!isScalarType(type)) throw new Error(`No value for ${name}`);
  switch (type.name) {
    case 'ID':
      return idFor(name);
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    case 'DateTimeISO':
      return '2030-01-01T00:00:00.000Z';
    default:
      return name === 'email' ? 'walker@example.com' : name === 'idempotencyKey' ? undefined : 'walked by the test';
  }
};

const asksForIds = (type: Input['type']): boolean => {
  const named = getNamedType(type);
  return (
    named.name === 'ID' ||
    (isInputObjectType(named) && Object.values(named.getFields()).some((f) => asksForIds(f.type)))
  );
};

/** Values for what must be given and for every id; the rest is left out. */
const objectOf = (inputs: readonly Input[], idFor: IdFor): Record<string, unknown> =>
  Object.fromEntries(
    inputs
      .filter(({ type }) => isNonNullType(type) || asksForIds(type))
      .map(({ name, type }) => [name, inputValue(name, type, idFor)]),
  );

export const takesIds = ({ field }: RootField): boolean => field.args.some(({ type }) => asksForIds(type));

const selectionOf = (type: GraphQLOutputType, depth: number): string => {
  const named = getNamedType(type);
  if (isUnionType(named)) {
    const parts = named.getTypes().map((part) => `... on ${part.name} ${selectionOf(part, depth)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (field.args.some((argument) => isNonNullType(argument.type))) return [];
    if (!isObjectType(inner) && !isUnionType(inner)) return [field.name];
    return depth > 0 ? [`${field.name} ${selectionOf(field.type, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
};

export interface Call {
  document: string;
  variables: Record<string, unknown>;
}

/** A call of a root field with generated arguments that asks for all it may. */
export const callOf = ({ operation, field }: RootField, idFor: IdFor, depth = 3): Call => {
  const variables = objectOf(field.args, idFor);
  const used = field.args.filter(({ name }) => name in variables);
  const heads = used.map(({ name, type }) => `$${name}: ${String(type)}`);
  const given = used.map(({ name }) => `${name}: $${name}`);
  const head = heads.length > 0 ? `(${heads.join(', ')})` : '';
  const call = given.length > 0 ? `(${given.join(', ')})` : '';
  return {
    document: `${operation} ${head} { answer: ${field.name}${call} ${selectionOf(field.type, depth)} }`,
    variables,
  };
};
