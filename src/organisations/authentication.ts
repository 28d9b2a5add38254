import type { Pool } from 'pg';
import { OutdialError } from '../errors';
import type { Caller, Role } from './caller';
import { digest, looksLikeApiKey, sameSecret, verifySession } from './tokens';

export interface Authenticator {
  /** From `Bearer <token>`; throws UNAUTHENTICATED or TOKEN_EXPIRED. */
  authenticate(authorization: string): Promise<Caller>;
}

export interface AuthenticatorDeps {
  pool: Pool;
  jwtSecret: string;
  /** The fixed administrator token of the first organisation, if one is configured. */
  adminToken?: string | undefined;
}

const KEY = `/* auth.key */
UPDATE api_key SET last_used_at = CASE
    WHEN last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute' THEN $2 ELSE last_used_at END
WHERE key_hash = $1
RETURNING id`;

const READ_KEY = `/* auth.key.read */
SELECT k.id, k.organisation_id, k.user_id, k.roles, k.expires_at, k.revoked_at, k.last_used_at, k.created_by,
       u.status AS user_status, u.roles AS user_roles, a.id AS agent_id
FROM api_key k
LEFT JOIN app_user u ON u.id = k.user_id
LEFT JOIN agent a ON a.user_id = k.user_id
WHERE k.key_hash = $1`;

const READ_USER = `/* auth.user */
SELECT u.id, u.organisation_id, u.roles, u.status, u.tokens_valid_from, a.id AS agent_id
FROM app_user u LEFT JOIN agent a ON a.user_id = u.id
WHERE u.id = $1 AND u.organisation_id = $2`;

const FIRST_ORGANISATION = `/* auth.first */ SELECT id FROM organisation ORDER BY created_at, id LIMIT 1`;

/** Keys made by the bootstrap stand for the administrator of the whole installation. */
export const BOOTSTRAP_ACTOR = 'bootstrap';

interface KeyRow {
  id: string;
  organisation_id: string;
  user_id: string | null;
  roles: Role[];
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  created_by: string;
  user_status: string | null;
  user_roles: Role[] | null;
  agent_id: string | null;
}

interface UserRow {
  id: string;
  organisation_id: string;
  roles: Role[];
  status: string;
  tokens_valid_from: Date | null;
  agent_id: string | null;
}

const refused = (why: string): OutdialError => new OutdialError('UNAUTHENTICATED', why);
const NOT_VALID = 'the token is not valid';
const LAST_USED_STEP_MS = 60_000;

/**
 * Every request asks the database, so that a revoked key, a disabled user or a changed password counts from the next
 * request on. Times here are real time, never the business clock.
 */
export const createAuthenticator = ({ pool, jwtSecret, adminToken }: AuthenticatorDeps): Authenticator => {
  const byAdminToken = async (): Promise<Caller> => {
    const { rows } = await pool.query<{ id: string }>(FIRST_ORGANISATION);
    if (!rows[0]) throw refused('there is no organisation yet');
    return { organisationId: rows[0].id, actor: 'admin-token', roles: ['ADMIN'], platform: true };
  };

  const byKey = async (token: string): Promise<Caller> => {
    const hash = digest(token);
    const { rows } = await pool.query<KeyRow>({ name: 'auth.key.read', text: READ_KEY, values: [hash] });
    const key = rows[0];
    if (!key) throw refused(NOT_VALID);
    if (key.revoked_at) throw refused('the API key has been revoked');
    const now = Date.now();
    if (key.expires_at && key.expires_at.getTime() <= now) {
      throw new OutdialError('TOKEN_EXPIRED', 'the API key has expired');
    }
    if (key.user_id && key.user_status !== 'ACTIVE') throw refused('the user has been disabled');
    if (!key.last_used_at || now - key.last_used_at.getTime() > LAST_USED_STEP_MS) {
      await pool.query({ name: 'auth.key', text: KEY, values: [hash, new Date(now)] });
    }
    const { user_roles: userRoles } = key;
    return {
      organisationId: key.organisation_id,
      actor: `key:${key.id}`,
      // A key never outlives the rights of the user it acts for.
      roles:
        userRoles && !userRoles.includes('ADMIN') ? key.roles.filter((role) => userRoles.includes(role)) : key.roles,
      ...(key.user_id ? { userId: key.user_id } : {}),
      ...(key.agent_id ? { agentId: key.agent_id } : {}),
      ...(key.expires_at ? { tokenExpiresAt: key.expires_at.getTime() } : {}),
      ...(key.created_by === BOOTSTRAP_ACTOR ? { platform: true } : {}),
    };
  };

  const bySession = async (token: string): Promise<Caller> => {
    const session = await verifySession(jwtSecret, token);
    const { rows } = await pool.query<UserRow>({
      name: 'auth.user',
      text: READ_USER,
      values: [session.userId, session.organisationId],
    });
    const user = rows[0];
    if (!user) throw refused(NOT_VALID);
    if (user.status !== 'ACTIVE') throw refused('the user has been disabled');
    if (user.tokens_valid_from && session.issuedAt < user.tokens_valid_from.getTime()) {
      throw refused('the token has been withdrawn: log in again');
    }
    return {
      organisationId: user.organisation_id,
      actor: `user:${user.id}`,
      userId: user.id,
      roles: user.roles,
      tokenExpiresAt: session.expiresAt,
      ...(user.agent_id ? { agentId: user.agent_id } : {}),
    };
  };

  return {
    async authenticate(authorization) {
      const token = /^Bearer (\S+)$/i.exec(authorization.trim())?.[1];
      if (!token || token.length > 4096) throw refused('authorization must be: Bearer <token>');
      if (adminToken && sameSecret(token, adminToken)) return byAdminToken();
      return looksLikeApiKey(token) ? byKey(token) : bySession(token);
    },
  };
};
