/** Work that is done again and again, never twice at once; a failure waits for the next time. */
export const every = (ms: number, work: () => Promise<void>, onError: (error: unknown) => void): (() => void) => {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    work()
      .catch(onError)
      .finally(() => {
        running = false;
      });
  }, ms);
  return () => clearInterval(timer);
};
