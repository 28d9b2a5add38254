/**
 * Exponential forgetting without touching what is stored: each new observation weighs a little more than the one before.
 * When the weight has grown large everything is scaled down once.
 */
export interface Weight {
  value: number;
}

const RESCALE_AT = 1e9;

/** The weight of the next observation, with `memory` observations remembered. */
export function nextWeight(weight: Weight, memory: number, scaled: number[][]): number {
  weight.value /= 1 - 1 / memory;
  if (weight.value > RESCALE_AT) {
    for (const list of scaled) {
      for (let index = 0; index < list.length; index += 1) list[index]! /= weight.value;
    }
    weight.value = 1;
  }
  return weight.value;
}
