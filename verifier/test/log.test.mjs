// The log over all cases: notes, checkpoints and proofs, with keys made here.

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { hex, utf8 } from '../src/bytes.js';
import { check } from '../src/logged.js';
import { leaf, node } from '../src/merkle.js';
import * as note from '../src/note.js';
import * as proofs from '../src/proof.js';
import { OPENED, OPENED_PROOF, PROOF, STATEMENT } from '../src/read.js';

// The example of the specification (c2sp.org/signed-note).
const KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const NOTE =
  'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

test('the example of the specification holds, and nothing near it', async () => {
  const key = note.fromKey(KEY);
  assert.equal(await note.vouched(note.parse(utf8(NOTE)), [key]), 'named');
  assert.equal(await note.vouched(note.parse(utf8(NOTE)), []), 'nobody');
  assert.equal(await note.vouched(note.parse(utf8(NOTE.replace('an example', 'another'))), [key]), 'forged');
  for (const words of [KEY.replace('530d903a', '530d903b'), KEY.replace('530d903a', '530D903A'), KEY.replace('+Aeky', 'Aeky'), 'a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', '']) {
    assert.equal(note.fromKey(words), null, words);
  }
  for (const words of ['', '\n', 'text\n', 'text\n\n', 'text\n\n\u2014 name\n', 'text\n\n\u2014 name AAA=\n', 'text\n\n\u2014 na+me AAAAAAAA\n', 'text\n\n- name AAAAAAAA\n', 'text\n\n\u2014 name AAAAAAAA', 'te\rxt\n\n\u2014 name AAAAAAAA\n']) {
    assert.equal(note.parse(utf8(words)), null, JSON.stringify(words));
  }
  assert.equal(note.parse(Uint8Array.of(255, 10, 10, 0xe2, 0x80, 0x94, 32)), null);
});

/** A log with a key of its own. */
function log(name) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  const kind = Buffer.concat([Buffer.of(1), raw]);
  const id = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), kind]))).subarray(0, 4);
  const base64 = (bytes) => Buffer.from(bytes).toString('base64');
  const prove = (leaves, index) => {
    const level = (all) => (all.length === 1 ? all[0] : node(level(all.slice(0, cut(all))), level(all.slice(cut(all)))));
    const cut = (all) => 2 ** Math.ceil(Math.log2(all.length) - 1);
    const path = (all, at) => {
      if (all.length === 1) return [];
      const k = cut(all);
      return at < k ? [...path(all.slice(0, k), at), level(all.slice(k))] : [...path(all.slice(k), at - k), level(all.slice(0, k))];
    };
    const text = `${name}\n${leaves.length}\n${base64(level(leaves))}\n`;
    const signature = base64(Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]));
    const lines = path(leaves, index).map((hash) => `${base64(hash)}\n`).join('');
    return utf8(`c2sp.org/tlog-proof@v1\nindex ${index}\n${lines}\n${text}\n\u2014 ${name} ${signature}\n`);
  };
  return { prove, key: note.fromKey(`${name}+${hex(id)}+${base64(kind)}`) };
}

/** A bundle's place in a log: the opening is entry 2, the statement entry 5. */
function place(own) {
  const urlSafe = (bytes) => Buffer.from(bytes).toString('base64url');
  const disclosures = [['salt1', 'case', '2026-K7QF3M'], ['salt2', 'received', '2026-01-31']].map((one) => urlSafe(JSON.stringify(one)));
  const text = JSON.stringify({ _sd: disclosures.map((one) => urlSafe(sha256(utf8(one)))), kind: 'opened' });
  const statement = utf8('{"a":1}');
  const leaves = Array.from({ length: 7 }, (_, at) => leaf(Uint8Array.of(at)));
  leaves[2] = leaf(utf8(text));
  leaves[5] = leaf(statement);
  const small = new Map([
    [STATEMENT, statement],
    [PROOF, own.prove(leaves, 5)],
    [OPENED, utf8(JSON.stringify({ disclosures, leaf: text }))],
    [OPENED_PROOF, own.prove(leaves.slice(0, 3), 2)],
  ]);
  const predicate = { case: '2026-K7QF3M', received: '2026-01-31', log: { origin: own.key.name, opened: 2 } };
  return { content: { small, chain: { opened: hex(leaves[2]) }, history: { isLogged: false } }, predicate, leaves };
}

async function codes({ content, predicate }, keys = []) {
  const verdict = { reasons: [], log: null };
  await check(content, predicate, keys, verdict);
  return [verdict.reasons.map(({ code }) => code).join(' '), verdict.log];
}

test('a bundle is in the log that its statement names', async () => {
  const own = log('dsr.log/test');
  const [found, entry] = await codes(place(own), [own.key]);
  assert.equal(found, '');
  assert.deepEqual([entry.index, entry.size, entry.opened, entry.isKeyNamed], [5n, 7n, 2n, true]);
  const [nobody, stranger] = await codes(place(own));
  assert.deepEqual([nobody, stranger.isKeyNamed], ['', false]);
  assert.equal((await codes(place(own), [log('dsr.log/other').key]))[0], 'E674');
  assert.equal((await codes(place(own), [log('dsr.log/test').key]))[0], 'E673', 'another key in the same name');
});

test('every way to be in no log is found', async () => {
  const own = log('dsr.log/test');
  const changed = async (change) => {
    const one = place(own);
    change(one.content.small, one.predicate, one);
    return (await codes(one, [own.key]))[0];
  };
  const edit = (name, from, to) => (small) => small.set(name, utf8(new TextDecoder().decode(small.get(name)).replace(from, to)));
  assert.equal(await changed((small) => small.delete(PROOF)), 'E671');
  assert.equal(await changed((small) => small.delete(OPENED)), 'E671 E672');
  assert.equal(await changed((small, predicate) => delete predicate.log), 'E671 E671 E671 E765');
  assert.equal(await changed((small, predicate) => (predicate.log.opened = null)), 'E671 E671 E736 E672');
  assert.equal(await changed((small) => small.set(STATEMENT, utf8('{"a":2}'))), 'E672');
  assert.equal(await changed((small, predicate) => (predicate.case = '2026-AAAAAA')), 'E672');
  assert.equal(await changed((small, predicate) => (predicate.received = '2026-02-01')), 'E672');
  assert.equal(await changed((small, predicate, one) => (one.content.chain.opened = hex(one.leaves[1]))), 'E672');
  assert.equal(await changed((small, predicate) => (predicate.log.origin = 'dsr.log/else')), 'E671 E671');
  assert.equal(await changed(edit(PROOF, 'index 5', 'index 4')), 'E672');
  assert.equal(await changed(edit(PROOF, 'index 5', 'index 05')), 'E671');
  assert.equal(await changed(edit(PROOF, '\n7\n', '\n8\n')), 'E673', 'the same path would do for one leaf more');
  assert.equal(await changed(edit(PROOF, '\n7\n', '\n6\n')), 'E672 E673');
  assert.equal(await changed(edit(PROOF, '@v1', '@v2')), 'E671');
  assert.equal(await changed(edit(OPENED, 'opened', 'closed')), 'E672');
  assert.equal(await changed((small, predicate, one) => small.set(OPENED_PROOF, own.prove(one.leaves.slice(0, 7), 2))), '');
  assert.equal(await changed((small) => small.set(PROOF, new Uint8Array(300_000))), 'E671');
});

test('extra lines are left aside', () => {
  const own = log('dsr.log/test');
  const words = new TextDecoder().decode(own.prove([leaf(Uint8Array.of(1))], 0));
  assert.ok(proofs.inclusion(utf8(words.replace('index', 'extra AAAA\nindex'))));
  assert.equal(proofs.inclusion(utf8(words.replace('index', 'extra A\nindex'))), null);
  assert.equal(proofs.inclusion(utf8(words.replace('index 0', 'index -1'))), null);
  assert.equal(proofs.inclusion(utf8('')), null);
});
