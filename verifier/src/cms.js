// Signed data (RFC 5652): taken apart, and what of it is the same for seals and for time stamps.

import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { equal } from './bytes.js';
import { Certificate } from './certificate.js';
import { NoDer, OCTETS, SEQUENCE, SET, decode, setOf } from './der.js';
import { algorithm, hashOf } from './signature.js';

/** A signature with its chain has a few thousand bytes. */
const LARGEST = 128 * 1024;

export const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
export const CONTENT_TYPE = '1.2.840.113549.1.9.3';
export const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
export const SIGNING_TIME = '1.2.840.113549.1.9.5';
export const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
export const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
export const SIGNATURE_TIME_STAMP = '1.2.840.113549.1.9.16.2.14';

const DIGESTS = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
export const digestOf = (hash, bytes) => DIGESTS[hash](bytes);

/** The one signer, the certificates and the content of signed data. Throws for anything else. */
export function signedData(der) {
  if (der.length > LARGEST) throw new NoDer('too large');
  const [type, wrapped, more] = decode(der).of(SEQUENCE);
  if (more || type.oid !== SIGNED_DATA || !wrapped.isContext(0) || wrapped.parts.length !== 1) throw new NoDer('no signed data');
  const [version, hashes, content, ...rest] = wrapped.parts[0].of(SEQUENCE);
  const [contentType, inner] = content.of(SEQUENCE);
  const certificates = rest.find((part) => part.isContext(0))?.parts ?? [];
  const signers = rest.at(-1).of(SET);
  if (signers.length !== 1) throw new NoDer('not one signer');
  return {
    version: version.number,
    hashes: hashes.of(SET).map((hash) => hashOf(algorithm(hash))),
    contentType: contentType.oid,
    content: inner ? inner.parts[0].bytes(OCTETS) : null,
    certificates: certificates.filter((part) => part.is(SEQUENCE)).map((part) => new Certificate(part)),
    signer: signer(signers[0]),
  };
}

function signer(element) {
  const [version, sid, hash, ...rest] = element.of(SEQUENCE);
  const signed = rest[0].isContext(0) ? rest.shift() : null;
  const [signatureAlgorithm, signature, unsigned] = rest;
  if (rest.length > 3 || (unsigned && !unsigned.isContext(1))) throw new NoDer('signer');
  return {
    version: version.number,
    sid,
    hash: hashOf(algorithm(hash)),
    hashOid: algorithm(hash).oid,
    attributes: attributes(signed),
    // RFC 5652, 5.4: what is signed is the attributes as a SET OF, not as the [0] under which they travel.
    message: signed ? setOf(signed.parts) : null,
    algorithm: algorithm(signatureAlgorithm),
    signature: signature.bytes(OCTETS),
    unsigned: attributes(unsigned),
  };
}

function attributes(element) {
  return (element?.parts ?? []).map((attribute) => {
    const [type, values, more] = attribute.of(SEQUENCE);
    if (more) throw new NoDer('attribute');
    return { oid: type.oid, values: values.of(SET) };
  });
}

/** The value of an attribute that must be there exactly once and have exactly one value; null otherwise. */
export function single(all, oid) {
  const found = all.filter((attribute) => attribute.oid === oid);
  return found.length === 1 && found[0].values.length === 1 ? found[0].values[0] : null;
}

/** The certificate that the second signed attribute names by SHA-256, if the signer's name beside it fits. */
export function signingCertificate({ certificates, signer: { attributes: all, sid } }) {
  const named = single(all, SIGNING_CERTIFICATE_V2);
  const [hash, digest] = named ? second(named) : [];
  if (hash !== 'SHA-256') return null;
  const own = certificates.find((one) => equal(sha256(one.raw), digest));
  return own && isNamed(sid, own) ? own : null;
}

/** The same for time stamps: by a digest of choice in the second version, by SHA-1 in the first; where both are there, by both. */
export function stampingCertificate({ certificates, signer: { attributes: all, sid } }) {
  const read = (oid, how) => (all.some((attribute) => attribute.oid === oid) ? how(single(all, oid)) : null);
  const wanted = [read(SIGNING_CERTIFICATE, first), read(SIGNING_CERTIFICATE_V2, second)].filter(Boolean);
  if (wanted.length === 0) return null;
  return certificates.find((one) => wanted.every(([hash, digest]) => equal(digestOf(hash, one.raw), digest)) && isNamed(sid, one)) ?? null;
}

/** RFC 2634, 5.4: the first certificate is the signer's, by its SHA-1. */
const first = (value) => ['SHA-1', value.of(SEQUENCE)[0].of(SEQUENCE)[0].of(SEQUENCE)[0].bytes(OCTETS)];

/** RFC 5035, 4: SHA-256 where no other is named. */
function second(value) {
  const [one, other] = value.of(SEQUENCE)[0].of(SEQUENCE)[0].of(SEQUENCE);
  if (one.is(OCTETS)) return ['SHA-256', one.content];
  const hash = hashOf(algorithm(one));
  if (!hash) throw new NoDer('digest');
  return [hash, other.bytes(OCTETS)];
}

function isNamed(sid, own) {
  if (sid.isContext(0)) {
    try {
      return equal(sid.content, own.subjectKeyId);
    } catch {
      return false;
    }
  }
  const [issuer, serial] = sid.of(SEQUENCE);
  return equal(issuer.raw, own.issuer) && equal(serial.raw, own.serial);
}
