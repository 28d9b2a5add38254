import { z } from 'zod';
import type { Reply } from './ari-routes';
import type { Calls } from './calls';
import type { SwitchState } from './switch-state';
import { agentScript, calleeScript, parseWorld, type World, WorldError } from './world';

const fault = z.discriminatedUnion('kind', [
  /** Cuts the event sockets; new ones are refused for `forMs`. */
  z.strictObject({ kind: z.literal('dropLink'), app: z.string().optional(), forMs: z.number().min(0).default(0) }),
  /** Every leg vanishes without an event, and the switch answers nothing for `downMs`. */
  z.strictObject({ kind: z.literal('restart'), downMs: z.number().min(0).default(0) }),
  /** Events are held back, in order, for `forMs`. */
  z.strictObject({ kind: z.literal('stallEvents'), forMs: z.number().min(0) }),
  /** The far end of a leg hangs up now. */
  z.strictObject({ kind: z.literal('hangup'), leg: z.string() }),
  /** Like `hangup`, for the leg of a device. */
  z.strictObject({ kind: z.literal('agentHangup'), endpoint: z.string() }),
  /**
   * The next `count` originates: `lost` = acted on, but the socket dies before the answer; `swallowed` = the socket dies
   * and nothing was done; `refused` = 500 Allocation failed; `slow` = acted on, answered after `afterMs`.
   */
  z.strictObject({
    kind: z.literal('originate'),
    mode: z.enum(['lost', 'swallowed', 'refused', 'slow']),
    count: z.int().min(1).default(1),
    afterMs: z.number().min(0).default(0),
  }),
]);
export type Fault = z.infer<typeof fault>;

/** What the control surface needs from the running switch around the state. */
export interface ControlHost {
  state(): SwitchState;
  calls(): Calls;
  world(): World;
  setWorld(world: World): void;
  numberScripts: Map<string, z.infer<typeof calleeScript>>;
  agentScripts: Map<string, z.infer<typeof agentScript>>;
  dropLink(app: string | undefined, forMs: number): void;
  restart(downMs: number): void;
  originateFault(mode: Extract<Fault, { kind: 'originate' }>): void;
  readTruth(): string;
}

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (base: unknown, patch: unknown): unknown => {
  if (!isPlain(base) || !isPlain(patch)) return patch;
  const merged: Plain = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = merge(base[key], value);
  return merged;
};

const bad = (message: string): Reply => ({ status: 400, body: { message } });
const checked = <T>(schema: z.ZodType<T>, body: unknown, use: (value: T) => void): Reply => {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    return bad(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '));
  }
  use(parsed.data);
  return { status: 204 };
};

/** `/simulator/…`: the world, scripts by number, faults and the truth log, for tests and demonstrations; loopback only. */
export const handleControl = (host: ControlHost, method: string, path: string[], body: unknown): Reply => {
  const [section, key] = path;
  switch (section) {
    case undefined:
      return { status: 200, body: describe(host) };
    case 'world':
      return world(host, method, body);
    case 'numbers':
      if (key === undefined) return { status: 200, body: Object.fromEntries(host.numberScripts) };
      if (method === 'DELETE') host.numberScripts.delete(key);
      else return checked(calleeScript, body, (script) => host.numberScripts.set(key, script));
      return { status: 204 };
    case 'agents':
      if (key === undefined) return { status: 200, body: Object.fromEntries(host.agentScripts) };
      if (method === 'DELETE') host.agentScripts.delete(key);
      else return checked(agentScript, body, (script) => host.agentScripts.set(key, script));
      return { status: 204 };
    case 'faults':
      return method === 'POST' ? checked(fault, body, (value) => inject(host, value)) : bad('POST a fault');
    case 'truth':
      return { status: 200, body: host.readTruth() };
    default:
      return { status: 404, body: { message: 'Resource not found' } };
  }
};

const world = (host: ControlHost, method: string, body: unknown): Reply => {
  if (method === 'GET') return { status: 200, body: host.world() };
  try {
    host.setWorld(parseWorld(method === 'PATCH' ? merge(host.world(), body) : body));
    return { status: 204 };
  } catch (error) {
    if (error instanceof WorldError) return bad(error.message);
    throw error;
  }
};

const describe = (host: ControlHost): object => {
  const state = host.state();
  return {
    instance: state.instance,
    startedAt: state.startedAt,
    seed: state.seed,
    customerLines: state.customerLines,
    channels: [...state.channels.values()].map((channel) => ({
      id: channel.id,
      kind: channel.endpoint.kind,
      address: channel.endpoint.address,
      state: channel.state,
      running: channel.running,
      bridge: channel.bridge ?? null,
    })),
    applications: state.applications.names(),
    originates: state.originates,
    events: state.applications.sent,
  };
};

const inject = (host: ControlHost, value: Fault): void => {
  switch (value.kind) {
    case 'dropLink':
      host.dropLink(value.app, value.forMs);
      return;
    case 'restart':
      host.restart(value.downMs);
      return;
    case 'stallEvents':
      host.state().applications.stall(value.forMs);
      return;
    case 'hangup': {
      const channel = host.state().channels.get(value.leg);
      if (channel) host.calls().farHangup(channel);
      return;
    }
    case 'agentHangup':
      for (const channel of [...host.state().channels.values()]) {
        if (channel.endpoint.kind === 'agent' && channel.endpoint.address === value.endpoint) {
          host.calls().farHangup(channel);
        }
      }
      return;
    case 'originate':
      host.originateFault(value);
      return;
  }
};
