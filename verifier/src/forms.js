// The forms of what stands in journal, systems and records: what has another form says nothing here.

import { digest } from './bytes.js';
import { isCount, isObject } from './json.js';

export const isText = (value) => typeof value === 'string';
export const isFlag = (value) => typeof value === 'boolean';
export const isDigest = (value) => digest(value) !== null;
export const isNone = (value) => value === undefined || value === null;

/** Nothing, or what the check lets through. */
export const maybe = (check) => (value) => isNone(value) || check(value);
/** What may be left out, but not be empty. */
export const absentOr = (check) => (value) => value === undefined || check(value);
export const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
export const pairOf = (first, second) => (value) => Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
export const oneOf = (...words) => (value) => words.includes(value);
/** An object whose named members have their forms; others may stand beside them. */
export const having = (members) => (value) => isObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));

/** A day of the calendar, as ISO 8601 writes it. */
export function isDay(value) {
  if (!isText(value) || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** A point in time (RFC 3339). */
export const isTime = (value) =>
  isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));

export const seconds = (time) => Math.floor(Date.parse(time) / 1000);

/** The day one month after another; where that month has none such, its last. */
export function monthAfter(iso) {
  const [year, month, day] = iso.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day, last))).toISOString().slice(0, 10);
}

/** How many days lie between two days. */
export const daysBetween = (one, other) => Math.abs(Date.parse(one) - Date.parse(other)) / 86_400_000;

export const LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4'];
export const isLevel = oneOf(...LEVELS);

/** What a system answered. */
export const isAnswer = having({
  system: isText,
  status: oneOf('searched', 'incomplete', 'not_searched', 'manual'),
  error: maybe(isText),
  objects: listOf(
    having({
      object: isText,
      status: oneOf('searched', 'not_searched'),
      error: maybe(isText),
      control: oneOf('found', 'not_found', 'none'),
      records: isCount,
      near_misses: isCount,
    }),
  ),
});

/** An answer without anything that stands beside it. */
export const answer = ({ system, status, error, objects }) => ({
  system,
  status,
  error: error ?? null,
  objects: objects.map((one) => ({
    object: one.object,
    status: one.status,
    error: one.error ?? null,
    control: one.control,
    records: one.records,
    near_misses: one.near_misses,
  })),
});

/** Whether two values of JSON say the same, in whatever order their members stand. */
export function isSame(one, other) {
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((value, at) => isSame(value, other[at]));
  if (!isObject(one)) return one === other;
  const names = Object.keys(one);
  return isObject(other) && names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]));
}
