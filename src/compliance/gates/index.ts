export { type PastAttempt, reachOf } from './attempt-count';
export { type Consequence, consequenceOf } from './consequence';
export { type Evaluation, evaluate, firstRefusal, GATES, nextLawful } from './evaluate';
export {
  type DoNotCallListing,
  GATE_NAMES,
  type Gate,
  type GateFacts,
  type GateName,
  type GateVerdict,
  type NextNumber,
  PLACED_WITHIN_MS,
  type Place,
} from './facts';
