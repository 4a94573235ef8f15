// The bundle that lies in the container of a complete case: it is verified as one that came alone, it must be the one that the container
// names, and what opens its lines must open exactly these.

import { sha256 } from '@noble/hashes/sha2.js';
import { digest, hex, plain, utf8 } from './bytes.js';
import * as commitment from './commitment.js';
import { isText, listOf } from './forms.js';
import { isCount, isObject } from './json.js';
import { reason } from './reason.js';
import { AUTHORITY, CASE, read as readStatement } from './statement.js';
import { TOLD, atLeast } from './tally.js';
import * as say from './house/held.js';

/** What opens the record lines of the bundle. */
export const OPENINGS = 'data/openings.jsonl';
/** Bytes that are handed to the browser's own store together. */
const TOGETHER = 8 << 20;

const nameOf = ({ case: name, number }) => `data/${name}${number > 1 ? `.${number}` : ''}.evidence.zip`;

/** Under which name the bundle lies in a container, by the statement; null if it is no container of that kind. */
export function wanted(bytes) {
  const said = bytes && readStatement(bytes);
  return said?.predicateType === AUTHORITY ? nameOf(said.predicate) : null;
}

/** A file that is set aside while the container is read. */
export class Spool {
  #held = [];
  #parts = [];
  #size = 0;

  write(piece) {
    this.#held.push(piece.slice());
    this.#size += piece.length;
    if (this.#size > TOGETHER) this.#hand();
  }

  #hand() {
    this.#parts.push(new Blob(this.#held));
    [this.#held, this.#size] = [[], 0];
  }

  get blob() {
    this.#hand();
    return new Blob(this.#parts);
  }
}

/** Commitments line by line, in one digest over them all: neither lines nor openings are kept. */
export class Commitments {
  count = 0;
  #hasher = sha256.create();

  #add(digests) {
    this.#hasher.update(utf8(JSON.stringify([this.count, ...[...digests].sort()])));
    this.count += 1;
  }

  /** Takes a record line in; false if it commits to nothing that can be read. */
  line(said) {
    if (!isObject(said) || !listOf(isText)(said._sd)) return false;
    this.#add(said._sd);
    return true;
  }

  /** Takes a line of openings in; false if it opens nothing, or stands out of its place. */
  opening(said) {
    if (!isObject(said) || !isCount(said.seq) || !listOf(isText)(said.disclosures)) return false;
    const isNext = said.seq === this.count;
    this.#add(said.disclosures.map(commitment.digestOf));
    return isNext && said.disclosures.every((one) => commitment.read(one) !== null);
  }

  get sum() {
    return `${this.count} ${hex(this.#hasher.clone().digest())}`;
  }
}

/** Verifies the bundle in the container by `judge`, and holds it against what the container says of it. */
export async function check(content, said, judge, verdict) {
  const name = plain(nameOf(said));
  const fail = (code, what) => verdict.reasons.push(reason(code, what));
  if (!content.inner) {
    fail('E748', say.inner_missing(name));
    return;
  }
  const { verdict: own, commitments } = await judge(content.inner.blob);
  // One that is no zip at all says nothing more.
  if (!commitments) {
    for (const { what } of own.reasons) fail('E748', say.inner_wrong(name, what));
    return;
  }
  sameSigner(own, name, verdict);
  const isIt = own.kind === CASE && own.bundle === digest(said.bundle) && own.case === plain(said.case) && own.number === said.number;
  if (!isIt) fail('E748', say.inner_other(name));
  if (commitments.sum !== content.openings.sum) fail('E749', say.openings_wrong());
  // The bundle was entered into the log, and so is everything that is made of it afterwards.
  if (own.log && (said.log ?? null) === null) fail('E736', say.log_left_out());
  // What the verdict about the bundle tells by itself, this one tells too; its own stamp is its own matter.
  const isTold = (gap) => TOLD.includes(gap?.kind);
  atLeast(own.notProven.filter((gap) => !isTold(gap) && gap?.kind !== 'time_stamp_beside'), verdict);
  for (const gap of own.notProven.filter(isTold)) {
    if (!verdict.notProven.some((known) => known?.kind === gap.kind)) verdict.notProven.push(gap);
  }
  Object.assign(verdict, { records: own.records, events: own.events });
}

/** Who sealed both is said once; so is that a log is not known. */
function sameSigner(own, name, verdict) {
  const isBySame = own.fingerprint !== null && own.fingerprint === verdict.fingerprint;
  for (const one of own.reasons) {
    const isCommon = isBySame && ['E746', 'E674'].includes(one.code);
    if (!isCommon) verdict.reasons.push(reason('E748', say.inner_wrong(name, one.what)));
    else if (!verdict.reasons.some(({ code }) => code === one.code)) verdict.reasons.push(one);
  }
}
