export { type PastAttempt, reachOf } from './attempt-count';
export { type Consequence, consequenceOf } from './consequence';
export { type Evaluation, evaluate, firstRefusal, GATES, nextLawful } from './evaluate';
export type { DoNotCallListing, Gate, GateFacts, GateName, GateVerdict } from './facts';
