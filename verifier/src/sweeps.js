// The retention runs of a period: each has a sealed statement that names the one before it, and the container says how many there are.

import { sha256 } from '@noble/hashes/sha2.js';
import { digest, hex, plain } from './bytes.js';
import { trustedToSeal } from './certificate.js';
import { absentOr, having, isDay, isFlag, isTime, listOf, maybe, seconds } from './forms.js';
import { isCount, isObject, parse } from './json.js';
import { reason } from './reason.js';
import * as seal from './seal.js';
import * as succession from './succession.js';
import { atLeast } from './tally.js';
import * as held from './house/held.js';
import * as own from './page-words.js';

const FOLDER = 'data/sweeps/';
/** No more are shown. */
const MOST = 300;

/** Whether a file of a container belongs to a run. */
export const isFile = (name) => name.startsWith(FOLDER);

const isRule = having({
  due: isCount,
  done: isCount,
  spared: having({ hold: isCount, open_request: isCount }),
  batches: listOf(having({ done: maybe(isCount) })),
});
const isPart = having({ due: isCount, done: isCount });
const isStatement = having({
  schema: (value) => value === 'dsr.sweep.statement/1',
  sweep: (value) => typeof value === 'string',
  number: isCount,
  predecessor: maybe((value) => digest(value) !== null),
  day: isDay,
  begun: isTime,
  every_s: maybe(isCount),
  limited: absentOr(isFlag),
  complete: isFlag,
  rules: listOf(isRule),
  deferred: absentOr(listOf(isPart)),
});

const sum = (all, count) => all.reduce((before, one) => before + count(one), 0);

/** A statement in a few numbers; null if it is none, contradicts itself, or lies under another name than its own. */
function statement(stem, bytes) {
  const said = bytes && parse(bytes);
  if (!isStatement(said)) return null;
  const { number, sweep, day, begun, every_s: every = null, limited = false, complete, rules, deferred = [] } = said;
  const predecessor = said.predecessor ?? null;
  const holds =
    stem === `${String(number).padStart(6, '0')}-${sweep}` &&
    (number === 1) === (predecessor === null) &&
    rules.every((rule) => rule.done === sum(rule.batches, (batch) => batch.done ?? 0));
  if (!holds) return null;
  return {
    sweep: plain(sweep),
    number,
    predecessor,
    day,
    begun: seconds(begun),
    every,
    limited,
    complete,
    due: sum(rules, (rule) => rule.due),
    done: sum(rules, (rule) => rule.done),
    spared: sum(rules, (rule) => rule.spared.hold + rule.spared.open_request),
    deferredDue: sum(deferred, (part) => part.due),
    deferredDone: sum(deferred, (part) => part.done),
    digest: sha256(bytes),
  };
}

/** Checks the runs against what the container says of them, and notes them in the verdict. */
export async function check(content, { sweeps: figures, period }, anchors, verdict) {
  const fail = (what) => verdict.reasons.push(reason('E739', what));
  const names = [...content.files.keys()].filter(isFile).sort();
  const stems = new Set();
  for (const name of names) {
    if (/\.(?:json|p7s)$/.test(name)) stems.add(name.slice(FOLDER.length, name.lastIndexOf('.')));
    else fail(held.sweep_wrong(plain(name)));
  }
  const runs = [];
  for (const stem of stems) {
    const name = plain(FOLDER + stem);
    const said = statement(stem, content.small.get(`${FOLDER}${stem}.json`));
    const whose = said && (await sealedBy(content, said, content.small.get(`${FOLDER}${stem}.p7s`), anchors, verdict.fingerprint));
    const isInPeriod = said && period.from <= said.day && said.day <= period.until;
    if (whose === 'stranger') fail(held.sweep_by_other(name));
    else if (whose !== 'known' || !isInPeriod) fail(held.sweep_wrong(name));
    else runs.push({ ...said, stem: name });
  }
  runs.sort((one, other) => one.number - other.number);
  const absent = isObject(figures) ? figures.withoutStatement : 0;
  let holes = 0;
  runs.slice(1).forEach((run, at) => {
    const before = runs[at];
    holes += Math.max(0, run.number - before.number - 1);
    const follows = run.number === before.number + 1 ? digest(run.predecessor) === hex(before.digest) : run.number > before.number && holes <= absent;
    if (!follows) fail(held.sweep_chain(run.stem));
  });
  if (isObject(figures) ? !counted(runs, figures) : stems.size > 0) fail(held.sweeps_differ());
  if (isObject(figures)) {
    // The first versions did not name them; the verdict does.
    if ((figures.missing ?? null) === null) verdict.notProven.push(...left(figures));
    else atLeast(left(figures), verdict);
  }
  if (isObject(figures) || runs.length > 0) verdict.sweeps = { figures: figures ?? {}, shown: runs.slice(0, MOST), more: Math.max(0, runs.length - MOST) };
}

/** Whether the figures are those of the statements, and of as many runs more as the container has no statement of. */
function counted(runs, figures) {
  const absent = figures.withoutStatement;
  const agrees = (stated, here) => (absent === 0 ? stated === here : stated >= here);
  const complete = sum(runs, (run) => (run.complete ? 1 : 0));
  return (
    figures.count - absent === runs.length &&
    complete <= figures.complete &&
    figures.complete <= complete + absent &&
    ['due', 'done', 'spared', 'deferredDue', 'deferredDone'].every((name) => agrees(figures[name] ?? 0, sum(runs, (run) => run[name]))) &&
    ((figures.missing ?? null) === null || figures.missing >= missing(runs))
  );
}

/**
 * How many runs are missing between those that are there, by their rhythm. One that comes less than half a step late is late and not missing.
 * A run over some of the rules stands for none; what is missing behind the last run, or before the first, shows in no statement.
 */
function missing(runs) {
  const whole = runs.filter(({ limited }) => !limited);
  return sum(whole.slice(1), (run) => {
    const before = whole[whole.indexOf(run) - 1];
    if (before.every === null || run.number !== before.number + 1) return 0;
    const every = Math.max(1, before.every);
    const passed = Math.max(0, run.begun - before.begun);
    return Math.max(0, Math.floor((passed + Math.floor(every / 2)) / every) - 1);
  });
}

/** What the runs leave open, by the figures. */
function left({ count, complete, withoutStatement, missing: absent }) {
  const open = { sweep_incomplete: Math.max(0, count - complete), sweep_without_statement: withoutStatement, sweep_missing: absent ?? 0 };
  return Object.entries(open).filter(([, number]) => number > 0).map(([kind, number]) => ({ kind, count: number }));
}

/** Whether a run was sealed by the one that sealed the container, one that led to it, or one that the reader knows. */
async function sealedBy(content, said, der, anchors, container) {
  if (!der) return 'broken';
  try {
    const found = await seal.verify(der, said.digest);
    const { certificate } = found;
    if (!certificate.isValidAt(found.at)) return 'broken';
    if (certificate.fingerprint === container) return 'known';
    if (await succession.hasLed(certificate.fingerprint, succession.read(content.small))) return 'known';
    return (await trustedToSeal(certificate, found.others, anchors, found.at)) ? 'known' : 'stranger';
  } catch {
    return 'broken';
  }
}
