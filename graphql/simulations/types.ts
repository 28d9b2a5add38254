import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { SIMULATION_STATES, type SimulatedResult, type Simulation } from '../../src/simulations/simulation';
import { enumOf } from '../enums';

const SimulationStateEnum = enumOf('SimulationState', SIMULATION_STATES, 'Where a simulation stands.');

@ObjectType('SimulatedFigure', { description: 'A figure over the seeds of a simulation.' })
export class SimulatedFigureType {
  @Field(() => Float, { description: 'Mean over the seeds.' })
  mean!: number;

  @Field(() => Float, { nullable: true, description: 'Standard error of the mean; null with one seed.' })
  standardError!: number | null;

  @Field(() => Float, { description: 'The least of the seeds.' })
  least!: number;

  @Field(() => Float, { description: 'The most of the seeds.' })
  most!: number;
}

@ObjectType('SimulatedFigures', { description: 'What to expect, as the simulated days went.' })
export class SimulatedFiguresType implements SimulatedResult {
  @Field(() => Int, { description: 'How many seeds there were.' })
  seeds!: number;

  @Field(() => SimulatedFigureType, { description: 'Share of the time not in wrap-up in which agents talk, percent.' })
  occupancyPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Persons abandoned, percent of persons who answered and stayed.' })
  abandonPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: "The same as the dialer's ledger counts it." })
  recordedAbandonPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Abandoned persons of the worst whole day, percent.' })
  worstDayPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'The most in any 24 hours, judged at each abandon, percent.' })
  worst24HoursPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'The most in any 30 days, judged at each abandon, percent.' })
  worst30DaysPercent!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Calls placed in an hour.' })
  callsPerHour!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Persons who answer in an hour.' })
  answersPerHour!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Persons brought to an agent, in the whole run.' })
  connects!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Persons brought to an agent, for each hour of an agent.' })
  connectsPerAgentHour!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, { description: 'Seconds from a person’s answer to the agent.' })
  answerToConnectSeconds!: SimulatedFigureType;

  @Field(() => SimulatedFigureType, {
    nullable: true,
    description: 'Hours of shift until the list has ended; null when it did not, or is endless.',
  })
  finishHours!: SimulatedFigureType | null;

  @Field(() => Int, { description: 'Seeds in which the list came to its end within the days.' })
  finishedSeeds!: number;
}

@ObjectType('Simulation', { description: 'A campaign in virtual time: the code of the dialer against a seeded world.' })
export class SimulationType implements Pick<Simulation, 'id' | 'campaignId' | 'state' | 'progress' | 'result' | 'seq'> {
  @Field(() => ID, { description: 'The simulation.' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The campaign whose history it was made from.' })
  campaignId!: string | null;

  @Field(() => SimulationStateEnum, { description: 'Where it stands.' })
  state!: Simulation['state'];

  @Field(() => Float, { description: 'Share of the work that is done, 0–1.' })
  progress!: number;

  @Field(() => SimulatedFiguresType, { nullable: true, description: 'What to expect; null until it is COMPLETED.' })
  result!: SimulatedFiguresType | null;

  @Field(() => String, { nullable: true, description: 'Why it FAILED, as a code.' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it FAILED.' })
  errorMessage!: string | null;

  @Field(() => Float, { description: 'Rises with every change.' })
  seq!: number;

  @Field({ description: 'Who asked for it.' })
  createdBy!: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it began.' })
  startedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;
}
