import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { OutdialError } from '../errors';
import { newId } from '../infra/ids';

/** What a bearer token's hash is stored as; keys are 256 random bits, so a plain digest cannot be searched. */
export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export const sameSecret = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

export interface NewApiKey {
  /** Shown once. */
  secret: string;
  prefix: string;
  hash: Buffer;
}

export const generateApiKey = (): NewApiKey => {
  const prefix = `odk_${randomBytes(4).toString('hex')}`;
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix, hash: digest(secret) };
};

export const looksLikeApiKey = (token: string): boolean => token.startsWith('odk_');

export interface SessionToken {
  userId: string;
  organisationId: string;
  issuedAt: number;
  expiresAt: number;
}

const ISSUER = 'outdial';

/** Log-in tokens live in real time: business time that tests move forward must not log anyone out. */
export const signSession = async (
  secret: string,
  { userId, organisationId, issuedAt, expiresAt }: SessionToken,
): Promise<string> =>
  new SignJWT({ org: organisationId, iatMs: issuedAt })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setJti(newId())
    .setExpirationTime(new Date(expiresAt))
    .sign(new TextEncoder().encode(secret));

export const verifySession = async (secret: string, token: string): Promise<SessionToken> => {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      issuer: ISSUER,
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'org', 'iatMs'],
    });
    return {
      userId: String(payload.sub),
      organisationId: String(payload.org),
      issuedAt: Number(payload.iatMs),
      expiresAt: Number(payload.exp) * 1000,
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new OutdialError('TOKEN_EXPIRED', 'the token has expired: log in again');
    throw new OutdialError('UNAUTHENTICATED', 'the token is not valid');
  }
};
