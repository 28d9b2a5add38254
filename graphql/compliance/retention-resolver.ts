import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { setRetentionInput } from '../../src/compliance/retention/retention-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { Change, resultOf } from '../refusal';

@ObjectType('LeastRetention', { description: 'How long the law demands that records are kept.' })
export class LeastRetentionType {
  @Field(() => Int, { description: 'Days.' })
  days!: number;

  @Field({ description: 'Profile that says so, with its version: US@2024-10-15.' })
  profile!: string;

  @Field({ description: 'Where that comes from.' })
  source!: string;
}

@ObjectType('Retention', { description: 'How long records of calls and persons are kept.' })
export class RetentionType {
  @Field(() => Int, { nullable: true, description: 'Days after which they are removed; null: they are kept for good.' })
  retentionDays!: number | null;

  @Field(() => LeastRetentionType, {
    nullable: true,
    description: 'The longest minimum of the laws of those whom its campaigns call; null: none says anything.',
  })
  least!: LeastRetentionType | null;

  @Field(() => Date, { nullable: true, description: 'When what is older was last removed.' })
  purgedAt!: Date | null;
}

const RetentionResult = resultOf('RetentionResult', () => RetentionType, 'Retention');
const SetInput = inputFrom('SetRetentionInput', setRetentionInput, 'How long records are to be kept.');

@Resolver(() => RetentionType)
export class RetentionResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST')
  @Query(() => RetentionType, { description: 'How long records are kept, and must be.' })
  retention(@CurrentCaller() caller: Caller, @Ctx() { services }: Context) {
    return services.retention.read(caller);
  }

  @Change(() => RetentionResult, 'Sets how long records are kept; less than the law demands is refused.', 'ADMIN')
  setRetention(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => SetInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.retention.set(caller, input);
  }
}
