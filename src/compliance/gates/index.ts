export { type Consequence, consequenceOf } from './consequence';
export { type Evaluation, evaluate, firstRefusal, GATES } from './evaluate';
export type { Gate, GateFacts, GateName, GateVerdict } from './facts';
