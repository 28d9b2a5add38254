import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Config } from '../config';
import type { RoleName } from '../embedded/supervisor';
import type { Lifecycle } from '../infra/shutdown';

export type RunRole = (config: Config, life: Lifecycle) => Promise<void>;

const root = join(__dirname, '..', '..');

/**
 * Where each role's `runRole` is, from the compiled root. They are paths, loaded at run time, because `src/` imports neither
 * `graphql/` nor `jobs/`: the command line is the one place that knows them all, and only by name.
 */
const MODULES: Record<RoleName, string> = {
  api: 'graphql/main',
  worker: 'jobs/main',
  dialer: 'src/dialer/main',
  switch: 'src/telephony/simulated-switch/main',
  demo: 'src/demo/main',
};

export const ROLE_NAMES = Object.keys(MODULES) as RoleName[];

const fileOf = (role: RoleName): string => join(root, `${MODULES[role]}${extname(__filename)}`);

export const roleExists = (role: RoleName): boolean => existsSync(fileOf(role));

export class RoleMissingError extends Error {}

export const loadRole = async (role: RoleName): Promise<RunRole> => {
  const file = fileOf(role);
  if (!existsSync(file)) throw new RoleMissingError(`The role ${role} is not part of this build (${MODULES[role]})`);
  const loaded = (await import(file)) as { runRole?: RunRole };
  if (!loaded.runRole) throw new RoleMissingError(`${MODULES[role]} exports no runRole`);
  return loaded.runRole;
};
