/** CLAIM holds what it reads until its commit; LOOK, for an explanation, reads the same without holding up anybody. */
export type Locking = 'CLAIM' | 'LOOK';

/** One statement in two versions: what it says by `hold` stands in a claim only. */
export const lockable = (name: string, read: (hold: (clause: string) => string) => string) => {
  const texts = {
    CLAIM: `/* claim.${name} */\n${read((clause) => clause)}`,
    LOOK: `/* look.${name} */\n${read(() => '')}`,
  };
  return (locking: Locking) => ({ name: `${locking.toLowerCase()}.${name}`, text: texts[locking] });
};
