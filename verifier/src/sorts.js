// Record lines counted by sort while they pass by: where a record lies, what became of it, how well that is proven.

import { absentOr, isLevel, isText, maybe, oneOf } from './forms.js';
import { OUTCOMES } from './statement.js';

/** Far more than any inventory has places, and few enough to be held. */
const MOST = 1 << 16;

const isOutcome = oneOf(...OUTCOMES);
const NAMES = ['fault', 'level', 'object', 'outcome', 'plan', 'system'];
const FORMS = { fault: maybe(isText), level: maybe(isLevel), object: absentOr(isText), outcome: isOutcome, plan: absentOr(isText), system: absentOr(isText) };

/** The word for a record that was not found any more before anything was written to it. */
const UNFOUND = 'E429';

export class Sorts {
  #known = new Map();
  /** The one that the last line was of: the next mostly is too. */
  #last = null;

  /** Counts a line; false if it has another form, or there are more sorts than there can be. */
  take(said) {
    if (!NAMES.every((name) => FORMS[name](said[name]))) return false;
    const { fault = null, level = null, object = '', outcome, plan = '', system = '' } = said;
    const last = this.#last;
    const isSame =
      last && last.object === object && last.outcome === outcome && last.level === level && last.system === system && last.fault === fault && last.plan === plan;
    if (!isSame) {
      const key = JSON.stringify([fault, level, object, outcome, plan, system]);
      let known = this.#known.get(key);
      if (!known && this.#known.size >= MOST) return false;
      if (!known) this.#known.set(key, (known = { fault, level, object, outcome, plan, system, count: 0 }));
      this.#last = known;
    }
    this.#last.count += 1;
    return true;
  }

  [Symbol.iterator]() {
    return this.#known.values();
  }

  /** How many records there are of each outcome. */
  get outcomes() {
    return sums(this, ({ outcome }) => outcome);
  }

  /** How many records a plan has. */
  linesOf(plan) {
    return [...this].reduce((sum, known) => sum + (known.plan === plan ? known.count : 0), 0);
  }
}

/** Counts summed up by what they have in common. */
export function sums(all, of) {
  const out = new Map();
  for (const one of all) out.set(of(one), (out.get(of(one)) ?? 0) + one.count);
  return out;
}

export const isUnfound = ({ outcome, fault }) => outcome === 'changed' && fault === UNFOUND;
