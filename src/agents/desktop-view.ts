import type { CallbackKind } from '../contacts/callbacks/callback';
import { maskNumber } from '../infra/logger';
import type { Sql } from '../infra/postgres';
import { type Caller, seesNumbers } from '../organisations/caller';
import type { AgentStateName } from './agent-states';

export interface Variable {
  name: string;
  value: string;
}

/** Everything an agent's desktop shows, read in one statement from the rows behind it. */
export interface DesktopView {
  agentId: string;
  seq: number;
  state: AgentStateName;
  reason: string | null;
  /** A change that waits for a line or a call to resolve. */
  pending: string | null;
  since: Date | null;
  session: { id: string; openedAt: Date; deviceId: string; deviceKind: string } | null;
  campaign: { id: string; name: string } | null;
  reservation: { id: string; openedAt: Date; answeredAt: Date | null } | null;
  popOver: {
    campaignId: string;
    campaignName: string;
    customer: { attemptId: string; variables: Variable[]; callback: PromisedCall | null } | null;
  } | null;
  customer: CustomerPanel | null;
}

/** The promise that a call is to keep. */
export interface PromisedCall {
  id: string;
  kind: CallbackKind;
  from: Date;
  until: Date;
  note: string;
}

export interface CustomerPanel {
  attemptId: string;
  contactId: string;
  externalId: string | null;
  number: string;
  mode: string;
  attemptNo: number;
  variables: Variable[];
  callback: PromisedCall | null;
  placedAt: Date | null;
  ringingAt: Date | null;
  answeredAt: Date | null;
  connectedAt: Date | null;
  endedAt: Date | null;
}

/** SPEC section 3: in the pop-over besides the campaign, and in the interaction panel. */
const POP_OVER_VARIABLES = 6;
const PANEL_VARIABLES = 30;

const READ = `/* desktop.read */
SELECT a.id AS "agentId", COALESCE(s.seq, 0) AS seq, COALESCE(s.state, 'LOGGED_OUT') AS state, s.reason, s.pending, s.since,
  e.id AS "sessionId", e.opened_at AS "sessionOpenedAt", e.device_id AS "deviceId", e.device_kind AS "deviceKind",
  c.id AS "campaignId", c.name AS "campaignName",
  g.pacing_mode = 'PROGRESSIVE' AND (g.pacing ->> 'dialingRate')::numeric = 1 AS "oneToOne",
  r.id AS "reservationId", r.opened_at AS "reservedAt", r.answered_at AS "reservationAnsweredAt",
  t.id AS "attemptId", t.contact_id AS "contactId", t.number, t.mode, t.attempt_no AS "attemptNo",
  t.placed_at AS "placedAt", t.ringing_at AS "ringingAt", t.answered_at AS "answeredAt",
  t.connected_at AS "connectedAt", t.ended_at AS "endedAt",
  b.id AS "callbackId", b.kind AS "callbackKind", b.from_at AS "callbackFrom", b.until_at AS "callbackUntil",
  b.note AS "callbackNote", k.external_id AS "externalId", k.attributes, l.field_mapping -> 'attributes' AS "attributeOrder"
FROM agent a
LEFT JOIN agent_state s ON s.agent_id = a.id
LEFT JOIN agent_session e ON e.id = s.session_id AND e.closed_at IS NULL
LEFT JOIN campaign c ON c.id = s.campaign_id AND c.organisation_id = a.organisation_id
LEFT JOIN campaign_group g ON g.id = c.group_id
LEFT JOIN reservation r ON r.id = s.reservation_id AND r.closed_at IS NULL
LEFT JOIN call_attempt t ON t.id = s.attempt_id AND t.organisation_id = a.organisation_id
LEFT JOIN contact k ON k.id = t.contact_id
LEFT JOIN campaign_contact cc ON cc.campaign_id = t.campaign_id AND cc.contact_id = t.contact_id
LEFT JOIN callback b ON b.id = cc.callback_id AND b.from_at <= t.claimed_at
LEFT JOIN contact_list l ON l.id = k.list_id
WHERE a.id = $1 AND a.organisation_id = $2`;

interface Row {
  agentId: string;
  seq: number;
  state: AgentStateName;
  reason: string | null;
  pending: string | null;
  since: Date | null;
  sessionId: string | null;
  sessionOpenedAt: Date;
  deviceId: string;
  deviceKind: string;
  campaignId: string | null;
  campaignName: string;
  oneToOne: boolean | null;
  reservationId: string | null;
  reservedAt: Date;
  reservationAnsweredAt: Date | null;
  attemptId: string | null;
  contactId: number;
  number: string;
  mode: string;
  attemptNo: number;
  placedAt: Date | null;
  ringingAt: Date | null;
  answeredAt: Date | null;
  connectedAt: Date | null;
  endedAt: Date | null;
  callbackId: string | null;
  callbackKind: CallbackKind;
  callbackFrom: Date;
  callbackUntil: Date;
  callbackNote: string;
  externalId: string | null;
  attributes: Record<string, unknown> | null;
  attributeOrder: unknown;
}

/** In the order of the list's columns: jsonb does not keep it. */
const variablesOf = ({ attributes, attributeOrder }: Row, most: number): Variable[] => {
  const all = attributes ?? {};
  const ordered = Array.isArray(attributeOrder) ? attributeOrder.map(String).filter((name) => name in all) : [];
  const names = [...new Set([...ordered, ...Object.keys(all).sort()])];
  return names.slice(0, most).map((name) => ({ name, value: String(all[name] ?? '') }));
};

const callbackOf = (row: Row): PromisedCall | null =>
  row.callbackId === null
    ? null
    : {
        id: row.callbackId,
        kind: row.callbackKind,
        from: row.callbackFrom,
        until: row.callbackUntil,
        note: row.callbackNote,
      };

const hasCustomer = (row: Row): boolean =>
  row.attemptId !== null && (row.state === 'CONNECTED' || row.state === 'WRAP_UP');

/** Above 1:1 nothing of a customer is shown before the connection; at 1:1 the pop-over has it while dialling. */
const popOverOf = (row: Row): DesktopView['popOver'] => {
  if (!row.campaignId) return null;
  const shows = row.attemptId !== null && (hasCustomer(row) || (row.oneToOne === true && row.state === 'RESERVED'));
  return {
    campaignId: row.campaignId,
    campaignName: row.campaignName,
    customer: shows
      ? {
          attemptId: row.attemptId ?? '',
          variables: variablesOf(row, POP_OVER_VARIABLES),
          callback: callbackOf(row),
        }
      : null,
  };
};

const customerOf = (row: Row, caller: Caller): CustomerPanel | null => {
  if (!hasCustomer(row) || !row.attemptId) return null;
  const { contactId, externalId, mode, attemptNo, placedAt, ringingAt, answeredAt, connectedAt, endedAt } = row;
  return {
    attemptId: row.attemptId,
    contactId: String(contactId),
    externalId,
    number: seesNumbers(caller) ? row.number : maskNumber(row.number),
    mode,
    attemptNo,
    variables: variablesOf(row, PANEL_VARIABLES),
    callback: callbackOf(row),
    placedAt,
    ringingAt,
    answeredAt,
    connectedAt,
    endedAt,
  };
};

/** Null when the organisation has no such agent. */
export const readDesktop = async (sql: Sql, caller: Caller, agentId: string): Promise<DesktopView | null> => {
  const values = [agentId, caller.organisationId];
  const { rows } = await sql.query<Row>({ name: 'desktop.read', text: READ, values });
  const row = rows[0];
  if (!row) return null;
  const { seq, state, reason, pending, since } = row;
  return {
    agentId: row.agentId,
    seq,
    state,
    reason,
    pending,
    since,
    session: row.sessionId
      ? { id: row.sessionId, openedAt: row.sessionOpenedAt, deviceId: row.deviceId, deviceKind: row.deviceKind }
      : null,
    campaign: row.campaignId ? { id: row.campaignId, name: row.campaignName } : null,
    reservation: row.reservationId
      ? { id: row.reservationId, openedAt: row.reservedAt, answeredAt: row.reservationAnsweredAt }
      : null,
    popOver: popOverOf(row),
    customer: customerOf(row, caller),
  };
};
