// Bytes and the texts that stand for them. Everything from outside that is shown passes `plain` first.

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes, a byte order mark included; null if they are none. */
export function text(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

export const utf8 = (words) => new TextEncoder().encode(words);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes) {
  let out = '';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** The bytes that hexadecimal digits write; null for anything else. */
export function fromHex(digits) {
  if (typeof digits !== 'string' || digits.length % 2 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** A SHA-256 as small hex digits, from digits of either case; null for anything else. */
export function digest(digits) {
  return typeof digits === 'string' && /^[0-9a-fA-F]{64}$/.test(digits) ? digits.toLowerCase() : null;
}

/** Standard base64 with padding and nothing else; null otherwise. */
export function fromBase64(words) {
  if (typeof words !== 'string' || words.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(words)) return null;
  let binary;
  try {
    binary = atob(words);
  } catch {
    return null;
  }
  const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
  return base64(bytes) === words ? bytes : null;
}

export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function equal(a, b) {
  if (!a || !b || a.length !== b.length) return false;
  return a.every((byte, at) => byte === b[at]);
}

export function concat(parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Order of bytes, as DER sorts the members of a set. */
export function compare(a, b) {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    if (a[at] !== b[at]) return a[at] - b[at];
  }
  return a.length - b.length;
}

// Controls, invisible signs, separators, changes of direction, tags (Unicode categories Cc, Cf, Zl, Zp), and halves of a pair.
const BAD = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/** The longest text from outside that is shown. */
const LONGEST = 400;

/** A text from outside, harmless on the page: nothing that steers, and not without end. */
export function plain(value) {
  if (value === null || value === undefined) return '';
  const words = typeof value === 'string' ? value : typeof value === 'object' ? '?' : String(value);
  const short = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
  return short.replace(BAD, '\ufffd');
}

/** A file name from outside: printable ASCII, as dsr shows it. */
export function printable(bytes) {
  const words = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 100));
  return words.replace(/[^ -~]/gu, '?');
}

/** A fingerprint as it is read aloud: pairs of capital digits with colons. */
export const spoken = (digits) => digits.toUpperCase().match(/../g).join(':');
