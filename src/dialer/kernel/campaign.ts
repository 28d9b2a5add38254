import { reviewReservation } from './agents';
import { cancelLine } from './call';
import { reviewContacts } from './claims';
import { type Context, nextSeq } from './context';
import { horizon } from './guard';
import { createLedger, MINUTE, measure } from './ledger';
import type { CampaignConfig, Input, LedgerMinute } from './messages';
import { supplyPorts } from './ports';
import { createLearned } from './predictive/learned';
import { restoreParked } from './restore';
import { createRecord } from './risked';
import type { Campaign } from './state';

/** Control: campaigns start, change, pause and go; an organisation is stopped; the dialer may or may not dial at all. */

type ControlInput = Extract<
  Input,
  {
    type:
      | 'campaignStarted'
      | 'campaignChanged'
      | 'ledgerRead'
      | 'campaignDialling'
      | 'campaignRemoved'
      | 'organisationStopped'
      | 'organisationResumed'
      | 'originating'
      | 'candidates';
  }
>;

export function controlInput(context: Context, input: ControlInput): void {
  const { state } = context;
  switch (input.type) {
    case 'campaignStarted':
      started(context, input);
      break;
    case 'organisationStopped':
      stopOrganisation(context, input.organisationId);
      break;
    case 'organisationResumed':
      state.stopped.delete(input.organisationId);
      touchAll(context);
      break;
    case 'originating':
      state.originating = input.allowed;
      touchAll(context);
      break;
    case 'campaignChanged': {
      const campaign = state.campaigns.get(input.campaign.id);
      if (campaign) change(context, campaign, input.campaign);
      break;
    }
    default: {
      const campaign = state.campaigns.get(input.campaignId);
      if (!campaign) break;
      context.campaigns.add(input.campaignId);
      if (input.type === 'campaignDialling') campaign.dialling = input.dialling;
      else if (input.type === 'campaignRemoved') campaign.removed = true;
      else if (input.type === 'ledgerRead') takeLedger(context, campaign, input.ledger, input.since);
      else {
        campaign.held = Math.max(0, Math.floor(input.held));
        campaign.more = input.more;
        campaign.personal = new Map(input.personal?.map(({ agentId, held }) => [agentId, held]));
        campaign.heldIsFresh = true;
        reviewContacts(context, campaign);
      }
    }
  }
}

export function touchAll(context: Context): void {
  for (const id of context.state.campaigns.keys()) context.campaigns.add(id);
}

function started(context: Context, input: Extract<Input, { type: 'campaignStarted' }>): void {
  const { state } = context;
  const { campaign: config } = input;
  const known = state.campaigns.get(config.id);
  if (known) {
    // Started again: what is in flight and what was counted stay.
    known.dialling = true;
    known.removed = false;
    if (input.ledger !== null) takeLedger(context, known, input.ledger, input.ledgerSince);
    change(context, known, config);
    return;
  }
  const campaign: Campaign = {
    config,
    order: nextSeq(state),
    dialling: true,
    removed: false,
    held: 0,
    more: false,
    personal: new Map(),
    heldIsFresh: false,
    starved: false,
    claim: null,
    backingOff: false,
    members: 0,
    counted: 0,
    unpledged: [],
    free: [],
    answerable: [],
    uncovered: [],
    waiting: [],
    atRisk: 0,
    lines: 0,
    flight: [],
    calls: 0,
    attempts: 0,
    ledger: createLedger(
      config.abandon,
      horizon(config),
      readableSeed(input.ledger, context.time.slow),
      input.ledgerSince,
    ),
    risked: createRecord(),
    learned: config.pacing.mode === 'PREDICTIVE' ? createLearned(config) : null,
    timers: {},
  };
  state.campaigns.set(config.id, campaign);
  supplyPorts(context, campaign);
  restoreParked(context, campaign);
  reviewContacts(context, campaign);
}

/** Live answers that a stepped clock has dated ahead of now would stay too long: they are dated now. */
function readableSeed(seed: LedgerMinute[] | null, now: number): LedgerMinute[] | null {
  if (seed === null) return null;
  const minute = Math.floor(now / MINUTE) * MINUTE;
  return seed.flatMap((entry) => {
    if (entry.minute <= minute) return [entry];
    return [
      { ...entry, liveAnswers: 0, served: 0 },
      { minute, liveAnswers: entry.liveAnswers, abandons: 0, served: entry.served ?? 0 },
    ];
  });
}

/** A ledger read later than its campaign began: for the first time, or further back than what is at hand. */
function takeLedger(context: Context, campaign: Campaign, read: LedgerMinute[], since?: number): void {
  const { config, ledger } = campaign;
  const seed = readableSeed(read, context.time.slow) ?? [];
  if (!ledger.readable) {
    campaign.ledger = createLedger(config.abandon, horizon(config), readAtLast(ledger.minutes, seed), since);
  } else if (since !== undefined && since < ledger.wholeSince) {
    // What was counted here is whole from then on: only what was before comes from outside.
    const before = seed.filter((entry) => entry.minute < ledger.wholeSince);
    campaign.ledger = createLedger(config.abandon, horizon(config), [...before, ...ledger.minutes], since);
  }
}

/** What was counted meanwhile may or may not be in what was read: of live answers the greater, of abandons both. */
function readAtLast(counted: LedgerMinute[], read: LedgerMinute[]): LedgerMinute[] {
  const own = new Map(counted.map((entry) => [entry.minute, entry]));
  const merged = read.map((entry): LedgerMinute => {
    const mine = own.get(entry.minute);
    if (!mine) return entry;
    own.delete(entry.minute);
    return {
      minute: entry.minute,
      liveAnswers: Math.max(entry.liveAnswers, mine.liveAnswers),
      abandons: entry.abandons + mine.abandons,
      served: Math.max(entry.served ?? 0, mine.served ?? 0),
    };
  });
  return [...merged, ...own.values()];
}

function change(context: Context, campaign: Campaign, config: CampaignConfig): void {
  campaign.config = config;
  if (config.pacing.mode !== 'PREDICTIVE') campaign.learned = null;
  else campaign.learned ??= createLearned(config);
  measure(campaign.ledger, config.abandon, horizon(config));
  for (const agent of context.state.agents.values()) {
    if (agent.reservation?.campaignId !== config.id) continue;
    // At 1:1 the customer is shown from dialling on, above it is not: the views change with the rate.
    context.agents.add(agent.id);
    reviewReservation(context, agent);
  }
  supplyPorts(context, campaign);
  context.campaigns.add(config.id);
}

/** Emergency stop: no claim and no originate; lines that have rung long enough are taken down; the rest ends by itself. */
function stopOrganisation(context: Context, organisationId: string): void {
  const { state } = context;
  state.stopped.set(organisationId, true);
  for (const call of [...state.calls.values()]) {
    const campaign = state.campaigns.get(call.campaignId);
    if (campaign?.config.organisationId !== organisationId || call.phase !== 'RINGING' || call.ringingAt === null)
      continue;
    if (context.at - call.ringingAt >= campaign.config.minimumRingMs) cancelLine(context, campaign, call, 'CANCELLED');
  }
  touchAll(context);
}
