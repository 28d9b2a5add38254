import type { GraphQLField } from 'graphql';
import {
  type AuthCheckerInterface,
  Authorized,
  createParameterDecorator,
  Extensions,
  type ParameterDecorator,
  type ResolverData,
} from 'type-graphql';
import { OutdialError } from '../../src/errors';
import { type Caller, hasRole, type Role } from '../../src/organisations/caller';
import type { Context } from '../context';

/** Roles as they stand in the schema's extensions, where a test reads them: a root field without any is a fault. */
export const declaredRoles = (field: GraphQLField<unknown, unknown>): readonly string[] | undefined =>
  field.extensions.allow as readonly string[] | undefined;

/** The roles that may use this field; ADMIN always may. Goes on every query, mutation and subscription. */
export const Allow =
  (...roles: [Role, ...Role[]]): MethodDecorator & PropertyDecorator =>
  (target: object, key: string | symbol, descriptor?: PropertyDescriptor) => {
    Authorized<Role>(roles)(target, key, descriptor as never);
    Extensions({ allow: roles })(target, key, descriptor as never);
  };

/** For log-in and what else needs no token. */
export const Public = (): MethodDecorator => (target: object, key: string | symbol, descriptor: PropertyDescriptor) => {
  Extensions({ allow: ['PUBLIC'] })(target, key, descriptor as never);
};

export const callerOf = (context: Context): Caller => {
  if (context.caller) return context.caller;
  throw context.authError ?? new OutdialError('UNAUTHENTICATED', 'a token is needed: authorization: Bearer <token>');
};

export class RoleChecker implements AuthCheckerInterface<Context, Role> {
  check({ context }: ResolverData<Context>, roles: Role[]): boolean {
    const caller = callerOf(context);
    if (hasRole(caller, ...roles)) return true;
    throw new OutdialError('FORBIDDEN', `this needs one of the roles ADMIN, ${roles.join(', ')}`);
  }
}

/** Parameter decorator: the authenticated caller. */
export const CurrentCaller = (): ParameterDecorator =>
  createParameterDecorator<Context>(({ context }) => callerOf(context));
