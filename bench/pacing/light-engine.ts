import { type Callee, Contacts } from '../../src/dialer/simulator/contacts';
import { EventQueue } from '../../src/dialer/simulator/event-queue';
import { type Figures, Metrics } from '../../src/dialer/simulator/metrics';
import { planShifts, type ShiftEvent } from '../../src/dialer/simulator/shifts';
import { stepsOf } from '../../src/dialer/simulator/steps';
import type { World } from '../../src/dialer/simulator/world';
import type { Controller, Future, View } from './controller';

export interface LightOptions {
  world: World;
  agents: number;
  hours: number;
  seed: number;
  controller: Controller;
}

export interface LightResult extends Figures {
  decisionMicros: number;
}

interface Line {
  callee: Callee;
  /** Seconds by which an agent must be in the bridge. */
  limit: number;
  waiting: boolean;
  inFlight: boolean;
}

interface Desk {
  index: number;
  state: 'OUT' | 'AWAY' | 'IDLE' | 'TALK' | 'WRAP_UP';
  since: number;
  /** Wished while busy: seconds away, or infinity for the end of the shift. */
  leave: number | null;
}

type Happening =
  | { what: 'decide' }
  | { what: 'answer' | 'end' | 'verdict' | 'limit'; line: Line }
  | { what: 'talkEnds' | 'wrapUpEnds'; desk: Desk; line: Line }
  | { what: 'back'; desk: Desk }
  | { what: 'shift'; event: ShiftEvent };

const WITHIN_SECONDS = 2;
/** So that a day of nine hours ends at what VICIdial calls the latest time, 2100. */
const DAY_BEGINS_AT_HOUR = 12;

/**
 * The same people, carrier and agents as the simulator's, with the plainest dialer about them: one day, longest-idle
 * agent first, persons wait until the limit. Baselines plug in as controllers.
 */
export class LightEngine {
  private readonly queue = new EventQueue<Happening>();
  private readonly contacts: Contacts;
  private readonly metrics: Metrics;
  private readonly ahead: Callee[] = [];
  private readonly desks: Desk[];
  /** Longest idle first. */
  private idle: Desk[] = [];
  private waiting: Line[] = [];
  private readonly routed = new Set<Line>();
  private now = 0;
  private inFlight = 0;
  private talking = 0;
  private decisions = 0;
  private deciding = 0;
  private readonly future: Future;

  constructor(private readonly options: LightOptions) {
    const { world, agents, hours, seed } = options;
    this.contacts = new Contacts(world, seed, 0);
    this.metrics = new Metrics(agents, { hours, days: 1, warmUpHours: hours > 2 ? 1 : 0 });
    this.desks = Array.from({ length: agents }, (_, index) => ({ index, state: 'OUT', since: 0, leave: null }));
    this.future = {
      upcoming: (ahead) => this.upcoming(ahead),
      needs: () => [...this.routed].map((line) => line.limit - this.now),
      busy: () =>
        this.desks
          .filter(({ state }) => state === 'TALK' || state === 'WRAP_UP')
          .map(({ state, since }) => ({ wrapping: state === 'WRAP_UP', seconds: this.now - since })),
    };
  }

  run(): LightResult {
    const { options, queue } = this;
    for (const event of planShifts(options.world, options.agents, options.hours, options.seed, 0)) {
      queue.add(event.at, { what: 'shift', event });
    }
    queue.add(0, { what: 'decide' });
    const end = options.hours * 3600;
    while (queue.size > 0) {
      this.now = queue.nextAt();
      const event = queue.take()!;
      if (event.what === 'decide') {
        if (this.now >= end) continue;
        this.decide();
        queue.add(this.now + options.controller.everySeconds, event);
      } else if (this.now < end || event.what !== 'shift') this.happen(event);
    }
    return {
      ...this.metrics.figures(end * 1000, stepsOf(options.world)),
      decisionMicros: this.decisions === 0 ? 0 : (1000 * this.deciding) / this.decisions,
    };
  }

  private happen(event: Exclude<Happening, { what: 'decide' }>): void {
    switch (event.what) {
      case 'end':
        this.resolve(event.line, false);
        break;
      case 'answer':
        if (event.line.callee.fate === 'PERSON') this.metrics.answer();
        this.queue.add(this.now + event.line.callee.verdict, { what: 'verdict', line: event.line });
        break;
      case 'verdict':
        this.verdict(event.line);
        break;
      case 'limit':
        if (event.line.waiting) this.abandon(event.line);
        break;
      case 'talkEnds':
        this.talking -= 1;
        this.turn(event.desk, 'WRAP_UP');
        this.queue.add(this.now + event.line.callee.wrapUp, { ...event, what: 'wrapUpEnds' });
        break;
      case 'wrapUpEnds':
      case 'back':
        if (event.desk.state !== 'OUT') this.free(event.desk);
        break;
      case 'shift':
        this.shift(event.event);
    }
  }

  private upcoming(ahead: number): Callee {
    while (this.ahead.length <= ahead) this.ahead.push(this.contacts.next(this.now / 3600));
    return this.ahead[ahead]!;
  }

  private decide(): void {
    const { controller } = this.options;
    const view: View = {
      now: this.now,
      clock: this.clock(),
      agents: this.desks.length === 0 ? 0 : this.present(),
      idle: this.idle.length,
      talking: this.talking,
      inFlight: this.inFlight,
      waiting: this.waiting.length,
      future: this.future,
    };
    const before = performance.now();
    const count = controller.dial(view);
    this.deciding += performance.now() - before;
    this.decisions += 1;
    for (let dialled = 0; dialled < count; dialled += 1) this.dial();
  }

  private clock(): number {
    const hour = DAY_BEGINS_AT_HOUR + this.now / 3600;
    return Math.floor(hour) * 100 + Math.floor((hour % 1) * 60);
  }

  private present(): number {
    let count = 0;
    for (const { state } of this.desks) if (state !== 'OUT' && state !== 'AWAY') count += 1;
    return count;
  }

  private dial(): void {
    const callee = this.upcoming(0);
    this.ahead.shift();
    const line: Line = { callee, limit: 0, waiting: false, inFlight: true };
    this.inFlight += 1;
    this.metrics.dial(this.now * 1000);
    const answers = callee.fate === 'PERSON' || callee.fate === 'MACHINE';
    if (answers && callee.heardAs === 'PERSON') {
      const clockStarts = this.options.world.amd.enabled ? this.greetingEnds(callee) : 0;
      line.limit = this.now + callee.resolves + clockStarts + WITHIN_SECONDS;
      this.routed.add(line);
    }
    this.queue.add(this.now + callee.resolves, { what: answers ? 'answer' : 'end', line });
  }

  /** After the answer. Of a machine taken for a person: the silence before the verdict. */
  private greetingEnds(callee: Callee): number {
    if (callee.fate === 'PERSON') return callee.greeting;
    return Math.max(0, callee.verdict - this.options.world.amd.verdictAfterGreetingSeconds);
  }

  private resolve(line: Line, routed: boolean): void {
    if (!line.inFlight) return;
    line.inFlight = false;
    this.inFlight -= 1;
    this.options.controller.resolved?.(routed);
  }

  private verdict(line: Line): void {
    const { callee } = line;
    this.resolve(line, callee.heardAs === 'PERSON');
    if (callee.heardAs === 'MACHINE') {
      if (callee.fate === 'PERSON') this.metrics.person(this.now * 1000, 'AMD_FALSE');
      return;
    }
    this.metrics.recordedLive(this.now * 1000);
    const desk = this.idle.shift();
    if (desk) this.connect(desk, line);
    else {
      line.waiting = true;
      this.waiting.push(line);
      this.queue.add(line.limit - this.options.world.latency.connectSeconds, { what: 'limit', line });
    }
  }

  private abandon(line: Line): void {
    line.waiting = false;
    this.routed.delete(line);
    this.waiting = this.waiting.filter((other) => other !== line);
    this.judge(line, true);
  }

  private judge(line: Line, abandoned: boolean): void {
    const at = this.now * 1000;
    if (line.callee.fate === 'PERSON') this.metrics.person(at, abandoned ? 'ABANDONED' : 'CONNECTED');
    if (abandoned) this.metrics.recordedAbandon(at);
    this.options.controller.answered?.(abandoned, this.now);
  }

  private connect(desk: Desk, line: Line): void {
    this.routed.delete(line);
    line.waiting = false;
    this.talking += 1;
    this.turn(desk, 'TALK', line.callee.fate === 'MACHINE');
    const talk = this.options.world.latency.connectSeconds + line.callee.talk;
    this.queue.add(this.now + talk, { what: 'talkEnds', desk, line });
    this.judge(line, false);
  }

  private turn(desk: Desk, state: Desk['state'], machine = false): void {
    desk.state = state;
    desk.since = this.now;
    const activity = state === 'IDLE' ? 'WAITING' : state === 'TALK' && machine ? 'MACHINE' : state;
    this.metrics.activity(this.now * 1000, desk.index, activity);
  }

  private free(desk: Desk): void {
    if (desk.leave !== null) {
      this.goAway(desk);
      return;
    }
    const line = this.waiting.shift();
    if (line) {
      this.connect(desk, line);
      return;
    }
    this.turn(desk, 'IDLE');
    this.idle.push(desk);
    if (this.options.controller.onFree && this.now < this.options.hours * 3600) this.decide();
  }

  private goAway(desk: Desk): void {
    const seconds = desk.leave ?? 0;
    desk.leave = null;
    this.turn(desk, Number.isFinite(seconds) ? 'AWAY' : 'OUT');
    if (Number.isFinite(seconds)) this.queue.add(this.now + seconds, { what: 'back', desk });
  }

  private wish(desk: Desk, seconds: number): void {
    desk.leave = seconds;
    if (desk.state === 'IDLE') {
      this.idle = this.idle.filter((other) => other !== desk);
      this.goAway(desk);
    } else if (desk.state === 'AWAY') this.goAway(desk);
  }

  private shift(event: ShiftEvent): void {
    if (event.agent === null) {
      const desk = this.idle.find(({ leave }) => leave === null);
      if (desk) this.wish(desk, event.seconds);
      return;
    }
    const desk = this.desks[event.agent]!;
    if (event.what === 'IN') this.free(desk);
    else if (event.what === 'OUT') this.wish(desk, Number.POSITIVE_INFINITY);
    else if (desk.state !== 'OUT' && desk.state !== 'AWAY' && desk.leave === null) this.wish(desk, event.seconds);
  }
}
