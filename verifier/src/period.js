// The container of a period: every case that was at work in it, on one line each, with key figures that are counted again here.

import { digest, plain } from './bytes.js';
import { isCount, isObject } from './json.js';

const CLOSINGS = ['answered', 'refused', 'withdrawn', 'nothing_found'];
/** No answer takes a century. */
const MOST_DAYS = 36_525;
/** Kinds of gaps that are told apart; there are some forty. */
const MOST_KINDS = 500;
/** What the period says of itself, in the same words as its bundles. */
const ALWAYS = ['no_time_stamp', 'time_stamp_beside', 'no_log', 'log_is_ours', 'due_nominal', 'self_signed'];
/** What the bundles of a period say of themselves and the first periods did not repeat. */
const LATER = ['same_word', 'changes_not_listed', 'approval_none'];
export const isLater = ({ kind, code }) => kind === 'in_bundles' && LATER.includes(code);
/** No more are shown. */
const MOST = 300;

const isText = (value) => typeof value === 'string';
const isDay = (value) => isText(value) && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
const none = (value) => value === undefined || value === null;
const areCounts = (value) => isObject(value) && Object.values(value).every(isCount);

/** Whether a value is a case's line. */
function isCase(said) {
  return (
    isObject(said) &&
    isCount(said.seq) &&
    isText(said.case) &&
    Array.isArray(said.rights) &&
    said.rights.every(isText) &&
    [said.received, said.opened, said.due].every(isDay) &&
    [said.answered, said.closed].every((day) => none(day) || isDay(day)) &&
    (none(said.closing) || CLOSINGS.includes(said.closing)) &&
    (none(said.days) || (Number.isInteger(said.days) && Math.abs(said.days) <= MOST_DAYS)) &&
    typeof said.late === 'boolean' &&
    areCounts(said.outcomes) &&
    Array.isArray(said.bundles) &&
    said.bundles.every((one) => isObject(one) && isCount(one.number) && digest(one.id) && isDay(one.made)) &&
    (none(said.gaps) || areCounts(said.gaps)) &&
    typeof said.purged === 'boolean'
  );
}

export class Cases {
  shown = [];
  more = 0;
  #figures = { cases: 0, open: 0, answered: 0, onTime: 0, late: 0, refused: 0, withdrawn: 0, nothingFound: 0, withoutBundle: 0, purged: 0 };
  #days = new Map();
  #open = { case_without_bundle: 0, bundle_not_at_hand: 0, case_open: 0, closing_not_recorded: 0 };
  /** Bundles that say so of themselves, by kind. */
  #kinds = new Map();

  /** Takes a line; false if it is none or out of its place. */
  take(said, place) {
    if (!isCase(said)) return false;
    const figures = this.#figures;
    const answered = !none(said.answered);
    const count = (name, is) => (figures[name] += is ? 1 : 0);
    count('cases', true);
    count('open', none(said.closed));
    count('answered', answered);
    count('onTime', answered && !said.late);
    count('late', said.late);
    count('refused', said.closing === 'refused');
    count('withdrawn', said.closing === 'withdrawn');
    count('nothingFound', said.closing === 'nothing_found');
    count('withoutBundle', said.bundles.length === 0);
    count('purged', said.purged);
    if (!none(said.days)) this.#days.set(said.days, (this.#days.get(said.days) ?? 0) + 1);
    this.#keep(said);
    return this.#leaves(said) && said.seq === place;
  }

  /** Counts what a case leaves open; false if it names more kinds than there are. */
  #leaves({ bundles, gaps, closed, closing }) {
    const count = (kind, is) => (this.#open[kind] += is ? 1 : 0);
    count('case_without_bundle', bundles.length === 0);
    count('bundle_not_at_hand', bundles.length > 0 && none(gaps));
    count('case_open', none(closed));
    count('closing_not_recorded', !none(closed) && none(closing));
    for (const kind of Object.keys(gaps ?? {}).filter((one) => !ALWAYS.includes(one))) {
      if (this.#kinds.size >= MOST_KINDS && !this.#kinds.has(kind)) return false;
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    }
    return true;
  }

  /** What the cases leave open. */
  get left() {
    const open = Object.entries(this.#open).filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, count }));
    return [...open, ...[...this.#kinds].map(([code, count]) => ({ kind: 'in_bundles', code, count }))];
  }

  #keep(said) {
    if (this.shown.length >= MOST) {
      this.more += 1;
      return;
    }
    const { received, due, answered, closing, late, bundles } = said;
    const records = Object.values(said.outcomes).reduce((sum, one) => sum + one, 0);
    this.shown.push({ case: plain(said.case), rights: said.rights.slice(0, 20), received, due, answered, closing, late, records, bundle: bundles.at(-1)?.id ?? null });
  }

  /** The key figures; the middle of the days that answers took, of an even number the larger of the two. */
  get figures() {
    const days = [...this.#days].sort(([a], [b]) => a - b);
    const all = days.reduce((sum, [, count]) => sum + count, 0);
    let before = 0;
    const middle = days.find(([, count]) => (before += count) > all / 2);
    return { ...this.#figures, medianDays: middle?.[0] ?? null };
  }

  /** Whether a statement's figures are these. */
  agree(stated) {
    const own = this.figures;
    return isObject(stated) && Object.entries(own).every(([name, value]) => (stated[name] ?? null) === value);
  }
}
