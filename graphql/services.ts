import { randomBytes } from 'node:crypto';
import type { Container } from '../src/container';
import { type Authenticator, createAuthenticator } from '../src/organisations/authentication';
import { createLogInService, type LogInService } from '../src/organisations/log-in';

/** What resolvers call: one entry per service, built once per api process. */
export interface Services {
  authenticator: Authenticator;
  logIn: LogInService;
}

export const buildServices = (container: Container): Services => {
  const { hot: pool, redis, config, logger } = container;
  const jwtSecret = config.auth.jwtSecret ?? randomBytes(32).toString('hex');
  if (!config.auth.jwtSecret) logger.warn('no OUTDIAL_JWT_SECRET: log-in tokens end with this process');
  const authenticator = createAuthenticator({ pool, jwtSecret, adminToken: config.auth.adminToken });
  const logIn = createLogInService({ pool, redis, jwtSecret, ttlSeconds: config.auth.jwtTtlSeconds });
  return { authenticator, logIn };
};
