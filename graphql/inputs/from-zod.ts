import { Field, Float, GraphQLISODateTime, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { enumOf } from '../enums';

/** Name and description of an enum or a nested object, by `.meta({ typeName, description })`. */
interface Meta {
  typeName?: string;
  description?: string;
}

const metaOf = (schema: z.ZodType): Meta => (schema.meta() ?? {}) as Meta;

interface Peeled {
  inner: z.ZodType;
  optional: boolean;
  fallback: unknown;
  description: string | undefined;
}

/** Takes off what makes a field optional and keeps the outermost description and the default. */
const peel = (schema: z.ZodType): Peeled => {
  let inner = schema;
  let optional = false;
  let fallback: unknown;
  let description = metaOf(schema).description;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) fallback = inner.def.defaultValue;
    else if (!(inner instanceof z.ZodOptional || inner instanceof z.ZodNullable)) break;
    optional = true;
    inner = inner.unwrap() as z.ZodType;
    description ??= metaOf(inner).description;
  }
  return { inner, optional, fallback, description };
};

type Class = new () => object;

/** Inputs are asked for, objects are answered: each with its own nested types. */
interface Kind {
  nested: Map<string, Class>;
  make(name: string, schema: z.ZodObject, description: string): Class;
}

const nestedType = (schema: z.ZodObject, kind: Kind): Class => {
  const { typeName: id, description } = metaOf(schema);
  if (!id) throw new Error('A nested input needs a name: .meta({ typeName })');
  const made = kind.nested.get(id) ?? kind.make(id, schema, description ?? id);
  kind.nested.set(id, made);
  return made;
};

type TypeOf = () => unknown;

const typeOf = (schema: z.ZodType, kind: Kind): TypeOf => {
  if (schema instanceof z.ZodArray) {
    const element = typeOf(schema.element as z.ZodType, kind);
    return () => [element()];
  }
  if (schema instanceof z.ZodEnum) {
    const { typeName: id } = metaOf(schema);
    if (!id) throw new Error('An enum of an input needs a name: .meta({ typeName })');
    const made = enumOf(id, schema.options.map(String), `Values of ${id}.`);
    return () => made;
  }
  if (schema instanceof z.ZodObject) {
    const made = nestedType(schema, kind);
    return () => made;
  }
  if (schema instanceof z.ZodNumberFormat) return () => Int;
  if (schema instanceof z.ZodNumber) return () => Float;
  if (schema instanceof z.ZodBoolean) return () => Boolean;
  if (schema instanceof z.ZodDate) return () => GraphQLISODateTime;
  // Ids that are no uuids, those of contacts, say so by their type's name.
  if (schema instanceof z.ZodUUID || metaOf(schema).typeName === 'ID') return () => ID;
  if (schema instanceof z.ZodString || schema instanceof z.ZodEmail) return () => String;
  throw new Error(`No GraphQL type for ${schema.def.type}`);
};

const rangeOf = (schema: z.ZodType): string | undefined => {
  if (!(schema instanceof z.ZodNumber)) return undefined;
  const { minValue, maxValue } = schema;
  const bounded = minValue !== null && maxValue !== null && Number.isFinite(minValue) && Number.isFinite(maxValue);
  return bounded && Math.abs(maxValue) < Number.MAX_SAFE_INTEGER ? `${minValue}–${maxValue}.` : undefined;
};

const describe = ({ inner, fallback, description }: Peeled): string => {
  const plain = fallback !== undefined && typeof fallback !== 'object';
  const shown = fallback === '' ? 'empty' : String(fallback);
  return [description, rangeOf(inner), plain ? `Default ${shown}.` : undefined].filter(Boolean).join(' ');
};

const classOf = (name: string, schema: z.ZodObject, kind: Kind): Class => {
  const made = { [name]: class {} }[name] as Class;
  for (const [key, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const peeled = peel(field);
    // What has a default is always there once it was taken in.
    const nullable = kind === OBJECTS ? peeled.optional && peeled.fallback === undefined : peeled.optional;
    Field(typeOf(peeled.inner, kind) as never, { nullable, description: describe(peeled) })(made.prototype, key);
  }
  return made;
};

const INPUTS: Kind = {
  nested: new Map(),
  make(name, schema, description) {
    const made = classOf(name, schema, INPUTS);
    InputType(name, { description })(made);
    return made;
  },
};

const OBJECTS: Kind = {
  nested: new Map(),
  make(name, schema, description) {
    const made = classOf(name.replace(/Input$/, ''), schema, OBJECTS);
    ObjectType(name.replace(/Input$/, ''), { description })(made);
    return made;
  },
};

/**
 * The GraphQL input of a service's own schema: fields, ranges, defaults and descriptions are declared once, where they
 * are validated. Everything optional or with a default may be left out.
 */
export const inputFrom = (name: string, schema: z.ZodObject, description: string): Class =>
  INPUTS.make(name, schema, description);

/** Likewise the object that shows what such an input took in; a nested `…Input` becomes `…`. */
export const objectFrom = (name: string, schema: z.ZodObject, description: string): Class =>
  OBJECTS.make(name, schema, description);

/** An object type that was written by hand stands for a nested input of that name. */
export const showAs = (input: string, object: Class): void => {
  OBJECTS.nested.set(input, object);
};
