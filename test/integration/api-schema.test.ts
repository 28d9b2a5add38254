import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { declaredRoles } from '../../graphql/auth/allow';
import { createSchema, printSorted } from '../../graphql/schema';

const FILE = join(__dirname, '..', '..', 'graphql', 'schema.graphql');

/** `npx jest api-schema -u` writes the file anew, as it does for snapshots. */
const updating = (): boolean => {
  const { snapshotState } = expect.getState() as { snapshotState?: { _updateSnapshot?: string } };
  return snapshotState?._updateSnapshot === 'all';
};

describe('the schema', () => {
  let schema: GraphQLSchema;

  beforeAll(async () => {
    schema = await createSchema();
  });

  const rootFields = () =>
    [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}).map((field) => ({ type: type?.name, field })),
    );

  test('stands in graphql/schema.graphql', () => {
    const printed = printSorted(schema);
    if (updating()) writeFileSync(FILE, printed);
    expect(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '').toBe(printed);
  });

  test('has a role for every query, mutation and subscription', () => {
    const open = rootFields().filter(({ field }) => !declaredRoles(field)?.length);
    expect(open.map(({ type, field }) => `${type}.${field.name}`)).toEqual([]);
    const unguarded = rootFields().filter(({ field }) => declaredRoles(field)?.includes('PUBLIC'));
    expect(unguarded.map(({ field }) => field.name)).toEqual(['logIn']);
  });

  test('describes every type and field', () => {
    const bare: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || ['Query', 'Mutation', 'Subscription'].includes(type.name)) continue;
      if (!type.description) bare.push(type.name);
      if (!('getFields' in type)) continue;
      for (const field of Object.values(type.getFields()))
        if (!field.description) bare.push(`${type.name}.${field.name}`);
    }
    for (const { type, field } of rootFields()) if (!field.description) bare.push(`${type}.${field.name}`);
    expect(bare).toEqual([]);
  });
});
