// Whom the reader trusts: certificates and fingerprints for seals, certificates for time stamps, keys of logs.

import { digest, spoken } from './bytes.js';
import { fromPem } from './certificate.js';
import { fromKey } from './note.js';

/** The anchors that a text names; null if it is neither certificates nor a fingerprint. */
export function forSeal(words) {
  if (words.includes('-----BEGIN')) return forTime(words);
  const fingerprint = digest(words.replace(/[:\s]/g, ''));
  return fingerprint && [{ fingerprint, name: spoken(fingerprint) }];
}

export function forTime(words) {
  const all = words.length < 1 << 20 ? fromPem(words) : null;
  return all?.map((certificate) => ({ certificate, name: certificate.subjectText })) ?? null;
}

export function forLog(words) {
  const key = fromKey(words.trim());
  return key && [{ key, name: key.name }];
}
