// A time-stamp token (RFC 3161): signed data around a `TSTInfo`, by one signer whose certificate is for time stamps and nothing else.

import { sha256 } from '@noble/hashes/sha2.js';
import { equal, hex } from './bytes.js';
import * as cms from './cms.js';
import { brokenPath, trustedBy } from './certificate.js';
import { BOOLEAN, INTEGER, OCTETS, OID, SEQUENCE, TIME, decode } from './der.js';
import { Refusal, reason } from './reason.js';
import { algorithm, cannot, hashOf, hasSigned } from './signature.js';
import * as say from './house/stamp.js';

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3';
/** ETSI EN 319 422, 9.1: the token says that it is a qualified time stamp. */
const QUALIFIED_STAMP = '0.4.0.19422.1.1';
/** More certificates than any chain has. */
const MOST_CERTIFICATES = 16;

const refuse = (code, what) => new Refusal(reason(code, what));

/** What a token over a content with this digest says, and which of the anchors vouches for its maker. */
export async function verify(der, content, anchors) {
  const form = refuse('E715', say.token_form());
  const parsed = quietly(() => cms.signedData(der));
  if (!parsed || !isToken(parsed)) throw form;
  const info = quietly(() => tstInfo(decode(parsed.content)));
  if (!info) throw form;
  const own = quietly(() => cms.stampingCertificate(parsed));
  if (!own) throw refuse('E717', say.token_certificate_swapped());

  const reasons = [];
  if (info.hash !== 'SHA-256' || !equal(info.imprint, content)) reasons.push(reason('E716', say.token_other_content()));
  const broken = await whyBroken(parsed, own);
  if (broken) reasons.push(reason('E717', broken));
  if (!quietly(() => own.mayStamp)) reasons.push(reason('E719', say.token_purpose()));
  if (!own.isValidAt(info.at)) reasons.push(reason('E719', say.token_expired()));
  if (reasons.length > 0) throw new Refusal(...reasons);
  const others = parsed.certificates.filter((other) => other.fingerprint !== own.fingerprint);
  const anchor = await trustedBy(own, others, anchors, info.at);
  return {
    at: info.at,
    authority: own.subjectText,
    fingerprint: own.fingerprint,
    policy: info.policy,
    token: hex(sha256(der)),
    callsItselfQualified: info.callsItselfQualified,
    anchor,
    brokenPath: anchor ? null : await brokenPath(own, others, anchors, info.at),
  };
}

function isToken({ version, contentType, content, certificates }) {
  return [1, 3].includes(version) && contentType === TST_INFO && content !== null && certificates.length <= MOST_CERTIFICATES;
}

function tstInfo(element) {
  const [version, policy, imprint, serial, time, ...rest] = element.of(SEQUENCE);
  const [hash, digest] = imprint.of(SEQUENCE);
  serial.bytes(INTEGER);
  if (version.number !== 1 || !policy.is(OID) || !time.is(TIME)) return null;
  const known = rest.every((part) => part.is(SEQUENCE) || part.is(BOOLEAN) || part.is(INTEGER) || part.isContext(0) || part.isContext(1));
  const extensions = (rest.find((part) => part.isContext(1))?.parts ?? []).map(extension);
  // An extension that must be understood and is not makes a token unreadable.
  if (!known || extensions.some(({ oid, isCritical }) => isCritical && oid !== QC_STATEMENTS)) return null;
  return {
    at: time.seconds,
    policy: policy.oid,
    hash: hashOf(algorithm(hash)),
    imprint: digest.bytes(OCTETS),
    callsItselfQualified: extensions.some(isQualified),
  };
}

function extension(element) {
  const [oid, ...rest] = element.of(SEQUENCE);
  return { oid: oid.oid, isCritical: rest[0].is(BOOLEAN), value: rest.at(-1).bytes(OCTETS) };
}

function isQualified({ oid, value }) {
  if (oid !== QC_STATEMENTS) return false;
  const statements = quietly(() => decode(value).of(SEQUENCE).map((statement) => statement.of(SEQUENCE)[0].oid));
  return Boolean(statements?.includes(QUALIFIED_STAMP));
}

/** Why the signature does not hold; null if it does. */
async function whyBroken({ content, signer }, own) {
  if (!signer.hash) return say.unknown_digest(signer.hashOid);
  const why = cannot(own.spki, signer.algorithm, signer.hash);
  if (why === 'digests') return say.digests_differ();
  if (why) return say.unknown_algorithm(signer.algorithm.oid);
  const type = quietly(() => cms.single(signer.attributes, cms.CONTENT_TYPE).oid);
  const digest = quietly(() => cms.single(signer.attributes, cms.MESSAGE_DIGEST).bytes(OCTETS));
  const isOverContent = type === TST_INFO && equal(digest, cms.digestOf(signer.hash, content));
  const holds = signer.message && (await hasSigned(own.spki, signer.algorithm, signer.message, signer.signature, signer.hash));
  return isOverContent && holds ? null : say.token_broken();
}

function quietly(look) {
  try {
    return look();
  } catch {
    return null;
  }
}
