import { z } from 'zod';
import { invalid } from '../errors';
import { CPA_TIMERS, type Pacing, type PacingMode, parameterFields } from './parameters';

export const cpaShape = {
  cpaEnabled: z.boolean().default(false).describe('Call progress analysis: tells persons from machines.'),
  amdEnabled: z.boolean().default(false).describe('Answering machine detection; needs cpaEnabled.'),
  terminatingToneDetect: z.boolean().default(false).describe("Waits for a machine's tone; needs amdEnabled."),
  ...parameterFields(CPA_TIMERS),
};

export type CpaSettings = { cpaEnabled: boolean; amdEnabled: boolean; terminatingToneDetect: boolean } & {
  [K in keyof typeof CPA_TIMERS]?: number;
};

/** Each switch needs the one before it. */
export const checkCpa = (cpa: CpaSettings, mode: PacingMode, pacing: Pacing): void => {
  if (cpa.amdEnabled && !cpa.cpaEnabled) throw invalid('cpa.amdEnabled', 'cpa.amdEnabled needs cpa.cpaEnabled');
  if (cpa.terminatingToneDetect && !cpa.amdEnabled) {
    throw invalid('cpa.terminatingToneDetect', 'cpa.terminatingToneDetect needs cpa.amdEnabled');
  }
  if (cpa.cpaEnabled && mode === 'PREVIEW' && pacing.previewType === 'DIRECT') {
    throw invalid('cpa.cpaEnabled', 'cpa.cpaEnabled is not for direct preview: the agent hears the ringing');
  }
};
