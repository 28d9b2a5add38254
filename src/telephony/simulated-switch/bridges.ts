import { channelJson, type SimChannel, timestamp } from './channel';
import type { SimBridge, SwitchState } from './switch-state';

export const bridgeJson = (bridge: SimBridge): Record<string, unknown> => ({
  id: bridge.id,
  technology: bridge.members.size > 2 ? 'softmix' : 'simple_bridge',
  bridge_type: bridge.type,
  bridge_class: 'stasis',
  creator: 'Stasis',
  name: bridge.name,
  channels: [...bridge.members],
  creationtime: bridge.createdAt,
  video_mode: 'none',
});

/** Mixing bridges. Neither a hang-up of one member nor the end of the bridge ends the other members' legs. */
export class Bridges {
  constructor(
    private readonly state: SwitchState,
    /** Who is together in a bridge has changed. */
    private readonly onCompany: (channel: SimChannel) => void,
  ) {}

  create(id: string, type: string, name: string): SimBridge {
    const existing = this.state.bridges.get(id);
    if (existing) {
      existing.name = name;
      return existing;
    }
    const bridge: SimBridge = { id, name, type, createdAt: timestamp(), members: new Set() };
    this.state.bridges.set(id, bridge);
    return bridge;
  }

  destroy(bridge: SimBridge): void {
    for (const id of [...bridge.members]) {
      const channel = this.state.channels.get(id);
      if (channel) this.leave(channel);
    }
    this.state.bridges.delete(bridge.id);
  }

  enter(channel: SimChannel, bridge: SimBridge): void {
    if (channel.ended || !this.state.bridges.has(bridge.id) || channel.bridge === bridge.id) return;
    this.leave(channel);
    bridge.members.add(channel.id);
    channel.bridge = bridge.id;
    this.state.truth.write({ e: 'bridged', leg: channel.id, bridge: bridge.id });
    this.state.applications.emit(channel, 'ChannelEnteredBridge', {
      bridge: bridgeJson(bridge),
      channel: channelJson(channel),
    });
    this.company(bridge);
  }

  leave(channel: SimChannel): void {
    const bridge = channel.bridge === undefined ? undefined : this.state.bridges.get(channel.bridge);
    if (!bridge) return;
    bridge.members.delete(channel.id);
    channel.bridge = undefined;
    this.state.truth.write({ e: 'unbridged', leg: channel.id, bridge: bridge.id });
    this.state.applications.emit(channel, 'ChannelLeftBridge', {
      bridge: bridgeJson(bridge),
      channel: channelJson(channel),
    });
    if (!channel.ended) this.onCompany(channel);
    this.company(bridge);
  }

  private company(bridge: SimBridge): void {
    for (const id of bridge.members) {
      const member = this.state.channels.get(id);
      if (member) this.onCompany(member);
    }
  }
}
