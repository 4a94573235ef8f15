// Commitments and what opens them (RFC 9901, 4.2): a disclosure is base64url of `[salt, name, value]`, its digest that of SHA-256.

import { sha256 } from '@noble/hashes/sha2.js';
import { base64, fromBase64, utf8 } from './bytes.js';
import { parse } from './json.js';

/** The digest that stands in a line for a disclosure. */
export const digestOf = (disclosure) => base64(sha256(utf8(disclosure))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Name and value of a disclosure; null if it is none. */
export function read(disclosure) {
  if (typeof disclosure !== 'string' || /[+/=]/.test(disclosure)) return null;
  const bytes = fromBase64(disclosure.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (disclosure.length % 4)) % 4));
  const said = bytes && parse(bytes);
  const isOne = Array.isArray(said) && said.length === 3 && typeof said[0] === 'string' && typeof said[1] === 'string';
  return isOne ? said.slice(1) : null;
}

/** The same, if one of these digests commits to it. */
export const open = (disclosure, commitments) =>
  typeof disclosure === 'string' && commitments.includes(digestOf(disclosure)) ? read(disclosure) : null;
