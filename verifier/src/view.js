// The verdict and what the bundle tells, as elements.

import { plain, spoken } from './bytes.js';
import { el, facts, table } from './dom.js';
import * as events from './events.js';
import * as gaps from './gaps.js';
import { isCount, isObject } from './json.js';
import * as own from './page-words.js';
import * as terms from './terms.js';
import { INVALID, UNKNOWN, VALID, sentence } from './verify.js';
import { day, instant, joined, same } from './words.js';
import { AUTHORITY, CASE, PERIOD } from './statement.js';
import { best } from './timing.js';
import * as say from './house/evidence.js';
import * as seals from './house/seal.js';
import * as profiles from './house/profiles.js';
import * as stamps from './house/stamp.js';
import * as held from './house/held.js';
import * as logs from './house/translog.js';
import * as runs from './house/runs.js';

/** No list on the page is longer. */
const MOST = 300;
/** Files that are named in a row. */
const MOST_NAMED = 6;

const SIGNS = { [VALID]: '✓', [UNKNOWN]: '?', [INVALID]: '✕' };

/** Everything about a verdict. `t` picks the language of a text. */
export function show(verdict, name, t) {
  const told = verdict.statement || verdict.story?.events.length ? story(verdict, t) : [];
  const invalid = verdict.standing === INVALID;
  const rest = [fingerprint(verdict, t), ...told].filter(Boolean);
  return [banner(verdict, name, t), reasons(verdict, t), ...(invalid && rest.length ? [claimed(rest, t)] : rest), limits(t)].filter(Boolean);
}

function banner(verdict, name, t) {
  const { standing, anchor, followed, issued } = verdict;
  // "valid: intact, and …" becomes a headline and what stands under it.
  const [head, ...under] = t(sentence(verdict)).split(': ');
  const below = { [VALID]: under.join(': '), [UNKNOWN]: t(own.unknownBelow), [INVALID]: t(say.invalid_help()) }[standing];
  const who = standing === VALID && trusted(anchor, followed);
  return el(
    'section',
    { class: `verdict ${standing}`, role: 'status' },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[standing]),
    el(
      'div',
      {},
      el('h2', { id: 'verdict' }, capital(head)),
      el('p', {}, stopped(below)),
      who ? el('p', {}, stopped(t(who))) : null,
      standing === VALID && issued && !issued.isController ? el('p', { class: 'warn', id: 'stranger' }, t(own.otherHolder(issued.controller))) : null,
      el('p', { class: 'file' }, el('bdi', {}, plain(name))),
    ),
  );
}

/** On whose word the seal is believed. */
function trusted(anchor, followed) {
  if (!anchor) return seals.followed(spoken(followed));
  return own.vouched(anchor.certificate ? same(anchor.certificate.subjectText) : own.byFingerprint);
}

function reasons({ reasons: all, standing }, t) {
  if (all.length === 0) return null;
  const one = ({ code, what }) => el('li', { 'data-code': code }, el('code', {}, code), ' ', el('span', { class: 'what' }, t(what)));
  return el(
    'section',
    { class: standing === UNKNOWN ? 'card' : 'card bad' },
    el('h3', {}, t(own.reasonsHead)),
    el('ul', { id: 'reasons', class: 'reasons' }, ...all.slice(0, MOST).map(one)),
    more(all.length - MOST, t),
    standing === UNKNOWN ? el('p', { class: 'help' }, t(own.unknownHelp)) : null,
  );
}

function fingerprint({ fingerprint: digits, signer }, t) {
  if (!digits) return null;
  const pairs = digits.toUpperCase().match(/../g);
  const groups = [0, 8, 16, 24].map((at) => el('span', {}, pairs.slice(at, at + 8).join(':') + (at < 24 ? ':' : '')));
  return el(
    'section',
    { class: 'card' },
    el('h3', {}, t(say.fingerprint())),
    el('p', { id: 'fingerprint', class: 'fingerprint' }, ...groups.flatMap((group) => [group, ' '])),
    el('p', {}, t(say.signer()), ': ', el('bdi', {}, signer)),
    el('p', { class: 'help' }, t(own.fingerprintHelp)),
  );
}

function claimed(told, t) {
  return el('details', { class: 'claims' }, el('summary', {}, t(own.showClaims)), el('p', { class: 'help' }, t(own.claims)), ...told);
}

/** What the bundle tells, the gaps first. */
function story(verdict, t) {
  const head = [notProven(verdict, t), bundle(verdict, t)];
  if (verdict.kind === PERIOD) return [...head, figures(verdict.cases, t), sweeps(verdict.sweeps, t), cases(verdict.cases, t)].filter(Boolean);
  if (verdict.kind === AUTHORITY) return head;
  return [...head, systems(verdict.story, t), outcomes(verdict.story, t), timeline(verdict.story, t)].filter(Boolean);
}

function notProven({ notProven: all }, t) {
  const items = all.slice(0, MOST).map((gap) => el('li', {}, t(gaps.inWords(gap))));
  return el(
    'section',
    { class: 'card gaps', id: 'gaps' },
    el('h3', {}, t(say.not_proven())),
    el('p', {}, all.length ? t(say.not_proven_intro()) : t(own.nothingOpen)),
    el('ul', {}, ...items),
    more(all.length - MOST, t),
    el('p', { class: 'help' }, t(own.notTheCover)),
  );
}

function bundle(verdict, t) {
  const said = verdict.statement;
  const isCase = said && verdict.kind === CASE;
  const pairs = [
    [say.controller(), isObject(said?.controller) && same([said.controller.name, said.controller.seat].map(plain).filter(Boolean).join(', '))],
    [own.kind, verdict.kind && own.kinds[verdict.kind]],
    [own.period, isObject(said?.period) && own.fromUntil(day(plain(said.period.from)), day(plain(said.period.until)))],
    [say.case_(), verdict.case && same(verdict.case)],
    [say.rights(), Array.isArray(said?.rights) && joined(said.rights.slice(0, 20).map(terms.right))],
    [say.received(), said?.received && day(said.received)],
    [say.due(), isObject(said?.due) && say.due_nominal(day(said.due.date))],
    [say.answered(), isCase && (said.answered ? day(said.answered) : say.not_yet())],
    [own.closed, isCase && (said.closed === true ? own.yes : own.no)],
    [say.identity(), said?.identity && same(plain(said.identity))],
    [say.operator(), said?.operator && same(plain(said.operator))],
    [say.decider(), said?.approver && same(plain(said.approver))],
    [say.made(), said?.made && instant(said.made)],
    [say.number(), verdict.number !== null && (verdict.predecessor ? say.number_after(verdict.number, verdict.predecessor) : same(verdict.number))],
    [own.sealedAt, verdict.sealedAt !== null && own.ownClock(instant(verdict.sealedAt))],
    [stamps.fact_time(), verdict.time.clock === 'pending' ? stamps.time_pending() : stamped(best(verdict.time))],
    [stamps.fact_opened(), opened(verdict.time)],
    made(verdict.time),
    [own.level, verdict.level],
    [logs.fact_log(), logged(verdict.log)],
    [own.content, own.counts(verdict.files, verdict.bytes, verdict.records, verdict.events)],
    [own.bundleId, verdict.bundle && same(verdict.bundle)],
    [own.checkedAt, verdict.checkedAt && own.byThisClock(instant(verdict.checkedAt))],
    [own.unchecked, unchecked(verdict.unchecked)],
  ];
  return el('section', { class: 'card' }, el('h3', {}, t(own.facts)), facts(pairs.filter(([, value]) => value).map(([name, value]) => [t(name), t(value)])));
}

/** Files beside the seal that were not looked at, some of them by name. */
function unchecked(all) {
  if (all.length === 0) return null;
  const [named, rest] = [same(all.slice(0, MOST_NAMED).join(', ')), all.length - MOST_NAMED];
  return held.unchecked(rest > 0 ? held.and_more(named, rest) : named);
}

/** The key figures of a period, as they were counted here. */
function figures(told, t) {
  if (!told) return null;
  const counted = Object.entries(told.figures).filter(([name]) => Object.hasOwn(own.figures, name));
  return el('section', { class: 'card' }, el('h3', {}, t(profiles.figures())), facts(counted.map(([name, value]) => [t(own.figures[name]), value === null ? '–' : String(value)])));
}

/** The retention runs of a period. */
function sweeps(told, t) {
  if (!told) return null;
  const { figures: counted, shown, more: rest } = told;
  const facts_ = Object.entries(own.sweepFigures).filter(([name]) => isCount(counted[name])).map(([name, text]) => [t(text), own.number(counted[name], t({ en: 'en', de: 'de' }))]);
  const rows = shown.map((run) => [String(run.number), run.sweep, t(day(run.day)), String(run.due), String(run.done), String(run.spared), t(run.complete ? own.yes : own.incomplete)]);
  const head = [runs.head_number(), runs.head_run(), runs.head_day(), runs.head_due(), runs.head_done(), runs.head_spared(), own.sweepComplete].map((text) => t(text));
  return el('section', { class: 'card', id: 'sweeps' }, el('h3', {}, t(runs.in_period())), facts(facts_), rows.length ? table(head, rows) : null, more(rest, t));
}

function cases(told, t) {
  const rows = (told?.shown ?? []).map((one) => [
    one.case,
    t(joined(one.rights.map(terms.right))),
    t(day(one.received)),
    one.late ? t(own.late(day(one.due))) : t(day(one.due)),
    one.answered ? t(day(one.answered)) : '–',
    one.closing ? t(terms.closing(one.closing)) : '–',
    String(one.records),
  ]);
  const head = [profiles.head_case(), profiles.head_rights(), profiles.head_received(), profiles.head_due(), profiles.head_answered(), profiles.head_closed(), profiles.head_records()];
  return listed(own.cases, head, rows, told?.more ?? 0, own.noCases, t);
}

function stamped(stamp) {
  if (!stamp) return null;
  const [at, who] = [instant(stamp.at), stamp.authority];
  const { anchor, brokenPath } = stamp;
  const unknown = () => (brokenPath ? stamps.time_broken(at, who, brokenPath) : stamps.time_unknown(at, who));
  const said = anchor ? stamps.time_anchored(at, who, plain(anchor.name)) : unknown();
  return stamp.callsItselfQualified ? stamps.calls_itself_qualified(said) : said;
}

/** Not after when the case was opened; a stamp that came late is no proof of it. */
function opened({ opened: stamp, openedLate }) {
  if (!stamp) return null;
  const when = stamps.not_after(stamped(stamp));
  return openedLate ? held.stamped_late(when, openedLate) : when;
}

/** Between which stamps the seal was made: the one of the opening was sealed with everything else. */
function made({ opened, ...time }) {
  if (!opened) return [null, null];
  const [from, until] = [instant(opened.at), best(time)];
  return until ? [stamps.fact_made(), stamps.made_between(from, instant(until.at))] : [stamps.fact_made_after(), stamps.made_after(from)];
}

function logged(place) {
  if (!place) return null;
  const { index, size, origin, isKeyNamed } = place;
  return isKeyNamed ? logs.fact_named(index, size, origin) : logs.fact_unnamed(index, size, origin);
}

/** How a system that gave an answer stands. */
const ASKED = ['searched', 'incomplete'];

function systems(told, t) {
  const rows = told.systems.map(({ system, status, error, records, objects, moreObjects }) => [
    plain(system),
    error ? t(say.status_with(terms.status(status), plain(error))) : t(terms.status(status)),
    // A zero beside a system that was not asked would look like an answer.
    ASKED.includes(status) ? own.number(records, t({ en: 'en', de: 'de' })) : '–',
    [...controls(objects.slice(0, 40), t), objects.length + moreObjects > 40 ? '…' : ''].filter(Boolean).join('; '),
  ]);
  return listed(say.systems(), [say.head_system(), say.head_status(), say.head_found(), own.control], rows, told.moreSystems, own.noSystems, t);
}

/** What became of the control person, with the objects of which that is said. */
function controls(objects, t) {
  const said = new Map();
  for (const { object, control: code } of objects) {
    const words = t(Object.hasOwn(own.controls, code) ? own.controls[code] : same(plain(code)));
    said.set(words, [...(said.get(words) ?? []), plain(object)]);
  }
  return [...said].map(([words, names]) => `${words}: ${names.join(', ')}`);
}

/** Outcomes that change something and so have a level. */
const DONE = ['removed', 'anonymised', 'already_gone', 'restricted', 'unrestricted', 'rectified', 'suppressed'];

function outcomes(told, t) {
  const rows = [...told.records.values()].map(({ system, object, outcome, level, count }) => [
    `${plain(system)}.${plain(object)}`,
    own.number(count, t({ en: 'en', de: 'de' })),
    t(terms.outcome(outcome)),
    level !== null || DONE.includes(outcome) ? t(terms.level(level)) : '-',
  ]);
  return listed(say.outcomes(), [say.head_where(), say.head_count(), say.head_outcome(), say.head_level()], rows, told.moreRecords, own.noRecords, t);
}

function listed(title, head, rows, moreRows, none, t) {
  const body = rows.length ? table(head.map(t), rows) : el('p', {}, t(none));
  return el('section', { class: 'card' }, el('h3', {}, t(title)), body, more(moreRows, t));
}

function timeline(told, t) {
  if (told.events.length === 0) return null;
  const items = told.events.map((event) => {
    const { at, what } = events.inWords(event);
    return el('li', {}, el('time', {}, t(at)), el('span', {}, t(what)));
  });
  return el(
    'section',
    { class: 'card' },
    el('h3', {}, t(own.timeline)),
    el('ol', { class: 'timeline' }, ...items),
    more(told.moreEvents, t),
    el('p', { class: 'help' }, t(own.timelineNote)),
  );
}

function limits(t) {
  const items = [own.limitCase, own.limitTruth, own.limitWho].map((text) => el('li', {}, t(text)));
  return el('section', { class: 'card quiet' }, el('h3', {}, t(own.limits)), el('ul', {}, ...items));
}

function more(count, t) {
  return count > 0 ? el('p', { class: 'more' }, t(own.andMore(count))) : null;
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
/** As a sentence of its own. */
const stopped = (words) => `${capital(words)}${words.endsWith('.') ? '' : '.'}`;

