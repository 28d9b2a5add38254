import type { Running } from './launch';

export type StoreName = 'postgres' | 'redis' | 'warehouse';

/** Where the embedded parts keep things; all below `OUTDIAL_HOME` unless a store cannot reach it. */
export interface StorePlace {
  /** Absolute path of `OUTDIAL_HOME`. */
  home: string;
  logs: string;
  /** Records of running processes. */
  run: string;
  say: (line: string) => void;
}

export interface Store extends Running {
  readonly url: string;
  readonly port: number;
}
