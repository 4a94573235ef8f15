// The statement of a case held against the files that it sums up: what the journal says of days, plans and tasks, what the systems
// answered, and what all of it leaves unproven.
//
// The seal shows whose word a bundle is, and not that the word is true. A statement that says other than its own files, or names fewer gaps
// than they show, is no valid one.

import { compare, text, utf8 } from './bytes.js';
import { gaps } from './derived.js';
import { absentOr, answer, daysBetween, isAnswer, isDay, isSame, isText, isTime, listOf, maybe, monthAfter, pairOf } from './forms.js';
import { isObject, parse } from './json.js';
import { COVER, ENVIRONMENT, INVENTORY, LAW, STATEMENT, SYSTEMS } from './read.js';
import { reason } from './reason.js';
import { TOLD, missing, refuse, tally, unfoundAsChanged } from './tally.js';
import * as evidence from './house/evidence.js';
import * as say from './house/held.js';

/** Values within values: more than dsr reads, and than anything honest has. */
const DEEPEST = 127;

/** Holds the statement of a case against journal, systems, records and inventory. */
export function ofCase(content, predicate, own, verdict) {
  // What is nested without end says nothing, here as in dsr.
  const said = isDeeper(parse(content.small.get(STATEMENT)), DEEPEST) ? {} : predicate;
  const read = files(content, said, verdict);
  if (!read) return;
  const { history } = content;
  const other = facts(said, history);
  if (!areAnswers(said, read.systems, history)) other.push('systems');
  if (other.length > 0) verdict.reasons.push(reason('E737', say.facts_differ(other.join(', '))));
  const systems = new Map(history.systems);
  for (const one of read.systems) systems.set(one.system, answer(one));
  const listsChanges = Array.isArray(json(content, COVER)?.amendments);
  const wanted = gaps({ listed: read.listed, systems, history, sorts: content.sorts, said, own, listsChanges });
  const warnings = read.systems.flatMap(({ system, warnings: all }) => (all ?? []).map(([code]) => ({ kind: 'warning', system, code })));
  const stated = unfoundAsChanged(tally(said.notProven));
  const hidden = missing(unfoundAsChanged(tally([...wanted, ...warnings])), stated);
  // The first statements of all do not tell of tasks, and not everything of answers.
  verdict.notProven.push(...hidden.filter(([kind]) => TOLD.includes(kind)).map(([kind]) => ({ kind })));
  refuse(hidden.filter(([kind]) => !TOLD.includes(kind)), verdict);
}

function isDeeper(value, most) {
  const isMany = (one) => Array.isArray(one) || isObject(one);
  let level = [value].filter(isMany);
  for (let depth = 0; depth < most && level.length > 0; depth += 1) level = level.flatMap(Object.values).filter(isMany);
  return level.length > 0;
}

/** The environment of another container. */
export function environment(content, verdict) {
  if (content.small.has(ENVIRONMENT) && !isText(json(content, ENVIRONMENT)?.dsr)) verdict.reasons.push(reason('E734', say.file_form(ENVIRONMENT)));
}

/** A small file as JSON; undefined if it is none, or not there. */
const json = (content, name) => parse(content.small.get(name) ?? new Uint8Array());

/** Answers and names of systems; null if one of the small files has another form. */
function files(content, said, verdict) {
  const systems = systemLines(content.small.get(SYSTEMS));
  const agrees = (file, name, of) => !Object.hasOwn(file, name) || file[name] === (said[of] ?? null);
  const agreesInBoth = (file, inventory, lock) => isObject(file) && agrees(file, inventory, 'inventory') && agrees(file, lock, 'lock');
  const inventory = json(content, INVENTORY);
  const environs = json(content, ENVIRONMENT);
  const sound = {
    [SYSTEMS]: systems !== null,
    [INVENTORY]: agreesInBoth(inventory, 'dsr.yaml', 'dsr.lock') && Object.hasOwn(inventory, 'extract'),
    [ENVIRONMENT]: agreesInBoth(environs, 'inventory', 'lock') && isText(environs.dsr),
    [LAW]: json(content, LAW) !== undefined,
  };
  const bad = Object.keys(sound).filter((name) => content.small.has(name) && !sound[name]);
  for (const name of bad) verdict.reasons.push(reason('E734', say.file_form(name)));
  return bad.length > 0 ? null : { systems, listed: systemsOf(inventory?.extract) };
}

const isSystem = (line) => isAnswer(line) && maybe(isTime)(line.at) && absentOr(listOf(pairOf(isText, isText)))(line.warnings);

/** The lines of all systems by their names; null if one has another form, or speaks of a system a second time. */
function systemLines(bytes) {
  const words = text(bytes ?? new Uint8Array());
  const lines = words?.split('\n').filter(Boolean).map((line) => parse(utf8(line)));
  if (!lines?.every(isSystem) || new Set(lines.map(({ system }) => system)).size !== lines.length) return null;
  return lines.sort((one, other) => compare(utf8(one.system), utf8(other.system)));
}

/** The names of all systems in an inventory's extract: the keys of `systems`, or the `name` of each. */
function systemsOf(extract) {
  const systems = isObject(extract) ? extract.systems : null;
  if (isObject(systems)) return Object.keys(systems);
  return Array.isArray(systems) ? systems.map((one) => one?.name ?? one?.system).filter(isText) : [];
}

/** Members of the statement that say other than the journal. */
function facts(said, history) {
  const { opening, latest, method, approvals } = history;
  const is = (name, value) => isSame(said[name] ?? null, value);
  const isOlder = (name) => !Object.hasOwn(said, name);
  const isKnown = (name) => [...approvals.values()].some(({ by }) => by.includes(name));
  const due = isObject(said.due) ? (said.due.date ?? null) : null;
  const holds = {
    received: is('received', opening?.received ?? null),
    due: due === (opening ? monthAfter(opening.received) : null),
    operator: is('operator', opening?.operator ?? null),
    rights: is('rights', history.rights),
    closed: is('closed', history.isClosed),
    answered: isAnswered(said.answered ?? null, history),
    plan: is('plan', latest),
    approver: !isText(said.approver) || isKnown(said.approver),
    identity: said.identity === evidence.withheld().en || method === null || said.identity === method,
    channel: said.channel === evidence.withheld().en || is('channel', opening?.channel ?? null),
    number: isNumbered(said, history),
    tasks: areTasks(said, history),
    asked: isOlder('asked') || is('asked', history.asked),
    noticeSent: isOlder('noticeSent') || is('noticeSent', history.notices),
  };
  return Object.keys(holds).filter((name) => !holds[name]);
}

/** The day is that of the place, the time that of the world. */
function isAnswered(day, { closing }) {
  if (!isText(day)) return day === null;
  if (!isDay(day)) return false;
  return !closing || (closing.closing !== 'withdrawn' && daysBetween(day, new Date(closing.at).toISOString().slice(0, 10)) <= 1);
}

/** A later bundle has a higher number, and names the one before it. */
const isNumbered = ({ number, predecessor }, { bundles }) => bundles.length === 0 || (number > bundles.length && predecessor === bundles.at(-1));

/** What people were asked to do, as far as the statement's version tells it. */
function areTasks({ tasks: stated }, { tasks: { said: known } }) {
  if (stated === undefined) return known.length === 0;
  const is = (one, at) =>
    isObject(one) &&
    ['task', 'digest', 'state'].every((name) => Object.hasOwn(one, name)) &&
    Object.entries(one).every(([name, value]) => isSame(value, known[at][name] ?? null));
  return Array.isArray(stated) && stated.length === known.length && stated.every(is);
}

/** What the systems answered: by the statement, by their lines, and by the journal. */
function areAnswers({ systems: stated }, systems, history) {
  const records = (one) => one.objects.reduce((sum, object) => sum + object.records, 0);
  const summed = systems.map((one) => ({ system: one.system, status: one.status, error: one.error ?? null, records: records(one) }));
  const lines = new Map(systems.map((one) => [one.system, answer(one)]));
  return isSame(stated ?? null, summed) && [...history.systems].every(([name, told]) => isSame(lines.get(name), told));
}
