// What a bundle says of its place in the log over all cases: the statement is in it, and so is the opening of the case.

import { hex, plain, utf8 } from './bytes.js';
import * as commitment from './commitment.js';
import { isCount, isObject, parse } from './json.js';
import { leaf } from './merkle.js';
import * as proofs from './proof.js';
import { OPENED, OPENED_PROOF, PROOF, STATEMENT } from './read.js';
import { reason } from './reason.js';
import * as held from './house/held.js';
import * as say from './house/translog.js';

/** Checks the proofs against the statement, and notes in the verdict where it stands. `predicate` is null if it cannot be read. */
export async function check(content, predicate, keys, verdict) {
  const fail = (code, what) => verdict.reasons.push(reason(code, what));
  const named = isObject(predicate?.log) ? predicate.log : null;
  const openedAt = named && isCount(named.opened) ? BigInt(named.opened) : null;
  const isThere = (name) => content.small.has(name);
  if (isThere(PROOF) !== (named !== null)) fail('E671', say.proof_missing(PROOF));
  for (const name of [OPENED, OPENED_PROOF]) {
    if (isThere(name) !== (openedAt !== null)) fail('E671', say.proof_missing(name));
  }
  pinned(content, predicate, named, keys, fail);
  if (!named) return;

  const found = new Map();
  for (const name of [PROOF, OPENED_PROOF].filter(isThere)) {
    const proof = proofs.inclusion(content.small.get(name));
    if (proof && proof.signed.origin === named.origin) found.set(name, proof);
    else fail('E671', say.proof_form(name));
  }
  const vouched = [];
  for (const [name, proof] of found) {
    const own = name === PROOF ? leaf(content.small.get(STATEMENT)) : openedAt === proof.index ? opening(content, predicate) : null;
    if (!own || !proofs.holdsFor(proof, own)) fail('E672', say.not_in_the_log(name));
    vouched.push(await proofs.vouched(proof.signed, keys));
  }
  const [one, opened] = [found.get(PROOF), found.get(OPENED_PROOF)];
  // A case is opened before anything is said about it.
  if (one && opened && opened.index >= one.index) fail('E672', say.not_in_the_log(OPENED_PROOF));
  if (vouched.includes('forged')) fail('E673', say.checkpoint_forged());
  else if (keys.length > 0 && vouched.includes('nobody') && !verdict.reasons.some(({ code }) => code === 'E674')) fail('E674', say.key_unknown(plain(named.origin)));
  if (!one) return;
  verdict.log = {
    origin: plain(one.signed.origin),
    index: one.index,
    size: one.signed.size,
    root: proofs.rootOf(one.signed),
    opened: opened?.index ?? null,
    isKeyNamed: vouched.every((who) => who === 'named'),
  };
}

/** One that names no log may be older than the log, or have been taken out of it: its journal tells, and whoever has the log's key asks. */
function pinned({ chain, history }, predicate, named, keys, fail) {
  if (!predicate) return;
  const isHidden = named ? !isCount(named.opened) && chain.opened !== null : history.isLogged;
  if (isHidden) fail('E736', held.log_left_out());
  else if (!named && keys.length > 0) fail('E765', held.in_no_log());
}

/** The hash of the leaf of the opened case, if the leaf commits to this case and the journal has it too; null otherwise. */
function opening(content, { case: name, received }) {
  const opened = parse(content.small.get(OPENED) ?? new Uint8Array());
  if (!isObject(opened) || typeof opened.leaf !== 'string' || !Array.isArray(opened.disclosures)) return null;
  const committed = parse(utf8(opened.leaf));
  if (!isObject(committed) || committed.kind !== 'opened' || !Array.isArray(committed._sd)) return null;
  const disclosed = opened.disclosures.map((one) => commitment.open(one, committed._sd)).filter(Boolean);
  const discloses = (wanted, value) => disclosed.some(([known, stated]) => known === wanted && stated === value);
  const hash = leaf(utf8(opened.leaf));
  const isThisCase = discloses('case', name) && typeof received === 'string' && discloses('received', received);
  return isThisCase && content.chain.opened === hex(hash) ? hash : null;
}
