// Proofs that a leaf is in a log (c2sp.org/tlog-proof), with the checkpoint that they are held against (c2sp.org/tlog-checkpoint).

import { equal, fromBase64, hex, text } from './bytes.js';
import { climb } from './merkle.js';
import * as note from './note.js';

const INCLUSION = 'c2sp.org/tlog-proof@v1';
const LONGEST = 256 * 1024;
/** No path in a tree of 2^64 leaves is longer. */
const LONGEST_PATH = 64;
const MOST = 2n ** 64n - 1n;

/** A number in decimal without leading zeroes; null for anything else. */
function number(words) {
  if (!/^(0|[1-9]\d{0,19})$/.test(words ?? '')) return null;
  const value = BigInt(words);
  return value <= MOST ? value : null;
}

function hash(words) {
  const bytes = fromBase64(words);
  return bytes?.length === 32 ? bytes : null;
}

/** What a signed note says if it is a checkpoint; lines after the third are others' and say nothing here. */
export function checkpoint(bytes) {
  const signed = note.parse(bytes);
  const lines = signed?.text.slice(0, -1).split('\n') ?? [];
  const [origin, size, root, ...rest] = lines;
  const read = { origin, size: number(size), root: hash(root), note: signed };
  const isOne = lines.length >= 3 && note.isName(origin) && rest.every((line) => line !== '') && read.size !== null && read.root;
  return isOne ? read : null;
}

/** A proof as index, path and checkpoint; null if it is none. What it says beside (`extra`) is left aside, as nobody signed it. */
export function inclusion(bytes) {
  const words = bytes.length <= LONGEST ? text(bytes) : null;
  const cut = words?.indexOf('\n\n') ?? -1;
  if (cut < 0) return null;
  const [kind, ...lines] = words.slice(0, cut).split('\n');
  if (lines[0]?.startsWith('extra ') && fromBase64(lines.shift().slice(6)) === null) return null;
  const index = lines[0]?.startsWith('index ') ? number(lines.shift().slice(6)) : null;
  const path = lines.map(hash);
  const signed = checkpoint(new TextEncoder().encode(words.slice(cut + 2)));
  if (kind !== INCLUSION || index === null || path.length > LONGEST_PATH || !path.every(Boolean) || !signed) return null;
  return { index, path, signed };
}

/** Whether a proof shows that this leaf is in the tree of its checkpoint. */
export function holdsFor({ index, path, signed }, leaf) {
  const root = climb(leaf, index, signed.size, path);
  return root !== null && equal(root, signed.root);
}

/**
 * Who vouches for a checkpoint, of these keys. A named key of this log that is not among the signers does: somebody else speaks in
 * the log's name.
 */
export async function vouched(signed, keys) {
  const own = keys.filter(({ name }) => name === signed.origin);
  const who = await note.vouched(signed.note, own);
  return who === 'nobody' && own.length > 0 ? 'forged' : who;
}

export const rootOf = ({ root }) => hex(root);
