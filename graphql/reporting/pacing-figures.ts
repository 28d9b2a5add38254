import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { LivePacing } from '../../src/campaigns/live-view';
import { enumOf } from '../enums';

const REASONS = [
  'PLANNED',
  'GUARD',
  'COLD_START',
  'SMALL_GROUP',
  'MAX_DIALING_RATE',
  'NO_CONTACTS',
  'NO_LEDGER',
] as const;
const PacingReasonEnum = enumOf('PacingReason', REASONS, 'What kept the number of lines where it is.');

/** A pacing decision and what it was made from, live or from the warehouse. */
@ObjectType()
export abstract class PacingFigures implements LivePacing {
  @Field(() => PacingReasonEnum, { description: 'What kept the number of lines where it is.' })
  reason!: (typeof REASONS)[number];

  @Field(() => Int, { description: 'Agents of the campaign.' })
  agents!: number;

  @Field(() => Int, { description: 'Of them without a customer and not in wrap-up.' })
  idle!: number;

  @Field(() => Int, { description: 'Lines in flight before it.' })
  lines!: number;

  @Field(() => Float, { description: 'Agents expected to become free before the next line’s person answers.' })
  expectedFreed!: number;

  @Field(() => Float, { description: 'Persons expected to answer by then.' })
  expectedAnswers!: number;

  @Field(() => Float, { description: 'Chance that a person of the next line finds no agent, 0–1.' })
  risk!: number;

  @Field(() => Float, { description: 'What the risk was held against.' })
  threshold!: number;

  @Field(() => Float, { description: 'The outer loop’s correction of the threshold.' })
  theta!: number;

  @Field(() => Float, { description: 'Abandons that the tightest window’s bucket has left.' })
  tokens!: number;

  @Field(() => Float, { description: 'Lines without an agent that the guard would have allowed.' })
  allowed!: number;

  @Field(() => Float, { description: 'Share of dials that anybody answers, as learned.' })
  answerRate!: number;

  @Field(() => Float, { description: 'Share of dials that a person answers, as learned.' })
  liveRate!: number;

  @Field(() => Int, { description: 'Lines asked for with an agent behind them.' })
  pledged!: number;

  @Field(() => Int, { description: 'Lines asked for without one.' })
  uncovered!: number;

  @Field(() => Float, { description: 'Abandons to be expected of a line without an agent.' })
  riskPerLine!: number;
}
