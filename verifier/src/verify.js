// Verifies a bundle and says what is wrong with it: the same checks, codes and words as `dsr evidence verify`.
//
// What is read may be hostile: its form is checked before its content, sizes are limited, and every finding is a reason in the
// verdict. A bundle that only agrees with itself is not called valid: anybody can seal anything.

import * as checks from './checks.js';
import { read } from './read.js';
import { Refusal } from './reason.js';
import { inspect } from './zip.js';
import * as say from './house/evidence.js';
import * as own from './page-words.js';

export const VALID = 'valid';
export const UNKNOWN = 'intact_but_signer_unknown';
export const INVALID = 'invalid';

const SENTENCES = { [VALID]: say.verdict_valid, [UNKNOWN]: say.verdict_unknown, [INVALID]: say.verdict_invalid };

/** The standing in one sentence. */
export const sentence = ({ standing, issued, signer }) => (standing === VALID && issued ? own.validIssued(signer) : SENTENCES[standing]());

const NOBODY = { seal: [], time: [], log: [] };

/**
 * Verifies a blob against what the reader trusts. Facts are only set where they were read; of an invalid bundle they are claims.
 */
export async function verify(blob, anchors = NOBODY, progress = () => {}) {
  return (await judge(blob, { ...NOBODY, ...anchors }, false, progress)).verdict;
}

/** The same, of a bundle that lies in a container too: then with what its record lines commit to, unless it is no zip at all. */
async function judge(blob, anchors, isInner, progress) {
  const verdict = {
    standing: INVALID,
    reasons: [],
    bundle: null,
    case: null,
    number: null,
    predecessor: null,
    signer: null,
    fingerprint: null,
    sealedAt: null,
    level: null,
    time: { clock: 'none', seal: null, container: null, opened: null },
    log: null,
    anchor: null,
    /** The anchored certificate from which signed changes lead to the one that sealed. */
    followed: null,
    kind: null,
    /** Of a period: its retention runs. */
    sweeps: null,
    /** Set if the certificate was issued by an authority that the reader named: whose it is, and whether that is the controller. */
    issued: null,
    cases: null,
    files: 0,
    bytes: 0,
    records: 0,
    events: 0,
    notProven: [],
    unchecked: [],
    statement: null,
    story: null,
  };
  let entries;
  try {
    entries = await inspect(blob);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    verdict.reasons.push(...refusal.reasons);
    return { verdict, commitments: null };
  }
  const content = await read(blob, entries, isInner, verdict.reasons, progress);
  verdict.files = content.files.size;
  verdict.bytes = [...content.files.values()].reduce((sum, file) => sum + file.size, 0);
  verdict.records = content.tree.count;
  verdict.events = content.chain.count;
  verdict.story = content.story;
  await checks.run(content, anchors, (inner) => judge(inner, anchors, true, progress), verdict);
  // Whether the stamp came could not be known yet when the cover was sealed.
  if (verdict.time.clock === 'stamped') verdict.notProven = verdict.notProven.filter((gap) => gap?.kind !== 'time_stamp_beside');
  if (verdict.reasons.length === 0) verdict.standing = VALID;
  else if (/^E746( E674| E765)?$/.test(verdict.reasons.map(({ code }) => code).join(' '))) verdict.standing = UNKNOWN;
  return { verdict, commitments: content.commitments };
}
