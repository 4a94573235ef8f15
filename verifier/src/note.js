// Signed notes (c2sp.org/signed-note): a text, an empty line, and a line for each signature. Read strictly.

import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromBase64, hex, text, utf8 } from './bytes.js';

const ED25519 = 1;
const LONGEST = 128 * 1024;
const MOST_SIGNATURES = 64;
/** What stands before the 32 bytes of a key to make it one that browsers import (RFC 8410). */
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);

/** Key names hold no white space and no plus, and here no control characters either. */
export const isName = (name) => name.length > 0 && name.length <= 200 && !/[\s+\p{Cc}]/u.test(name);

/** A log's public key from `NAME+ID+KEY`; null for any other form, another kind of key, or an id that is not the key's. */
export function fromKey(words) {
  const [name, id, ...rest] = words.split('+');
  const key = fromBase64(rest.join('+'));
  if (!isName(name) || key?.length !== 33 || key[0] !== ED25519) return null;
  const own = sha256(concat([utf8(`${name}\n`), key])).subarray(0, 4);
  return hex(own) === id ? { name, id: own, public: key.subarray(1) } : null;
}

/** A note as text and signatures; null if it is none. */
export function parse(bytes) {
  const whole = bytes.length <= LONGEST ? text(bytes) : null;
  const cut = whole?.lastIndexOf('\n\n') ?? -1;
  if (cut < 0 || !whole.endsWith('\n') || /[^\n\u0020-\u{10ffff}]/u.test(whole)) return null;
  const lines = whole.slice(cut + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return null;
  const signatures = lines.map((line) => {
    const parts = /^\u2014 (\S+) (\S+)$/u.exec(line);
    const value = parts && fromBase64(parts[2]);
    return value && value.length > 4 && isName(parts[1]) ? { name: parts[1], id: value.subarray(0, 4), value: value.subarray(4) } : null;
  });
  return signatures.every(Boolean) ? { text: whole.slice(0, cut + 1), signatures } : null;
}

/** Who vouches for a note, of these keys: `named`, `nobody`, or `forged` if a signature in the name of one does not hold. */
export async function vouched(note, keys) {
  let out = 'nobody';
  for (const { name, id, value } of note.signatures) {
    const key = keys.find((one) => one.name === name && equal(one.id, id));
    if (!key) continue;
    if (!(await holds(key, note.text, value))) return 'forged';
    out = 'named';
  }
  return out;
}

async function holds(key, words, signature) {
  const imported = await crypto.subtle.importKey('spki', concat([SPKI, key.public]), { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, utf8(words));
}
