import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as anchors from '../src/anchors.js';
import { fromPem } from '../src/certificate.js';
import * as gaps from '../src/gaps.js';
import * as seal from '../src/seal.js';
import { INVALID, UNKNOWN, VALID, verify } from '../src/verify.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { golden, pack, unpack } from './support.mjs';

const pem = golden('evidence-1.pem').toString();
const trusted = { seal: fromPem(pem).map((certificate) => ({ certificate })) };

test('the golden bundle is valid for whom it has to be', async () => {
  const blob = new Blob([golden('evidence-1.zip')]);
  const valid = await verify(blob, trusted);
  assert.deepEqual([valid.standing, valid.reasons, valid.records, valid.events, valid.files], [VALID, [], 7, 19, 17]);
  assert.equal((await verify(blob)).standing, UNKNOWN);
  assert.equal((await verify(blob, { seal: [{ fingerprint: valid.fingerprint }] })).standing, VALID);
  assert.equal((await verify(blob, { seal: [{ fingerprint: '0'.repeat(64) }] })).standing, UNKNOWN);
  for (const gap of valid.notProven) assert.match(gaps.inWords(gap).de, / /, JSON.stringify(gap));
});

test('no byte can change unnoticed', async () => {
  const good = golden('evidence-1.zip');
  const files = await unpack(good);
  for (let place = 0; place < good.length; place += 149) {
    const bent = Buffer.from(good);
    bent[place] ^= 1 << place % 8;
    const verdict = await verify(new Blob([bent]), trusted);
    // Harmless only where every file is still the same, such as in the permissions that a directory notes.
    if (verdict.standing !== INVALID) assert.deepEqual(await unpack(bent), files, `byte ${place}`);
  }
});

test('no byte of a seal can change', async () => {
  const files = await unpack(golden('evidence-1.zip'));
  const der = new Uint8Array(files.get('META-INF/signature001.p7s'));
  const content = sha256(files.get('META-INF/ASiCManifest001.xml'));
  await seal.verify(der, content);
  for (let place = 0; place < der.length; place += 1) {
    const bent = der.slice();
    bent[place] ^= 1;
    await assert.rejects(seal.verify(bent, content), (refusal) => refusal.reasons.length > 0, `byte ${place}`);
  }
});

test('arbitrary bytes never do harm', async () => {
  let state = 1;
  const next = () => (state = (state * 48271) % 2147483647);
  for (let round = 0; round < 300; round += 1) {
    const bytes = Uint8Array.from({ length: next() % 400 }, () => next() & 255);
    const end = Buffer.from('PK\x05\x06\0\0\0\0\x01\0\x01\0\x28\0\0\0\x03\0\0\0\0\0', 'latin1');
    const verdict = await verify(new Blob(round % 2 ? [bytes, end] : [bytes]));
    assert.deepEqual([verdict.standing, verdict.reasons.map(({ code }) => code)], [INVALID, ['E710']]);
  }
});

test('hostile ASN.1 is refused quickly', async () => {
  const nested = (tag, depth) => {
    let body = Buffer.alloc(0);
    for (let level = 0; level < depth; level += 1) {
      const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : body.length < 65536 ? [0x82, body.length >> 8, body.length & 255] : [0x83, body.length >> 16, (body.length >> 8) & 255, body.length & 255];
      body = Buffer.concat([Buffer.of(tag, ...length), body]);
    }
    return new Uint8Array(body);
  };
  const hostile = [nested(0x30, 25_000), nested(0x04, 25_000), nested(0x24, 25_000), nested(0xa0, 25_000), new Uint8Array(127_000).fill(0x30), new Uint8Array([0x30, 0x80, 0, 0]), new Uint8Array(200_000)];
  const begun = Date.now();
  for (const der of hostile) {
    await assert.rejects(seal.verify(der, new Uint8Array(32)), (refusal) => refusal.reasons[0].code === 'E740');
  }
  assert.ok(Date.now() - begun < 5000);
});

test('a file whose sizes lie is damaged', async () => {
  const files = await unpack(golden('evidence-1.zip'));
  const stored = pack(files);
  assert.equal((await verify(new Blob([stored]), trusted)).standing, VALID);
  const wrong = Buffer.from(stored);
  // The checksum of the first file after `mimetype`, in both headers.
  const local = wrong.indexOf('PK\x03\x04', 10, 'latin1');
  const central = wrong.indexOf('PK\x01\x02', wrong.indexOf('PK\x01\x02', 0, 'latin1') + 4, 'latin1');
  wrong[local + 14] ^= 1;
  wrong[central + 16] ^= 1;
  assert.deepEqual((await verify(new Blob([wrong]), trusted)).reasons.map(({ code }) => code), ['E713']);
});

test('anchors are read as people give them', () => {
  const [{ certificate, name }] = anchors.forSeal(pem);
  assert.equal(name, 'CN=Acme GmbH (dsr evidence seal),O=Acme GmbH');
  const pairs = certificate.fingerprint.match(/../g);
  for (const words of [pairs.join(':'), pairs.join(' '), pairs.join('').toUpperCase(), ` ${pairs.join(':')}\n`]) {
    assert.equal(anchors.forSeal(words)[0].fingerprint, certificate.fingerprint);
  }
  for (const words of ['', 'AB:CD', '-----BEGIN CERTIFICATE-----', pem.replace('MII', 'MIJ'), `${pem}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`]) {
    assert.equal(anchors.forSeal(words), null, words);
  }
  assert.equal(anchors.forSeal(`${pem}\r\n${pem.replaceAll('\n', '\r\n')}`).length, 2);
  assert.equal(anchors.forLog('nonsense'), null);
});

test('gaps that the page does not know are named as they stand', () => {
  assert.equal(gaps.inWords({ kind: 'brand_new', system: 'crm', object: 'x', count: 3 }).en, 'brand_new (crm.x, 3)');
  assert.equal(gaps.inWords({ kind: 'constructor' }).en, 'constructor');
  assert.equal(gaps.inWords(null).en, '?');
  assert.equal(gaps.inWords({ kind: { a: 1 } }).en, '?');
});
