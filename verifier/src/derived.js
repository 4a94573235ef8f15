// What is not proven, worked out of the files by the rules by which bundles are made; whatever is found here, a statement must name.
//
// What only the vault knew, such as records that were found and stand in no plan, cannot be worked out again.

import { isDay } from './forms.js';
import { isUnfound, sums } from './sorts.js';

/** Of a system with documents that nobody could look into. */
const UNREAD = 'E574';
/** Of what only a person can look up, as long as nobody has. */
const NOT_LOOKED_UP = 'E249';

const DONE = ['removed', 'anonymised', 'restricted', 'unrestricted', 'rectified', 'suppressed', 'already_gone'];
/** Kept on purpose: nothing was done that would need proof. */
const KEPT = ['retained', 'held'];

/** Every gap that the files show, each once; `own` is the certificate that sealed. */
export function gaps({ listed, systems, history, sorts, said, own, listsChanges }) {
  const all = [...search(listed, systems, history), ...steps(sorts), ...tasks(history)];
  all.push(...conduct(all, said, history, sorts));
  const once = new Map(all.map((gap) => [JSON.stringify(gap), gap]));
  return [...once.values(), ...always(said, own, listsChanges)];
}

/** What the search leaves open. */
function search(listed, systems, { tasks: known }) {
  const out = [];
  if (listed.length === 0) out.push({ kind: 'inventory_missing' });
  for (const system of listed) if (!systems.has(system)) out.push({ kind: 'never_asked', system });
  for (const [system, { status, error, objects }] of systems) {
    const isByHand = known.isSearchedByHand(system);
    if (status === 'manual' && !isByHand) out.push({ kind: 'searched_by_hand', system });
    if (status === 'not_searched') out.push({ kind: 'not_searched', system, code: error });
    const hasDocuments = error === UNREAD;
    // What dsr could not look into, a person has looked through.
    if (hasDocuments && !isByHand) out.push({ kind: 'unread_documents', system, code: error });
    // An incomplete answer must name what is missing, and one without objects answers nothing.
    let isNamed = { incomplete: hasDocuments, searched: objects.length > 0 }[status] ?? true;
    for (const { object, status: own, control, records, error: code } of objects) {
      if (own === 'not_searched' || control === 'not_found') {
        isNamed = true;
        // Where the whole system is named above, its objects would only repeat it.
        if (status !== 'not_searched') out.push({ kind: 'not_searched', system, object, code });
      } else if (records === 0 && control === 'none') {
        out.push({ kind: 'zero_without_control', system, object });
      }
    }
    if (!isNamed) out.push({ kind: 'not_searched', system, code: error });
  }
  if (systems.size === 0) out.push({ kind: 'no_search' });
  return out;
}

/** What became of records that is not done, or not proven. */
function steps(sorts) {
  const counted = [...sorts].map((sort) => ({ ...stepGap(sort), count: sort.count })).filter(({ kind }) => kind);
  const counts = sums(counted, ({ kind, system, object, level }) => JSON.stringify([kind, system, object, level]));
  return [...counts].map(([key, count]) => {
    const [kind, system, object, level] = JSON.parse(key);
    return { kind, system, object, level, count };
  });
}

/** The gap that a sort of records is, if it is one. */
function stepGap(sort) {
  const { outcome, level, fault, system, object } = sort;
  const place = { system, object, level: null };
  if (DONE.includes(outcome)) return level === null || level < 'L2' ? { ...place, kind: 'weakly_proven', level } : {};
  if (KEPT.includes(outcome)) return {};
  // The system took it, and the time that it may take was not over.
  if (outcome === 'pending' && level !== null && fault === null) return { ...place, kind: 'settling' };
  return { ...place, kind: isUnfound(sort) ? 'not_found_again' : outcome };
}

/** What people were asked to do and have not done, or only say that they have. */
function tasks({ tasks: { all } }) {
  const out = all.filter(({ state, kind }) => state === 'open' && kind === 'look_up').map(({ system, part }) => ({ kind: 'not_searched', system, object: part, code: NOT_LOOKED_UP }));
  const isOpen = ({ state, kind }) => state === 'open' && kind === 'act';
  const isUnproven = ({ done }) => done && done.proof === null && (done.level === null || done.level < 'L1');
  for (const [kind, is] of [['task_open', isOpen], ['task_without_proof', isUnproven]]) {
    const counts = sums(all.filter(is).map(({ system }) => ({ system, count: 1 })), ({ system }) => system);
    for (const [system, count] of counts) out.push({ kind, system, count });
  }
  return out;
}

/** What those who worked on the case left undone. */
function conduct(before, said, history, sorts) {
  const out = [];
  if (!history.isIdentityConfirmed) out.push({ kind: 'identity_not_confirmed' });
  if (history.latest !== null && !history.runs.has(history.latest)) out.push({ kind: 'not_applied' });
  for (const [plan, stepCount] of history.plans) {
    const isComplete = history.runs.get(plan);
    if (isComplete === undefined) continue;
    if (isComplete !== true) out.push({ kind: isComplete === null ? 'interrupted' : 'incomplete' });
    const left = stepCount - sorts.linesOf(plan);
    if (left > 0) out.push({ kind: 'never_begun', count: left });
    const approval = history.approvals.get(plan);
    const operator = typeof said.operator === 'string' ? said.operator : '';
    if (!approval || (approval.policy === 'four_eyes' && approval.by.every((by) => by === operator))) out.push({ kind: 'approval_missing' });
    else if (approval.policy === 'none') out.push({ kind: 'approval_none' });
  }
  const isTold = [...before, ...out].some(({ kind }) => kind.startsWith('approval_'));
  if (said.approval !== 'four_eyes' && !isTold) out.push({ kind: 'approval_none' });
  if (!isDay(said.answered)) out.push({ kind: 'not_answered' });
  // A day that somebody states and no event bears out.
  else if (!history.closing) out.push({ kind: 'answer_not_recorded' });
  else if (!history.isHandedOut) out.push({ kind: 'answered_by_word' });
  return out;
}

/** What follows from seal, log and number alone. */
function always({ log, number, predecessor }, own, listsChanges) {
  const isThere = log !== undefined && log !== null;
  const kinds = {
    self_signed: own?.isSelfIssued,
    due_nominal: true,
    same_word: true,
    no_log: !isThere,
    log_is_ours: isThere,
    opened_not_logged: isThere && (log.opened ?? null) === null,
    changes_not_listed: !listsChanges && (number > 1 || (predecessor ?? null) !== null),
  };
  return Object.entries(kinds).filter(([, is]) => is).map(([kind]) => ({ kind }));
}
