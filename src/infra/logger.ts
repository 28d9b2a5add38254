import pino, { type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** JSON lines on standard error: standard output belongs to the person at the terminal. */
export const createLogger = (role: string, level: string): Logger =>
  pino(
    {
      level,
      base: { role, pid: process.pid },
      redact: ['password', 'token', 'secret', 'authorization', '*.password', '*.token', '*.secret', '*.authorization'],
    },
    pino.destination({ dest: 2, sync: true }),
  );

/** Keeps the country's part and the last two digits of a number: enough to recognise, not to call. */
export const maskNumber = (number: string): string =>
  number.length <= 6 ? '***' : `${number.slice(0, 4)}${'*'.repeat(number.length - 6)}${number.slice(-2)}`;
