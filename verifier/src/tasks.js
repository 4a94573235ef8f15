// Work that a case left to people, folded from its events.

import { digest } from './bytes.js';
import { having, isDay, isDigest, isLevel, isText, maybe, oneOf } from './forms.js';
import { isCount } from './json.js';

export const FORMS = {
  task_opened: having({ task: isDigest, system: isText, kind: oneOf('search', 'look_up', 'act'), due: isDay, part: maybe(isText) }),
  task_reminded: having({ task: isDigest, operator: isText }),
  task_done: having({
    task: isDigest, operator: isText, result: oneOf('done', 'found', 'nothing'), found: maybe(isCount), proof: maybe(isDigest), level: maybe(isLevel),
  }),
  task_dropped: having({ task: isDigest, because: maybe(oneOf('erased')) }),
};

export class Tasks {
  /** In the order in which they were first opened. */
  all = [];
  #known = new Map();

  /** Takes an event in; others than those of tasks change nothing. */
  take(event) {
    if (!Object.hasOwn(FORMS, event.event)) return;
    const id = digest(event.task);
    const known = this.#known.get(id);
    if (event.event === 'task_opened' && !known) {
      const { system, kind, due, part } = event;
      const task = { task: `T${this.all.length + 1}`, digest: id, system, kind, due, part: part ?? '', state: 'open', done: null, because: null };
      this.all.push(task);
      this.#known.set(id, task);
    } else if (event.event === 'task_opened') {
      // Dropped, and asked for once more: it keeps its number.
      Object.assign(known, { due: event.due, state: 'open', done: null, because: null });
    } else if (known && event.event === 'task_done') {
      const { found, proof, level } = event;
      Object.assign(known, { state: 'done', because: null, done: { found: found ?? null, proof: proof ? digest(proof) : null, level: level ?? null } });
    } else if (known && event.event === 'task_dropped') {
      Object.assign(known, { state: 'dropped', done: null, because: event.because ?? null });
    }
  }

  /** What a statement says of them: what a person was asked to do, without the words, and what came of it. */
  get said() {
    return this.all.map(({ task, digest: id, system, kind, due, state, done, because }) => ({
      task, digest: id, system, kind, due, state, found: done?.found ?? null, proof: done?.proof ?? null, level: done?.level ?? null,
      ...(because ? { because } : {}),
    }));
  }

  /** Whether people have searched a system, and no search of it is open. */
  isSearchedByHand(system) {
    const searches = this.all.filter((task) => task.system === system && task.kind === 'search');
    return searches.every(({ state }) => state !== 'open') && searches.some(({ state }) => state === 'done');
  }
}
