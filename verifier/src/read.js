// Reads every file of a bundle once: digests of all, the small ones whole, records, journal and openings line by line.

import { sha256 } from '@noble/hashes/sha2.js';
import { concat, hex, text } from './bytes.js';
import { Chain } from './chain.js';
import { History, isOfStep } from './history.js';
import * as inner from './inner.js';
import { isCount, isObject, parse } from './json.js';
import { Lines } from './lines.js';
import { Tree } from './merkle.js';
import { reason } from './reason.js';
import { Cases } from './period.js';
import { Sorts } from './sorts.js';
import { Steps } from './steps.js';
import { Story } from './story.js';
import { isFile as isChange } from './succession.js';
import { isFile as isSweep } from './sweeps.js';
import * as say from './house/evidence.js';
import * as held from './house/held.js';
import * as openings from './house/openings.js';
import * as zip from './zip.js';

/** Files that are looked into as a whole may not be larger. */
const SMALL = 4 << 20;
/** But for what grows with the inventory; and files that tell of a change of seal are small, and may be many. */
const LARGER = 16 << 20;
const SMALLEST = 64 << 10;

export const ASIC_MANIFEST = 'META-INF/ASiCManifest001.xml';
export const SIGNATURE = 'META-INF/signature001.p7s';
export const STAMPED_MANIFEST = 'META-INF/ASiCManifest002.xml';
export const STAMP = 'META-INF/timestamp002.tst';
export const STATEMENT = 'data/statement.json';
export const OPEN_STAMP = 'data/time/open.tst';
export const PROOF = 'data/log/case.tlog-proof';
export const OPENED = 'data/log/opened.json';
export const OPENED_PROOF = 'data/log/opened.tlog-proof';
export const ENVIRONMENT = 'data/environment.json';
export const INVENTORY = 'data/inventory.json';
/** What the cover says that follows from no other file. */
export const COVER = 'data/cover.json';
export const LAW = 'data/law.json';
export const SYSTEMS = 'data/systems.jsonl';

/** Looked into as a whole; too large is a reason. */
const WHOLE = new Set([
  'mimetype', 'bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt', ASIC_MANIFEST, SIGNATURE, STATEMENT,
  STAMPED_MANIFEST, STAMP, OPEN_STAMP, PROOF, OPENED, OPENED_PROOF, ENVIRONMENT, INVENTORY, LAW, SYSTEMS, COVER,
]);
const RECORDS = 'data/records.jsonl';
const JOURNAL = 'data/journal.jsonl';
export const CASES = 'data/cases.jsonl';

/** What was read. */
export class Content {
  /** Digest (hex) and size of every file. */
  files = new Map();
  small = new Map();
  tree = new Tree();
  /** The record lines in numbers. */
  sorts = new Sorts();
  chain = new Chain();
  /** What the journal says of each step, with the record lines held against it. */
  steps = new Steps();
  /** What the events of the journal tell that are about no single step. */
  history = new History();
  story = new Story();
  /** Of a period: the tree over its cases, and what they say. */
  caseTree = new Tree();
  cases = new Cases();
  /** Of a complete case: what opens the lines of the bundle in it, and the bundle. */
  openings = new inner.Commitments();
  inner = null;
  /** What the record lines commit to, where openings are held against it. */
  commitments = null;

  text(name) {
    const bytes = this.small.get(name);
    return bytes ? text(bytes) : null;
  }

  /** Whether a small file is there and is not this text; what is no text is another one. */
  isOther(name, words) {
    return this.small.has(name) && this.text(name) !== words;
  }

  digest(name) {
    return this.files.get(name)?.digest ?? null;
  }
}

/**
 * Reads everything, noting what cannot be read. `progress` is told how much of how much, and may be waited for. What the record lines
 * commit to is only looked at in a bundle that lies in a container; in that bundle lies no other.
 */
export async function read(blob, entries, isInner, reasons, progress) {
  const content = new Content();
  if (isInner) content.commitments = new inner.Commitments();
  const total = entries.reduce((size, entry) => size + entry.size, 0);
  let done = 0;
  // The statement first: it says what kind of container this is. Then the journal: the record lines are held against it.
  const first = [STATEMENT, JOURNAL].flatMap((name) => entries.filter((entry) => entry.name === name));
  for (const entry of [...first, ...entries.filter((one) => !first.includes(one))]) {
    const { name } = entry;
    const most = isChange(name) ? SMALLEST : [INVENTORY, SYSTEMS, COVER].includes(name) ? LARGER : SMALL;
    const spool = !isInner && name === inner.wanted(content.small.get(STATEMENT)) ? new inner.Spool() : null;
    const follow = follower(content, name);
    const lines = follow && new Lines();
    const whole = WHOLE.has(name) || isChange(name) || isSweep(name) ? [] : null;
    const hasher = sha256.create();
    let size = 0;
    let count = 0;
    let badLine = null;
    const isGood = await zip.stream(blob, entry, (piece) => {
      hasher.update(piece);
      size += piece.length;
      done += piece.length;
      if (whole && size <= most) whole.push(piece.slice());
      spool?.write(piece);
      lines?.feed(piece, (line) => {
        count += 1;
        if (!follow(line)) badLine ??= count;
      });
      return progress(done, total);
    });
    if (!isGood) reasons.push(reason('E713', say.damaged(name)));
    if (lines?.isBroken) badLine ??= count + 1;
    if (badLine !== null && name === JOURNAL) reasons.push(reason('E730', say.chain_broken(badLine)));
    if (badLine !== null && name === RECORDS) reasons.push(reason('E732', say.record_broken(badLine)));
    if (badLine !== null && name === CASES) reasons.push(reason('E732', openings.case_broken(badLine)));
    if (badLine !== null && name === inner.OPENINGS) reasons.push(reason('E749', held.opening_line(badLine)));
    if (spool && isGood) content.inner = spool;
    if (whole && size > most) reasons.push(reason('E713', say.file_too_large(name)));
    else if (whole) content.small.set(name, concat(whole));
    content.files.set(name, { digest: hex(hasher.digest()), size });
  }
  return content;
}

/** What looks at the lines of a file, and says whether a line is what has to stand there. */
function follower(content, name) {
  if (name === RECORDS) return (line) => record(content, line);
  if (name === JOURNAL) {
    return (line) => {
      const said = parse(line);
      content.story.event(said);
      content.steps.event(said);
      if (!content.chain.follow(line, said)) return false;
      return (isOfStep(said.event) && content.chain.count > 1) || content.history.tell(said);
    };
  }
  if (name === CASES) {
    return (line) => {
      const place = content.caseTree.count;
      content.caseTree.push(line);
      return content.cases.take(parse(line), place);
    };
  }
  if (name === inner.OPENINGS) return (line) => content.openings.opening(parse(line));
  if (name === SYSTEMS) {
    return (line) => {
      content.story.system(parse(line));
      return true;
    };
  }
  return null;
}

/** Takes a record line into the tree and the counts; false if it is no record or out of its place. */
function record(content, line) {
  const place = content.tree.count;
  content.tree.push(line);
  const said = parse(line);
  if (!isObject(said) || !isCount(said.seq)) return false;
  const commits = content.commitments?.line(said) ?? true;
  content.steps.line(said);
  if (!content.sorts.take(said)) return false;
  content.story.record(said);
  return commits && said.seq === place;
}
