import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 hands its collector out only where this flag is set, and then in contexts that are made after.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
setFlagsFromString('--no-expose-gc');

// Where much has survived for a while, V8 makes arrays and objects old from the beginning, and does not come back from that: what
// they hold cannot be young garbage any more. A claim left half a megabyte of old garbage behind like this, and every hundredth or so
// fell together with a collection of all, which takes both of two cores for 30 ms.
setFlagsFromString('--no-allocation-site-pretenuring');

// And what a claim leaves behind all the same may add up to four times of what is in use before all is collected: V8 as it comes
// collects at half as much again, every other hundred claims, the heap being small.
setFlagsFromString('--heap-growing-percent=400');

/**
 * Throws young garbage away at a moment of our choosing. A collection that comes in the middle of a large piece of work copies all
 * that the work still needs, twice, into fresh memory, and the work waits for it. Right behind it there is little left to copy.
 */
export const collectYoung = (): void => collect({ type: 'minor' });
