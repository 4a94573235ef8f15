// The journal's chain: each stored event names the hash of the case's event before it.

import { sha256 } from '@noble/hashes/sha2.js';
import { digest, hex } from './bytes.js';
import { isTime, seconds } from './forms.js';
import { isObject } from './json.js';

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
  /** Follows one line and what it says; false if it is not the next one of the same case. */
  follow(bytes, said) {
    const before = this.head ?? '0'.repeat(64);
    this.head = hex(sha256(bytes));
    this.first ??= this.head;
    this.count += 1;
    if (this.count === 2 && isObject(said) && said.event === 'leaf_appended' && said.of === 'opened') this.opened = digest(said.leaf);
    if (this.count === 1 && isTime(said?.at)) this.began = seconds(said.at);
    if (!isObject(said) || typeof said.case !== 'string') return false;
    this.case ??= said.case;
    return digest(said.case_prev) === before && said.n === this.count && said.case === this.case;
  }
}
