// Tokens by `openssl ts`, RSA and ECDSA, and what is done to them.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromPem } from '../src/certificate.js';
import * as token from '../src/token.js';
import { VALID, verify } from '../src/verify.js';
import { golden, hasOpenssl, openssl, pack, room, unpack } from './support.mjs';

const skip = hasOpenssl() ? false : 'skipped: needs OpenSSL 3';

/** A time-stamping authority with this kind of key. */
function authority(at, key, { purpose = 'critical,timeStamping', days = '30', ess = 'sha256', digest = 'sha256' } = {}) {
  const folder = at('.');
  const config = `[req]
distinguished_name=dn
[dn]
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash
[tsa]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
${purpose ? `extendedKeyUsage=${purpose}` : ''}
[ts]
default_tsa=own
[own]
serial=${at('serial')}
crypto_device=builtin
signer_digest=${digest}
default_policy=1.2.3.4.1
digests=sha256,sha512
accuracy=secs:1
ess_cert_id_chain=no
ess_cert_id_alg=${ess}
`;
  writeFileSync(at('ts.cnf'), config);
  openssl(folder, 'req', '-x509', ...key, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/O=Trust Centre/CN=Time CA', '-days', '60', '-config', 'ts.cnf', '-extensions', 'ca');
  openssl(folder, 'req', ...key, '-new', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/O=Trust Centre/CN=TSA 1', '-config', 'ts.cnf');
  openssl(folder, 'x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days, '-out', 'tsa.pem', '-extfile', 'ts.cnf', '-extensions', 'tsa');
  return (content, hash = 'sha256') => {
    writeFileSync(at('content'), content);
    openssl(folder, 'ts', '-query', '-data', 'content', `-${hash}`, '-cert', '-out', 'query');
    openssl(folder, 'ts', '-reply', '-config', 'ts.cnf', '-section', 'own', '-queryfile', 'query', '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-token_out', '-out', 'token');
    return new Uint8Array(readFileSync(at('token')));
  };
}

const RSA = ['-newkey', 'rsa:2048'];
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const EC384 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'];
const anchorsOf = (path) => fromPem(readFileSync(path, 'utf8')).map((certificate) => ({ certificate, name: certificate.subjectText }));
const codes = async (promise) => {
  try {
    await promise;
    return [];
  } catch (refusal) {
    return refusal.reasons.map(({ code }) => code);
  }
};

for (const [name, key, settings] of [
  ['RSA', RSA, {}],
  ['RSA with SHA-512 and the first signing-certificate attribute', RSA, { digest: 'sha512', ess: 'sha1' }],
  ['P-256', EC, {}],
  ['P-384 with SHA-384', EC384, { digest: 'sha384' }],
]) {
  test(`a token holds for its content only: ${name}`, { skip }, async (t) => {
    const at = room(t);
    const der = authority(at, key, settings)('content');
    const digest = sha256(new TextEncoder().encode('content'));
    const stamp = await token.verify(der, digest, anchorsOf(at('ca.pem')));
    assert.ok(Math.abs(stamp.at - Date.now() / 1000) < 120);
    assert.equal(stamp.authority, 'CN=TSA 1,O=Trust Centre');
    assert.equal(stamp.policy, '1.2.3.4.1');
    assert.equal(stamp.anchor.name, 'CN=Time CA,O=Trust Centre');
    assert.equal(stamp.callsItselfQualified, false);
    assert.equal((await token.verify(der, digest, anchorsOf(at('tsa.pem')))).anchor.name, stamp.authority);
    assert.equal((await token.verify(der, digest, [])).anchor, null);
    assert.deepEqual(await codes(token.verify(der, sha256(new Uint8Array()), [])), ['E716']);
    for (let length = 0; length < der.length; length += 41) {
      assert.deepEqual(await codes(token.verify(der.subarray(0, length), digest, [])), ['E715'], 'cut');
    }
    assert.deepEqual(await codes(token.verify(new Uint8Array([...der, 0]), digest, [])), ['E715'], 'more follows');
    // Every byte matters but those that no signature covers: the list of digests, and certificates that are not the signer's.
    const seen = new Set();
    for (let place = 0; place < der.length; place += 23) {
      const bent = der.slice();
      bent[place] ^= 1;
      try {
        seen.add(JSON.stringify({ ...(await token.verify(bent, digest, [])), token: null }));
      } catch (refusal) {
        assert.ok(refusal.reasons.length > 0);
      }
    }
    const same = JSON.stringify({ ...stamp, token: null, anchor: null });
    assert.ok([...seen].every((one) => one === same), [...seen].join('\n'));
  });
}

test('a token of somebody who is no authority, or over too weak a digest, is refused', { skip }, async (t) => {
  const digest = sha256(new TextEncoder().encode('content'));
  const other = room(t);
  assert.deepEqual(await codes(token.verify(authority(other, EC)('content', 'sha512'), digest, [])), ['E716']);
  // OpenSSL does not stamp with such a certificate, so the right one is swapped for another of the same key.
  const at = room(t);
  const stamp = authority(at, EC);
  const der = stamp('content');
  const namesake = room(t);
  authority(namesake, EC);
  const found = await token.verify(der, digest, anchorsOf(namesake('ca.pem')));
  assert.equal(found.anchor, null, 'the same name, another key');
});

test('a stamped container is stamped by whom the reader knows', { skip }, async (t) => {
  const at = room(t);
  const stamp = authority(at, RSA);
  const files = await unpack(golden('evidence-1.zip'));
  const sealed = files.get('META-INF/ASiCManifest001.xml').toString();
  const own = `<asic:DataObjectReference URI="META-INF/ASiCManifest001.xml" MimeType="text/xml"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${Buffer.from(sha256(files.get('META-INF/ASiCManifest001.xml'))).toString('base64')}</ds:DigestValue></asic:DataObjectReference>\n`;
  const list = sealed
    .replace('URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"', 'URI="META-INF/timestamp002.tst" MimeType="application/vnd.etsi.timestamp-token"')
    .replace('</asic:ASiCManifest>', `${own}</asic:ASiCManifest>`);
  const anchors = { seal: fromPem(golden('evidence-1.pem').toString()).map((certificate) => ({ certificate })) };
  const look = (more, time = []) => {
    const all = new Map([...files, ...more]);
    return verify(new Blob([pack(all)]), { ...anchors, time });
  };
  const both = (words, over = words) => [
    ['META-INF/ASiCManifest002.xml', Buffer.from(words)],
    ['META-INF/timestamp002.tst', Buffer.from(stamp(over))],
  ];
  const good = await look(both(list), anchorsOf(at('ca.pem')));
  assert.deepEqual([good.standing, good.reasons, good.time.clock], [VALID, [], 'stamped']);
  assert.match(good.level.en, /^Level S1/);
  assert.deepEqual(good.unchecked, []);
  assert.equal((await look(both(list))).time.clock, 'stamped_by_unknown');
  const found = async (more) => (await look(more)).reasons.map(({ code }) => code);
  assert.deepEqual(await found(both(list, 'something else')), ['E716']);
  assert.deepEqual(await found(both(sealed)), ['E718']);
  assert.deepEqual(await found(both(list.replace(own, ''))), ['E718'], 'without the sealed list');
  assert.deepEqual(await found(both(list.replace(/<asic:DataObjectReference URI="data\/law.*\n/, ''))), ['E718'], 'one file left out');
  assert.deepEqual(await found(both(list).slice(0, 1)), ['E718']);
  assert.deepEqual(await found(both(list).slice(1)), ['E718']);
  assert.deepEqual(await found([both(list)[0], ['META-INF/timestamp002.tst', Buffer.from('later')]]), ['E715']);
});
