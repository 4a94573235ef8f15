// The seal: a detached CAdES baseline signature (ETSI EN 319 122-1) with ECDSA on P-256 and SHA-256.

import { equal } from './bytes.js';
import * as cms from './cms.js';
import { OCTETS } from './der.js';
import { Refusal, reason } from './reason.js';
import { ECDSA_SHA256, hasSigned } from './signature.js';
import * as say from './house/evidence.js';

/** There may be several tokens (RFC 5126, 6.1.1); more than these nobody makes. */
const MOST_TOKENS = 4;

/**
 * Checks a signature over a content with this digest. Returns certificate, the others that came along, the time that the signer
 * names, and the unchecked time-stamp tokens inside. Whether the certificate was valid is for the caller to judge, who may know the
 * time better than the signer says it.
 */
export async function verify(der, content) {
  const form = new Refusal(reason('E740', say.seal_form()));
  const parsed = quietly(() => cms.signedData(der));
  if (!parsed || !isOurs(parsed)) throw form;
  const { signer, certificates } = parsed;
  const own = quietly(() => cms.signingCertificate(parsed));
  if (!own) throw new Refusal(reason('E743', say.seal_certificate_swapped()));
  const at = quietly(() => cms.single(signer.attributes, cms.SIGNING_TIME).seconds);
  const type = quietly(() => cms.single(signer.attributes, cms.CONTENT_TYPE).oid);
  if (at === null || type !== cms.DATA) throw form;

  const reasons = [];
  if (!quietly(() => own.isP256) || !(await hasSigned(own.spki, signer.algorithm, signer.message, signer.signature))) {
    reasons.push(reason('E741', say.seal_broken()));
  }
  const digest = quietly(() => cms.single(signer.attributes, cms.MESSAGE_DIGEST).bytes(OCTETS));
  if (!equal(digest, content)) reasons.push(reason('E742', say.seal_other_content()));
  if (!quietly(() => own.maySeal)) reasons.push(reason('E744', say.seal_key_usage()));
  const tokens = signer.unsigned.filter(({ oid }) => oid === cms.SIGNATURE_TIME_STAMP).flatMap(({ values }) => values.map(({ raw }) => raw));
  if (tokens.length > MOST_TOKENS) throw form;
  if (reasons.length > 0) throw new Refusal(...reasons);
  return {
    certificate: own,
    others: certificates.filter((other) => other.fingerprint !== own.fingerprint),
    at,
    signature: signer.signature,
    tokens,
  };
}

function isOurs({ version, hashes, contentType, content, signer }) {
  return (
    [1, 3].includes(version) &&
    [1, 3].includes(signer.version) &&
    contentType === cms.DATA &&
    content === null &&
    hashes.every((hash) => hash === 'SHA-256') &&
    signer.hash === 'SHA-256' &&
    signer.algorithm.oid === ECDSA_SHA256
  );
}

function quietly(look) {
  try {
    return look();
  } catch {
    return null;
  }
}
