import argon2 from 'argon2';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { OutdialError } from '../errors';
import type { Role } from './caller';
import { digest, signSession } from './tokens';

export const LOG_IN_LIMITS = {
  /** Failed log-ins for one e-mail address. */
  perAddress: { points: 5, seconds: 900 },
  /** Failed log-ins from one place. */
  perPlace: { points: 50, seconds: 900 },
} as const;

export interface LogIn {
  token: string;
  expiresAt: Date;
  userId: string;
  roles: Role[];
  agentId: string | null;
}

export interface LogInService {
  logIn(email: string, password: string, place: string): Promise<LogIn>;
}

export interface LogInDeps {
  pool: Pool;
  redis: Redis;
  jwtSecret: string;
  ttlSeconds: number;
}

interface UserRow {
  id: string;
  organisation_id: string;
  password_hash: string | null;
  roles: Role[];
  status: string;
  agent_id: string | null;
}

const FIND = `/* log-in.find */
SELECT u.id, u.organisation_id, u.password_hash, u.roles, u.status, a.id AS agent_id
FROM app_user u LEFT JOIN agent a ON a.user_id = u.id WHERE lower(u.email) = lower($1)`;

/** Memory-hard enough for a password, short enough for a burst of log-ins at the start of a shift. */
const ARGON = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => argon2.hash(password, ARGON);

/** Without Redis each api counts by itself: the limit loosens, it never falls. */
const limiter = (redis: Redis, name: string, { points, seconds }: { points: number; seconds: number }) =>
  new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `login:${name}`,
    points,
    duration: seconds,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ points, duration: seconds }),
  });

export const createLogInService = ({ pool, redis, jwtSecret, ttlSeconds }: LogInDeps): LogInService => {
  const perAddress = limiter(redis, 'address', LOG_IN_LIMITS.perAddress);
  const perPlace = limiter(redis, 'place', LOG_IN_LIMITS.perPlace);
  // Unknown addresses cost the same time as known ones.
  const decoy = hashPassword(`decoy ${jwtSecret}`);

  const take = async (which: RateLimiterRedis, key: string): Promise<void> => {
    try {
      await which.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      throw new OutdialError('TOO_MANY_ATTEMPTS', `too many failed log-ins: try again in ${seconds} s`);
    }
  };

  return {
    async logIn(email, password, place) {
      const address = digest(email.trim().toLowerCase()).toString('base64url');
      // Counted before the check, given back after a success: attempts at the same time cannot slip through.
      await take(perPlace, place);
      await take(perAddress, address);
      const { rows } = await pool.query<UserRow>({ name: 'log-in.find', text: FIND, values: [email.trim()] });
      const user = rows[0];
      const matches = await argon2.verify(user?.password_hash ?? (await decoy), password.slice(0, 1000));
      if (!user?.password_hash || !matches || user.status !== 'ACTIVE') {
        throw new OutdialError('UNAUTHENTICATED', 'the e-mail address or the password is not right');
      }
      await Promise.all([perAddress.delete(address), perPlace.reward(place)]);
      const issuedAt = Date.now();
      const expiresAt = Math.floor((issuedAt + ttlSeconds * 1000) / 1000) * 1000;
      const token = await signSession(jwtSecret, {
        userId: user.id,
        organisationId: user.organisation_id,
        issuedAt,
        expiresAt,
      });
      return { token, expiresAt: new Date(expiresAt), userId: user.id, roles: user.roles, agentId: user.agent_id };
    },
  };
};
