import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import { z } from 'zod';
import { maskNumber } from './logger';

/** Whether a text is a telephone number in E.164 form whose length its country has; fictional ranges count. */
export const isE164 = (value: string): boolean => {
  if (!/^\+[1-9]\d{6,14}$/.test(value)) return false;
  try {
    return parsePhoneNumberWithError(value).isPossible();
  } catch {
    return false;
  }
};

export const e164 = (): z.ZodString =>
  z.string().refine(isE164, {
    error: ({ input }) => `${maskNumber(String(input))} is not a telephone number in E.164 form (+12025550100)`,
  });
