import { setTimeout as pause } from 'node:timers/promises';
import { change } from '../api-client/change';
import { type ApiClient, createClient } from '../api-client/graphql-client';

/** What a desktop sees of its agent; the fields the bot acts on. */
export interface DesktopView {
  seq: number;
  state: 'LOGGED_OUT' | 'IDLE' | 'AVAILABLE' | 'RESERVED' | 'CONNECTED' | 'WRAP_UP';
  reason: string | null;
  popOver: { campaignName: string; customer: unknown } | null;
  customer: { attemptId: string } | null;
}

const DESKTOP = `subscription($agentId: ID!) {
  agentDesktop(agentId: $agentId, takeOver: true) {
    seq state reason
    popOver { campaignName customer { attemptId } }
    customer { attemptId }
  }
}`;

export interface AgentBotOptions {
  url: string;
  agentId: string;
  deviceId: string;
  /** A fresh token: asked for at the start and whenever the last one has ended. */
  token: () => Promise<string>;
  /** How long the bot writes up a call. */
  wrapUpMs: () => number;
  onView?: (view: DesktopView) => void;
  onFault?: (error: unknown) => void;
}

const AGAIN_AFTER_MS = 1_000;

/**
 * An agent at a desktop, as a program: a GraphQL client like any other. It logs in with its device, makes itself
 * available, writes up each call, and when connection, token or service are lost it comes back.
 */
export class AgentBot {
  private readonly ending = new AbortController();
  private client: ApiClient | undefined;
  private latest: DesktopView | undefined;
  private done: Promise<void> = Promise.resolve();

  constructor(private readonly options: AgentBotOptions) {}

  start(): void {
    this.done = this.work();
  }

  /** Closes the desktop; the agent stays logged in and is taken for absent. */
  async close(): Promise<void> {
    this.ending.abort();
    await this.client?.close();
    await this.done;
  }

  private async work(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        this.client = createClient(this.options.url, await this.options.token());
        await this.follow(this.client);
      } catch (error) {
        if (!this.ending.signal.aborted) this.options.onFault?.(error);
      }
      await this.client?.close();
      await pause(AGAIN_AFTER_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async follow(client: ApiClient): Promise<void> {
    const { agentId, onView } = this.options;
    const views = client.subscribe<{ agentDesktop: DesktopView }>(DESKTOP, { agentId });
    for await (const { agentDesktop: view } of views) {
      onView?.(view);
      this.latest = view;
      // Not awaited: the next view must not wait for the wrap-up of this one.
      void this.answer(view);
    }
  }

  /** What was refused or lost is tried again for as long as the desktop shows the same: no other view may ever come. */
  private async answer(view: DesktopView): Promise<void> {
    while (this.latest === view && !this.ending.signal.aborted) {
      try {
        return await this.respond(view);
      } catch (error) {
        if (!this.ending.signal.aborted) this.options.onFault?.(error);
      }
      await pause(AGAIN_AFTER_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async respond(view: DesktopView): Promise<void> {
    switch (view.state) {
      case 'LOGGED_OUT':
        await this.act('agentLogIn', { deviceId: { type: 'ID!', value: this.options.deviceId } });
        return;
      case 'IDLE':
        await pause(200, undefined, { signal: this.ending.signal });
        await this.act('agentAvailable', {});
        return;
      case 'WRAP_UP': {
        if (!view.customer) return;
        await pause(this.options.wrapUpMs(), undefined, { signal: this.ending.signal });
        await this.act('agentWrapUp', {
          attemptId: { type: 'ID!', value: view.customer.attemptId },
          code: { type: 'String!', value: 'INTERESTED' },
        });
        return;
      }
      default:
        return;
    }
  }

  private async act(name: string, args: Record<string, { type: string; value: unknown }>): Promise<void> {
    if (!this.client || this.ending.signal.aborted) return;
    const declared = { agentId: { type: 'ID!', value: this.options.agentId }, ...args };
    const given = Object.keys(declared).map((key) => `${key}: $${key}`);
    await change(this.client, 'AgentDesktop', `${name}(${given.join(', ')})`, 'seq', declared);
  }
}
