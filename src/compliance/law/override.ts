import type { RuleName, Rules } from './profile';

/** A looser rule that an organisation answers for itself: in place of the profile's for some days. */
export interface LawOverride {
  id: string;
  /** Code of a shipped profile. */
  profile: string;
  rule: RuleName;
  /** The rule of that name is in force instead. */
  value: Rules[RuleName];
  /** First and last day, YYYY-MM-DD. */
  from: string;
  to: string;
}
