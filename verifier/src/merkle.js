// The Merkle tree of RFC 6962, section 2.1: built as lines pass by, and followed along an audit path.

import { sha256 } from '@noble/hashes/sha2.js';
import { hex } from './bytes.js';

// The prefix bytes keep a leaf from being taken for an inner node.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leaf = (bytes) => sha256.create().update(LEAF).update(bytes).digest();
export const node = (left, right) => sha256.create().update(NODE).update(left).update(right).digest();

/** A tree that is being built: one hash per level is kept. */
export class Tree {
  #subtrees = [];
  count = 0;

  push(line) {
    let hash = leaf(line);
    let height = 0;
    while (this.#subtrees.length > 0 && this.#subtrees.at(-1).height === height) {
      hash = node(this.#subtrees.pop().hash, hash);
      height += 1;
    }
    this.#subtrees.push({ height, hash });
    this.count += 1;
  }

  /** The root over all lines so far, in hex; of no lines, the hash of nothing. */
  get root() {
    const root = this.#subtrees.map(({ hash }) => hash).reduceRight((right, left) => (right ? node(left, right) : left), null);
    return hex(root ?? sha256(new Uint8Array()));
  }
}

/** The root that an audit path leads to (RFC 9162, 2.1.3.2); null if the path cannot belong to this place. */
export function climb(hash, index, size, path) {
  if (index >= size) return null;
  let [place, last] = [index, size - 1n];
  let root = hash;
  for (const sibling of path) {
    if (last === 0n) return null;
    if (place & 1n || place === last) {
      root = node(sibling, root);
      while (!(place & 1n) && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      root = node(root, sibling);
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : null;
}
