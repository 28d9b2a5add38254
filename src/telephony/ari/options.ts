export interface AriLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AriPortOptions {
  /** `ari://user:password@host:port`, or the same with http:// or https://; a path is kept as prefix. */
  url: string;
  /** One application name per `Dialer`: a take-over inherits the stream by it. */
  app: string;
  /** Where a customer's leg goes, e.g. `PJSIP/{number}@{trunk}` or `Local/{number}@carrier/n`. */
  endpointTemplate: string;
  /** Where an agent's leg goes when the device is not a whole endpoint itself, e.g. `PJSIP/{endpoint}`. */
  agentEndpointTemplate?: string;
  /**
   * The trunks whose channels the application hears of, so that failures of legs that the dialplan owns are told. Others
   * are added as they are first used. `all` subscribes to everything: for Local endpoints, which cannot be subscribed to.
   */
  trunks?: string[] | 'all';
  /** The dialplan context an answered customer enters. */
  context?: string;
  /** What an agent hears before a customer joins. */
  toneMedia?: string;
  logger: AriLogger;
  monotonic: () => number;
  /** Real wall time in epoch milliseconds; never the business clock. */
  wall?: () => number;
  /** Asked before the event socket is opened: a dialer without a live lease must not take the stream. */
  mayConnect?: () => boolean;
  /** Asked as an originate is written, besides `notAfter`. */
  mayOriginate?: () => boolean;
  /** Sockets for REST requests at once. */
  maxSockets?: number;
  /** A request without an answer after this is lost. */
  requestTimeoutMs?: number;
  pingEveryMs?: number;
  /** The link is down when no ping was answered for so long. */
  linkTimeoutMs?: number;
  /** Acting on legs needs a pong to a ping sent less than this ago. */
  freshWithinMs?: number;
  /** After an event-loop gap of this length nothing leaves before a new pong. */
  gapMs?: number;
  reconnect?: { minMs: number; maxMs: number };
  maxOriginatesPerSecond?: number;
  maxLegs?: number;
}

export interface AriSettings extends Required<Omit<AriPortOptions, 'url' | 'trunks'>> {
  origin: string;
  prefix: string;
  authorization: string;
  host: string;
  port: number;
  secure: boolean;
  subscribeAll: boolean;
  trunks: string[];
}

export const settings = (options: AriPortOptions): AriSettings => {
  const url = new URL(options.url.replace(/^ari(s?):/, 'http$1:'));
  const secure = url.protocol === 'https:';
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const subscribeAll = options.trunks === 'all';
  return {
    agentEndpointTemplate: 'PJSIP/{endpoint}',
    context: 'outdial-dial',
    toneMedia: 'sound:beep',
    wall: Date.now,
    mayConnect: () => true,
    mayOriginate: () => true,
    maxSockets: 32,
    requestTimeoutMs: 2000,
    pingEveryMs: 500,
    linkTimeoutMs: 5000,
    freshWithinMs: 1000,
    gapMs: 500,
    reconnect: { minMs: 100, maxMs: 1000 },
    maxOriginatesPerSecond: 50,
    maxLegs: 1000,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    app: options.app,
    endpointTemplate: options.endpointTemplate,
    logger: options.logger,
    monotonic: options.monotonic,
    trunks: Array.isArray(options.trunks) ? options.trunks : [],
    subscribeAll,
    origin: `${secure ? 'https' : 'http'}://${url.host}`,
    prefix: url.pathname.replace(/\/$/, ''),
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    host: url.hostname,
    port: Number(url.port || (secure ? 443 : 8088)),
    secure,
  };
};
