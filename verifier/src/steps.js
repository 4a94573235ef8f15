// Each record's line held against what the journal says of its step.
//
// Journal and lines have different orders: systems are worked for at the same time, a step may be begun again, and a later look changes
// what is known of it. So the journal is folded first, and of each step its latest state is kept in a few numbers.

import { isText } from './forms.js';
import { isCount, isObject } from './json.js';

/** Steps of a page, and pages of a journal: far more than any case has. */
const PAGE = 256;
const MOST = 1 << 18;
/** Words that are told apart: far more than any inventory has places for. */
const MOST_WORDS = 1 << 18;

const KINDS = ['step_started', 'step_ended', 'step_verified'];
const PLACE = ['plan', 'system', 'object', 'action'];
const DONE = [...PLACE, 'decision', 'until', 'fault'];
const END = ['outcome', 'level'];
const word = (value) => (isText(value) ? value : null);

/** Words that many steps have in common, each once. */
class Common {
  #names;
  #numbers = new Map();
  /** Those of the last step: the next one mostly has the same. */
  #last = [];
  #number = 0;

  constructor(names) {
    this.#names = names;
  }

  /** The number of these words, from 1; 0 if there are too many. */
  of(said) {
    const last = this.#last;
    if (this.#number > 0 && this.#names.every((name, at) => word(said[name]) === last[at])) return this.#number;
    this.#last = this.#names.map((name) => word(said[name]));
    this.#number = this.#find(JSON.stringify(this.#last));
    return this.#number;
  }

  #find(key) {
    let number = this.#numbers.get(key);
    if (!number) {
      if (this.#numbers.size >= MOST_WORDS) return 0;
      this.#numbers.set(key, (number = this.#numbers.size + 1));
    }
    return number;
  }
}

let lastText = null;
let lastInstant = null;

/** A point in time as dsr writes it, in two numbers: seconds, and billionths from 1; zeros where there is none, null for any other form. */
function instant(at) {
  if (!isText(at)) return [0, 0];
  // Many steps are written at once.
  if (at !== lastText) [lastText, lastInstant] = [at, read(at)];
  return lastInstant;
}

function read(at) {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,8}[1-9]))?Z$/.exec(at);
  const seconds = parts ? Date.parse(`${parts[1]}Z`) / 1000 : NaN;
  return Number.isNaN(seconds) ? null : [seconds, Number((parts[2] ?? '').padEnd(9, '0')) + 1];
}

class Page {
  /** What was done, by its words; 0 where nothing is known of the step. */
  done = new Uint32Array(PAGE);
  end = new Uint32Array(PAGE);
  at = [new Float64Array(PAGE), new Uint32Array(PAGE)];
  verifiedAt = [new Float64Array(PAGE), new Uint32Array(PAGE)];
  /** Whether a line was read that says all this. */
  isSaid = new Uint8Array(PAGE);
}

export class Steps {
  #plans = new Map();
  #pages = 0;
  #words = { begun: new Common(PLACE), done: new Common(DONE), end: new Common(END) };
  /** Whether an event contradicts those before it or is none, or a line says other than the journal. */
  #isBroken = false;
  #known = 0;
  #said = 0;

  /** Takes in an event; those that are about no single step change nothing. */
  event(said) {
    if (!isObject(said) || !isText(said.case) || !KINDS.includes(said.event)) return;
    if (!this.#fold(said)) this.#isBroken = true;
  }

  #fold(said) {
    const { event, plan, step } = said;
    const at = instant(said.at);
    const has = (...names) => names.every((name) => isText(said[name]));
    if (!has('at', 'plan') || !at || !isStep(step)) return false;
    if (event === 'step_started' && !has('system', 'object', 'action')) return false;
    if (event === 'step_ended' && !has('system', 'object', 'decision', 'outcome')) return false;
    if (event === 'step_verified' && !has('outcome', 'level')) return false;
    const page = this.#page(plan, step, true);
    const place = step % PAGE;
    if (!page) return false;
    if (event === 'step_verified') {
      if (page.done[place] === 0) return false;
    } else {
      const done = event === 'step_started' ? this.#begun(said) : this.#done(said);
      if (done === 0) return false;
      if (page.done[place] === 0) this.#known += 1;
      page.done[place] = done;
      put(page.at, place, at);
    }
    page.end[place] = this.#words.end.of(event === 'step_started' ? OPEN : said);
    put(page.verifiedAt, place, event === 'step_verified' ? at : [0, 0]);
    return page.end[place] !== 0;
  }

  /** What was done. Of a step that was begun and of which nobody knows how it ended, the plan alone says what was decided. */
  #done(said) {
    if (said.outcome === OPEN.outcome && word(said.level) === null) return this.#begun(said);
    return 2 * this.#words.done.of(said);
  }

  /** Both kinds of numbers lie side by side. */
  #begun(said) {
    const number = this.#words.begun.of(said);
    return number && 2 * number + 1;
  }

  #page(plan, step, make) {
    let pages = this.#plans.get(plan);
    if (!pages && make && this.#plans.size < MOST) this.#plans.set(plan, (pages = new Map()));
    const number = Math.floor(step / PAGE);
    let page = pages?.get(number);
    if (!page && pages && make && this.#pages < MOST) {
      pages.set(number, (page = new Page()));
      this.#pages += 1;
    }
    return page;
  }

  /** Holds a record line against the step; the journal has to be known by then. */
  line(said) {
    // Planned and never begun: the journal has no event of it.
    const isUntouched = said.outcome === 'pending' && ['level', 'fault', 'at', 'verified_at'].every((name) => word(said[name]) === null);
    if (isUntouched) return;
    const [at, verifiedAt] = [instant(said.at), instant(said.verified_at)];
    const page = isStep(said.step) ? this.#page(word(said.plan) ?? '', said.step, false) : null;
    const place = said.step % PAGE;
    const isSo =
      page &&
      at &&
      verifiedAt &&
      page.isSaid[place] === 0 &&
      page.done[place] !== 0 &&
      page.done[place] === this.#done(said) &&
      page.end[place] === this.#words.end.of(said) &&
      isAt(page.at, place, at) &&
      isAt(page.verifiedAt, place, verifiedAt);
    if (!isSo) {
      this.#isBroken = true;
      return;
    }
    page.isSaid[place] = 1;
    this.#said += 1;
  }

  /** Whether the lines say what the journal says: of each step that it knows one line, and no other. */
  get areSaid() {
    return !this.#isBroken && this.#said === this.#known;
  }
}

/** How a step ended that was only begun. */
const OPEN = { outcome: 'unknown', level: null };

const isStep = (value) => isCount(value) && value < 2 ** 32;

function put([seconds, rest], place, [whole, part]) {
  seconds[place] = whole;
  rest[place] = part;
}

const isAt = ([seconds, rest], place, [whole, part]) => seconds[place] === whole && rest[place] === part;
