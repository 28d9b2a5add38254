import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { AriRoutes, type Parameters, type Reply } from './ari-routes';
import { Calls } from './calls';
import { type ControlHost, type Fault, handleControl } from './control-routes';
import { Luck } from './random';
import { type SwitchLogger, SwitchState } from './switch-state';
import { TruthLog } from './truth-log';
import { type AgentScript, type CalleeScript, parseWorld, type World, type WorldInput } from './world';

export interface SimulatedSwitchOptions {
  /** 0 for any free port. */
  port: number;
  host?: '127.0.0.1';
  seed: number;
  world?: WorldInput;
  /** A JSON file with the world; `world` wins. */
  worldFile?: string;
  truthLog: string;
  user?: string;
  password?: string;
  logger?: SwitchLogger;
}

export interface SimulatedSwitch {
  /** `ari://user:password@host:port` */
  url: string;
  port: number;
  truthLog: string;
  setWorld(world: WorldInput): void;
  close(): Promise<void>;
}

const silent: SwitchLogger = { info: () => {}, warn: () => {}, error: () => {} };
const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const MAX_BODY = 1 << 20;

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new SyntaxError('body too large');
    chunks.push(chunk);
  }
  return size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

/** Starts a switch with simulated callees that speaks ARI over HTTP and WebSocket, on loopback only. */
export const startSimulatedSwitch = async (options: SimulatedSwitchOptions): Promise<SimulatedSwitch> => {
  const { host = '127.0.0.1', user = 'outdial', password = 'outdial', logger = silent, seed } = options;
  let world: World = parseWorld(
    options.world ?? (options.worldFile ? JSON.parse(readFileSync(options.worldFile, 'utf8')) : {}),
  );
  const truth = new TruthLog(options.truthLog);
  const numberScripts = new Map<string, CalleeScript>();
  const agentScripts = new Map<string, AgentScript>();
  const ackLuck = new Luck(seed, 'ack');
  const sockets = new Set<Socket>();
  const originateFaults: Extract<Fault, { kind: 'originate' }>[] = [];
  let downUntil = 0;
  let linksRefusedUntil = 0;

  const boot = () => {
    const state = new SwitchState(() => world, seed, truth, logger, numberScripts, agentScripts);
    const calls = new Calls(state);
    truth.write({ e: 'start', instance: state.instance, seed });
    return { state, calls, routes: new AriRoutes(state, calls) };
  };
  let running = boot();

  const halt = (why: string): void => {
    truth.write({ e: 'stop', instance: running.state.instance, why });
    running.state.scheduler.clear();
    running.state.applications.dropLinks();
    for (const socket of sockets) socket.destroy();
  };

  const control: ControlHost = {
    state: () => running.state,
    calls: () => running.calls,
    world: () => world,
    setWorld: (next) => {
      world = next;
    },
    numberScripts,
    agentScripts,
    dropLink: (app, forMs) => {
      linksRefusedUntil = performance.now() + forMs;
      running.state.applications.dropLinks(app);
    },
    restart: (downMs) => {
      // After the answer to the control request has left.
      setTimeout(() => {
        halt('restart');
        downUntil = performance.now() + downMs;
        running = boot();
      }, 5);
    },
    originateFault: (value) => {
      for (let index = 0; index < value.count; index++) originateFaults.push(value);
    },
    readTruth: () => {
      truth.flush();
      return readFileSync(options.truthLog, 'utf8');
    },
  };

  const authorised = (request: IncomingMessage, query: URLSearchParams): boolean => {
    const key = query.get('api_key');
    if (key !== null) return same(key, `${user}:${password}`);
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    return scheme === 'Basic' && same(Buffer.from(token ?? '', 'base64').toString('utf8'), `${user}:${password}`);
  };

  const answer = (response: ServerResponse, reply: Reply): void => {
    if (response.destroyed) return;
    const body =
      reply.body === undefined ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const type = typeof reply.body === 'string' ? 'application/x-ndjson' : 'application/json';
    response.writeHead(reply.status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };

  const ari = (request: IncomingMessage, response: ServerResponse, path: string[], given: Parameters): void => {
    const originating = request.method === 'POST' && path[0] === 'channels' && path.length <= 2;
    const fault = originating ? originateFaults.shift() : undefined;
    if (fault?.mode === 'swallowed') {
      request.socket.destroy();
      return;
    }
    if (fault?.mode === 'refused') {
      answer(response, { status: 500, body: { message: 'Allocation failed' } });
      return;
    }
    // The effect comes at once and the answer a little later: events may overtake it, as they do on Asterisk.
    const { scheduler } = running.state;
    const reply = running.routes.handle(request.method ?? 'GET', path, given);
    if (fault?.mode === 'lost') {
      request.socket.destroy();
      return;
    }
    const delay = fault?.mode === 'slow' ? fault.afterMs : ackLuck.duration(world.wire.ackMs);
    scheduler.after(delay, () => answer(response, reply));
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (performance.now() < downUntil) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://switch');
    const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    let body: unknown;
    try {
      body = await readBody(request);
    } catch (error) {
      if (error instanceof SyntaxError) answer(response, { status: 400, body: { message: 'The body is not JSON' } });
      return;
    }
    if (path[0] === 'simulator') {
      answer(response, handleControl(control, request.method ?? 'GET', path.slice(1), body));
      return;
    }
    if (!authorised(request, url.searchParams)) {
      answer(response, { status: 401, body: { message: 'Authentication required' } });
      return;
    }
    if (path[0] !== 'ari') {
      answer(response, { status: 404, body: { message: 'Resource not found' } });
      return;
    }
    ari(request, response, path.slice(1), { ...Object.fromEntries(url.searchParams), ...(body as Parameters) });
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      logger.error({ error: String(error) }, 'a request to the switch failed');
      answer(response, { status: 500, body: { message: 'Internal Server Error' } });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const events = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://switch');
    const apps = (url.searchParams.get('app') ?? '').split(',').filter(Boolean);
    const now = performance.now();
    if (now < downUntil || now < linksRefusedUntil || url.pathname !== '/ari/events' || apps.length === 0) {
      socket.destroy();
      return;
    }
    if (!authorised(request, url.searchParams)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    events.handleUpgrade(request, socket, head, (session) => {
      session.on('error', () => session.terminate());
      const all = url.searchParams.get('subscribeAll') === 'true';
      for (const app of apps) running.state.applications.register(app, session, all);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  logger.info({ port }, 'the simulated switch is ready');

  return {
    url: `ari://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`,
    port,
    truthLog: options.truthLog,
    setWorld: (next) => {
      world = parseWorld(next);
    },
    close: async () => {
      halt('closed');
      truth.close();
      events.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};
