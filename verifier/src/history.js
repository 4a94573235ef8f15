// A case as its journal tells it, folded event by event; what is about single steps is left to the lines of the records.

import { digest } from './bytes.js';
import { absentOr, answer, having, isAnswer, isDay, isDigest, isFlag, isText, isTime, listOf, maybe, oneOf, pairOf } from './forms.js';
import { isCount } from './json.js';
import * as tasks from './tasks.js';

/** Far more than any case has that are about no single step. */
const MOST = 50_000;

const isDecision = oneOf('erase', 'restrict', 'retain', 'refuse', 'manual', 'held', 'unknown_start', 'rectify', 'lift', 'suppress');

/** Events that say something here, each with its form. */
const FORMS = {
  ...tasks.FORMS,
  case_opened: having({ rights: listOf(isText), received: isDay, channel: isText, operator: isText }),
  rights_added: having({ rights: listOf(isText) }),
  identity_confirmed: having({ method: isText, operator: isText }),
  identity_assumed: having({}),
  identity_added: having({ identities: listOf(isDigest), operator: isText }),
  identity_removed: having({ identities: listOf(isDigest), operator: isText }),
  leaf_appended: having({ leaf: isDigest, of: oneOf('opened', 'statement', 'period', 'authority') }),
  searched: having({ verb: isText, operator: isText, identities: listOf(isDigest), rounds: isCount, complete: isFlag, systems: listOf(isAnswer) }),
  asked: having({ verb: isText, because: maybe(isText), until: maybe(isDay), fields: absentOr(listOf(pairOf(isText, isDigest))), operator: isText }),
  notice_sent: having({ sent: isDay, operator: isText }),
  planned: having({ plan: isDigest, inventory: isDigest, verb: absentOr(isText), decisions: listOf(pairOf(isDecision, isCount)), waiting: absentOr(isCount) }),
  approved: having({ plan: isDigest, policy: oneOf('none', 'four_eyes'), by: isText }),
  apply_started: having({ plan: isDigest, version: isText, run: isCount }),
  apply_ended: having({ plan: isDigest, complete: isFlag, exit: isCount }),
  case_closed: having({ closing: maybe(oneOf('answered', 'refused', 'withdrawn', 'nothing_found')), operator: maybe(isText) }),
  time_stamped: having({ of: oneOf('opened', 'bundle', 'period', 'authority', 'checkpoint'), digest: isDigest, token: isDigest, time: isTime, authority: isText }),
  evidence_made: having({ bundle: isDigest, number: isCount }),
  exported: having({
    kind: oneOf('access', 'portability'), package: isDigest, draft: isFlag, complete: isFlag, records: isCount, waiting: absentOr(isCount), files: isCount,
    sealed: oneOf('none', 'age', 'aes'), expires: isDay, operator: isText,
  }),
};

/** Whether an event is one of those of which there is one for each record or more. */
export const isOfStep = (event) => isText(event) && /^(?:step|deferred)_/.test(event);

export class History {
  rights = [];
  isIdentityConfirmed = false;
  /** How identity was confirmed last. */
  method = null;
  /** Day of receipt and operator, as the first event says. */
  opening = null;
  /** Plans in their order, with the number of steps that each had. */
  plans = new Map();
  latest = null;
  /** By plan: the policy, and who approved. */
  approvals = new Map();
  /** Plans that were begun, and whether the last run of each said that it was complete; null while none did. */
  runs = new Map();
  /** The latest answer of each system. */
  systems = new Map();
  tasks = new tasks.Tasks();
  asked = [];
  notices = [];
  isClosed = false;
  /** How and when, where the journal says so. */
  closing = null;
  /** Ids of the bundles that were made before. */
  bundles = [];
  /** Whether a package that is no draft was made for the person. */
  isHandedOut = false;
  /** Tokens over the opening of the case, by their SHA-256. */
  openingStamps = [];
  /** Whether the log over all cases holds anything of the case. */
  isLogged = false;
  #count = 0;

  /** Takes in an event; false if it fits no history. Events that this page does not know say nothing to it. */
  tell(event) {
    if (!isText(event?.event) || !isTime(event.at)) return true;
    // A step is a part of a plan, and none is known yet.
    if (event.event.startsWith('step_')) return false;
    if (!Object.hasOwn(FORMS, event.event) || !FORMS[event.event](event)) return true;
    this.#count += 1;
    if (this.#count > MOST) return false;
    if (this.#count === 1 && event.event === 'case_opened') this.opening = { received: event.received, channel: event.channel, operator: event.operator };
    this.tasks.take(event);
    this.#of[event.event]?.(event);
    return true;
  }

  #of = {
    case_opened: ({ rights }) => this.#add(rights),
    rights_added: ({ rights }) => this.#add(rights),
    identity_confirmed: ({ method }) => Object.assign(this, { isIdentityConfirmed: true, method }),
    identity_assumed: () => (this.method = 'assumed'),
    // Whoever was confirmed was known by fewer identities, or by one too many.
    identity_added: () => this.#unconfirm(),
    identity_removed: () => this.#unconfirm(),
    leaf_appended: () => (this.isLogged = true),
    // A search that only verifies finds nothing on purpose.
    searched: ({ verb, systems }) => verb !== 'verify' && systems.forEach((one) => this.#answered(answer(one))),
    asked: (event) => this.#ask(event),
    notice_sent: ({ sent }) => this.notices.push(sent),
    planned: (event) => this.#plan(event),
    approved: ({ plan, policy, by }) => {
      const known = this.approvals.get(digest(plan)) ?? { by: [] };
      this.approvals.set(digest(plan), { policy, by: [...known.by, by] });
    },
    apply_started: ({ plan }) => this.runs.set(digest(plan), null),
    apply_ended: ({ plan, complete }) => this.runs.set(digest(plan), complete),
    case_closed: ({ closing, at }) => Object.assign(this, { isClosed: true, closing: closing ? { closing, at } : null }),
    time_stamped: ({ of, token }) => of === 'opened' && this.openingStamps.push(digest(token)),
    evidence_made: ({ bundle }) => this.bundles.push(digest(bundle)),
    exported: ({ draft }) => (this.isHandedOut ||= !draft),
  };

  #unconfirm() {
    Object.assign(this, { isIdentityConfirmed: false, method: null });
  }

  #add(rights) {
    for (const right of rights) if (!this.rights.includes(right)) this.rights.push(right);
  }

  /** The latest answer counts, with the most records that any answer had: after an erasure the same search finds fewer. */
  #answered(told) {
    const before = this.systems.get(told.system)?.objects ?? [];
    for (const object of told.objects) {
      object.records = Math.max(object.records, before.find((other) => other.object === object.object)?.records ?? 0);
    }
    this.systems.set(told.system, told);
  }

  /** Each thing once. */
  #ask({ verb, because, until, fields }) {
    const values = (fields ?? []).map(([field, value]) => ({ field, value: digest(value) }));
    const asked = { verb, because: because ?? null, until: until ?? null, fields: values };
    if (!this.asked.some((known) => JSON.stringify(known) === JSON.stringify(asked))) this.asked.push(asked);
  }

  /** Planning again to the same result is the same plan. */
  #plan({ plan, decisions }) {
    const id = digest(plan);
    if (!this.plans.has(id)) this.plans.set(id, decisions.reduce((sum, [, count]) => sum + count, 0));
    this.latest = id;
  }
}
