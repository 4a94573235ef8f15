// What a bundle itself says it does not prove, in the words of its cover.

import { plain } from './bytes.js';
import { isObject } from './json.js';
import { OUTCOMES } from './statement.js';
import { same } from './words.js';
import { level, outcome } from './terms.js';
import * as say from './house/evidence.js';
import * as stamps from './house/stamp.js';
import * as logs from './house/translog.js';
import * as openings from './house/openings.js';
import * as profiles from './house/profiles.js';
import * as held from './house/held.js';
import * as fault from './house/fault.js';
import * as lookUp from './house/look_up.js';

/** Gaps that need no names. */
const BARE = {
  no_search: say.gap_no_search,
  identity_not_confirmed: say.gap_identity,
  not_applied: say.gap_not_applied,
  interrupted: say.gap_interrupted,
  incomplete: say.gap_incomplete,
  approval_missing: say.gap_approval_missing,
  approval_none: say.gap_approval_none,
  not_answered: say.gap_not_answered,
  no_time_stamp: say.gap_no_time_stamp,
  no_log: say.gap_no_log,
  due_nominal: say.gap_due_nominal,
  self_signed: say.gap_self_signed,
  same_word: say.gap_same_word,
  changes_not_listed: say.gap_changes,
  time_stamp_beside: stamps.gap_stamp_outside,
  opening_not_stamped: stamps.gap_opening,
  opened_not_logged: logs.gap_not_opened,
  log_not_anchored: logs.gap_not_anchored,
  log_is_ours: logs.gap_ours,
  inventory_missing: openings.gap_inventory,
  answer_not_recorded: openings.gap_answer,
  period_not_over: profiles.gap_not_over,
  never_entered: profiles.gap_never_entered,
  answered_by_word: held.gap_answered_by_word,
  log_anchored_by_word: held.gap_anchored_by_word,
};

/** Gaps of a system. */
const OF_SYSTEM = {
  never_asked: say.gap_never_asked,
  searched_by_hand: say.gap_by_hand,
  task_open: say.gap_task_open,
  task_without_proof: say.gap_task_without_proof,
  unread_documents: openings.gap_unread,
};

/** Gaps with a number: of cases, of runs, of minutes, of days. */
const COUNTED = {
  never_begun: say.gap_never_begun,
  case_without_bundle: profiles.gap_no_bundle,
  bundle_not_at_hand: profiles.gap_not_at_hand,
  case_open: profiles.gap_open,
  closing_not_recorded: profiles.gap_closing,
  sweep_incomplete: held.gap_sweep_incomplete,
  sweep_without_statement: held.gap_sweep_unsealed,
  sweep_missing: held.gap_sweep_missing,
  opening_stamped_late: held.gap_stamped_late,
  log_anchor_old: held.gap_anchor_old,
};

/** What bundles of a period say of themselves. */
const KINDS = {
  not_searched: profiles.kind_not_searched,
  never_asked: profiles.kind_never_asked,
  searched_by_hand: profiles.kind_by_hand,
  zero_without_control: profiles.kind_zero,
  weakly_proven: profiles.kind_weak,
  task_open: profiles.kind_task,
  task_without_proof: profiles.kind_task_done,
  manual: profiles.kind_manual,
  not_accepted: profiles.kind_undecided,
  not_planned: profiles.kind_unplanned,
  not_found_again: profiles.kind_unplanned,
  found_unaccounted: profiles.kind_unplanned,
  not_applied: profiles.kind_unfinished,
  interrupted: profiles.kind_unfinished,
  incomplete: profiles.kind_unfinished,
  never_begun: profiles.kind_unfinished,
  approval_missing: profiles.kind_unapproved,
  approval_none: profiles.kind_unapproved,
  same_word: profiles.kind_same_word,
  changes_not_listed: profiles.kind_changes,
  warning: profiles.kind_warning,
  unread_documents: profiles.kind_unread,
  settling: profiles.kind_settling,
  not_answered: profiles.kind_answer,
  answer_not_recorded: profiles.kind_answer,
  identity_not_confirmed: profiles.kind_identity,
  log_not_anchored: profiles.kind_anchor,
  opening_not_stamped: profiles.kind_opening,
  opened_not_logged: profiles.kind_opening,
  answered_by_word: held.kind_by_word,
  opening_stamped_late: held.kind_late,
  log_anchored_by_word: held.kind_anchor_old,
  log_anchor_old: held.kind_anchor_old,
};

/** Gaps of a kind of record in a system, with their number. */
const OF_OBJECT = {
  zero_without_control: say.gap_no_control,
  not_accepted: say.gap_not_accepted,
  not_planned: say.gap_not_planned,
  not_found_again: say.gap_lost,
  weakly_proven: say.gap_weak_alone,
  found_unaccounted: openings.gap_unaccounted,
  settling: openings.gap_settling,
};

/** Words that passed the gate when they were written, or the remark that they were left out. */
function passed(words) {
  const withheld = say.withheld();
  return words === withheld.en ? withheld : same(plain(words));
}

function because(code) {
  if (!code) return say.reason_unknown();
  const known = { E542: fault.disabled, E543: fault.not_connected, E530: say.reason_blind, E249: lookUp.reason }[code];
  return known ? known() : same(code);
}

const pick = (table, kind) => (Object.hasOwn(table, kind) ? table[kind] : null);

/** A gap in words; one that this page does not know is named as it stands. */
export function inWords(gap) {
  if (!isObject(gap)) return same('?');
  const kind = plain(gap.kind);
  const system = plain(gap.system);
  const object = gap.object === undefined ? null : `${system}.${plain(gap.object)}`;
  const count = plain(gap.count ?? '?');
  const code = plain(gap.code);
  if (pick(BARE, kind)) return BARE[kind]();
  if (pick(OF_SYSTEM, kind)) return OF_SYSTEM[kind](system, count);
  if (kind === 'weakly_proven' && typeof gap.level === 'string') return say.gap_weak(object ?? system, count, level(gap.level));
  if (pick(OF_OBJECT, kind)) return OF_OBJECT[kind](object ?? system, count);
  if (kind === 'not_searched') {
    return object ? say.gap_object_not_searched(object, because(code)) : say.gap_system_not_searched(system, because(code));
  }
  if (pick(COUNTED, kind)) return COUNTED[kind](count);
  if (kind === 'in_bundles') return profiles.gap_in_bundles(pick(KINDS, code)?.() ?? same(code), count);
  if (kind === 'warning') return gap.place === undefined ? say.gap_warning_alone(system, code) : say.gap_warning(system, code, passed(gap.place));
  if (OUTCOMES.includes(kind)) return say.gap_open(object ?? system, count, outcome(kind));
  const rest = [object ?? system, gap.count === undefined ? '' : count, code].filter(Boolean).join(', ');
  return same(rest ? `${kind} (${rest})` : kind);
}
