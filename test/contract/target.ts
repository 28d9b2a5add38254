import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { type AriPortOptions, createAriPort } from '../../src/telephony/ari';
import type { CpaParams, OriginateCommand, TelephonyPort } from '../../src/telephony/port';
import {
  type AgentScript,
  readTruthLog,
  type SimulatedSwitch,
  startSimulatedSwitch,
  type TruthSummary,
  type WorldInput,
} from '../../src/telephony/simulated-switch';
import { Recorder } from './recorder';
import type { Scenario } from './scenarios';

const { ariUrl, endpointTemplate } = loadConfig().telephony;

/** Which server the contract runs against: the simulated switch, or the one that ARI_URL names. */
export const server: 'simulated' | 'dialplan' | 'sip' =
  ariUrl === undefined ? 'simulated' : endpointTemplate.startsWith('Local/') ? 'dialplan' : 'sip';

const playable = (scenario: Scenario): boolean => server === 'simulated' || scenario[server] !== undefined;

/** A test of a callee that not every server can play. */
export const contractTest = (name: string, scenario: Scenario, body: () => Promise<void>): void => {
  if (playable(scenario)) test(name, body);
  else test.skip(`${name} (the ${server} callees of this server cannot do that)`, body);
};

/** A test that needs faults, device scripts or the truth log. */
export const simulatedTest = (name: string, body: () => Promise<void>, timeoutMs?: number): void => {
  if (server === 'simulated') test(name, body, timeoutMs);
  else test.skip(`${name} (a real server cannot be told to do that, or has no truth log)`, body);
};

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Quick defaults: durations are real milliseconds. */
const world: WorldInput = {
  callees: { answerProbability: 1, ringMs: 30, talkMs: 60_000, patienceMs: 60_000 },
  agents: { answerMs: 10 },
  media: { defaultMs: 120, lengths: { 'sound:long': 5000 }, missing: ['sound:missing'] },
  wire: { ackMs: { min: 1, max: 4 } },
};

export const standardCpa: CpaParams = {
  amd: true,
  terminatingTone: false,
  minSilenceMs: 608,
  analysisPeriodMs: 1500,
  minimumValidSpeechMs: 112,
  maxTimeAnalysisMs: 2500,
  maxTermToneAnalysisMs: 30_000,
  onUnsure: 'human',
};

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One server and the ports opened to it, for one test. */
export class Rig {
  private static numbers = 0;
  private readonly ports: { port: TelephonyPort; recorder: Recorder }[] = [];

  private constructor(
    private readonly simulated: SimulatedSwitch | undefined,
    private readonly folder: string,
    readonly app: string,
  ) {}

  static async start(extra: WorldInput = {}): Promise<Rig> {
    const folder = mkdtempSync(join(tmpdir(), 'outdial-contract-'));
    const simulated =
      server === 'simulated'
        ? await startSimulatedSwitch({
            port: 0,
            seed: 7,
            truthLog: join(folder, 'truth.jsonl'),
            world: { ...world, ...extra },
          })
        : undefined;
    return new Rig(simulated, folder, `contract-${randomUUID().slice(0, 8)}`);
  }

  async close(): Promise<void> {
    for (const { port } of this.ports) await port.stop();
    await this.simulated?.close();
    rmSync(this.folder, { recursive: true, force: true });
    for (const { recorder } of this.ports) recorder.check();
  }

  get url(): string {
    return this.simulated?.url ?? ariUrl!;
  }

  async open(options: Partial<AriPortOptions> = {}): Promise<{ port: TelephonyPort; recorder: Recorder }> {
    const recorder = new Recorder();
    const port = createAriPort({
      url: this.url,
      app: this.app,
      endpointTemplate,
      // The lab's agents, and Local channels, which no endpoint subscription covers.
      agentEndpointTemplate: server === 'simulated' ? 'PJSIP/{endpoint}' : 'Local/{endpoint}@carrier/n',
      trunks: server === 'dialplan' ? 'all' : [this.trunk],
      logger,
      monotonic: () => performance.now(),
      ...options,
    });
    this.ports.push({ port, recorder });
    await port.start(recorder.sink);
    return { port, recorder };
  }

  readonly trunk = 'carrier';

  /** A number behind which the scenario waits. */
  async number(scenario: Scenario): Promise<string> {
    if (server !== 'simulated') return scenario[server]!;
    const n = Rig.numbers++;
    const number = `+1${202 + (Math.floor(n / 100) % 700)}55501${String(n % 100).padStart(2, '0')}`;
    await this.control('PUT', `/numbers/${encodeURIComponent(number)}`, scenario.script);
    return number;
  }

  async command(scenario: Scenario, extra: Partial<OriginateCommand> = {}): Promise<OriginateCommand> {
    return {
      leg: randomUUID(),
      campaignId: 'campaign',
      to: await this.number(scenario),
      callerId: '+12025550199',
      trunk: this.trunk,
      ringTimeoutMs: 10_000,
      notAfter: performance.now() + 2000,
      onDialerLost: { media: 'sound:fallback' },
      ...extra,
    };
  }

  /** Places a call and expects it to be taken. */
  async place(port: TelephonyPort, scenario: Scenario, extra: Partial<OriginateCommand> = {}): Promise<string> {
    const command = await this.command(scenario, extra);
    expect(await port.originate(command)).toEqual({ ok: true });
    return command.leg;
  }

  async agentUp(port: TelephonyPort, recorder: Recorder, device = 'agent-1'): Promise<string> {
    const id = randomUUID();
    expect(await port.openAgentSession({ id, endpoint: device, ringTimeoutMs: 5000 })).toEqual({ ok: true });
    await recorder.agent(id, 'up');
    return id;
  }

  async device(name: string, script: Partial<AgentScript>): Promise<void> {
    await this.control('PUT', `/agents/${name}`, script);
  }

  fault(fault: Record<string, unknown>): Promise<unknown> {
    return this.control('POST', '/faults', fault);
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.simulated!.port}/simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`simulator ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  /** A raw ARI request, besides the adapter. */
  async ari(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const url = new URL(this.url.replace(/^ari/, 'http'));
    const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
    const response = await fetch(`${url.protocol}//${url.host}/ari${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** What the switch really did; a moment later, for it writes once a turn. */
  async truth(): Promise<TruthSummary> {
    await wait(20);
    return readTruthLog(this.simulated!.truthLog);
  }
}
