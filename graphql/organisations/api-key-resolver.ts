import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { createApiKeyInput, updateApiKeyInput } from '../../src/organisations/api-key-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change, resultOf } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { ApiKeyType, NewApiKeyType } from './types';

const { page: ApiKeyPage, result: ApiKeyResult } = shapesOf('ApiKey', ApiKeyType);
const NewResult = resultOf('NewApiKeyResult', () => NewApiKeyType, 'NewApiKey');
const CreateInput = inputFrom('CreateApiKeyInput', createApiKeyInput, 'A key for a program.');
const UpdateInput = inputFrom('UpdateApiKeyInput', updateApiKeyInput, 'A new name for a key.');

@Resolver(() => ApiKeyType)
export class ApiKeyResolver {
  @Allow('ADMIN')
  @Query(() => ApiKeyType, { nullable: true, description: 'One API key.' })
  apiKey(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.apiKeys.find(caller, id);
  }

  @Allow('ADMIN')
  @Query(() => ApiKeyPage, { description: 'API keys of the organisation.' })
  apiKeys(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.apiKeys.list(caller, page));
  }

  @Change(() => NewResult, 'Makes an API key; its secret is shown once.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createApiKey(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.apiKeys.create(caller, input);
  }

  @Change(() => ApiKeyResult, 'Renames an API key.', 'ADMIN')
  updateApiKey(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.apiKeys.update(caller, input);
  }

  @Change(() => ApiKeyResult, 'Ends an API key at once, with the subscriptions it holds.', 'ADMIN')
  revokeApiKey(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.apiKeys.revoke(caller, id);
  }
}
