// Certificates below an authority: a path that breaks a rule leads nowhere, and the rule is named.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { brokenPath, fromPem, trustedBy, trustedToSeal } from '../src/certificate.js';
import * as say from '../src/house/evidence.js';
import { hasOpenssl, openssl, room } from './support.mjs';

const skip = hasOpenssl() ? false : 'skipped: needs OpenSSL 3';
const NAMES = ['root', 'upper', 'lower', 'leaf'];
const CA = 'basicConstraints=critical,CA:TRUE';
const SIGN = 'keyUsage=critical,keyCertSign';
const LEAF = ['keyUsage=critical,digitalSignature'];
// Certificates are valid from the second in which they are made.
const now = Date.now() / 1000 + 3600;

/** Certificates from a root down to a leaf with these extensions, root first, each named as it is called. */
function certificates(at, extensions, names = NAMES) {
  const config = names.map((_, place) => `[x${place}]\n${extensions[place].join('\n')}\n`).join('');
  writeFileSync(at('x.cnf'), `[req]\ndistinguished_name=dn\n[dn]\n${config}`);
  return names.map((name, place) => {
    const own = (end) => `${place}.${end}`;
    const subject = ['-subj', `/CN=${name}`, '-config', 'x.cnf'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', own('key')];
    if (place === 0) {
      openssl(at('.'), 'req', '-x509', ...key, ...subject, '-days', '30', '-extensions', 'x0', '-out', own('pem'));
    } else {
      openssl(at('.'), 'req', '-new', ...key, ...subject, '-out', own('csr'));
      const by = ['-CA', `${place - 1}.pem`, '-CAkey', `${place - 1}.key`, '-CAcreateserial'];
      openssl(at('.'), 'x509', '-req', '-in', own('csr'), ...by, '-days', '30', '-extfile', 'x.cnf', '-extensions', `x${place}`, '-out', own('pem'));
    }
    return fromPem(readFileSync(at(own('pem')), 'utf8'))[0];
  });
}

test('a path that breaks a rule leads nowhere and the rule is named', { skip }, async (t) => {
  const at = room(t);
  const said = async (changes, when = now) => {
    const usual = [[CA, SIGN], [CA, SIGN], [CA, SIGN], LEAF];
    const [root, upper, lower, leaf] = certificates(at, usual.map((own, place) => changes[place] ?? own));
    const anchors = [{ certificate: root }];
    const found = await trustedBy(leaf, [upper, lower], anchors, when);
    const told = await brokenPath(leaf, [upper, lower], anchors, when);
    assert.equal(found !== null, told === null);
    return told?.en ?? null;
  };
  const length = (most) => [`${CA},pathlen:${most}`, SIGN];
  assert.equal(await said({}), null);
  assert.equal(await said({ 0: length(2), 1: length(1), 2: length(0) }), null);
  assert.equal(await said({ 0: length(1) }), say.path_too_long('CN=root').en);
  assert.equal(await said({ 1: length(0) }), say.path_too_long('CN=upper').en);
  assert.equal(await said({ 1: [CA, SIGN, 'nameConstraints=permitted;DNS:example.org'] }), say.path_names('CN=upper').en);
  const critical = '1.2.3.4=critical,DER:0500';
  assert.equal(await said({ 0: [CA, SIGN, '1.2.3.4=DER:0500'], 3: [...LEAF, '1.2.3.4=DER:0500'] }), null);
  for (const place of [0, 2, 3]) {
    assert.equal(await said({ [place]: [...(place === 3 ? LEAF : [CA, SIGN]), critical] }), say.path_critical(`CN=${NAMES[place]}`, '1.2.3.4').en);
  }
  assert.equal(await said({ 2: ['basicConstraints=critical,CA:FALSE', SIGN] }), say.path_no_authority('CN=lower').en);
  assert.equal(await said({ 1: [CA, 'keyUsage=critical,cRLSign'] }), say.path_may_not_issue('CN=upper').en);
  assert.equal(await said({}, now + 90 * 86_400), say.path_not_valid('CN=lower').en);
});

test('an authority with a new key is no further authority', { skip }, async (t) => {
  const at = room(t);
  for (const [name, isLed] of [['root', true], ['other', false]]) {
    const [root, middle, leaf] = certificates(at, [[`${CA},pathlen:0`, SIGN], [CA, SIGN], LEAF], ['root', name, 'leaf']);
    assert.equal((await trustedBy(leaf, [middle], [{ certificate: root }], now)) !== null, isLed, name);
  }
});

test('a certificate for something else seals only where it was named itself', { skip }, async (t) => {
  const at = room(t);
  const cases = {
    serverAuth: false, 'critical,serverAuth,clientAuth': false, 'critical,timeStamping': false, codeSigning: false, 'clientAuth,emailProtection': true,
    anyExtendedKeyUsage: true, '1.3.6.1.5.5.7.3.36': true, '1.2.840.113583.1.1.5': true, '1.3.6.1.4.1.311.10.3.12': true,
  };
  for (const [purposes, may] of Object.entries(cases)) {
    const [root, leaf] = certificates(at, [[CA, SIGN], [...LEAF, `extendedKeyUsage=${purposes}`]], ['root', 'leaf']);
    assert.equal((await trustedToSeal(leaf, [], [{ certificate: root }], now)) !== null, may, purposes);
    assert.ok(await trustedToSeal(leaf, [], [{ fingerprint: leaf.fingerprint }], now), purposes);
  }
});
