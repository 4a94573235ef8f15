// What a seal is worth, S0 to S3, in words.
//
// S0: sealed. S1: and the time stamped by a third party. S2: and sealed under a certificate that calls itself qualified for
// electronic seals. S3 is what an archive makes of a bundle later; nothing here checks that, so nothing here says it.

import { joined } from './words.js';
import { best } from './timing.js';
import * as say from './house/level.js';

const LEVELS = ['S0', 'S1', 'S2', 'S3'];

/** The level that was found, in words; `claim` is what the bundle says of itself. */
export function inWords(certificate, time, claim) {
  const stamp = best(time);
  const issued = issuedBy(certificate);
  const own = !stamp?.anchor ? 'S0' : issued.isQualified ? 'S2' : 'S1';
  const parts = [say.level(own, issued.words, stampInWords(stamp, claim))];
  if (LEVELS.indexOf(claim) > LEVELS.indexOf(own)) parts.push(say.claims_more(claim));
  return joined(parts, ' ');
}

function issuedBy({ isSelfIssued, qualified }) {
  if (isSelfIssued) return { words: say.by_itself() };
  if (!qualified) return { words: say.by_authority() };
  return { isQualified: true, words: qualified.onDevice ? say.says_qualified_on_device() : say.says_qualified() };
}

function stampInWords(stamp, claim) {
  if (!stamp) return LEVELS.indexOf(claim) > 0 ? say.stamp_pending() : say.no_stamp();
  if (!stamp.anchor) return say.stamp_by_stranger();
  return stamp.callsItselfQualified ? say.stamped_says_qualified() : say.stamped();
}
