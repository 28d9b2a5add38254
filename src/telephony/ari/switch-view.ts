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

/** When the switch was started, on our wall clock: its own clock may differ, so the answer's time corrects it. */
export const readStartTime = async (rest: RestClient, settings: AriSettings): Promise<number | undefined> => {
  const [info, ping] = await Promise.all([
    rest.request({ method: 'GET', path: '/asterisk/info', query: { only: 'status' } }),
    rest.request({ method: 'GET', path: '/asterisk/ping' }),
  ]);
  if (info.kind !== 'reply' || info.status !== 200) return undefined;
  const started = (info.body as { status?: { startup_time?: string } } | undefined)?.status?.startup_time;
  const at = switchTime(started, Number.NaN);
  if (Number.isNaN(at)) return undefined;
  const now = settings.wall();
  const told = ping.kind === 'reply' ? (ping.body as { timestamp?: string } | undefined)?.timestamp : undefined;
  return at + (now - switchTime(told, now));
};
