import argon2 from 'argon2';
import { z } from 'zod';
import { invalid, OutdialError } from '../errors';
import { id, parse, patchOf, text } from '../infra/validate';
import { type Caller, ROLES } from './caller';
import { idempotencyKey } from './idempotency';
import { hashPassword } from './log-in';
import { createRecords, type RecordDeps, type Records } from './records';
import { USER_STATUSES, type User, UserEntity } from './user';

const password = () => z.string().min(10).max(200).describe('10–200 characters; stored as argon2id.');

const shape = {
  email: z.email({ error: 'is not an e-mail address' }).max(254).describe('Log-in name, unique.'),
  name: text(200).describe('Name of the person.'),
  roles: z
    .array(z.enum(ROLES).meta({ typeName: 'Role' }))
    .min(1)
    .max(ROLES.length)
    .describe('What the user may do.'),
};

export const createUserInput = z.object({
  ...shape,
  password: password().optional(),
  idempotencyKey,
});

export const updateUserInput = z.object({
  id: id().describe('The user.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
  password: password().optional().describe('A new password; ends every token of the user.'),
  status: z
    .enum(USER_STATUSES)
    .meta({ typeName: 'UserStatus' })
    .optional()
    .describe('DISABLED ends every token and key of the user at once.'),
});

type Input = Partial<z.output<typeof createUserInput> & z.output<typeof updateUserInput>>;

export interface UserService extends Records<User> {
  /** Of the caller's own user; ends every token given before. */
  changePassword(caller: Caller, current: string, next: string): Promise<User>;
}

/** Tokens live in real time, so what ends them does too. */
const tokensEnd = (): { tokensValidFrom: Date } => ({ tokensValidFrom: new Date() });

const fieldsOf = async (input: Input, before: User | undefined): Promise<Partial<User>> => {
  const { password: secret, idempotencyKey: _key, id: _id, version: _version, ...rest } = input;
  const ends = before && (secret || (rest.status === 'DISABLED' && before.status !== 'DISABLED'));
  return {
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<User>),
    ...(secret ? { passwordHash: await hashPassword(secret) } : {}),
    ...(before ? {} : { status: 'ACTIVE' as const }),
    ...(ends ? tokensEnd() : {}),
  };
};

export const createUserService = (deps: RecordDeps): UserService => {
  const records = createRecords<User, typeof createUserInput, typeof updateUserInput>(deps, {
    entity: UserEntity,
    label: 'user',
    create: createUserInput,
    update: updateUserInput,
    fields: (input, before) => fieldsOf(input as Input, before),
    async check(row, { caller, before }) {
      const own = before && caller.userId === row.id;
      if (own && (row.status === 'DISABLED' || (before.roles.includes('ADMIN') && !row.roles.includes('ADMIN')))) {
        throw new OutdialError('INVALID_STATE', 'nobody disables themselves or gives up their own ADMIN role');
      }
    },
  });
  return {
    ...records,
    async changePassword(caller, current, next) {
      const chosen = parse(z.object({ password: password() }), { password: next }).password;
      if (!caller.userId) throw new OutdialError('INVALID_STATE', 'this token stands for no user');
      const user = await records.get(caller, caller.userId);
      if (!user.passwordHash || !(await argon2.verify(user.passwordHash, current.slice(0, 1000)))) {
        throw invalid('currentPassword', 'currentPassword is not right');
      }
      const passwordHash = await hashPassword(chosen);
      return records.act(caller, user.id, 'change password', () => ({ passwordHash, ...tokensEnd() }));
    },
  };
};
