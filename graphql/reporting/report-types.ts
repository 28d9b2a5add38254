import { Field, Float, GraphQLISODateTime, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DIMENSIONS, INTERVAL_UNITS, type IntervalUnit } from '../../src/reporting/dimensions';
import type { Measures } from '../../src/reporting/measures';
import type { AttemptFilterInput } from '../../src/reporting/report-filter';
import { enumOf } from '../enums';
import { Connection } from '../relay';

export const ReportDimensionEnum = enumOf('ReportDimension', DIMENSIONS, 'What the rows of a report are made by.');
const IntervalUnitEnum = enumOf('ReportIntervalUnit', INTERVAL_UNITS, 'Length of the intervals of a report.');

@InputType('CallAttemptFilter', {
  description:
    'Which attempts a report is about. Each given list narrows it; drilling down adds the key of a row to it.',
})
export class CallAttemptFilterInput implements AttemptFilterInput {
  @Field(() => GraphQLISODateTime, { description: 'Attempts claimed at this moment or later.' })
  from!: Date;

  @Field(() => GraphQLISODateTime, { description: 'Attempts claimed before this moment.' })
  to!: Date;

  @Field(() => [ID], { nullable: true, description: 'Of these campaigns; at most 200.' })
  campaignIds!: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Of contacts of these lists; at most 200.' })
  listIds!: string[] | null;

  @Field(() => [ID], {
    nullable: 'itemsAndList',
    description: 'Of these agents; null among them stands for attempts that no agent was behind. At most 500.',
  })
  agentIds!: (string | null)[] | null;

  @Field(() => [String], { nullable: true, description: 'To numbers of these contact modes.' })
  modes!: string[] | null;

  @Field(() => [String], { nullable: true, description: 'With these telephony outcomes, e.g. LIVE_VOICE.' })
  outcomes!: string[] | null;

  @Field(() => [String], { nullable: true, description: 'With these wrap-up codes; empty text: none was given.' })
  wrapUpCodes!: string[] | null;
}

@InputType('ReportInterval', { description: 'How a report is cut in time.' })
export class ReportIntervalInput {
  @Field(() => IntervalUnitEnum, { description: 'Length of an interval.' })
  unit!: IntervalUnit;

  @Field({ description: 'IANA zone in which hours and days begin, e.g. Europe/Berlin.' })
  timeZone!: string;
}

@ObjectType('ReportMeasures', {
  description: 'Counts, sums and what follows from them. Counts and sums of all rows add up to those of the row above.',
})
export class ReportMeasuresType implements Measures {
  @Field(() => Int, { description: 'Attempts.' })
  attempts!: number;

  @Field(() => Int, { description: 'Answered, by a person or a machine.' })
  answers!: number;

  @Field(() => Int, { description: 'Answered by a person: what the abandon rate is counted over.' })
  liveAnswers!: number;

  @Field(() => Int, { description: 'Answered by a machine.' })
  machine!: number;

  @Field(() => Int, { description: 'Busy.' })
  busy!: number;

  @Field(() => Int, { description: 'Not answered within the ring limit.' })
  noAnswer!: number;

  @Field(() => Int, { description: 'The number does not exist.' })
  invalidNumber!: number;

  @Field(() => Int, { description: 'All outcomes without a measure of their own.' })
  other!: number;

  @Field(() => Int, { description: 'In a bridge with an agent, or treated by a port.' })
  connected!: number;

  @Field(() => Int, { description: 'A person who hung up before the limit; not in the abandon rate.' })
  customerAbandoned!: number;

  @Field(() => Int, { description: 'Live answers not with an agent or a port within the limit, whatever the cause.' })
  abandoned!: number;

  @Field(() => Int, { description: 'Abandoned because more lines were dialled than agents were free.' })
  abandonedOverdial!: number;

  @Field(() => Int, { description: 'Abandoned because the agent went away.' })
  abandonedAgentLost!: number;

  @Field(() => Int, { description: 'Abandoned because a person was taken for a machine.' })
  abandonedAmdFalse!: number;

  @Field(() => Int, { description: 'Abandoned because of a fault.' })
  abandonedFault!: number;

  @Field(() => Float, { nullable: true, description: 'Abandoned of live answers, percent; null without any.' })
  abandonRatePercent!: number | null;

  @Field(() => Float, { nullable: true, description: 'Live answers of attempts, percent; null without any.' })
  contactRatePercent!: number | null;

  @Field(() => Float, { nullable: true, description: 'From answer to the bridge, average in milliseconds.' })
  answerToConnectAverageMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'From answer to the bridge, 95th percentile in milliseconds.' })
  answerToConnectP95Ms!: number | null;

  @Field(() => Int, { description: 'Different ports of IVR campaigns that had an attempt.' })
  portsUsed!: number;

  @Field(() => Float, { description: 'Time of customers with agents or ports, in seconds.' })
  talkSeconds!: number;

  @Field(() => Float, { description: 'Time of wrap-up, in seconds.' })
  wrapUpSeconds!: number;
}

@ObjectType('CampaignReportRow', { description: 'One row; only the keys it was grouped by are set.' })
export class CampaignReportRowType {
  @Field(() => ID, { nullable: true, description: 'Its campaign.' })
  campaignId?: string;

  @Field(() => String, { nullable: true, description: 'The campaign’s name as it is now.' })
  campaignName?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When its interval begins.' })
  intervalStart?: Date;

  @Field(() => ID, { nullable: true, description: 'Its agent; null when grouped by agent: attempts without one.' })
  agentId?: string | null;

  @Field(() => String, { nullable: true, description: 'The agent’s name as it is now.' })
  agentName?: string | null;

  @Field(() => ID, { nullable: true, description: 'Its contact list.' })
  listId?: string;

  @Field(() => String, { nullable: true, description: 'The list’s name as it is now.' })
  listName?: string | null;

  @Field(() => String, { nullable: true, description: 'Its contact mode.' })
  mode?: string;

  @Field(() => String, { nullable: true, description: 'Its telephony outcome.' })
  outcome?: string;

  @Field(() => String, { nullable: true, description: 'Its wrap-up code; empty text: none was given.' })
  wrapUpCode?: string;

  @Field(() => ReportMeasuresType, { description: 'The measures of its attempts.' })
  measures!: Measures;
}

export const CampaignReportRowPage = Connection('CampaignReportRow', () => CampaignReportRowType);

@ObjectType('CampaignReport', {
  description: 'Progressive and predictive campaigns. `totals` and `rows` are read when they are asked for.',
})
export class CampaignReportType {
  filter!: AttemptFilterInput;
}
