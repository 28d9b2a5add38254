import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config';

const readJson = (file: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Where the API is and who asks: as told, else the installation of this OUTDIAL_HOME. */
export const findApi = (config: Config, told: { url?: string; token?: string }): { url: string; token: string } => {
  const home = resolve(config.home);
  const url = told.url ?? text(readJson(join(home, 'supervisor.lock')).url) ?? `http://127.0.0.1:${config.api.port}`;
  const token = told.token ?? config.auth.adminToken ?? text(readJson(join(home, 'secrets.json')).adminToken);
  if (!token) throw new Error('A token is needed: --token <token>, or OUTDIAL_ADMIN_TOKEN');
  return { url: url.replace(/\/+$/, ''), token };
};
