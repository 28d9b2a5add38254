/** The parts of ARI's JSON that the adapter reads; everything else in a message is left alone. */

export interface WireChannel {
  id: string;
  state: string;
  accountcode?: string;
  dialplan?: { context?: string; app_name?: string; app_data?: string };
}

export interface WireBridge {
  id: string;
  name?: string;
  channels?: string[];
}

export interface WireMessage {
  type: string;
  application?: string;
  timestamp?: string;
  channel?: WireChannel;
  peer?: WireChannel;
  bridge?: WireBridge;
  playback?: { id: string; target_uri?: string; state?: string };
  args?: string[];
  dialstatus?: string;
  cause?: number;
  tech_cause?: number;
  digit?: string;
}

/** Events that a subscribed channel floods the stream with and that nobody here reads. */
export const UNREAD_EVENTS = [
  'ChannelVarset',
  'ChannelDialplan',
  'ChannelCallerId',
  'ChannelConnectedLine',
  'ChannelHold',
  'ChannelUnhold',
  'DeviceStateChanged',
  'EndpointStateChange',
  'PeerStatusChange',
  'ContactStatusChange',
];

export const switchTime = (timestamp: string | undefined, fallback: number): number => {
  const parsed = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(parsed) ? fallback : parsed;
};
