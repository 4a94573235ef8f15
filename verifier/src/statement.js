// `statement.json`: an in-toto Statement v1 with the summary of the case, as far as it can be held against the files.

import { digest } from './bytes.js';
import { isCount, isObject, parse } from './json.js';

export const KIND = 'https://in-toto.io/Statement/v1';
/** One case, without the person. */
export const CASE = 'urn:dsr:evidence:1';
/** All cases of a period. */
export const PERIOD = 'urn:dsr:evidence-period:1';
/** One case complete, with the person. */
export const AUTHORITY = 'urn:dsr:evidence-authority:1';
export const SCHEMAS = { [CASE]: 'dsr-evidence/1', [PERIOD]: 'dsr-evidence-period/1', [AUTHORITY]: 'dsr-evidence-authority/1' };
export const LEVELS = ['S0', 'S1', 'S2', 'S3'];

/** What becomes of a record. The list is closed. */
export const OUTCOMES = [
  'removed', 'anonymised', 'restricted', 'unrestricted', 'rectified', 'suppressed', 'already_gone', 'retained', 'manual',
  'blocked', 'changed', 'held', 'failed', 'unknown', 'not_verified', 'pending',
];

const isText = (value) => typeof value === 'string';
const optionalDigest = (value) => value === undefined || value === null || digest(value) !== null;

/** Bundles that were made beside no log have none. */
function isLog(log) {
  const isNone = log === undefined || log === null;
  return isNone || (isObject(log) && isText(log.origin) && (log.opened === undefined || log.opened === null || isCount(log.opened)));
}

/** Retention runs in numbers; periods without any have none. */
function isSweeps(sweeps) {
  if (sweeps === undefined || sweeps === null) return true;
  const { missing = null, deferredDue = 0, deferredDone = 0 } = isObject(sweeps) ? sweeps : {};
  return (
    isObject(sweeps) &&
    ['count', 'complete', 'withoutStatement', 'due', 'done', 'spared'].every((name) => isCount(sweeps[name])) &&
    [missing ?? 0, deferredDue, deferredDone].every(isCount)
  );
}

/** What every statement has, whatever it speaks of; null if it has another form. */
function envelope(bytes) {
  const said = parse(bytes);
  if (!isObject(said) || !isText(said._type) || !isText(said.predicateType) || !Array.isArray(said.subject)) return null;
  const named = said.subject.every((one) => isObject(one) && isText(one.name) && isObject(one.digest) && digest(one.digest.sha256));
  const predicate = said.predicate;
  if (!named || !isObject(predicate)) return null;
  const { seal } = predicate;
  const isWhole =
    isText(predicate.schema) &&
    isCount(predicate.number) &&
    Array.isArray(predicate.notProven) &&
    isObject(seal) &&
    isText(seal.level) &&
    digest(seal.certificate) !== null;
  return isWhole ? said : null;
}

/** What each kind of statement has beside. */
const FORMS = {
  [CASE]: ({ case: name, predecessor, records, journal, log }) =>
    isText(name) &&
    optionalDigest(predecessor) &&
    isObject(records) &&
    isCount(records.count) &&
    digest(records.merkleRoot) !== null &&
    isObject(records.outcomes) &&
    Object.values(records.outcomes).every(isCount) &&
    isLog(log) &&
    isObject(journal) &&
    isCount(journal.count) &&
    optionalDigest(journal.head),
  [PERIOD]: ({ period, predecessor, cases, figures, sweeps, log }) =>
    isObject(period) &&
    isText(period.from) &&
    isText(period.until) &&
    optionalDigest(predecessor) &&
    isObject(cases) &&
    isCount(cases.count) &&
    digest(cases.merkleRoot) !== null &&
    isLog(log) &&
    isSweeps(sweeps) &&
    isObject(figures),
  [AUTHORITY]: ({ case: name, bundle, log }) => isText(name) && digest(bundle) !== null && isLog(log),
};

/** The statement; null if it has another form. */
export function read(bytes) {
  const said = envelope(bytes);
  return said && FORMS[kindOf(said)](said.predicate) ? said : null;
}

/**
 * What a container says that it is; the statement is sealed, so that nobody else can say it. Of one that cannot be read, what can
 * still be made out: the container is invalid then, and this only decides which files are called missing.
 */
export function kind(bytes) {
  try {
    const said = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(said) ? kindOf(said) : CASE;
  } catch {
    return CASE;
  }
}

const kindOf = ({ predicateType }) => (Object.hasOwn(SCHEMAS, predicateType) ? predicateType : CASE);
