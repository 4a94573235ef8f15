// Containers of other kinds than the bundle of a case, and seals that follow one another.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromPem } from '../src/certificate.js';
import * as level from '../src/level.js';
import { Cases } from '../src/period.js';
import * as statement from '../src/statement.js';
import * as succession from '../src/succession.js';
import { utf8 } from '../src/bytes.js';
import * as anchorsOf from '../src/anchors.js';
import { verify } from '../src/verify.js';
import { golden, hasOpenssl, openssl, pack, room, unpack } from './support.mjs';

const skip = hasOpenssl() ? false : 'skipped: needs OpenSSL 3';

const line = (seq, more = {}) => ({
  seq, case: `2026-AAAAA${seq}`, rights: ['erasure'], received: '2026-01-31', opened: '2026-01-31', due: '2026-02-28', answered: null,
  closed: null, closing: null, days: null, late: false, outcomes: { removed: 2 }, bundles: [], gaps: null, purged: false, ...more,
});

test('figures of a period are counted again', () => {
  const cases = new Cases();
  const answered = { answered: '2026-02-20', closed: '2026-02-20', closing: 'answered', bundles: [{ number: 1, id: 'a'.repeat(64), made: '2026-02-20' }] };
  assert.ok(cases.take(line(0, { ...answered, days: 20 }), 0));
  assert.ok(cases.take(line(1, { ...answered, days: 40, late: true }), 1));
  assert.ok(cases.take(line(2, { late: true }), 2));
  assert.equal(cases.take(line(5), 3), false, 'out of its place');
  const stated = { cases: 4, open: 2, answered: 2, onTime: 1, late: 2, refused: 0, withdrawn: 0, nothingFound: 0, withoutBundle: 2, purged: 0, medianDays: 40 };
  assert.deepEqual(cases.figures, stated);
  assert.ok(cases.agree(stated));
  for (const name of Object.keys(stated)) assert.equal(cases.agree({ ...stated, [name]: 7 }), false, name);
  assert.ok(new Cases().agree({ ...new Cases().figures, medianDays: undefined }));
  for (const wrong of [{}, null, [], line('0'), line(0, { late: 'no' }), line(0, { received: '31.01.2026' }), line(0, { closing: 'x' }), line(0, { bundles: [1] }), line(0, { outcomes: { removed: -1 } })]) {
    assert.equal(new Cases().take(wrong, 0), false, JSON.stringify(wrong));
  }
});

test('a statement is of the kind that it says and of no other', () => {
  const seal = { level: 'S0', certificate: 'a'.repeat(64) };
  const of = (predicateType, predicate) => utf8(JSON.stringify({ _type: statement.KIND, predicateType, subject: [], predicate: { number: 1, schema: 'x', notProven: [], seal, ...predicate } }));
  const period = { period: { from: '2026-01-01', until: '2026-12-31' }, cases: { count: 0, merkleRoot: 'b'.repeat(64) }, figures: {} };
  assert.ok(statement.read(of(statement.PERIOD, period)));
  assert.ok(statement.read(of(statement.AUTHORITY, { case: '2026-AAAAAA', bundle: 'c'.repeat(64) })));
  assert.equal(statement.read(of(statement.AUTHORITY, { case: '2026-AAAAAA' })), null);
  assert.equal(statement.read(of(statement.CASE, period)), null);
  assert.equal(statement.read(of(statement.PERIOD, { case: '2026-AAAAAA' })), null);
  assert.equal(statement.kind(of('constructor', {})), statement.CASE);
  assert.equal(statement.kind(utf8('x')), statement.CASE);
  assert.equal(statement.kind(undefined), statement.CASE);
});

test('a reader who knows an old certificate can follow, and nobody else can lead', { skip }, async (t) => {
  const at = room(t);
  const make = (name) => {
    openssl(at('.'), 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', '/O=Acme', '-days', '900', '-addext', 'keyUsage=critical,digitalSignature');
    return fromPem(readFileSync(at(`${name}.pem`), 'utf8'))[0];
  };
  writeFileSync(at('openssl.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
  const old = process.env.OPENSSL_CONF;
  t.after(() => (old === undefined ? delete process.env.OPENSSL_CONF : (process.env.OPENSSL_CONF = old)));
  const [first, second, third, thief] = ['first', 'second', 'third', 'thief'].map(make);
  const now = Math.floor(Date.now() / 1000) + 60;
  const link = (name, certificate, next, seconds, named = certificate) => {
    const when = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
    const words = `dsr seal change 1\nprevious: ${named.fingerprint}\ncertificate: ${next.fingerprint}\nat: ${when}\n`;
    writeFileSync(at('text'), words);
    return { words, signature: new Uint8Array(openssl(at('.'), 'dgst', '-sha256', '-sign', `${name}.key`, 'text')), pem: readFileSync(at(`${name}.pem`)) };
  };
  const files = (...changes) =>
    new Map(
      changes.flatMap(({ words, signature, pem }, number) => {
        const name = `data/seal/change-0${number + 1}`;
        return [[`${name}.txt`, utf8(words)], [`${name}.previous.pem`, new Uint8Array(pem)], ...(signature ? [[`${name}.sig`, signature]] : [])];
      }),
    );
  const one = link('first', first, second, now);
  const two = link('second', second, third, now + 100);
  const led = (changes, anchor, sealed = now + 1000) => succession.follow(third.fingerprint, sealed, succession.read(changes), [{ fingerprint: anchor.fingerprint }]);
  assert.equal(await led(files(one, two), first), first.fingerprint);
  assert.equal(await led(files(one, two), second), second.fingerprint);
  assert.equal(await led(files(one, two), thief), null);
  assert.equal(await led(files(two), first), null, 'a step is missing');
  assert.equal(await led(files(one, two), second, now), null, 'sealed before the change');
  assert.equal(await led(files(one, { ...two, signature: null }), second), null, 'not signed');
  assert.equal(await led(files(one, { ...two, signature: one.signature }), second), null);
  assert.equal(await led(files({ ...link('thief', thief, third, now + 100, second), pem: two.pem }), second), null, 'signed by another key');
  assert.equal(await led(files({ ...two, words: two.words.replace('change 1', 'change 2') }), second), null);
  assert.equal(await led(files({ ...two, pem: one.pem }), second), null, 'another certificate than the one that is named');
  assert.equal(await led(files(link('second', second, third, now + 1e9)), second, now + 2e9), null, 'after its end');
  assert.ok(succession.isFile('data/seal/change-16.sig'));
  for (const name of ['data/seal/change-1.sig', 'data/seal/change-01.pem', 'data/seal/x', 'seal/change-01.txt']) assert.equal(succession.isFile(name), false);
});

test('a level says what it rests on and no more', () => {
  const [own] = fromPem(golden('evidence-1.pem').toString());
  const of = (stamp, claim = 'S0', certificate = own) => level.inWords(certificate, { seal: stamp, container: null }, claim).en;
  assert.match(of(null), /^Level S0 .* no time stamp/);
  assert.match(of({ anchor: null }, 'S1'), /^Level S0 .* did not name\. The bundle itself claims level S1/);
  assert.match(of({ anchor: {} }, 'S1'), /^Level S1 .* that you named\.$/);
  assert.match(of({ anchor: {}, callsItselfQualified: true }, 'S2'), /^Level S1 .*trusted list\. The bundle itself claims level S2/);
  const qualified = { isSelfIssued: false, qualified: { onDevice: false } };
  assert.match(of({ anchor: {} }, 'S2', qualified), /^Level S2 .*calls itself qualified/);
  assert.match(of(null, 'S2', qualified), /^Level S0 .*announced, and none is here.*claims level S2/);
  assert.equal(own.qualified, null);
});

test('the retention runs of a period are counted, and their seals checked', async () => {
  const text = (name) => golden(name).toString();
  const anchors = { seal: anchorsOf.forSeal(text('evidence-6.pem')), log: anchorsOf.forLog(text('evidence-6.vkey')) };
  const look = async (change) => {
    const files = await unpack(golden('evidence-6.zip'));
    change(files);
    return verify(new Blob([pack(files)]), anchors);
  };
  const runs = (verdict) => verdict.reasons.filter(({ code }) => code === 'E739').map(({ what }) => what.en);
  const good = await look(() => {});
  assert.deepEqual([good.standing, good.reasons, good.sweeps.shown.length], ['valid', [], 3]);
  assert.deepEqual([good.sweeps.figures.done, good.sweeps.shown[0].done, good.sweeps.shown[0].number], [3, 3, 1]);
  const first = [...(await unpack(golden('evidence-6.zip'))).keys()].find((name) => name.startsWith('data/sweeps/000001'));
  const stem = first.replace(/\.[a-z0-9]+$/, '');
  const edit = (name, from, to) => (files) => files.set(name, Buffer.from(files.get(name).toString('latin1').replace(from, to), 'latin1'));
  const wrong = `${stem} is no sealed statement of a retention run in its place`;
  assert.ok(runs(await look(edit(`${stem}.json`, '"complete":true', '"complete":false'))).includes(wrong), 'another statement');
  assert.ok(runs(await look((files) => files.set(`${stem}.p7s`, Buffer.from('junk')))).includes(wrong), 'no seal');
  assert.ok(runs(await look((files) => files.delete(`${stem}.p7s`))).includes(wrong), 'the seal is missing');
  const gone = await look((files) => void [files.delete(`${stem}.p7s`), files.delete(`${stem}.json`)]);
  assert.ok(runs(gone).some((what) => what.startsWith('the retention runs are not those')), 'left out');
  const more = await look(edit('data/statement.json', '"count":3', '"count":9'));
  assert.ok(runs(more).some((what) => what.startsWith('the retention runs are not those')), 'more than there are');
  const second = await look((files) => void [files.delete('data/seal/change-01.sig'), files.delete('data/seal/change-01.txt')]);
  assert.notEqual(second.standing, 'valid');
});
