// Statements that are held against the files beside them. Nothing is sealed anew here, so only the reasons that matter are looked at;
// `tests/verifier.rs` does the same with the key in hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as anchors from '../src/anchors.js';
import { isDay, isSame, isTime, monthAfter } from '../src/forms.js';
import { History } from '../src/history.js';
import { Commitments } from '../src/inner.js';
import { digestOf, read } from '../src/commitment.js';
import { Sorts } from '../src/sorts.js';
import { Steps } from '../src/steps.js';
import * as held from '../src/house/held.js';
import * as stamps from '../src/house/stamp.js';
import { verify } from '../src/verify.js';
import { golden, pack, unpack } from './support.mjs';

const APART = ['E734', 'E737', 'E738', 'E739', 'E748', 'E749'];

/** What is said of a golden container after a change, by the codes that come of holding one file against another. */
async function look(name, change = () => {}) {
  const files = await unpack(golden(`${name}.zip`));
  change(files);
  const verdict = await verify(new Blob([pack(files)]));
  return verdict.reasons.filter(({ code }) => APART.includes(code)).map(({ code, what }) => `${code} ${what.en}`);
}

const edit = (file, change) => (files) => files.set(file, Buffer.from(change(files.get(file).toString())));
const said = (change) =>
  edit('data/statement.json', (words) => {
    const statement = JSON.parse(words);
    change(statement.predicate);
    return JSON.stringify(statement);
  });

test('golden containers say nothing but what their files show', async () => {
  for (const number of [1, 2, 3, 4, 5, 6]) assert.deepEqual(await look(`evidence-${number}`), [], `evidence-${number}`);
});

test('no gap that the files show can be left out', async () => {
  const unseen = [];
  const statement = JSON.parse((await unpack(golden('evidence-1.zip'))).get('data/statement.json').toString());
  for (const [at, gap] of statement.predicate.notProven.entries()) {
    const found = await look('evidence-1', said(({ notProven }) => notProven.splice(at, 1)));
    if (found.length === 0) unseen.push(gap.kind);
    else assert.match(found.join('\n'), new RegExp(`^E738 [^\n]*: ${gap.kind}[^\n,]*$`), JSON.stringify(gap));
    if (gap.count === undefined || found.length === 0) continue;
    const fewer = await look('evidence-1', said(({ notProven }) => (notProven[at].count = 0)));
    assert.equal(fewer.length, 1, JSON.stringify(gap));
  }
  // What only the vault knew, and whose clock it was.
  assert.deepEqual(unseen, ['not_accepted', 'no_time_stamp']);
  const all = await look('evidence-1', said((predicate) => (predicate.notProven = [])));
  assert.match(all.join(), /^E738 .*: due_nominal, incomplete, [a-z_, .()]+ and \d+ more$/);
});

test('a statement that says other than the journal is seen', async () => {
  const other = {
    received: '2030-01-01', due: { date: '2031-01-01' }, operator: 'somebody', rights: ['access'], closed: true, answered: 'soon', plan: null, approver: 'bob',
    identity: 'passport', systems: [], tasks: [{ task: 'T1' }], asked: [{ verb: 'erase' }], noticeSent: ['2026-01-01'],
  };
  for (const [name, value] of Object.entries(other)) {
    const found = await look('evidence-1', said((predicate) => (predicate[name] = value)));
    const wanted = `E737 data/statement.json says other than the files that it sums up: ${name}`;
    assert.ok(found.some((one) => one === wanted || one.startsWith(`${wanted},`)), `${name}: ${found}`);
  }
  for (const name of ['inventory', 'lock']) {
    const found = await look('evidence-1', said((predicate) => (predicate[name] = '0'.repeat(64))));
    assert.ok(found.length > 0 && found.every((one) => one.startsWith('E734')), `${name}: ${found}`);
  }
});

test('small files of another form are seen', async () => {
  for (const name of ['systems.jsonl', 'inventory.json', 'law.json', 'environment.json']) {
    const found = await look('evidence-1', edit(`data/${name}`, () => 'junk\n'));
    assert.deepEqual(found, [`E734 data/${name} has another form than this format`]);
  }
  const twice = await look('evidence-1', edit('data/systems.jsonl', (words) => words + words.split('\n')[0] + '\n'));
  assert.deepEqual(twice, ['E734 data/systems.jsonl has another form than this format']);
  assert.deepEqual(await look('evidence-4', edit('data/environment.json', () => '[]')), ['E734 data/environment.json has another form than this format']);
});

test('a period names what its cases leave open', async () => {
  const found = await look('evidence-4', said((predicate) => (predicate.notProven = [])));
  assert.match(found.join(), /^E738 .*: case_open, in_bundles [a-z_]+, in_bundles/);
});

test('runs that are missing by their rhythm are counted', async () => {
  const rhythm = (files) => {
    const names = [...files.keys()].filter((name) => /^data\/sweeps\/.*\.json$/.test(name));
    assert.equal(names.length, 3);
    return names;
  };
  // Their seals no longer hold then, so that no run counts; the form alone is looked at.
  const wrong = await look('evidence-6', (files) => {
    const [name] = rhythm(files);
    edit(name, (words) => words.replace(/"done":(\d+),"due"/, '"done":9$1,"due"'))(files);
  });
  assert.match(wrong.join('\n'), /E739 data\/sweeps\/000001/);
  const absent = await look('evidence-6', said((predicate) => Object.assign(predicate.sweeps, { missing: 0, complete: 2 })));
  assert.match(absent.join('\n'), /E738 .*: sweep_incomplete/);
});

test('a complete case holds its own bundle, and what opens it', async () => {
  const inner = [...(await unpack(golden('evidence-5.zip'))).keys()].find((name) => name.endsWith('.evidence.zip'));
  const codes = async (change) => (await look('evidence-5', change)).map((one) => one.slice(0, 4));
  assert.deepEqual(await codes((files) => files.delete(inner)), ['E748']);
  assert.deepEqual(await codes((files) => files.set(inner, Buffer.from('no zip'))), ['E748']);
  const other = await codes((files) => files.set(inner, golden('evidence-1.zip')));
  assert.ok(other.includes('E748') && other.includes('E749'), String(other));
  const openings = 'data/openings.jsonl';
  const lines = (change) => edit(openings, (words) => change(words.trimEnd().split('\n')).map((line) => `${line}\n`).join(''));
  assert.deepEqual(await codes(lines((all) => all.slice(1))), ['E749', 'E749'], 'out of their places, and too few');
  assert.deepEqual(await codes(lines((all) => all.slice(0, -1))), ['E749']);
  assert.deepEqual(await codes(lines((all) => all.map((line, at) => (at ? line : line.replace(/"disclosures":\["[^"]*",/, '"disclosures":['))))), ['E749']);
  assert.deepEqual(await codes(edit(openings, () => '{}\n')), ['E749', 'E749']);
  assert.ok((await codes(said((predicate) => (predicate.number = 7)))).includes('E748'));
  assert.ok((await codes(said((predicate) => (predicate.bundle = '0'.repeat(64))))).includes('E748'));
  assert.deepEqual(await codes(said((predicate) => (predicate.notProven = []))), ['E738']);
});

test('openings are those of the lines or not', () => {
  const disclosure = (salt) => Buffer.from(JSON.stringify([salt, 'key', 'x'])).toString('base64url');
  const lines = new Commitments();
  assert.ok(lines.line({ _sd: ['b', 'a'].map((salt) => digestOf(disclosure(salt))) }));
  assert.ok(lines.line({ _sd: [digestOf(disclosure('c'))] }));
  assert.equal(lines.line({}), false);
  const same = (...all) => {
    const opened = new Commitments();
    return all.every(([seq, ...salts]) => opened.opening({ seq, disclosures: salts.map(disclosure) })) && opened.sum === lines.sum;
  };
  assert.ok(same([0, 'a', 'b'], [1, 'c']));
  for (const wrong of [[[0, 'a', 'b']], [[1, 'c'], [0, 'a', 'b']], [[0, 'a'], [1, 'b', 'c']], [[0, 'a', 'b'], [1, 'd']]]) assert.equal(same(...wrong), false, String(wrong));
  assert.deepEqual(read(disclosure('a')), ['key', 'x']);
  for (const bad of [`${disclosure('a')}=`, 'e30', '', 7, Buffer.from('["a","b"]').toString('base64url')]) assert.equal(read(bad), null, String(bad));
});

test('hostile journals and places fill no memory', () => {
  const history = new History();
  const event = { event: 'notice_sent', at: '2026-01-01T00:00:00Z', sent: '2026-01-01', operator: 'op' };
  for (let at = 0; at < 50_000; at += 1) assert.ok(history.tell(event));
  assert.equal(history.tell(event), false);
  assert.ok(history.tell({ event: 'of a later version', at: event.at }));
  const sorts = new Sorts();
  const line = (object) => sorts.take({ object: String(object), outcome: 'removed', level: null });
  for (let at = 0; at < 1 << 16; at += 1) assert.ok(line(at));
  assert.equal(line('one more'), false);
  assert.ok(line(7));
  assert.equal(sorts.take({ outcome: 'removed', level: 'L9' }), false);
  assert.equal(sorts.take({ outcome: 'well' }), false);
});

test('a record line says what the journal says of its step', async () => {
  const beyond = held.records_beyond_journal().en;
  const isSeen = async (change) => {
    const files = await unpack(golden('evidence-1.zip'));
    const lines = files.get('data/records.jsonl').toString().trimEnd().split('\n').map((line) => JSON.parse(line));
    change(lines, files);
    files.set('data/records.jsonl', Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    const verdict = await verify(new Blob([pack(files)]));
    return verdict.reasons.some(({ what }) => what.en === beyond);
  };
  assert.equal(await isSeen(() => {}), false);
  const last = (lines, files) => {
    const journal = files.get('data/journal.jsonl');
    files.delete('data/journal.jsonl');
    files.set('data/journal.jsonl', journal);
  };
  assert.equal(await isSeen(last), false, 'in another order of files');
  const changes = {
    system: ([one, , , , other]) => ([one.system, other.system, one.object, other.object] = [other.system, one.system, other.object, one.object]),
    step: ([one, other]) => ([one.step, other.step] = [other.step, one.step]),
    object: ([one]) => (one.object = 'nonsense'), until: (all) => (all[4].until = '2099-12-31'), decision: (all) => (all[2].decision = 'retain'),
    action: (all) => (all[3].action = 'remove'), fault: ([one]) => (one.fault = 'E500'), level: ([one]) => (one.level = 'L3'),
    at: ([one]) => (one.at = '2020-01-01T00:00:00Z'), verified_at: ([one]) => (one.verified_at = null), begun: (all) => (all[6].at = '2026-11-21T11:00:00Z'),
    pending: ([one]) => Object.assign(one, { outcome: 'pending', level: null, at: null, verified_at: null }), twice: (all) => all.push(all[0]), gone: (all) => all.pop(),
  };
  for (const [name, change] of Object.entries(changes)) assert.ok(await isSeen(change), name);
});

test('what is said last of a step counts, and nothing of it is told twice', () => {
  const event = (kind, step, at, more) => ({
    case: 'A', event: `step_${kind}`, plan: 'p', step, at: `2026-01-01T00:00:0${at}Z`, system: 'crm', object: 'contacts', action: 'remove', decision: 'erase',
    outcome: 'removed', level: 'L1', until: null, fault: null, ...more,
  });
  const line = (step, at, more) => ({ ...event('ended', step, at), verified_at: null, ...more });
  const isSaid = (events, lines) => {
    const steps = new Steps();
    for (const one of events) steps.event(one);
    for (const one of lines) steps.line(one);
    return steps.areSaid;
  };
  const [begun, ended, other] = [event('started', 0, 1), event('ended', 0, 2), event('ended', 1, 3)];
  assert.ok(isSaid([other, begun, ended], [line(0, 2), line(1, 3)]));
  assert.equal(isSaid([other, begun, ended], [line(0, 2), line(0, 2)]), false);
  const again = [begun, ended, event('started', 0, 4), event('ended', 0, 5)];
  assert.ok(isSaid(again, [line(0, 5)]));
  assert.equal(isSaid(again, [line(0, 2)]), false);
  const looked = event('verified', 0, 6, { level: 'L2' });
  assert.ok(isSaid([ended, looked], [line(0, 2, { level: 'L2', verified_at: looked.at })]));
  assert.equal(isSaid([looked], []), false);
  const open = line(0, 1, { outcome: 'unknown', level: null, decision: null, until: '2030-01-01' });
  assert.ok(isSaid([begun], [open]));
  assert.equal(isSaid([begun, ended], [open]), false);
  assert.equal(isSaid([event('ended', 2 ** 32, 1)], []), false, 'no step');
  const steps = new Steps();
  for (let at = 0; at < 70_000; at += 1) steps.event(event('ended', at, 1));
  for (let at = 69_999; at >= 0; at -= 1) steps.line(line(at, 1));
  assert.ok(steps.areSaid);
});

test('the stamp of the opening is there and is the one that the journal names', async () => {
  const said = async (change) => {
    const files = await unpack(golden('evidence-2.zip'));
    change(files);
    return (await verify(new Blob([pack(files)]))).reasons.map(({ what }) => what.en);
  };
  const [gone, other] = [stamps.left_out('data/time/open.tst').en, stamps.other_than_journal('data/time/open.tst').en];
  assert.equal((await said(() => {})).filter((one) => [gone, other].includes(one)).length, 0);
  assert.ok((await said((files) => files.delete('data/time/open.tst'))).includes(gone));
  assert.ok((await said((files) => files.set('data/time/open.tst', files.get('META-INF/timestamp002.tst')))).includes(other));
});

test('days, times and values are what they are', () => {
  for (const [from, to] of [['2026-01-31', '2026-02-28'], ['2028-01-31', '2028-02-29'], ['2026-12-15', '2027-01-15'], ['2026-03-31', '2026-04-30']]) assert.equal(monthAfter(from), to);
  for (const bad of ['2026-02-30', '2026-2-3', '', null, 7]) assert.equal(isDay(bad), false, String(bad));
  for (const bad of ['2026-02-03', 'yesterday', '2026-13-03T00:00:00Z', null]) assert.equal(isTime(bad), false, String(bad));
  assert.ok(isDay('2028-02-29') && isTime('2026-02-03T04:05:06.123456789Z') && isTime('2026-02-03T04:05:06+02:00'));
  assert.ok(isSame({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }));
  for (const [one, other] of [[{ a: 1 }, { b: 1 }], [{ a: 1 }, { a: 1, b: 1 }], [[1], [1, 2]], [{}, []], [null, {}], ['1', 1]]) assert.equal(isSame(one, other), false);
});
