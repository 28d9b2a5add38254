import type { Container } from '../src/container';
import type { OutdialError } from '../src/errors';
import type { Caller } from '../src/organisations/caller';
import { createLoaders, type Loaders } from './loaders';
import type { Services } from './services';

/** What every resolver gets. Loaders live for one request; over WebSocket, for one message of a subscription. */
export interface Context {
  container: Container;
  services: Services;
  loaders: Loaders;
  /** Absent without a valid token: use `@CurrentCaller()`, which refuses then. */
  caller?: Caller;
  /** Why the token that was given is not valid. */
  authError?: OutdialError;
  /** Where the request comes from, for limits on log-ins. */
  remoteAddress: string;
}

export interface Identity {
  caller?: Caller;
  authError?: OutdialError;
}

export const createContext = (
  container: Container,
  services: Services,
  identity: Identity,
  remoteAddress: string,
): Context => ({ container, services, loaders: createLoaders(container, identity.caller), remoteAddress, ...identity });
