import { draw, longest } from './distribution';
import { Random } from './random';
import { type Level, levelAt, type World } from './world';

/** What one contact will do, drawn in the order of dialling, so that every dialer meets the same people. Seconds. */
export interface Callee {
  fate: 'PERSON' | 'MACHINE' | 'FAILURE' | 'NO_ANSWER' | 'CONGESTION';
  /** From the originate until it rings. */
  setUp: number;
  /** From the originate: the answer, or the end of a call without one. */
  resolves: number;
  /** From the answer. */
  greeting: number;
  /** From the answer until the analysis tells. */
  verdict: number;
  /** What the analysis will say. */
  heardAs: 'PERSON' | 'MACHINE';
  /** With an agent or a port. */
  talk: number;
  wrapUp: number;
  /** From the end of the greeting until hanging up when nobody is there. */
  patience: number;
}

export class Contacts {
  private readonly random: Random;
  /** Drawn so far. */
  count = 0;
  private readonly hitRate: Level;
  private readonly talk;
  private readonly longestSetUp: number;

  constructor(
    private readonly world: World,
    seed: number,
    campaign: number,
    /** A port treats whoever it takes for a person to the end. */
    private readonly treatedByPorts = false,
  ) {
    this.random = new Random(seed, campaign);
    const own = world.campaigns[campaign];
    this.hitRate = own?.hitRate ?? world.hitRate;
    this.longestSetUp = longest(world.setUp);
    this.talk = own?.talk ?? world.talk;
  }

  /** Everything is drawn whatever comes of it: a contact's own values do not depend on when the others were dialled. */
  next(atHour: number): Callee {
    const { random, world } = this;
    this.count += 1;
    const chance = random.unit();
    const congested = random.unit() < levelAt(world.carrier.congestion, atHour);
    // The dialer's ring limit covers the longest set-up: a longer one would be cut off in mid-answer.
    const setUp = Math.min(this.longestSetUp, draw(world.setUp, random));
    const failure = draw(world.failure, random);
    const personRing = draw(world.personRing, random);
    const machineRing = draw(world.machineRing, random);
    const greeting = draw(world.greeting, random);
    const machineVerdict = draw(world.amd.machineVerdict, random);
    const passed = random.unit() < world.amd.machinesPassed;
    const rejected = random.unit() < world.amd.personsRejected;
    const talk = draw(this.talk, random);
    const machineTalk = draw(world.machineTalk, random);
    const wrapUp = draw(world.wrapUp, random);
    const patience = world.patience ? draw(world.patience, random) : Number.POSITIVE_INFINITY;

    const hit = levelAt(this.hitRate, atHour);
    const machines = levelAt(world.machineShare, atHour);
    let fate: Callee['fate'] = 'NO_ANSWER';
    if (congested) fate = 'CONGESTION';
    else if (chance < hit) fate = 'PERSON';
    else if (chance < hit + machines) fate = 'MACHINE';
    else if (chance < hit + machines + levelAt(world.failureShare, atHour)) fate = 'FAILURE';
    const ring = fate === 'PERSON' ? personRing : machineRing;
    const answers = fate === 'PERSON' || fate === 'MACHINE';
    if (answers && ring > world.ringLimitSeconds) fate = 'NO_ANSWER';
    const isPerson = fate === 'PERSON';
    let resolves = setUp + world.ringLimitSeconds;
    if (fate === 'CONGESTION') resolves = world.carrier.congestionSeconds;
    else if (fate === 'FAILURE') resolves = setUp + failure;
    else if (fate !== 'NO_ANSWER') resolves = setUp + ring;
    const analysed = world.amd.enabled;
    return {
      fate,
      setUp,
      resolves,
      greeting,
      verdict: isPerson ? greeting + world.amd.verdictAfterGreetingSeconds : machineVerdict,
      heardAs: !analysed || (isPerson ? !rejected : passed) ? 'PERSON' : 'MACHINE',
      talk: isPerson || this.treatedByPorts ? talk : machineTalk,
      wrapUp: isPerson ? wrapUp : 0,
      patience,
    };
  }
}
