import { randomUUID } from 'node:crypto';
import { bridgeJson } from './bridges';
import type { Calls } from './calls';
import { channelJson, parseEndpoint, type SimChannel, timestamp } from './channel';
import type { SimBridge, SwitchState } from './switch-state';

export interface Reply {
  status: number;
  body?: unknown;
}
export type Parameters = Record<string, unknown>;

const error = (status: number, message: string): Reply => ({ status, body: { message } });
const noContent: Reply = { status: 204 };
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** The subset of ARI that the adapter uses, with the answers of Asterisk 22. Parameters come by query or JSON body. */
export class AriRoutes {
  constructor(
    private readonly state: SwitchState,
    private readonly calls: Calls,
  ) {}

  /** `path` is what follows `/ari/`, already split and decoded. */
  handle(method: string, path: string[], given: Parameters): Reply {
    switch (path[0]) {
      case 'channels':
        return this.channels(method, path, given);
      case 'bridges':
        return this.bridges(method, path, given);
      case 'playbacks':
        return this.playbacks(method, path[1]);
      case 'applications':
        return this.applications(method, path, given);
      case 'asterisk':
        return this.asterisk(method, path, given);
      default:
        return error(404, 'Resource not found');
    }
  }

  private playbacks(method: string, id: string | undefined): Reply {
    const { playbacks } = this.calls;
    if (id === undefined || (method !== 'DELETE' && method !== 'GET')) return error(405, 'Method not allowed');
    if (method === 'DELETE') return playbacks.stop(id) ? noContent : error(404, 'Playback not found');
    const body = playbacks.describe(id);
    return body ? { status: 200, body } : error(404, 'Playback not found');
  }

  private channels(method: string, path: string[], given: Parameters): Reply {
    const { state, calls } = this;
    const id = path[1];
    if (id === undefined) {
      if (method === 'GET') return { status: 200, body: [...state.channels.values()].map(channelJson) };
      return method === 'POST' ? this.originate(randomUUID(), given) : error(405, 'Method not allowed');
    }
    const channel = state.channels.get(id);
    const action = path[2];
    if (action === undefined) {
      if (method === 'POST') return this.originate(id, given);
      if (!channel) return error(404, 'Channel not found');
      if (method === 'GET') return { status: 200, body: channelJson(channel) };
      if (method !== 'DELETE') return error(405, 'Method not allowed');
      calls.hangup(channel);
      return noContent;
    }
    if (!channel) return error(404, 'Channel not found');
    if (action === 'play' && channel.state !== 'Up') return error(412, 'Channel in invalid state');
    if (channel.running !== 'Stasis') return error(409, 'Channel not in Stasis application');
    if (action === 'play' && method === 'POST') {
      const media = text(given.media);
      if (media === '') return error(400, 'Media not specified');
      const play = path[3] ?? (text(given.playbackId) || randomUUID());
      if (state.playbacks.has(play)) return error(409, 'Playback already exists');
      return { status: 201, body: calls.playbacks.play(channel, play, media, 'app') };
    }
    if (action === 'variable') return this.channelVariable(method, channel, given);
    return error(404, 'Resource not found');
  }

  private channelVariable(method: string, channel: SimChannel, given: Parameters): Reply {
    const name = text(given.variable);
    if (name === '') return error(400, 'Variable name is required');
    if (method === 'POST') {
      channel.variables.set(name, text(given.value));
      return noContent;
    }
    const value = channel.variables.get(name);
    return value === undefined ? error(404, 'Provided variable was not found') : { status: 200, body: { value } };
  }

  private originate(id: string, given: Parameters): Reply {
    const { state } = this;
    const endpointText = text(given.endpoint);
    const app = text(given.app) || undefined;
    const context = text(given.context);
    const refuse = (reply: Reply): Reply => {
      state.truth.write({ e: 'refused', leg: id, to: endpointText, status: reply.status });
      return reply;
    };
    if (endpointText === '') return refuse(error(400, 'Endpoint must be specified'));
    if (app === undefined && context === '' && text(given.extension) === '') {
      return refuse(error(400, 'Application or extension must be specified'));
    }
    if (state.channels.has(id)) return refuse(error(409, 'Channel with given unique ID already exists'));
    const endpoint = parseEndpoint(endpointText);
    if (!endpoint) return refuse(error(500, 'Allocation failed'));
    const variables = new Map<string, string>();
    for (const [name, value] of Object.entries((given.variables as Record<string, unknown>) ?? {})) {
      variables.set(name, text(value));
    }
    const timeout = given.timeout === undefined ? 30 : Number(given.timeout);
    state.originates += 1;
    const channel = this.calls.originate({
      id,
      endpoint,
      app,
      appArgs: text(given.appArgs),
      context,
      callerId: text(given.callerId),
      timeoutSeconds: timeout < 0 ? Number.POSITIVE_INFINITY : timeout,
      variables,
    });
    return { status: 200, body: channelJson(channel) };
  }

  private bridges(method: string, path: string[], given: Parameters): Reply {
    const { state, calls } = this;
    const id = path[1];
    if (id === undefined) {
      if (method === 'GET') return { status: 200, body: [...state.bridges.values()].map(bridgeJson) };
      const made = calls.bridges.create(randomUUID(), text(given.type) || 'mixing', text(given.name));
      return { status: 200, body: bridgeJson(made) };
    }
    const action = path[2];
    if (action === undefined && method === 'POST') {
      return {
        status: 200,
        body: bridgeJson(calls.bridges.create(id, text(given.type) || 'mixing', text(given.name))),
      };
    }
    const bridge = state.bridges.get(id);
    if (!bridge) return error(404, 'Bridge not found');
    if (action === undefined) {
      if (method === 'GET') return { status: 200, body: bridgeJson(bridge) };
      if (method !== 'DELETE') return error(405, 'Method not allowed');
      calls.bridges.destroy(bridge);
      return noContent;
    }
    if (method === 'POST' && (action === 'addChannel' || action === 'removeChannel')) {
      return this.membership(action, bridge, text(given.channel).split(',').filter(Boolean));
    }
    return error(404, 'Resource not found');
  }

  private membership(action: string, bridge: SimBridge, ids: string[]): Reply {
    if (ids.length === 0) return error(400, 'Missing parameter channel');
    const members: SimChannel[] = [];
    for (const id of ids) {
      const channel = this.state.channels.get(id);
      if (!channel) return error(400, 'Channel not found');
      if (channel.running !== 'Stasis') return error(422, 'Channel not in Stasis application');
      if (action === 'removeChannel' && channel.bridge !== bridge.id) return error(422, 'Channel not in this bridge');
      members.push(channel);
    }
    for (const channel of members) {
      // 204 means queued: the entry is told by an event, or never, when the channel ends first.
      if (action === 'addChannel') this.calls.addToBridge(channel, bridge.id);
      else this.calls.bridges.leave(channel);
    }
    return noContent;
  }

  private applications(method: string, path: string[], given: Parameters): Reply {
    const { applications } = this.state;
    const name = path[1] ?? '';
    if (!applications.exists(name)) return error(404, 'Application not found');
    if (path[2] === 'subscription' && method === 'POST') {
      const sources = text(given.eventSource).split(',').filter(Boolean);
      if (sources.length === 0) return error(400, 'Missing parameter eventSource');
      if (sources.some((source) => !/^(endpoint|channel|bridge|deviceState):./.test(source))) {
        return error(400, 'Invalid parameter eventSource');
      }
      applications.subscribe(name, sources);
    }
    if (path[2] === 'eventFilter' && method === 'PUT') {
      const disallowed = (given.disallowed as { type?: string }[] | undefined) ?? [];
      applications.filter(
        name,
        disallowed.map((entry) => text(entry.type)),
      );
    }
    return { status: 200, body: applications.describe(name) };
  }

  private asterisk(method: string, path: string[], given: Parameters): Reply {
    const { state } = this;
    switch (path[1]) {
      case 'ping':
        return { status: 200, body: { asterisk_id: state.instance, ping: 'pong', timestamp: timestamp() } };
      case 'info':
        return {
          status: 200,
          body: {
            system: { version: '22.10.1', entity_id: state.instance },
            status: { startup_time: timestamp(state.startedAt), last_reload_time: timestamp(state.startedAt) },
          },
        };
      case 'variable': {
        const name = text(given.variable);
        if (name === '') return error(400, 'Variable name is required');
        // A global variable that is not set reads as the empty string, not as 404; set without a value it is removed.
        if (method === 'GET') return { status: 200, body: { value: state.globals.get(name) ?? '' } };
        if (given.value === undefined) state.globals.delete(name);
        else state.globals.set(name, text(given.value));
        return noContent;
      }
      default:
        return error(404, 'Resource not found');
    }
  }
}
