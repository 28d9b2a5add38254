import type { Logger } from './logger';

/** Given time to finish; what is left of the whole process's time, in milliseconds. */
export type ShutdownStep = (deadlineMs: number) => Promise<void>;

/**
 * The life of a role's process. It ends at SIGTERM or SIGINT, when the supervisor's pipe closes, by `shutdown`, or at an
 * error that nobody caught.
 */
export interface Lifecycle {
  /** Aborted as soon as the shutdown begins. */
  readonly signal: AbortSignal;
  /** Steps run one after another, the last registered first: what was built last is taken down first. */
  onShutdown(name: string, step: ShutdownStep): void;
  /** Runs the steps and exits. Never rejects; called twice it is the same shutdown. */
  shutdown(reason: string, code?: number): Promise<void>;
  /** Facts for the supervisor (ports, URLs), sent along with the word that the role is ready. */
  announce(facts: Record<string, string | number>): void;
  /** Called by the command line when `runRole` has resolved. */
  ready(): void;
}

export interface LifecycleOptions {
  logger: Logger;
  /** Time for all steps together. */
  graceMs?: number;
  exit?: (code: number) => void;
}

export interface ReadyMessage {
  ready: true;
  facts: Record<string, string | number>;
}

export const EXIT = { stopped: 0, fault: 1, interrupted: 130 } as const;

export const createLifecycle = ({ logger, graceMs = 10_000, exit = process.exit }: LifecycleOptions): Lifecycle => {
  const steps: { name: string; step: ShutdownStep }[] = [];
  const controller = new AbortController();
  const facts: Record<string, string | number> = {};
  let ending: Promise<void> | undefined;

  const runSteps = async (): Promise<void> => {
    const end = performance.now() + graceMs;
    for (const { name, step } of steps.reverse()) {
      const left = Math.max(0, end - performance.now());
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('it took too long')), left);
      });
      try {
        await Promise.race([step(left), late]);
      } catch (error) {
        logger.warn({ step: name, reason: String(error) }, 'a shutdown step failed');
      } finally {
        clearTimeout(timer);
      }
    }
  };

  const end = (reason: string, code: number): Promise<void> => {
    if (!ending) {
      logger.info({ reason }, 'shutting down');
      controller.abort(reason);
      ending = runSteps().then(() => exit(code));
    }
    return ending;
  };

  let interrupts = 0;
  const interrupted = (name: string) => {
    interrupts += 1;
    // The second time the person means it.
    if (interrupts > 1 && name === 'SIGINT') exit(EXIT.interrupted);
    void end(name, EXIT.stopped);
  };
  process.on('SIGTERM', () => interrupted('SIGTERM'));
  process.on('SIGINT', () => interrupted('SIGINT'));
  // The pipe to the supervisor closes when it ends, however it ends; a role must not outlive it.
  process.on('disconnect', () => void end('the supervisor is gone', EXIT.stopped));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      void end(event, EXIT.fault);
    });
  }

  return {
    signal: controller.signal,
    onShutdown: (name, step) => {
      steps.push({ name, step });
    },
    shutdown: (reason, code = EXIT.stopped) => end(reason, code),
    announce: (more) => {
      Object.assign(facts, more);
    },
    ready: () => {
      logger.info(facts, 'ready');
      process.send?.({ ready: true, facts } satisfies ReadyMessage);
    },
  };
};
