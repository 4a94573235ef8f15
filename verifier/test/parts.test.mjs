import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { digest, fromBase64, hex, plain, printable, utf8 } from '../src/bytes.js';
import { Chain } from '../src/chain.js';
import { parse } from '../src/json.js';
import { Lines } from '../src/lines.js';
import * as lists from '../src/lists.js';
import { Tree, climb, leaf, node } from '../src/merkle.js';
import { Story } from '../src/story.js';
import { day, instant } from '../src/words.js';

test('lines are the same however they arrive', () => {
  const bytes = utf8('a\n\nbc\ndef\n');
  for (let size = 1; size <= bytes.length; size += 1) {
    const lines = new Lines();
    const seen = [];
    for (let at = 0; at < bytes.length; at += size) lines.feed(bytes.subarray(at, at + size), (line) => seen.push(new TextDecoder().decode(line)));
    assert.deepEqual(seen, ['a', '', 'bc', 'def']);
    assert.equal(lines.isBroken, false);
  }
  const open = new Lines();
  open.feed(utf8('a\nb'), () => {});
  assert.ok(open.isBroken, 'no end');
  const long = new Lines();
  for (let piece = 0; piece < 40; piece += 1) long.feed(new Uint8Array(64 * 1024), () => {});
  assert.ok(long.isBroken);
});

/** The definition of RFC 6962, 2.1, word for word. */
function defined(lines) {
  if (lines.length === 0) return sha256(new Uint8Array());
  if (lines.length === 1) return leaf(lines[0]);
  const k = 2 ** Math.ceil(Math.log2(lines.length) - 1);
  return node(defined(lines.slice(0, k)), defined(lines.slice(k)));
}

/** RFC 9162, 2.1.3.1. */
function path(index, lines) {
  if (lines.length === 1) return [];
  const k = 2 ** Math.ceil(Math.log2(lines.length) - 1);
  return index < k ? [...path(index, lines.slice(0, k)), defined(lines.slice(k))] : [...path(index - k, lines.slice(k)), defined(lines.slice(0, k))];
}

test('the tree has the root that the definition gives, and its paths lead there', () => {
  const lines = Array.from({ length: 34 }, (_, at) => new Uint8Array(at).fill(at));
  for (let size = 0; size <= lines.length; size += 1) {
    const tree = new Tree();
    lines.slice(0, size).forEach((line) => tree.push(line));
    const root = defined(lines.slice(0, size));
    assert.equal(tree.root, hex(root));
    for (let index = 0; index < size; index += 1) {
      const way = path(index, lines.slice(0, size));
      const reached = (at, of, steps) => climb(leaf(lines[index]), BigInt(at), BigInt(of), steps);
      assert.deepEqual(reached(index, size, way), root);
      assert.notDeepEqual(reached(index, size, [...way, root]), root, 'too long');
      if (way.length) assert.notDeepEqual(reached(index, size, way.slice(1)), root, 'too short');
      if (size > 1) assert.notDeepEqual(reached((index + 1) % size, size, way), root, 'another place');
      assert.equal(reached(size, size, way), null);
    }
  }
  assert.equal(new Tree().root, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('only the next line of the same case follows', () => {
  const line = (name, n, prev) => utf8(JSON.stringify({ case: name, case_prev: prev, n }));
  const zeros = '0'.repeat(64);
  const first = line('A', 1, zeros);
  const head = hex(sha256(first));
  const follows = (...all) => {
    const chain = new Chain();
    return all.map((bytes) => chain.follow(bytes, parse(bytes))).at(-1);
  };
  assert.ok(follows(first, line('A', 2, head)));
  assert.ok(follows(first, line('A', 2, head.toUpperCase())));
  for (const other of [line('A', 3, head), line('A', 2, zeros), line('B', 2, head), utf8('{}'), utf8('x'), line('A', '2', head)]) {
    assert.equal(follows(first, other), false);
  }
  assert.equal(follows(line('A', 5, zeros)), false, 'the beginning is missing');
});

test('what JSON readers understand differently is refused', () => {
  const of = (words) => parse(utf8(words));
  assert.deepEqual(of('{"a":1,"b":[{"a":2}]}'), { a: 1, b: [{ a: 2 }] });
  assert.deepEqual(of(' { "a" : "\\u0041", "b" : {"a": 1} } '), { a: 'A', b: { a: 1 } });
  for (const words of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"a":2}}', '{"a":1.0}', '{"a":1e2}', '{', '', '[1,]', '\ufeff{}']) {
    assert.equal(of(words), undefined, words);
  }
  assert.equal(parse(Uint8Array.of(0x22, 0xff, 0x22)), undefined, 'no UTF-8');
  assert.doesNotThrow(() => of('['.repeat(200_000) + ']'.repeat(200_000)));
  assert.doesNotThrow(() => of(`{"a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`));
  assert.equal(Object.hasOwn(of('{"__proto__":{"case":"x"}}'), 'case'), false);
  assert.equal(of('{"__proto__":{"case":"x"}}').case, undefined);
});

test('words from outside lose their power', () => {
  assert.equal(plain('a\nb\u202e\0\u{e0041}\ud800'), 'a\ufffdb\ufffd\ufffd\ufffd\ufffd');
  assert.equal(plain('Müller & Söhne'), 'Müller & Söhne');
  assert.equal(plain('x'.repeat(1e6)).length, 401);
  assert.equal(plain({ toString: () => 'x' }), '?');
  assert.equal(plain(null), '');
  assert.equal(printable(utf8('a\u202eb')), 'a?b');
  assert.equal(digest('A'.repeat(64)), 'a'.repeat(64));
  assert.equal(digest('g'.repeat(64)), null);
  assert.deepEqual(fromBase64('QQ=='), utf8('A'));
  for (const words of ['QR==', 'QQ', 'QQ= ', 'QQ==QQ==', 'Q\n==']) assert.equal(fromBase64(words), null, words);
});

test('dates are written as each language writes them', () => {
  assert.deepEqual(day('2026-01-31'), { en: '2026-01-31', de: '31.01.2026' });
  assert.equal(day('<b>').de, '<b>');
  assert.equal(instant('2026-11-21T11:00:00Z').de, '21.11.2026 11:00:00 UTC');
  assert.equal(instant('nonsense').en, 'nonsense');
});

test('lists are read in their own form only', () => {
  const line = (name) => `${'a'.repeat(64)}  ${name}\n`;
  assert.equal(lists.digests(line('x') + line('y')).size, 2);
  for (const words of ['', 'x', line('x') + line('x'), line('x').slice(0, -1), `${line('x')}\n`, line('x').toUpperCase(), line('x').replace('  ', ' ')]) {
    assert.equal(lists.digests(words), null, JSON.stringify(words));
  }
  assert.ok(lists.isLater('META-INF/evidencerecord001.ers'));
  for (const name of ['META-INF/timestamp002.tst', 'META-INF/timestamp0002.tst', 'META-INF/x.p7s', 'META-INF/ASiCManifest002.xml']) assert.equal(lists.isLater(name), false);
});

test('a million lines are told in few', () => {
  const story = new Story();
  for (let at = 0; at < 20_000; at += 1) {
    story.event({ event: 'step_started' });
    story.event({ event: 'step_ended', outcome: 'removed' });
    story.record({ system: 'crm', object: `o${at}`, outcome: 'removed', level: 'L2' });
  }
  assert.equal(story.events.length, 1);
  assert.equal(story.events[0].outcomes.get('removed'), 20_000);
  assert.equal(story.records.size, 300);
  assert.equal(story.moreRecords, 19_700);
  for (let at = 0; at < 1000; at += 1) story.event({ event: 'noted' });
  assert.equal(story.events.length, 300);
  assert.equal(story.moreEvents, 701);
});
