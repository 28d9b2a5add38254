import { Field, Float, GraphQLISODateTime, ID, InputType, ObjectType } from 'type-graphql';
import type { WindowInForce } from '../../src/compliance/abandon/windows-in-force';
import type { EvidenceRow } from '../../src/reporting/abandon-evidence';
import { EVIDENCE_UNITS, type EvidenceUnit } from '../../src/reporting/evidence-query';
import { AbandonWindowScopeEnum } from '../campaigns/live-types';
import { enumOf } from '../enums';
import { Connection } from '../relay';

const EvidenceUnitEnum = enumOf('AbandonEvidenceUnit', EVIDENCE_UNITS, 'Length of the intervals of the evidence.');

@InputType('AbandonEvidenceFilter', {
  description: 'Of which campaign and time the ledger of abandoned calls is shown.',
})
export class AbandonEvidenceFilterInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => GraphQLISODateTime, { description: 'From this moment on.' })
  from!: Date;

  @Field(() => GraphQLISODateTime, {
    description: 'Up to this moment: at most 31 days by the minute, 100 by the hour, 1100 by the day.',
  })
  to!: Date;

  @Field(() => EvidenceUnitEnum, { defaultValue: 'DAY', description: 'Length of the intervals; DAY by default.' })
  unit!: EvidenceUnit;

  @Field({ defaultValue: 'UTC', description: 'IANA zone whose hours and days are meant; UTC by default.' })
  timeZone!: string;
}

@ObjectType('AbandonEvidenceWindow', {
  description: 'A legal window as it is in force at the end of the time asked about.',
})
export class AbandonEvidenceWindowType {
  @Field({ description: 'Names it: kind, length or zone, denominator and causes.' })
  key!: string;

  @Field(() => AbandonWindowScopeEnum, { description: 'Whose calls are counted in it.' })
  scope!: string;

  @Field(() => [String], {
    description:
      'Compliance profiles it comes from, with their versions; CAMPAIGN for the limit of the campaign itself.',
  })
  profiles!: string[];

  @Field(() => Float, { description: 'The limit in percent, 0.1–100.' })
  limitPercent!: number;
}

@ObjectType('AbandonEvidenceRow', {
  description: 'One interval in one window; intervals in which nothing was counted are left out.',
})
export class AbandonEvidenceRowType implements Omit<EvidenceRow, 'key'> {
  @Field(() => AbandonEvidenceWindowType, { description: 'The window.' })
  window!: WindowInForce;

  @Field(() => GraphQLISODateTime, { description: 'When the interval begins.' })
  intervalStart!: Date;

  @Field(() => Float, { description: 'Persons who answered in the interval.' })
  liveAnswers!: number;

  @Field(() => Float, { description: 'Of them, those with an agent, or a port, within the limit.' })
  served!: number;

  @Field(() => Float, { description: 'Abandoned because no agent was there for the line.' })
  overdial!: number;

  @Field(() => Float, { description: 'Abandoned because the agent of the line was lost.' })
  agentLost!: number;

  @Field(() => Float, { description: 'Abandoned because a person was taken for a machine.' })
  amdFalse!: number;

  @Field(() => Float, { description: 'Abandoned by a fault.' })
  fault!: number;

  @Field(() => Float, { description: 'Abandons of the causes that count in the window.' })
  abandons!: number;

  @Field(() => Float, { description: 'What the percentage is taken of, in the window that ends with the interval.' })
  windowAnswers!: number;

  @Field(() => Float, { description: 'Abandons in the window that ends with the interval.' })
  windowAbandons!: number;

  @Field(() => Float, { nullable: true, description: 'The rate of that window in percent; null without answers.' })
  windowRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The highest rate of the windows that end with a minute of an abandon; null without an abandon.',
  })
  highestRatePercent!: number | null;

  @Field({ description: 'Whether that rate was above the limit.' })
  overLimit!: boolean;
}

export const AbandonEvidencePage = Connection('AbandonEvidenceRow', () => AbandonEvidenceRowType);
