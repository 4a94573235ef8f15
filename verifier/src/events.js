// Events of a case as sentences, in the words of `dsr case show`.

import { plain } from './bytes.js';
import { isCount, isObject } from './json.js';
import { day, instant, joined, same } from './words.js';
import * as terms from './terms.js';
import * as say from './house/case.js';
import * as exported from './house/export.js';
import * as rights from './house/rights.js';
import * as stamps from './house/stamp.js';
import * as logs from './house/translog.js';
import * as own from './page-words.js';

const short = (digest) => plain(digest).slice(0, 12);
const count = (value) => (isCount(value) ? value : '?');
const list = (value) => (Array.isArray(value) ? value : []);
const objects = (value) => list(value).filter(isObject);
const sum = (numbers) => numbers.reduce((all, one) => all + (isCount(one) ? one : 0), 0);
const named = (rightsAsked) => joined(list(rightsAsked).slice(0, 20).map(terms.right));

const KINDS = {
  access: [exported.final_of_access, exported.draft_of_access],
  portability: [exported.final_of_portability, exported.draft_of_portability],
};
const SEALED = { none: exported.sealed_none, age: exported.sealed_age, aes: exported.sealed_aes };

function searched({ systems, complete }) {
  const all = objects(systems);
  const having = (status) => all.filter((system) => system.status === status).length;
  const records = sum(all.flatMap((system) => objects(system.objects).map((object) => object.records)));
  return complete === true
    ? say.event_searched(having('searched'), having('manual'), records)
    : say.event_searched_partly(all.length, having('manual'), records);
}

function taskDone({ task, operator, proof, level }) {
  if (proof) return say.event_task_proven(short(task), plain(operator), short(proof));
  return level ? say.event_task_read(short(task), plain(operator)) : say.event_task_done(short(task), plain(operator));
}

function packaged({ kind, draft, records, sealed, expires, operator }) {
  const what = Object.hasOwn(KINDS, kind) ? KINDS[kind][draft ? 1 : 0]() : same(plain(kind));
  const how = Object.hasOwn(SEALED, sealed) ? SEALED[sealed]() : same(plain(sealed));
  return say.event_exported(what, count(records), how, day(plain(expires)), plain(operator));
}

const WORDS = {
  case_opened: (e) => say.event_opened(named(e.rights), terms.channel(e.channel), plain(e.operator)),
  rights_added: (e) => say.event_rights(named(e.rights)),
  identity_confirmed: (e) => say.event_identity(plain(e.method), plain(e.operator)),
  identity_assumed: () => say.event_assumed(),
  identity_added: (e) => say.event_identity_added(list(e.identities).length, plain(e.operator)),
  identity_removed: (e) => say.event_identity_removed(list(e.identities).length, plain(e.operator)),
  receipt_corrected: (e) => say.event_receipt_corrected(day(plain(e.received)), plain(e.operator), plain(e.reason)),
  channel_corrected: (e) => say.event_channel_corrected(terms.channel(e.channel), plain(e.operator), plain(e.reason)),
  record_accepted: (e) => say.event_accepted(`${plain(e.system)}.${plain(e.object)}`, plain(e.operator)),
  searched,
  asked: (e) => rights.event_asked(terms.right(e.verb)),
  notice_sent: (e) => rights.event_notice(day(plain(e.sent)), plain(e.operator)),
  planned: (e) => say.event_planned(short(e.plan), sum(list(e.decisions).map((decision) => list(decision)[1]))),
  approved: (e) => say.event_approved(short(e.plan), plain(e.by)),
  signed: (e) => pick({ plan: say.event_signed_plan }, e.purpose, say.event_signed_approval)(short(e.plan), plain(e.by)),
  apply_started: (e) => say.event_started(count(e.run)),
  steps: (e) => own.steps([...e.outcomes].map(([outcome, number]) => own.times(terms.outcome(outcome), number))),
  apply_ended: (e) => say.event_ended(count(e.exit)),
  evidence_made: (e) => say.event_evidence(short(e.bundle)),
  exported: packaged,
  export_expired: () => say.event_export_expired(),
  task_opened: (e) => say.event_task(short(e.task), plain(e.system), day(plain(e.due))),
  task_reminded: (e) => say.event_reminded(short(e.task), plain(e.operator)),
  task_done: taskDone,
  task_dropped: (e) => pick({ erased: say.event_erased }, e.because, say.event_dropped)(short(e.task)),
  noted: (e) => say.event_noted(plain(e.operator)),
  case_closed: (e) => (e.closing ? say.event_closed_as(terms.closing(e.closing), plain(e.operator)) : say.event_closed()),
  time_stamped: stamped,
  leaf_appended: (e) => pick({ opened: logs.event_opened, authority: logs.event_authority }, e.of, logs.event_statement)(),
  disclosed: (e) => own.event_disclosed(count(e.records), plain(e.operator)),
  case_purged: (e) => own.event_purged(plain(e.operator)),
};

function stamped(e) {
  const who = plain(e.authority);
  if (e.of === 'bundle') return stamps.event_stamped_bundle(short(e.digest), who);
  return e.of === 'authority' ? stamps.event_stamped_authority(who) : stamps.event_stamped_opening(who);
}

function pick(table, name, other) {
  return Object.hasOwn(table, name) ? table[name] : other;
}

/** An event in words, and when it was. */
export function inWords(event) {
  const kind = plain(event.event);
  const what = Object.hasOwn(WORDS, kind) ? WORDS[kind](event) : same(kind || '?');
  return { at: event.at === undefined ? same('') : instant(event.at), what };
}
