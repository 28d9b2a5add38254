import { Arg, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { type Caller, ROLES, type Role } from '../../src/organisations/caller';
import type { Context } from '../context';
import { RoleEnum } from '../organisations/role-enum';
import { Allow, CurrentCaller, Public } from './allow';

@ObjectType({ description: 'A token for the `authorization` header. Log in again before it ends.' })
export class LogInPayload {
  @Field({ description: 'Send it as `authorization: Bearer <token>`, over WebSocket in the connection parameters.' })
  token!: string;

  @Field({ description: 'When the token ends; subscriptions end with it.' })
  expiresAt!: Date;

  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => ID, { nullable: true, description: 'The agent this user works as.' })
  agentId!: string | null;

  @Field(() => [RoleEnum], { description: 'What the user may do.' })
  roles!: Role[];
}

@ObjectType({ description: 'Whom the token stands for.' })
export class Me {
  @Field(() => ID, { description: 'The organisation: nothing of another is ever seen.' })
  organisationId!: string;

  @Field({ description: 'As it stands in the audit.' })
  actor!: string;

  @Field(() => ID, { nullable: true, description: 'The user, unless the token is a key of its own.' })
  userId?: string;

  @Field(() => ID, { nullable: true, description: 'The agent this user works as.' })
  agentId?: string;

  @Field(() => [RoleEnum], { description: 'What the token may do.' })
  roles!: Role[];
}

@Resolver()
export class AuthResolver {
  @Public()
  @Mutation(() => LogInPayload, { description: 'Exchanges e-mail address and password for a token.' })
  logIn(
    @Arg('email', () => String) email: string,
    @Arg('password', () => String) password: string,
    @Ctx() { services, remoteAddress }: Context,
  ): Promise<LogInPayload> {
    return services.logIn.logIn(email, password, remoteAddress);
  }

  @Allow(...ROLES)
  @Query(() => Me, { description: 'Whom the token stands for.' })
  me(@CurrentCaller() caller: Caller): Me {
    return { ...caller, roles: [...caller.roles] };
  }
}
