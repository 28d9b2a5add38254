export { createAriPort } from './ari-port';
export { amdArguments, totalAnalysisMs } from './cpa';
export type { AriLogger, AriPortOptions } from './options';
