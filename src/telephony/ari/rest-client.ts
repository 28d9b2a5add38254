import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { AriSettings } from './options';

export type RestResult =
  | { kind: 'reply'; status: number; body: unknown }
  /** Nothing was written: the request certainly had no effect. */
  | { kind: 'notSent'; why: 'withheld' | 'unreachable' | 'closed' }
  /** Written, but no answer: nobody knows whether it had an effect. */
  | { kind: 'lost' };

export interface RestRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/ari`. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** Asked at the very moment of writing; false withholds the request. */
  permit?: () => boolean;
  /** Originates yield to requests that serve people who are already on the line. */
  background?: boolean;
}

/**
 * REST over keep-alive connections. Requests beyond the socket limit wait here, not inside Node's agent, and headers
 * leave together with the body once a connected socket is at hand: `permit` is therefore judged when bytes really go.
 */
export class RestClient {
  private readonly agent: http.Agent;
  private readonly urgent: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private active = 0;
  private activeBackground = 0;
  private closed = false;

  constructor(private readonly settings: AriSettings) {
    const options = { keepAlive: true, maxSockets: settings.maxSockets, scheduling: 'lifo' as const, timeout: 10_000 };
    this.agent = settings.secure ? new https.Agent(options) : new http.Agent(options);
  }

  request(request: RestRequest): Promise<RestResult> {
    return new Promise((resolve) => {
      if (this.closed) {
        resolve({ kind: 'notSent', why: 'closed' });
        return;
      }
      const background = request.background ?? false;
      const run = (): void => {
        this.active += 1;
        if (background) this.activeBackground += 1;
        this.perform(request, (result) => {
          this.active -= 1;
          if (background) this.activeBackground -= 1;
          this.startNext();
          resolve(result);
        });
      };
      (background ? this.waiting : this.urgent).push(run);
      this.startNext();
    });
  }

  /** True for 2xx and for any of `accept`. */
  async succeeds(request: RestRequest, ...accept: number[]): Promise<boolean> {
    const result = await this.request(request);
    return result.kind === 'reply' && (result.status < 300 || accept.includes(result.status));
  }

  close(): void {
    this.closed = true;
    this.agent.destroy();
  }

  private startNext(): void {
    const { maxSockets } = this.settings;
    // A quarter of the sockets is kept free of originates.
    const backgroundLimit = Math.max(1, Math.floor((maxSockets * 3) / 4));
    while (this.active < maxSockets) {
      const next = this.urgent.shift() ?? (this.activeBackground < backgroundLimit ? this.waiting.shift() : undefined);
      if (!next) return;
      next();
    }
  }

  private perform(request: RestRequest, settle: (result: RestResult) => void): void {
    const { settings } = this;
    const query = request.query ? `?${new URLSearchParams(request.query).toString()}` : '';
    const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: http.OutgoingHttpHeaders = { authorization: settings.authorization };
    if (payload !== undefined) headers['content-type'] = 'application/json';
    headers['content-length'] = payload === undefined ? 0 : Buffer.byteLength(payload);
    let written = false;
    let settled = false;
    const finish = (result: RestResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      settle(result);
    };
    const call = (settings.secure ? https : http).request({
      agent: this.agent,
      host: settings.host,
      port: settings.port,
      method: request.method,
      path: `${settings.prefix}/ari${request.path}${query}`,
      headers,
    });
    const fail = (): void => finish(written ? { kind: 'lost' } : { kind: 'notSent', why: 'unreachable' });
    const timer = setTimeout(() => {
      fail();
      call.destroy();
    }, settings.requestTimeoutMs);
    const write = (): void => {
      if (settled) return;
      if (request.permit && !request.permit()) {
        finish({ kind: 'notSent', why: 'withheld' });
        call.destroy();
        return;
      }
      written = true;
      call.end(payload);
    };
    call.once('socket', (socket: Socket) => {
      if (socket.connecting) socket.once(settings.secure ? 'secureConnect' : 'connect', write);
      else write();
    });
    call.on('error', fail);
    call.on('close', fail);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        let body: unknown;
        try {
          body = text === '' ? undefined : JSON.parse(text);
        } catch {
          body = text;
        }
        finish({ kind: 'reply', status: response.statusCode ?? 0, body });
      });
    });
  }
}
