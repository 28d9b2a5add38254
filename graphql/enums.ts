import { registerEnumType } from 'type-graphql';

const known = new Map<string, object>();

/** The GraphQL enum of that name over the values a zod schema or our tables know; registered once. */
export const enumOf = (name: string, values: readonly string[], description: string): object => {
  const before = known.get(name);
  if (before) return before;
  const made = Object.fromEntries(values.map((value) => [value, value]));
  registerEnumType(made, { name, description });
  known.set(name, made);
  return made;
};
