import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AGENT_STATES } from '../../src/agents/agent-states';
import { DEVICE_KINDS } from '../../src/agents/device';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';

export const DeviceKind = enumOf('DeviceKind', DEVICE_KINDS, 'What rings at the agent.');
export const AgentState = enumOf('AgentState', AGENT_STATES, 'An agent has one state at any time.');

@ObjectType('Dialer', { description: 'A single writer over its campaigns, agents and switch connection.' })
export class DialerType extends RecordType {
  @Field({ description: 'Name of the dialer.' })
  name!: string;

  @Field({ description: 'ARI application of its event stream.' })
  application!: string;

  @Field({ description: 'Trunk that carries its calls.' })
  trunk!: string;

  @Field(() => Int, { description: 'Lines it may have at once, 1–10000.' })
  maxLines!: number;

  @Field(() => Int, { description: 'Calls it may begin in a second, 1–1000.' })
  originatesPerSecond!: number;
}

@ObjectType('Team', { description: 'Agents of one dialer.' })
export class TeamType extends RecordType {
  @Field({ description: 'Name of the team.' })
  name!: string;

  @Field(() => ID, { description: 'The dialer its agents belong to.' })
  dialerId!: string;
}

@ObjectType('Device', { description: 'What rings when the agent is reserved.' })
export class DeviceType extends RecordType {
  @Field(() => ID, { description: 'Whose device it is.' })
  agentId!: string;

  @Field(() => DeviceKind, { description: 'What it is.' })
  kind!: string;

  @Field({ description: 'Extension or WebRTC endpoint by name, or a number in E.164 form.' })
  address!: string;

  @Field({ description: 'As the agent knows it.' })
  label!: string;
}

@ObjectType('AgentStanding', { description: 'Where an agent stands now.' })
export class AgentStandingType {
  @Field(() => AgentState, { description: 'The state.' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why, e.g. of IDLE.' })
  reason!: string | null;

  @Field(() => Date, { nullable: true, description: 'Since when; null when the agent never logged in.' })
  since!: Date | null;
}

@ObjectType('Agent', { description: 'Somebody who talks to customers.' })
export class AgentType extends RecordType {
  @Field({ description: 'Name of the agent.' })
  name!: string;

  @Field(() => ID, { description: 'The team.' })
  teamId!: string;

  @Field(() => ID, { nullable: true, description: 'The user who works as this agent.' })
  userId!: string | null;

  @Field(() => [String], { description: 'Skills by name.' })
  skills!: string[];
}
