// Texts in every language that the page speaks: a text is an object `{ en, de }`, as a message of dsr is.

import { plain } from './bytes.js';

/** Words that are the same in every language. */
export const same = (words) => ({ en: String(words), de: String(words) });

/** What a message speaks of, as a language writes it. */
export function said(value, lang) {
  return typeof value === 'object' && value !== null ? value[lang] : String(value);
}

/** A day: ISO 8601 in English, day.month.year in German (DIN 5008). Anything else stays as it is. */
export function day(iso) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  return parts ? { en: iso, de: `${parts[3]}.${parts[2]}.${parts[1]}` } : same(plain(iso));
}

/** A point in time (RFC 3339 or seconds since 1970), in UTC. */
export function instant(at) {
  const date = typeof at === 'number' ? new Date(at * 1000) : new Date(typeof at === 'string' ? at : NaN);
  if (Number.isNaN(date.getTime())) return same(plain(at));
  const [iso, time] = date.toISOString().slice(0, 19).split('T');
  return { en: `${iso} ${time} UTC`, de: `${day(iso).de} ${time} UTC` };
}

/** Texts in a row. */
export function joined(texts, between = ', ') {
  const all = (lang) => texts.map((text) => said(text, lang)).join(between);
  return { en: all('en'), de: all('de') };
}
