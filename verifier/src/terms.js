// Codes that stand in a bundle, as words. A code that this page does not know is shown as it stands.

import { plain } from './bytes.js';
import { same } from './words.js';
import * as say from './house/evidence.js';
import * as cases from './house/case.js';
import * as rights from './house/rights.js';

const of = (table) => (code) => (typeof code === 'string' && Object.hasOwn(table, code) ? table[code]() : same(plain(code)));

export const outcome = of({
  removed: say.outcome_removed,
  anonymised: say.outcome_anonymised,
  restricted: say.outcome_restricted,
  unrestricted: say.outcome_unrestricted,
  suppressed: say.outcome_suppressed,
  rectified: say.outcome_rectified,
  already_gone: say.outcome_already_gone,
  retained: say.outcome_retained,
  manual: say.outcome_manual,
  blocked: say.outcome_blocked,
  changed: say.outcome_changed,
  held: say.outcome_held,
  failed: say.outcome_failed,
  unknown: say.outcome_unknown,
  not_verified: say.outcome_not_verified,
  pending: say.outcome_pending,
});

const LEVELS = of({ L0: say.level_l0, L1: say.level_l1, L2: say.level_l2, L3: say.level_l3, L4: say.level_l4 });
export const level = (code) => (code === null ? say.level_none() : LEVELS(code));

export const status = of({
  searched: say.status_searched,
  incomplete: say.status_incomplete,
  not_searched: say.status_not_searched,
  manual: say.status_manual,
});

export const right = of({
  access: say.right_access,
  export: say.right_access,
  rectification: say.right_rectification,
  rectify: say.right_rectification,
  erasure: say.right_erasure,
  erase: say.right_erasure,
  restriction: say.right_restriction,
  portability: say.right_portability,
  objection: say.right_objection,
  optout: say.right_objection,
  consent_withdrawal: rights.right_withdrawal,
});

export const closing = of({
  answered: cases.closed_answered,
  refused: cases.closed_refused,
  withdrawn: cases.closed_withdrawn,
  nothing_found: cases.closed_nothing_found,
});

/** The way on which a request came. */
export const channel = of({
  letter: say.channel_letter,
  email: say.channel_email,
  'e-mail': say.channel_email,
  mail: say.channel_email,
  phone: say.channel_phone,
  telephone: say.channel_phone,
  fax: say.channel_fax,
  portal: say.channel_portal,
  in_person: say.channel_in_person,
  'in-person': say.channel_in_person,
  unspecified: say.channel_unspecified,
});
