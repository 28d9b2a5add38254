export { type LegTruth, readTruthLog, type Span, type TruthSummary } from './read-truth-log';
export { knownSipResponses } from './sip-causes';
export { type SimulatedSwitch, type SimulatedSwitchOptions, startSimulatedSwitch } from './start';
export type { AgentScript, CalleeScript, World, WorldInput } from './world';
export { parseWorld, WorldError } from './world';
