// How one seal follows another: the old key signs the fingerprint of the new certificate, in four lines of text.
//
// A reader who once pinned an old certificate can follow, step by step, and is told so. A step proves that whoever held the old key
// named the new certificate, and no more.

import { text, utf8 } from './bytes.js';
import { fromPem, trustedToSeal } from './certificate.js';
import { ECDSA_SHA256, hasSigned } from './signature.js';

/** Changes that a bundle carries at most. */
const MOST = 16;
const LINES = /^dsr seal change 1\nprevious: ([0-9a-f]{64})\ncertificate: ([0-9a-f]{64})\nat: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n$/;

/** Whether a file of a bundle belongs to a change of seal. */
export const isFile = (name) => /^data\/seal\/change-\d\d\.(?:txt|sig|previous\.pem)$/.test(name);

/** The changes that the files of a bundle tell of, of those that can be read. */
export function read(small) {
  const names = [...small.keys()].filter((name) => isFile(name) && name.endsWith('.txt')).map((name) => name.slice(0, -4));
  return names.map((name) => change(small.get(`${name}.txt`), small.get(`${name}.previous.pem`), small.get(`${name}.sig`))).filter(Boolean);
}

function change(bytes, pem, signature) {
  const words = text(bytes);
  const parts = words && LINES.exec(words);
  const at = parts ? Date.parse(parts[3]) / 1000 : NaN;
  const [previous] = (pem && fromPem(text(pem) ?? '')) ?? [];
  // The old certificate must be the one that the text names.
  if (Number.isNaN(at) || previous?.fingerprint !== parts[1]) return null;
  return { words, previous, certificate: parts[2], at, signature: signature ?? null };
}

/** Whether the old certificate's key signed this change, while that certificate was valid. */
async function holds({ words, previous, at, signature }) {
  try {
    return (
      signature !== null &&
      previous.isP256 &&
      previous.maySeal &&
      previous.isValidAt(at) &&
      (await hasSigned(previous.spki, { oid: ECDSA_SHA256 }, utf8(words), signature))
    );
  } catch {
    return false;
  }
}

/** Whether a certificate's key signed one of these changes. */
export async function hasLed(fingerprint, changes) {
  for (const one of changes) if (one.previous.fingerprint === fingerprint && (await holds(one))) return true;
  return false;
}

/**
 * The anchored certificate from which signed changes lead to this one, each made before the next; null if none does. `sealed` is when
 * the seal says that it was made.
 */
export async function follow(own, sealed, changes, anchors) {
  let [current, before] = [own, sealed];
  for (let step = 0; step < MOST; step += 1) {
    let next = null;
    for (const one of changes) {
      if (one.certificate === current && one.at <= before && (await holds(one))) {
        next = one;
        break;
      }
    }
    if (!next) return null;
    [current, before] = [next.previous.fingerprint, next.at];
    if (await trustedToSeal(next.previous, [], anchors, next.at)) return current;
  }
  return null;
}
