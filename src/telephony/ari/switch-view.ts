import type { LegSnapshot } from '../port';
import { readVerdict } from './cpa';
import { agentSessionOf } from './names';
import type { AriSettings } from './options';
import type { RestClient } from './rest-client';
import { switchTime, type WireBridge, type WireChannel } from './wire';

/** What the switch shows at one moment. */
export interface SwitchView {
  /** All channels by id, whoever placed them. */
  channels: Map<string, WireChannel>;
  bridges: Map<string, WireBridge>;
  /** The agent session in whose bridge a leg is. */
  bridgedTo: Map<string, string>;
}

/** Ids that the switch makes itself hold a dot or a semicolon; ours never do. */
const CHOSEN_ID = /^[^.;]+$/;

/** A customer leg of this application, told by the account code it was placed with. */
export const isOurLeg = (channel: WireChannel, app: string): boolean =>
  channel.accountcode === app && CHOSEN_ID.test(channel.id) && agentSessionOf(channel.id) === undefined;

/** The arguments of the Stasis application a channel is in, undefined when the dialplan has it. */
export const stasisArgs = (channel: WireChannel): string[] | undefined =>
  channel.dialplan?.app_name === 'Stasis' ? (channel.dialplan.app_data ?? '').split(',').slice(1) : undefined;

/** The dialplan's message is being played: nobody listened when the person answered. */
export const playsFallback = (channel: WireChannel): boolean =>
  channel.state === 'Up' && channel.dialplan?.app_name === 'Playback';

const legSnapshot = (channel: WireChannel, view: SwitchView): LegSnapshot => {
  const state = channel.state === 'Up' ? 'up' : channel.state === 'Ringing' ? 'ringing' : 'dialing';
  const bridgedTo = view.bridgedTo.get(channel.id);
  const app = channel.dialplan?.app_name ?? '';
  const verdict = readVerdict(stasisArgs(channel) ?? []);
  return {
    leg: channel.id,
    state,
    ...(bridgedTo === undefined ? {} : { bridgedTo }),
    ...(verdict === undefined ? {} : { classified: { result: verdict.result, cause: verdict.cause } }),
    ...(state === 'up' && app !== '' && app !== 'Stasis' && app !== 'AMD' ? { heldByDialplan: true } : {}),
  };
};

export const legSnapshots = (view: SwitchView, app: string): LegSnapshot[] =>
  [...view.channels.values()].filter((channel) => isOurLeg(channel, app)).map((channel) => legSnapshot(channel, view));

/** False also when the switch cannot tell. */
export const isInBridge = async (rest: RestClient, bridge: string, leg: string): Promise<boolean> => {
  const result = await rest.request({ method: 'GET', path: `/bridges/${encodeURIComponent(bridge)}` });
  if (result.kind !== 'reply' || result.status !== 200) return false;
  return (result.body as WireBridge).channels?.includes(leg) ?? false;
};

/** Reads channels and bridges; undefined when the switch does not answer. */
export const readSwitch = async (rest: RestClient): Promise<SwitchView | undefined> => {
  const [channels, bridges] = await Promise.all([
    rest.request({ method: 'GET', path: '/channels' }),
    rest.request({ method: 'GET', path: '/bridges' }),
  ]);
  if (channels.kind !== 'reply' || channels.status !== 200 || !Array.isArray(channels.body)) return undefined;
  if (bridges.kind !== 'reply' || bridges.status !== 200 || !Array.isArray(bridges.body)) return undefined;
  const bridgedTo = new Map<string, string>();
  const bridgeList = bridges.body as WireBridge[];
  for (const bridge of bridgeList) {
    const session = agentSessionOf(bridge.id);
    if (session === undefined) continue;
    for (const member of bridge.channels ?? []) if (member !== bridge.id) bridgedTo.set(member, session);
  }
  return {
    channels: new Map((channels.body as WireChannel[]).map((channel) => [channel.id, channel])),
    bridges: new Map(bridgeList.map((bridge) => [bridge.id, bridge])),
    bridgedTo,
  };
};

export interface SwitchStart {
  /** As the switch tells it: the same string means the same run of it. */
  run: string;
  /** On our wall clock: the switch's own may differ, so the time of its answer corrects it. */
  at: number;
}

/** When the switch was started; undefined when it does not say. */
export const readSwitchStart = async (rest: RestClient, settings: AriSettings): Promise<SwitchStart | undefined> => {
  const [info, ping] = await Promise.all([
    rest.request({ method: 'GET', path: '/asterisk/info', query: { only: 'status' } }),
    rest.request({ method: 'GET', path: '/asterisk/ping' }),
  ]);
  if (info.kind !== 'reply' || info.status !== 200) return undefined;
  const run = (info.body as { status?: { startup_time?: string } } | undefined)?.status?.startup_time;
  const at = switchTime(run, Number.NaN);
  if (run === undefined || Number.isNaN(at)) return undefined;
  const now = settings.wall();
  const told = ping.kind === 'reply' ? (ping.body as { timestamp?: string } | undefined)?.timestamp : undefined;
  return { run, at: at + (now - switchTime(told, now)) };
};
