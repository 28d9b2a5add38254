import type { Callee } from './callee';
import type { Task } from './scheduler';
import type { AgentScript } from './world';

export interface Endpoint {
  /** What an application subscribes to: `PJSIP/trunk` or `PJSIP/device`. */
  key: string;
  kind: 'customer' | 'agent';
  /** The dialled number or the device's name. */
  address: string;
  trunk: string;
}

/** `PJSIP/number@trunk` rings a callee, `PJSIP/device` an agent; undefined for what this switch has no driver for. */
export const parseEndpoint = (text: string): Endpoint | undefined => {
  const match = /^(PJSIP|Local)\/([^@]+)(?:@([^/]+)(?:\/n)?)?$/.exec(text);
  if (!match) return undefined;
  const [, technology, address, trunk] = match;
  if (trunk === undefined) return { key: `${technology}/${address}`, kind: 'agent', address: address!, trunk: '' };
  return { key: `${technology}/${trunk}`, kind: 'customer', address: address!, trunk };
};

export interface SimChannel {
  readonly id: string;
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly callerId: string;
  readonly createdAt: string;
  readonly variables: Map<string, string>;
  /** The application that originated it, which hears everything of it. */
  readonly originApp: string | undefined;
  readonly appArgs: string;
  readonly context: string;
  readonly callee: Callee | undefined;
  readonly agent: AgentScript | undefined;
  accountcode: string;
  state: 'Down' | 'Ringing' | 'Up';
  /** What the channel executes: an application of the dialplan, or Stasis. */
  running: '' | 'AMD' | 'Playback' | 'Stasis';
  runningData: string;
  stasisApp: string | undefined;
  /** The hang-up handler is armed: a mark is left at the end. */
  marks: boolean;
  bridge: string | undefined;
  playing: string | undefined;
  /** Deadlines that die with the channel. */
  readonly tasks: Set<Task>;
  aloneTask: Task | undefined;
  talkTask: Task | undefined;
  ringTask: Task | undefined;
  ended: boolean;
}

export const timestamp = (at: number = Date.now()): string => new Date(at).toISOString().replace('Z', '+0000');

/** The channel as ARI shows it. */
export const channelJson = (channel: SimChannel): Record<string, unknown> => ({
  id: channel.id,
  name: channel.name,
  state: channel.state,
  caller: { name: '', number: channel.endpoint.address },
  connected: { name: '', number: channel.callerId },
  accountcode: channel.accountcode,
  dialplan: {
    context: channel.context,
    exten: 's',
    priority: 1,
    app_name: channel.running,
    app_data: channel.runningData,
  },
  creationtime: channel.createdAt,
  language: 'en',
});
