// Gaps counted by what they are told apart by, and a list of them held against another.

import { compare, plain, utf8 } from './bytes.js';
import { isCount, isObject } from './json.js';
import { reason } from './reason.js';
import { same } from './words.js';
import * as say from './house/held.js';

/** Gaps that the first versions did not name: where a statement does not, the verdict does. */
export const TOLD = ['answer_not_recorded', 'answered_by_word', 'opening_stamped_late'];
/** Gaps that are named in the reason; of the others only the number. */
const NAMED = 6;

const text = (value) => (typeof value === 'string' ? value : null);

function keyOf(gap) {
  const own = isObject(gap) ? gap : {};
  const kind = text(own.kind) ?? '';
  const code = ['warning', 'in_bundles'].includes(kind) ? text(own.code) : null;
  return [kind, text(own.system), text(own.object), code];
}

/** How often each gap is there: its count, or once. */
export function tally(gaps) {
  const out = new Map();
  for (const gap of gaps) add(out, keyOf(gap), isObject(gap) && isCount(gap.count) ? gap.count : 1);
  return out;
}

function add(counts, key, count) {
  const id = JSON.stringify(key);
  counts.set(id, { key, count: (counts.get(id)?.count ?? 0) + count });
}

/** The gaps that are wanted and not there as often, in the order of their names. */
export function missing(wanted, stated) {
  const all = [...wanted].filter(([id, { count }]) => (stated.get(id)?.count ?? 0) < count);
  return all.map(([, { key }]) => key).sort(inOrder);
}

/** What is not there at all stands before what is. */
function inOrder(one, other) {
  for (let at = 0; at < one.length; at += 1) {
    const [a, b] = [one[at], other[at]];
    const order = a === null || b === null ? Number(a !== null) - Number(b !== null) : compare(utf8(a), utf8(b));
    if (order !== 0) return order;
  }
  return 0;
}

/** A record that was not found again is one of those that changed where a later plan came upon it. */
export function unfoundAsChanged(counts) {
  const out = new Map();
  for (const { key, count } of counts.values()) add(out, key[0] === 'not_found_again' ? ['changed', ...key.slice(1)] : key, count);
  return out;
}

function place([kind, system, object, code]) {
  const what = code === null ? plain(kind) : `${plain(kind)} ${plain(code)}`;
  if (system === null) return what;
  return `${what} (${object === null ? plain(system) : `${plain(system)}.${plain(object)}`})`;
}

/** That gaps are hidden, if there are any. */
export function refuse(hidden, verdict) {
  if (hidden.length === 0) return;
  const named = same(hidden.slice(0, NAMED).map(place).join(', '));
  const more = hidden.length - NAMED;
  verdict.reasons.push(reason('E738', say.gap_hidden(more > 0 ? say.and_more(named, more) : named)));
}

/** That what the verdict knows of a statement names fewer gaps than what lies beside it shows. */
export function atLeast(wanted, verdict) {
  refuse(missing(tally(wanted), tally(verdict.notProven)), verdict);
}
