// What must be true of a bundle's time stamps: each is over what it lies beside, and holds. Whose they are is a fact of the verdict
// and no reason against it; one that does not hold is.

import { sha256 } from '@noble/hashes/sha2.js';
import { fromHex, hex } from './bytes.js';
import * as lists from './lists.js';
import { ASIC_MANIFEST, OPEN_STAMP, SIGNATURE, STAMP, STAMPED_MANIFEST } from './read.js';
import { Refusal, reason } from './reason.js';
import * as token from './token.js';
import * as say from './house/stamp.js';

/** Checks all tokens, and notes in the verdict what they say. */
export async function run(content, seal, anchors, verdict) {
  const time = { clock: 'none', seal: null, container: null, opened: null };
  verdict.time = time;
  for (const der of seal?.tokens ?? []) {
    const found = await check(SIGNATURE, der, sha256(seal.signature), anchors, verdict);
    if (!time.seal?.anchor && (found?.anchor || !time.seal)) time.seal = found;
  }
  const list = stampedList(content, verdict);
  const stamp = content.small.get(STAMP);
  if (list && stamp) time.container = await check(STAMP, stamp, fromHex(list), anchors, verdict);
  await opening(content, anchors, verdict);
  const counted = best(time);
  if (counted) time.clock = counted.anchor ? 'stamped' : 'stamped_by_unknown';
}

/** The stamp over the first event, and that it is there where the journal speaks of it. */
async function opening({ small, chain, history: { openingStamps: named } }, anchors, verdict) {
  const token = small.get(OPEN_STAMP);
  if (!token) {
    if (named.length > 0) verdict.reasons.push(reason('E712', say.left_out(OPEN_STAMP)));
    return;
  }
  if (chain.first) verdict.time.opened = await check(OPEN_STAMP, token, fromHex(chain.first), anchors, verdict);
  if (named.length > 0 && !named.includes(hex(sha256(token)))) verdict.reasons.push(reason('E716', say.other_than_journal(OPEN_STAMP)));
}

/** The stamp that counts for the bundle: that of the seal, or else that of the files; one of a trusted authority first. */
export function best(time) {
  const both = [time.seal, time.container].filter(Boolean);
  return both.find((stamp) => stamp.anchor) ?? both[0] ?? null;
}

async function check(file, der, digest, anchors, verdict) {
  try {
    return await token.verify(der, digest, anchors);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    verdict.reasons.push(...refusal.reasons.map(({ code, what }) => reason(code, say.in_file(file, what))));
    return null;
  }
}

/** Digest of the list that is stamped, if it names exactly the files that are sealed, and the sealed list. */
function stampedList(content, verdict) {
  const refuse = (what) => {
    verdict.reasons.push(reason('E718', what));
    return null;
  };
  const [isThere, hasToken] = [STAMPED_MANIFEST, STAMP].map((name) => content.small.has(name));
  if (!isThere && !hasToken) return null;
  if (!hasToken) return refuse(say.list_alone(STAMPED_MANIFEST, STAMP));
  if (!isThere) return refuse(say.list_alone(STAMP, STAMPED_MANIFEST));
  const listed = lists.container(content.text(STAMPED_MANIFEST), STAMP, 'application/vnd.etsi.timestamp-token');
  const named = [...content.files.keys()].filter((name) => !lists.isOutside(name) && !lists.isLater(name));
  const isComplete =
    listed?.size === named.length &&
    listed.has(ASIC_MANIFEST) &&
    named.every((name) => listed.get(name) === content.digest(name));
  return isComplete ? content.digest(STAMPED_MANIFEST) : refuse(say.list_form(STAMPED_MANIFEST));
}
