import { type Config, childEnvironment } from '../config';
import { openStores, type StoreUrls } from './embedded-stores';
import { freePort, portIsFree } from './free-port';
import { type Home, openHome } from './home';
import { type Facts, KeptRole } from './kept-role';
import type { KeptStore } from './kept-store';
import { endOrphan } from './process-record';

export interface SupervisorOptions {
  config: Config;
  say: (line: string) => void;
  /** The command line's program and what Node needs to run it; tests run it from source. */
  program: string;
  nodeArguments?: readonly string[];
  /** Roles to start besides the switch. */
  roles: readonly Exclude<RoleName, 'switch' | 'demo'>[];
}

export type RoleName = 'switch' | 'worker' | 'api' | 'dialer' | 'demo';

export interface Supervisor {
  /** What the API listens on. */
  url: string;
  adminToken: string;
  stores: StoreUrls;
  pids(): Record<string, number>;
  /** Starts the demo's agents on the running API; what they print comes to the terminal. */
  startDemo(): void;
  /** Dialing stops and drains, then roles, switch and stores end, in this order. */
  stop(): Promise<void>;
  /** Ends everything at once; nothing is lost, since every store survives it. */
  kill(): Promise<void>;
}

/** How long each part may take to end, in the order in which they end. */
const STOP_ORDER: { roles: RoleName[]; graceMs: number }[] = [
  // Desktops stay while the dialer drains: its last lines may still reach their agents.
  { roles: ['dialer'], graceMs: 11_000 },
  { roles: ['demo'], graceMs: 2000 },
  { roles: ['api', 'worker'], graceMs: 5000 },
  { roles: ['switch'], graceMs: 2000 },
];
const STORE_GRACE_MS = 15_000;

/**
 * Where a process has little to do, and every hundred seconds, V8 collects all to give memory back. With that goes the shape of every
 * object of which there happens to be none, and the code that was compiled for it: the dialer's next calls would wait for half a
 * second of compiling. V8 takes this from the command line alone (docs/adr/0010-memory-at-hand.md).
 */
const KEEP_CODE = '--no-memory-reducer';

/** What a crash of an earlier supervisor left running. Roles end by themselves when its pipe closes; stores do not. */
const endOrphans = async (home: Home): Promise<void> => {
  const roles = ['demo', 'dialer', 'api', 'worker', 'switch'];
  const ended = await Promise.all(roles.map((name) => endOrphan(home.run, name, 2000)));
  const stores = ['warehouse', 'redis', 'postgres'];
  ended.push(...(await Promise.all(stores.map((name) => endOrphan(home.run, name, 10_000)))));
  const count = ended.filter(Boolean).length;
  if (count > 0) home.say(`Ended ${count} processes that an earlier run left behind`);
};

class Running implements Supervisor {
  stores: StoreUrls = { databaseUrl: '', redisUrl: '', clickhouseUrl: '' };
  readonly kept = new Map<string, KeptStore>();
  readonly roles = new Map<RoleName, KeptRole>();
  url = '';
  private switchPort = 0;
  private apiPort = 0;
  private ending: Promise<void> | undefined;
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: SupervisorOptions,
    private readonly home: Home,
  ) {}

  start(): Promise<void> {
    this.starting = this.startParts();
    return this.starting;
  }

  get adminToken(): string {
    return this.options.config.auth.adminToken ?? this.home.secrets.adminToken;
  }

  private async startParts(): Promise<void> {
    const { config, say, nodeArguments = process.execArgv, roles } = this.options;
    await endOrphans(this.home);
    say('Starting stores');
    this.stores = await openStores(config, this.home, this.kept, nodeArguments);
    const environment = await this.environment(this.stores);
    if (!config.telephony.ariUrl) {
      say('Starting the simulated switch');
      await this.startRole('switch', environment);
    }
    if (roles.length > 0) say(`Starting ${roles.join(', ')}`);
    await Promise.all(
      roles.map(async (role) => {
        await this.startRole(role, environment);
        say(`  ${role} is ready`);
      }),
    );
    const host = config.api.host === '0.0.0.0' ? '127.0.0.1' : config.api.host;
    this.url = `http://${host}:${this.apiPort}`;
    this.home.publishUrl(this.url);
  }

  /** The demo is a client like any other; that it fails is told, and stops nothing. */
  startDemo(): void {
    this.environment(this.stores)
      .then((environment) => this.startRole('demo', { ...environment, OUTDIAL_API_URL: this.url }, true))
      .catch((error: unknown) => this.options.say(error instanceof Error ? error.message : String(error)));
  }

  pids(): Record<string, number> {
    return Object.fromEntries([...this.kept, ...this.roles].map(([name, part]) => [name, part.pid]));
  }

  stop(): Promise<void> {
    this.ending ??= this.end(1);
    return this.ending;
  }

  kill(): Promise<void> {
    this.ending = this.end(0);
    return this.ending;
  }

  private async end(patience: 0 | 1): Promise<void> {
    this.home.markStopping();
    for (const { roles, graceMs } of STOP_ORDER) {
      await Promise.all(roles.map((role) => this.roles.get(role)?.stop(graceMs * patience)));
    }
    // A start under way gives up at its next step; what it has started by then is known and ends here too.
    await this.starting.catch(() => undefined);
    await Promise.all([...this.kept.values()].map((store) => store.stop(STORE_GRACE_MS * patience)));
    this.home.release();
  }

  private async environment(urls: StoreUrls): Promise<Record<string, string>> {
    const { config } = this.options;
    const { secrets } = this.home;
    // Chosen once: a role that is started again must be where its clients look for it.
    this.switchPort ||= config.simulatedSwitch.port || (await freePort());
    this.apiPort ||= config.api.port || (await freePort());
    const port = this.switchPort;
    const switchPassword = secrets.switchPassword;
    return {
      OUTDIAL_HOME: this.home.home,
      PORT: String(this.apiPort),
      DATABASE_URL: urls.databaseUrl,
      REDIS_URL: urls.redisUrl,
      CLICKHOUSE_URL: urls.clickhouseUrl,
      OUTDIAL_JWT_SECRET: config.auth.jwtSecret ?? secrets.jwtSecret,
      OUTDIAL_ADMIN_TOKEN: this.adminToken,
      OUTDIAL_SWITCH_PORT: String(port),
      OUTDIAL_SWITCH_PASSWORD: switchPassword,
      ARI_URL: config.telephony.ariUrl ?? `ari://outdial:${switchPassword}@127.0.0.1:${port}`,
    };
  }

  private async startRole(name: RoleName, environment: Record<string, string>, onTerminal = false): Promise<Facts> {
    const { config, program, nodeArguments = process.execArgv } = this.options;
    if (this.ending) throw new Error('The start was interrupted');
    // One wish for a metrics port cannot serve three processes: they take it and the ones after it.
    const offset = ['worker', 'dialer', 'switch'].indexOf(name);
    const metricsPort = config.api.metricsPort === 0 || offset < 0 ? 0 : config.api.metricsPort + offset;
    const role = new KeptRole({
      name,
      place: this.home,
      nodeArguments: name === 'dialer' ? [...nodeArguments, KEEP_CODE] : nodeArguments,
      program,
      args: ['start', '--role', name],
      env: childEnvironment({ ...environment, OUTDIAL_METRICS_PORT: String(metricsPort) }),
      onTerminal,
    });
    this.roles.set(name, role);
    return role.start();
  }
}

/** Starts everything on `OUTDIAL_HOME` and keeps it running; resolves when all roles are ready. */
export const supervise = async (options: SupervisorOptions, signal: AbortSignal): Promise<Supervisor> => {
  const { config, say } = options;
  const home = await openHome(config.home, say);
  const running = new Running(options, home);
  // A stop asked for while still starting must not wait for the start.
  const interrupted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(new Error('The start was interrupted'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    if (config.api.port !== 0 && !(await portIsFree(config.api.port, config.api.host))) {
      throw new Error(`PORT ${config.api.port} is in use by another program. Set PORT to a free one.`);
    }
    await Promise.race([running.start(), interrupted]);
    return running;
  } catch (error) {
    say('Stopping what was started');
    await running.stop();
    throw error;
  }
};
