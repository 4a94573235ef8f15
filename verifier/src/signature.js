// Signatures by the browser's own cryptography: which algorithms count, and what each needs to be asked with.

import { NoDer, SEQUENCE, decode, INTEGER } from './der.js';
import { concat } from './bytes.js';

const EC = '1.2.840.10045.2.1';
const RSA = '1.2.840.113549.1.1.1';
const ED25519 = '1.3.101.112';
const CURVES = { '1.2.840.10045.3.1.7': ['P-256', 32], '1.3.132.0.34': ['P-384', 48], '1.3.132.0.35': ['P-521', 66] };

export const HASHES = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/** ECDSA over SHA-256. */
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

/** What a signature algorithm means: kind of key, and hash if it says which. */
const ALGORITHMS = {
  [ECDSA_SHA256]: ['ECDSA', 'SHA-256'],
  '1.2.840.10045.4.3.3': ['ECDSA', 'SHA-384'],
  '1.2.840.10045.4.3.4': ['ECDSA', 'SHA-512'],
  '1.2.840.113549.1.1.11': ['RSASSA-PKCS1-v1_5', 'SHA-256'],
  '1.2.840.113549.1.1.12': ['RSASSA-PKCS1-v1_5', 'SHA-384'],
  '1.2.840.113549.1.1.13': ['RSASSA-PKCS1-v1_5', 'SHA-512'],
  // The plain name of the key says nothing of the digest; that stands beside it.
  [RSA]: ['RSASSA-PKCS1-v1_5', null],
  [EC]: ['ECDSA', null],
  '1.2.840.113549.1.1.10': ['RSA-PSS', null],
  [ED25519]: ['Ed25519', null],
};

/** An algorithm identifier: what it is, and the element of its parameters. */
export function algorithm(element) {
  const [oid, parameters, more] = element.of(SEQUENCE);
  if (more) throw new NoDer('algorithm');
  return { oid: oid.oid, parameters };
}

/** Which hash an identifier names; null if none that counts. */
export function hashOf({ oid, parameters }) {
  const isBare = !parameters || (parameters.is(5) && parameters.content.length === 0);
  return (isBare && HASHES[oid]) || null;
}

/** RFC 8017, A.2.3: hash and length of the salt; the mask must use the same hash. */
function pss({ parameters }) {
  const fields = parameters?.of(SEQUENCE) ?? [];
  const field = (number) => fields.find((element) => element.isContext(number))?.parts[0];
  const hash = field(0) && hashOf(algorithm(field(0)));
  const mask = field(1) && algorithm(field(1));
  if (!hash || mask?.oid !== '1.2.840.113549.1.1.8' || hashOf(algorithm(mask.parameters)) !== hash) return null;
  const saltLength = field(2)?.number ?? 20;
  // The usual ones only: the salt as long as the digest.
  return saltLength === Number(hash.slice(4)) / 8 ? { hash, saltLength } : null;
}

/** ECDSA in DER as the two numbers one after the other, which is how browsers want it. */
function pair(der, size) {
  const numbers = decode(der).of(SEQUENCE);
  if (numbers.length !== 2) throw new NoDer('signature');
  return concat(
    numbers.map((number) => {
      const bytes = number.bytes(INTEGER);
      const plain = bytes[0] === 0 ? bytes.subarray(1) : bytes;
      if (bytes[0] & 0x80 || plain.length > size || plain.length === 0) throw new NoDer('signature');
      return concat([new Uint8Array(size - plain.length), plain]);
    }),
  );
}

/** Whether a key (SubjectPublicKeyInfo) lies on P-256. */
export function isP256(spki) {
  const key = algorithm(spki.of(SEQUENCE)[0]);
  return key.oid === EC && CURVES[key.parameters?.oid]?.[0] === 'P-256';
}

/**
 * Why a signature that was made over a digest of this kind cannot be verified with this key: `algorithm`, or `digests` if two are
 * named; null if it can.
 */
export function cannot(spki, named, hash) {
  try {
    const [kind, fixed] = ALGORITHMS[named.oid] ?? [];
    const key = algorithm(spki.of(SEQUENCE)[0]);
    const states = kind === 'RSA-PSS' ? pss(named)?.hash : (fixed ?? hash);
    const fits =
      (kind === 'ECDSA' && key.oid === EC && ['P-256', 'P-384'].includes(CURVES[key.parameters.oid]?.[0]) && states !== 'SHA-512') ||
      (kind?.startsWith('RSA') && key.oid === RSA && states);
    if (!fits) return 'algorithm';
    return states === hash ? null : 'digests';
  } catch {
    return 'algorithm';
  }
}

/**
 * Whether the holder of a key (SubjectPublicKeyInfo) made this signature. `hash` is the one that stands beside the signature, for
 * algorithms that do not name theirs.
 */
export async function hasSigned(spki, named, message, signature, hash = null) {
  try {
    const [kind, fixed] = ALGORITHMS[named.oid] ?? [];
    const [keyElement] = spki.of(SEQUENCE);
    const key = algorithm(keyElement);
    let importAs;
    let verifyAs;
    let bytes = signature;
    if (kind === 'ECDSA' && key.oid === EC) {
      const [namedCurve, size] = CURVES[key.parameters.oid] ?? [];
      importAs = { name: kind, namedCurve };
      verifyAs = { name: kind, hash: fixed ?? hash };
      bytes = pair(signature, size);
    } else if (kind === 'RSASSA-PKCS1-v1_5' && key.oid === RSA) {
      importAs = { name: kind, hash: fixed ?? hash };
      verifyAs = { name: kind };
    } else if (kind === 'RSA-PSS' && key.oid === RSA) {
      const parameters = pss(named);
      importAs = { name: kind, hash: parameters.hash };
      verifyAs = { name: kind, saltLength: parameters.saltLength };
    } else if (kind === 'Ed25519' && key.oid === ED25519) {
      importAs = { name: kind };
      verifyAs = importAs;
    } else {
      return false;
    }
    const imported = await crypto.subtle.importKey('spki', spki.raw, importAs, false, ['verify']);
    // Shorter keys can be broken.
    if (imported.algorithm.modulusLength < 2048) return false;
    return await crypto.subtle.verify(verifyAs, imported, bytes, message);
  } catch {
    return false;
  }
}
