import type { DialOutcome } from './dial-outcome';
import type { CloseReason } from './next-step';
import type { OutcomeRule, OutcomeRules } from './outcome-set';
import type { WrapUpCode } from './wrap-up-code-set';

export interface Policy {
  outcomes: OutcomeRules;
  /** Null: the campaign has no wrap-up code set, codes are free text. */
  codes: readonly WrapUpCode[] | null;
}

export interface Ruled {
  rule: OutcomeRule;
  reason: CloseReason;
}

/** The rule for an ended attempt: the wrap-up code's when the campaign's set has it, else the telephony outcome's. */
export const ruleFor = ({ outcomes, codes }: Policy, outcome: DialOutcome, wrapUpCode: string | null): Ruled => {
  const said = wrapUpCode === null ? undefined : codes?.find(({ code }) => code === wrapUpCode);
  if (said?.action === 'RETRY') return { rule: said, reason: 'WRAP_UP' };
  if (said) return { rule: { action: 'CLOSE' }, reason: said.action === 'DO_NOT_CALL' ? 'OPTED_OUT' : 'WRAP_UP' };
  return { rule: outcomes[outcome], reason: outcome };
};
