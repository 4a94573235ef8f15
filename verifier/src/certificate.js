// Certificates (RFC 5280): what stands in them, and which ones the reader trusts.

import { sha256 } from '@noble/hashes/sha2.js';
import { equal, fromBase64, hex, plain, text } from './bytes.js';
import { BOOLEAN, INTEGER, NoDer, OCTETS, SEQUENCE, SET, decode } from './der.js';
import { algorithm, hasSigned, isP256 } from './signature.js';

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_KEY_ID = '2.5.29.14';
const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3';
const QC_COMPLIANCE = '0.4.0.1862.1.1';
const QC_SSCD = '0.4.0.1862.1.4';
const QC_TYPE = '0.4.0.1862.1.6';
const QCT_ESEAL = '0.4.0.1862.1.6.2';

const NAMES = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** A certificate from its element. Throws if it is none. */
export class Certificate {
  constructor(element) {
    const [tbs, signatureAlgorithm, signature, more] = element.of(SEQUENCE);
    if (more) throw new NoDer('certificate');
    this.raw = element.raw;
    this.fingerprint = hex(sha256(this.raw));
    this.tbs = tbs.raw;
    this.algorithm = algorithm(signatureAlgorithm);
    this.signature = signature.bits;

    const fields = [...tbs.of(SEQUENCE)];
    if (fields[0]?.isContext(0)) fields.shift();
    const [serial, inner, issuer, validity, subject, spki, ...rest] = fields;
    serial.bytes(INTEGER);
    this.serial = serial.raw;
    this.namesOneAlgorithm = equal(inner.raw, signatureAlgorithm.raw);
    this.issuer = issuer.raw;
    this.subject = subject.raw;
    this.subjectText = name(subject);
    [this.notBefore, this.notAfter] = validity.of(SEQUENCE).map((time) => time.seconds);
    this.spki = spki;
    spki.of(SEQUENCE);
    this.extensions = extensions(rest.find((part) => part.isContext(3)));
  }

  #extension(oid) {
    return this.extensions.find((extension) => extension.oid === oid);
  }

  get isSelfIssued() {
    return equal(this.issuer, this.subject);
  }

  /** Whether it is meant for signing documents (RFC 5280, 4.2.1.3). */
  get maySeal() {
    const usage = this.#extension(KEY_USAGE)?.value.flags;
    return usage !== undefined && (usage(0) || usage(1));
  }

  get isAuthority() {
    const usage = this.#extension(KEY_USAGE)?.value.flags;
    const [ca] = this.#extension(BASIC_CONSTRAINTS)?.value.of(SEQUENCE) ?? [];
    return (!usage || usage(5)) && Boolean(ca?.is(BOOLEAN) && ca.content[0]);
  }

  /** Whether it is meant for time stamps and for nothing else (RFC 3161, 2.3). */
  get mayStamp() {
    const extension = this.#extension(EXTENDED_KEY_USAGE);
    const purposes = extension?.value.of(SEQUENCE).map(({ oid }) => oid) ?? [];
    const usage = this.#extension(KEY_USAGE)?.value.flags;
    const maySign = !usage || usage(0) || usage(1);
    return Boolean(extension?.isCritical) && purposes.length === 1 && purposes[0] === '1.3.6.1.5.5.7.3.8' && maySign;
  }

  /** Whether it calls itself qualified for electronic seals, and if so, with its key in a device for them (ETSI EN 319 412-5). */
  get qualified() {
    try {
      const statements = (this.#extension(QC_STATEMENTS)?.value.of(SEQUENCE) ?? []).map((statement) => statement.of(SEQUENCE));
      const says = (oid) => statements.some(([id]) => id.oid === oid);
      const isForSeals = statements.some(([id, info]) => id.oid === QC_TYPE && info?.of(SEQUENCE).some((kind) => kind.oid === QCT_ESEAL));
      return says(QC_COMPLIANCE) && isForSeals ? { onDevice: says(QC_SSCD) } : null;
    } catch {
      return null;
    }
  }

  get isP256() {
    return isP256(this.spki);
  }

  get subjectKeyId() {
    return this.#extension(SUBJECT_KEY_ID)?.value.bytes(OCTETS);
  }

  isValidAt(seconds) {
    return this.notBefore <= seconds && seconds <= this.notAfter;
  }

  async isSignedBy(issuer) {
    return (
      equal(this.issuer, issuer.subject) &&
      this.namesOneAlgorithm &&
      (await hasSigned(issuer.spki, this.algorithm, this.tbs, this.signature))
    );
  }
}

/** Values of organisation and common name in a name. */
export function holders(subject) {
  const all = decode(subject).of(SEQUENCE).flatMap((relative) => relative.of(SET));
  return all.map((attribute) => attribute.of(SEQUENCE)).filter(([type]) => ['2.5.4.10', '2.5.4.3'].includes(type.oid)).map(([, value]) => words(value));
}

function extensions(element) {
  if (!element) return [];
  return element.parts[0].of(SEQUENCE).map((extension) => {
    const [oid, ...rest] = extension.of(SEQUENCE);
    const isCritical = rest[0].is(BOOLEAN) && rest[0].content[0] === 255;
    return {
      oid: oid.oid,
      isCritical,
      get value() {
        return decode(rest.at(-1).bytes(OCTETS));
      },
    };
  });
}

/** A name as RFC 4514 writes it. */
function name(element) {
  const parts = element.of(SEQUENCE).map((relative) =>
    relative
      .of(SET)
      .map((attribute) => {
        const [type, value] = attribute.of(SEQUENCE);
        return `${NAMES[type.oid] ?? type.oid}=${plain(words(value)).replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')}`;
      })
      .join('+'),
  );
  return parts.reverse().join(',');
}

function words(value) {
  // BMPString has two bytes a sign; all others are read as UTF-8, of which ASCII is a part.
  if (value.is(30)) return String.fromCharCode(...value.content.reduce((all, byte, at) => (at % 2 ? all : [...all, byte * 256 + value.content[at + 1]]), []));
  return text(value.content) ?? '?';
}

export const certificate = (der) => new Certificate(decode(der));

/** Every certificate of a PEM text; null if there is none or one is broken. */
export function fromPem(pem) {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g)];
  try {
    const all = found.map(([, body]) => certificate(fromBase64(body.replace(/\s/g, '')) ?? new Uint8Array()));
    return all.length > 0 && all.length === pem.split('-----BEGIN CERTIFICATE-----').length - 1 ? all : null;
  } catch {
    return null;
  }
}

/**
 * Which anchor vouches for a certificate: it is the anchor, or a chain of authorities leads to one. `others` came along and are
 * believed only as links of such a chain.
 */
export async function trustedBy(own, others, anchors, at) {
  const pinned = anchors.find((anchor) => (anchor.certificate?.fingerprint ?? anchor.fingerprint) === own.fingerprint);
  if (pinned) return pinned;
  return leadsTo(own, others.slice(0, MOST_LINKS), anchors.filter((anchor) => anchor.certificate), at);
}

/** More certificates than travel with any signature. */
const MOST_LINKS = 32;
/** Authorities between a certificate and its anchor. */
const LONGEST_CHAIN = 4;

/** Follows the chain upwards, link by link. Each certificate is looked at once, so that many that vouch for each other cost little. */
async function leadsTo(own, others, anchors, at) {
  let left = others;
  let reached = [own];
  const issued = async (by) => {
    try {
      if (!by.isAuthority || !by.isValidAt(at)) return false;
      for (const one of reached) if (await one.isSignedBy(by)) return true;
    } catch {
      // What cannot be read vouches for nobody.
    }
    return false;
  };
  for (let link = 0; link <= LONGEST_CHAIN; link += 1) {
    for (const anchor of anchors) if (await issued(anchor.certificate)) return anchor;
    const next = [];
    for (const other of left) if (await issued(other)) next.push(other);
    left = left.filter((other) => !next.includes(other));
    reached = next;
  }
  return null;
}
