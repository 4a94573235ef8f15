// The retention runs of a period: each has a sealed statement that names the one before it, and the container says how many there are.

import { sha256 } from '@noble/hashes/sha2.js';
import { digest, hex, plain } from './bytes.js';
import { trustedBy } from './certificate.js';
import { isCount, isObject, parse } from './json.js';
import { reason } from './reason.js';
import * as seal from './seal.js';
import * as succession from './succession.js';
import * as held from './house/held.js';
import * as own from './page-words.js';

const FOLDER = 'data/sweeps/';
/** No more are shown. */
const MOST = 300;

/** Whether a file of a container belongs to a run. */
export const isFile = (name) => name.startsWith(FOLDER);

/** A statement in a few numbers; null if it is none, or lies under another name than its own. */
function statement(stem, bytes) {
  const said = bytes && parse(bytes);
  if (!isObject(said) || said.schema !== 'dsr.sweep.statement/1') return null;
  const { number, sweep, predecessor, day, complete, rules } = said;
  const isRule = (rule) =>
    isObject(rule) && isCount(rule.due) && isCount(rule.done) && isObject(rule.spared) && [rule.spared.hold, rule.spared.open_request].every(isCount);
  const isWhole =
    isCount(number) &&
    stem === `${String(number).padStart(6, '0')}-${sweep}` &&
    typeof day === 'string' &&
    typeof complete === 'boolean' &&
    Array.isArray(rules) &&
    rules.every(isRule) &&
    (number === 1) === (predecessor === null) &&
    (predecessor === null || digest(predecessor) !== null);
  if (!isWhole) return null;
  const sum = (count) => rules.reduce((all, rule) => all + count(rule), 0);
  const parts = Array.isArray(said.deferred) ? said.deferred.filter(isObject) : [];
  const owed = (name) => parts.reduce((all, part) => all + (isCount(part[name]) ? part[name] : 0), 0);
  return {
    sweep: plain(sweep),
    number,
    predecessor,
    day,
    complete,
    due: sum((rule) => rule.due),
    done: sum((rule) => rule.done),
    spared: sum((rule) => rule.spared.hold + rule.spared.open_request),
    deferredDue: owed('due'),
    deferredDone: owed('done'),
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
  if (isObject(figures) || runs.length > 0) verdict.sweeps = { figures: figures ?? {}, shown: runs.slice(0, MOST), more: Math.max(0, runs.length - MOST) };
}

/** Whether the figures are those of the statements, and of as many runs more as the container has no statement of. */
function counted(runs, figures) {
  const sum = (count) => runs.reduce((all, run) => all + count(run), 0);
  const absent = figures.withoutStatement;
  const agrees = (stated, here) => (absent === 0 ? stated === here : stated >= here);
  const complete = sum((run) => (run.complete ? 1 : 0));
  return (
    figures.count - absent === runs.length &&
    complete <= figures.complete &&
    figures.complete <= complete + absent &&
    ['due', 'done', 'spared', 'deferredDue', 'deferredDone'].every((name) => agrees(figures[name] ?? 0, sum((run) => run[name])))
  );
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
    return (await trustedBy(certificate, found.others, anchors, found.at)) ? 'known' : 'stranger';
  } catch {
    return 'broken';
  }
}
