import { GraphQLError } from 'graphql';
import { formatError } from '../../graphql/format-error';
import { invalid } from '../../src/errors';
import { createLogger } from '../../src/infra/logger';
import { generateApiKey, sameSecret, signSession, verifySession } from '../../src/organisations/tokens';

const SECRET = 'a secret of tests only, long enough for HS256';

describe('tokens', () => {
  test('a session comes back as it was signed, under its own secret alone', async () => {
    const issuedAt = Date.now();
    const session = {
      userId: 'u',
      organisationId: 'o',
      issuedAt,
      expiresAt: (Math.floor(issuedAt / 1000) + 60) * 1000,
    };
    const token = await signSession(SECRET, session);
    expect(await verifySession(SECRET, token)).toEqual(session);
    await expect(verifySession(`${SECRET}!`, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const [head, , signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'u', org: 'another', iatMs: issuedAt })).toString('base64url');
    await expect(verifySession(SECRET, `${head}.${forged}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(verifySession(SECRET, `${none}.${forged}.`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('keys differ and show their prefix', () => {
    const [one, two] = [generateApiKey(), generateApiKey()];
    expect(one.secret.startsWith(`${one.prefix}_`)).toBe(true);
    expect(sameSecret(one.secret, two.secret)).toBe(false);
  });
});

describe('what an error tells', () => {
  const logger = createLogger('test', 'silent');
  const told = (error: GraphQLError) => formatError(error.toJSON(), error, logger);

  test('one of ours: code, field, message', () => {
    const error = new GraphQLError('wrapped', { originalError: invalid('rate', 'rate 11 is outside 1–10') });
    expect(told(error)).toMatchObject({
      message: 'rate 11 is outside 1–10',
      extensions: { code: 'INVALID_INPUT', retryable: false, field: 'rate' },
    });
  });

  test('an unknown one: a reference, nothing of it', () => {
    const error = new GraphQLError('password=hunter2', { originalError: new Error('password=hunter2') });
    const answer = told(error);
    expect(answer.extensions).toEqual({ code: 'INTERNAL', retryable: false });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  test('a database that is away: try again', () => {
    const away = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    expect(told(new GraphQLError('x', { originalError: away })).extensions).toEqual({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
  });

  test.each([
    [
      'Variable "$input" got invalid value "s3cret" at "input.rate"; Float cannot represent non numeric value: "s3cret"',
      'Variable "$input" got an invalid value at "input.rate"; Float cannot represent the value given',
    ],
    [
      'Variable "$input" got invalid value { a: "s3cret; at \\"x\\"" }; Field "a" is not defined by type "B".',
      'Variable "$input" got an invalid value; Field "a" is not defined by type "B".',
    ],
    ['Value "s3cret" does not exist in "Role" enum.', 'the value given does not exist in "Role" enum.'],
  ])('a value that was sent is not repeated', (message, shown) => {
    expect(told(new GraphQLError(message)).message).toBe(shown);
  });
});
