import type { Container } from '../src/container';
import type { Caller } from '../src/organisations/caller';

export type Loaders = Record<string, never>;

export const createLoaders = (_container: Container, _caller: Caller | undefined): Loaders => ({});
