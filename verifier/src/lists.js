// The lists of files in a bundle: those of BagIt (RFC 8493), and those of the container (EN 319 162-1, A.4). Each is read in the one
// form that dsr writes; any other form is refused.

import { base64, fromBase64, hex } from './bytes.js';
import { isProperName } from './zip.js';

export const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** The lines of `sha256sum`, each file once; null for any other form. */
export function digests(words) {
  const lines = words?.endsWith('\n') ? words.slice(0, -1).split('\n') : null;
  const out = new Map();
  for (const line of lines ?? []) {
    const parts = /^([0-9a-f]{64}) {2}(.*)$/su.exec(line);
    if (!parts || out.has(parts[2])) return null;
    out.set(parts[2], parts[1]);
  }
  return lines && out;
}

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n';
const TAIL = '</asic:ASiCManifest>';

/** The files that a container's list names, if it speaks of this signature or time stamp; null for any other form. */
export function container(words, signature, mime) {
  const body = words?.endsWith(`${TAIL}\n`) ? words.slice(0, -TAIL.length - 1) : words?.endsWith(TAIL) ? words.slice(0, -TAIL.length) : null;
  if (!body?.startsWith(HEAD)) return null;
  const rest = body.slice(HEAD.length);
  const first = `<asic:SigReference URI="${signature}" MimeType="${mime}"/>\n`;
  if (!rest.startsWith(first)) return null;
  const files = new Map();
  for (const line of rest.slice(first.length).split('\n').filter((line, at, all) => line || at < all.length - 1)) {
    const parts =
      /^<asic:DataObjectReference URI="([^"]*)" MimeType="([^"]*)"><ds:DigestMethod Algorithm="http:\/\/www\.w3\.org\/2001\/04\/xmlenc#sha256"\/><ds:DigestValue>([^<]*)<\/ds:DigestValue><\/asic:DataObjectReference>$/.exec(line);
    const digest = parts && fromBase64(parts[3]);
    if (digest?.length !== 32 || base64(digest) !== parts[3] || !isProperName(parts[1]) || files.has(parts[1])) return null;
    files.set(parts[1], hex(digest));
  }
  return files;
}

/** Files that neither list names: the container's type, the signature, and what stands over the files for the time. */
export function isOutside(name) {
  return ['mimetype', 'META-INF/signature001.p7s', 'META-INF/ASiCManifest002.xml', 'META-INF/timestamp002.tst'].includes(name);
}

/** What archives add to a sealed container later (EN 319 162-1, A.5 to A.7). */
export function isLater(name) {
  return (
    name !== 'META-INF/timestamp002.tst' &&
    /^META-INF\/(?:timestamp\d{0,3}\.tst|ASiC(?:Archive|EvidenceRecord)Manifest\d{0,3}\.xml|evidencerecord\d{0,3}\.ers)$/.test(name)
  );
}
