import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { type Caller, ROLES } from '../../src/organisations/caller';
import { createUserInput, updateUserInput } from '../../src/organisations/user-service';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { UserType } from './types';

const { page: UserPage, result: UserResult } = shapesOf('User', UserType);
const CreateInput = inputFrom('CreateUserInput', createUserInput, 'A person who logs in.');
const UpdateInput = inputFrom('UpdateUserInput', updateUserInput, 'Changes to a user.');

@Resolver(() => UserType)
export class UserResolver {
  @Allow('SUPERVISOR')
  @Query(() => UserType, { nullable: true, description: 'One user.' })
  user(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.users.find(caller, id);
  }

  @Allow('SUPERVISOR')
  @Query(() => UserPage, { description: 'Users of the organisation.' })
  users(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.users.list(caller, page));
  }

  @Change(() => UserResult, 'Makes a user.', 'ADMIN')
  createUser(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.users.create(caller, input);
  }

  @Change(() => UserResult, 'Changes a user: name, roles, password, or disables it.', 'ADMIN')
  updateUser(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.users.update(caller, input);
  }

  @Change(() => UserResult, "Changes the caller's own password and ends every token given before.", ...ROLES)
  changePassword(
    @CurrentCaller() caller: Caller,
    @Arg('currentPassword', () => String) current: string,
    @Arg('newPassword', () => String, { description: '10–200 characters.' }) next: string,
    @Ctx() { services }: Context,
  ) {
    return services.users.changePassword(caller, current, next);
  }
}
