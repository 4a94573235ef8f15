// Cuts a stream into lines that end in LF, without holding more than one.

import { concat } from './bytes.js';

/** No line of records or journal may be longer. */
const LONGEST = 1 << 20;

export class Lines {
  #held = [];
  #size = 0;
  #tooLong = false;

  feed(bytes, line) {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const piece = bytes.subarray(from, end);
      if (this.#size === 0) {
        line(piece);
      } else {
        this.#hold(piece);
        line(concat(this.#held));
        this.#drop();
      }
      from = end + 1;
    }
    this.#hold(bytes.subarray(from));
  }

  #hold(piece) {
    if (this.#size + piece.length > LONGEST) {
      this.#tooLong = true;
      this.#drop();
    } else if (piece.length > 0) {
      // The next piece may be written over this one.
      this.#held.push(piece.slice());
      this.#size += piece.length;
    }
  }

  #drop() {
    this.#held = [];
    this.#size = 0;
  }

  /** Whether a line was too long, or the last one has no end. */
  get isBroken() {
    return this.#tooLong || this.#size > 0;
  }
}
