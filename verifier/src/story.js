// What a bundle tells: events in their order, what each system answered, what became of the records. Only so much is kept as can
// be read; the rest is counted.

import { plain } from './bytes.js';
import { isCount, isObject } from './json.js';

/** More lines than anybody reads. */
const MOST = 300;

const words = (value) => (typeof value === 'string' ? value : null);
const list = (value) => (Array.isArray(value) ? value.filter(isObject) : []);

export class Story {
  /** Events, without those of single steps, which are counted in the run they belong to. */
  events = [];
  moreEvents = 0;
  systems = [];
  moreSystems = 0;
  /** Counts by system, object, outcome and level. */
  records = new Map();
  moreRecords = 0;
  #steps = null;
  /** What people call a task: T and its number within the case. */
  #tasks = new Map();

  event(said) {
    if (!isObject(said)) return;
    const kind = words(said.event);
    if (kind === 'step_started' || kind === 'step_verified') return;
    if (kind === 'step_ended') {
      this.#step(said);
      return;
    }
    this.#steps = null;
    const task = words(said.task);
    if (kind === 'task_opened' && this.#tasks.size < MOST * 10) this.#tasks.set(task, `T${this.#tasks.size + 1}`);
    this.#keep(task === null ? said : { ...said, task: this.#tasks.get(task) ?? task });
  }

  /** Steps in a row become one line: how many had which outcome. */
  #step(said) {
    if (!this.#steps) {
      this.#steps = { event: 'steps', at: said.at, outcomes: new Map() };
      this.#keep(this.#steps);
    }
    const outcome = plain(words(said.outcome)).slice(0, 40);
    const { outcomes } = this.#steps;
    if (outcomes.size < 20 || outcomes.has(outcome)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  #keep(event) {
    if (this.events.length < MOST) this.events.push(event);
    else this.moreEvents += 1;
  }

  system(said) {
    if (!isObject(said)) return;
    if (this.systems.length >= MOST) {
      this.moreSystems += 1;
      return;
    }
    const objects = list(said.objects);
    this.systems.push({
      system: words(said.system),
      status: words(said.status),
      error: words(said.error),
      at: words(said.at),
      host: words(said.host),
      records: objects.reduce((sum, object) => sum + (isCount(object.records) ? object.records : 0), 0),
      objects: objects.slice(0, MOST).map((object) => ({
        object: words(object.object),
        status: words(object.status),
        control: words(object.control),
        records: isCount(object.records) ? object.records : 0,
      })),
      moreObjects: Math.max(0, objects.length - MOST),
    });
  }

  record(said) {
    const key = JSON.stringify([words(said.system), words(said.object), said.outcome, words(said.level)]);
    const before = this.records.get(key);
    if (before) before.count += 1;
    else if (this.records.size < MOST && key.length < 1000) {
      this.records.set(key, { system: words(said.system), object: words(said.object), outcome: said.outcome, level: words(said.level), count: 1 });
    } else this.moreRecords += 1;
  }
}
