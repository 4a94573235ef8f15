// Certificates (RFC 5280): what stands in them, and which ones the reader trusts.

import { sha256 } from '@noble/hashes/sha2.js';
import { equal, fromBase64, hex, plain, text } from './bytes.js';
import { BOOLEAN, INTEGER, NoDer, OCTETS, SEQUENCE, SET, decode } from './der.js';
import { algorithm, hasSigned, isP256 } from './signature.js';
import * as say from './house/evidence.js';

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_KEY_ID = '2.5.29.14';
const NAME_CONSTRAINTS = '2.5.29.30';
/** Extensions that are understood where they are critical: those above, other names, and policies, which are all accepted. */
const UNDERSTOOD = [KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, '2.5.29.17', '2.5.29.18', '2.5.29.32'];
/**
 * Purposes for which a certificate may seal documents: e-mail (RFC 5280, 4.2.1.12), documents (RFC 9336), any, and the ones for documents
 * that Adobe and Microsoft used before there was a common one.
 */
const FOR_DOCUMENTS = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36', '2.5.29.37.0', '1.2.840.113583.1.1.5', '1.3.6.1.4.1.311.10.3.12'];
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
    return usage !== undefined && !this.#isTwice(KEY_USAGE) && (usage(0) || usage(1));
  }

  /** Whether no extended key usage says that it is for something else only, such as web servers or time stamps. */
  get isForDocuments() {
    try {
      const purposes = this.#extension(EXTENDED_KEY_USAGE)?.value.of(SEQUENCE).map(({ oid }) => oid);
      return !this.#isTwice(EXTENDED_KEY_USAGE) && (purposes?.some((one) => FOR_DOCUMENTS.includes(one)) ?? true);
    } catch {
      return false;
    }
  }

  #isTwice(oid) {
    return this.extensions.filter((extension) => extension.oid === oid).length > 1;
  }

  /** The rule for every certificate of a path that this one breaks (RFC 5280, 4.2): each extension once, and none critical that is not understood. */
  get broken() {
    if (this.extensions.some(({ oid }) => this.#isTwice(oid))) return say.path_unreadable(this.subjectText);
    const unknown = this.extensions.find(({ oid, isCritical }) => isCritical && !UNDERSTOOD.includes(oid));
    return unknown ? say.path_critical(this.subjectText, unknown.oid) : null;
  }

  /** The rule for authorities that this one breaks as the issuer of a certificate with so many authorities from there downwards. */
  brokenAsAuthority(below, at) {
    const { subjectText: subject } = this;
    if (!this.isValidAt(at)) return say.path_not_valid(subject);
    // Names are not held against them here, so whoever limits them vouches for nobody.
    if (this.#extension(NAME_CONSTRAINTS)) return say.path_names(subject);
    if (this.broken) return this.broken;
    try {
      const usage = this.#extension(KEY_USAGE)?.value.flags;
      const parts = this.#extension(BASIC_CONSTRAINTS)?.value.of(SEQUENCE) ?? [];
      const isAuthority = Boolean(parts[0]?.is(BOOLEAN) && parts[0].content[0]);
      const length = parts.find((part) => part.is(INTEGER));
      const most = length ? length.number : Infinity;
      if (length && most > 255) return say.path_unreadable(subject);
      if (!isAuthority) return say.path_no_authority(subject);
      if (usage && !usage(5)) return say.path_may_not_issue(subject);
      return below > most ? say.path_too_long(subject) : null;
    } catch {
      return say.path_unreadable(subject);
    }
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
  const pinned = anchors.find((anchor) => isAnchor(anchor, own));
  return pinned ?? (await leadsTo(own, others, anchors, at, true))?.anchor ?? null;
}

/** Whether a certificate was named itself. */
export const isAnchor = (anchor, own) => (anchor?.certificate?.fingerprint ?? anchor?.fingerprint) === own.fingerprint;

/** The same for a seal: where an authority vouches for the certificate, it must not be for something else. */
export async function trustedToSeal(own, others, anchors, at) {
  const found = await trustedBy(own, others, anchors, at);
  return found && (isAnchor(found, own) || own.isForDocuments) ? found : null;
}

/**
 * Why nobody vouches for a certificate from which signatures do lead to an anchor: the rule for such a path that is broken first, from the
 * certificate upwards (RFC 5280, section 6). Null where no path leads there at all.
 */
export async function brokenPath(own, others, anchors, at) {
  return (await leadsTo(own, others, anchors, at, false))?.broken ?? null;
}

/** More certificates than travel with any signature. */
const MOST_LINKS = 32;
/** Authorities between a certificate and its anchor. */
const LONGEST_CHAIN = 4;

/**
 * Follows the chain upwards, link by link. Each certificate is looked at once, so that many that vouch for each other cost little. A path
 * that breaks a rule leads nowhere, or is followed all the same to tell what is wrong with it.
 */
async function leadsTo(own, others, anchors, at, isStrict) {
  const { broken } = own;
  if (isStrict && broken) return null;
  let left = others.slice(0, MOST_LINKS);
  // Of each: authorities from there downwards, those that issued to themselves not counted (RFC 5280, 4.2.1.9), and the first broken rule.
  let reached = [{ certificate: own, authorities: 0, broken }];
  const issued = async (by) => {
    for (const link of reached) {
      const rule = by.brokenAsAuthority(link.authorities, at);
      if (isStrict && rule) continue;
      if (await isIssued(link.certificate, by)) {
        return { certificate: by, authorities: link.authorities + (by.isSelfIssued ? 0 : 1), broken: link.broken ?? rule };
      }
    }
    return null;
  };
  for (let link = 0; link <= LONGEST_CHAIN; link += 1) {
    for (const anchor of anchors.filter(({ certificate: one }) => one)) {
      const top = await issued(anchor.certificate);
      if (top) return { anchor, broken: top.broken };
    }
    const [next, rest] = [[], []];
    for (const other of left) {
      const above = await issued(other);
      if (above) next.push(above);
      else rest.push(other);
    }
    [reached, left] = [next, rest];
  }
  return null;
}

async function isIssued(one, by) {
  try {
    return await one.isSignedBy(by);
  } catch {
    // What cannot be read vouches for nobody.
    return false;
  }
}
