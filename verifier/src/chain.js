// The journal's chain: each stored event names the hash of the case's event before it.

import { sha256 } from '@noble/hashes/sha2.js';
import { digest, hex } from './bytes.js';
import { isNone, isText, isTime, seconds } from './forms.js';
import { isObject } from './json.js';

/** Words of ends that are told apart; there are about a hundred. */
const MOST_ENDS = 1000;

export class Chain {
  count = 0;
  /** Hash of the last line, in hex. */
  head = null;
  case = null;
  /** Hash of the first line. */
  first = null;
  /** The leaf that the log over all cases got when the case was opened: the second event says so. */
  opened = null;
  /** When the first event happened, in seconds, by the clock of whoever wrote it. */
  began = null;
  /** How steps ended by their events: outcome and level, and how often. */
  #ends = new Map();

  /** Follows one line and what it says; false if it is not the next one of the same case. */
  follow(bytes, said) {
    const before = this.head ?? '0'.repeat(64);
    this.head = hex(sha256(bytes));
    this.first ??= this.head;
    this.count += 1;
    if (this.count === 2 && isObject(said) && said.event === 'leaf_appended' && said.of === 'opened') this.opened = digest(said.leaf);
    if (isObject(said)) this.#end(said);
    if (this.count === 1 && isTime(said?.at)) this.began = seconds(said.at);
    if (!isObject(said) || typeof said.case !== 'string') return false;
    this.case ??= said.case;
    return digest(said.case_prev) === before && said.n === this.count && said.case === this.case;
  }

  #end({ event, outcome, level }) {
    if (!['step_ended', 'step_verified'].includes(event) || !isText(outcome) || !(isNone(level) || isText(level))) return;
    const end = JSON.stringify([outcome, level ?? null]);
    if (this.#ends.has(end) || this.#ends.size < MOST_ENDS) this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
  }

  /** How many events say that a step ended so, or was found so later. */
  ended(outcome, level) {
    return this.#ends.get(JSON.stringify([outcome, level])) ?? 0;
  }
}
