import type { ApiClient, Variables } from './graphql-client';

/** A mutation was refused: `code`, and the field at fault if there is one. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly field: string | null,
  ) {
    super(message);
  }
}

interface RefusalShape {
  __typename: 'Refusal';
  code: string;
  message: string;
  field: string | null;
}

/**
 * Runs a mutation whose result is `<type> | Refusal` and returns the type's `fields`; throws `Refused` otherwise.
 * `call` is the mutation with its arguments, e.g. `createTeam(input: $input)`; `variables` declares them.
 */
export const change = async <T>(
  client: ApiClient,
  type: string,
  call: string,
  fields: string,
  declared: Record<string, { type: string; value: unknown }>,
): Promise<T> => {
  const heads = Object.entries(declared).map(([name, { type: of }]) => `$${name}: ${of}`);
  const variables: Variables = Object.fromEntries(Object.entries(declared).map(([name, { value }]) => [name, value]));
  const document = `mutation${heads.length ? `(${heads.join(', ')})` : ''} {
  result: ${call} { __typename ... on ${type} { ${fields} } ... on Refusal { code message field } }
}`;
  const { result } = await client.query<{ result: T | RefusalShape }>(document, variables);
  const refusal = result as RefusalShape;
  if (refusal.__typename === 'Refusal') throw new Refused(refusal.code, refusal.message, refusal.field);
  return result as T;
};

/** A creating mutation by the convention `create<Type>(input: Create<Type>Input!)`. */
export const create = <T = { id: string }>(
  client: ApiClient,
  type: string,
  input: Record<string, unknown>,
  fields = 'id',
): Promise<T> =>
  change<T>(client, type, `create${type}(input: $input)`, fields, {
    input: { type: `Create${type}Input!`, value: input },
  });
