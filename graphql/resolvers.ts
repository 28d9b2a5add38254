import type { NonEmptyArray } from 'type-graphql';
import { AuthResolver } from './auth/auth-resolver';

/** Every resolver class of the API, one line each. */
export const RESOLVERS: NonEmptyArray<new () => object> = [AuthResolver];
