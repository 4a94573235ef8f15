// What must be true of a bundle's content: each list against the files, the seal over the list, the statement against all of it.

import { fromHex, plain, spoken } from './bytes.js';
import { brokenPath, holders, isAnchor, trustedBy } from './certificate.js';
import * as held from './held.js';
import * as inner from './inner.js';
import * as lists from './lists.js';
import * as level from './level.js';
import * as logged from './logged.js';
import { ASIC_MANIFEST, CASES, PROOF, SIGNATURE, STATEMENT } from './read.js';
import { Refusal, reason } from './reason.js';
import * as seal from './seal.js';
import * as statement from './statement.js';
import * as succession from './succession.js';
import * as sweeps from './sweeps.js';
import { isLater } from './period.js';
import { atLeast } from './tally.js';
import * as timing from './timing.js';
import * as say from './house/evidence.js';
import * as words from './house/held.js';
import * as openings from './house/openings.js';
import * as stamps from './house/stamp.js';
import { MIMETYPE } from './zip.js';

/** Files that no container can be without. */
const ALWAYS = [
  'mimetype', 'VERIFY.txt', 'bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt', 'data/00-COVER.html',
  'data/00-COVER.txt', STATEMENT, ASIC_MANIFEST, SIGNATURE,
];
/** What each kind needs beside. */
const FURTHER = {
  [statement.CASE]: [
    'data/environment.json', 'data/inventory.json', 'data/journal.jsonl', 'data/law.json', 'data/records.jsonl', 'data/systems.jsonl',
  ],
  [statement.PERIOD]: [CASES, 'data/environment.json'],
  [statement.AUTHORITY]: [
    'data/exports.json', 'data/findings.json', 'data/history.json', 'data/notes.json', 'data/openings.jsonl', 'data/person.json',
    'data/tasks.json',
  ],
};
const required = (kind) => [...ALWAYS, ...FURTHER[kind]];

/** Runs all checks; each notes its reasons in the verdict. `judge` verifies a bundle that lies in this container. */
export async function run(content, anchors, judge, verdict) {
  verdict.kind = statement.kind(content.small.get(STATEMENT));
  for (const name of required(verdict.kind)) {
    if (!content.files.has(name)) verdict.reasons.push(reason('E712', say.file_missing(name)));
  }
  if (content.isOther('mimetype', MIMETYPE)) verdict.reasons.push(reason('E714', say.mimetype_wrong()));
  sealedList(content, verdict);
  bag(content, verdict);
  const found = await sealed(content, verdict);
  await timing.run(content, found, anchors.time, verdict);
  const own = found && (await signer(content, found, anchors.seal, verdict));
  claimed(content, own, verdict);
  issued(own, verdict);
  if (verdict.kind === statement.PERIOD && verdict.statement) await sweeps.check(content, verdict.statement, anchors.seal, verdict);
  if (verdict.kind === statement.AUTHORITY && verdict.statement) await inner.check(content, verdict.statement, judge, verdict);
  await logged.check(content, verdict.statement, anchors.log.map(({ key }) => key), verdict);
  late(content, verdict);
}

/** How long after its opening a case may be stamped, in minutes: an authority may be slow, and its clock another. */
const PROMPT = 10;

/** A stamp that came when the opening was past proves nothing of it; the verdict says so where the bundle does not. */
function late({ chain: { began } }, verdict) {
  const { opened } = verdict.time;
  const minutes = opened && began !== null ? Math.trunc((opened.at - began) / 60) : 0;
  if (minutes < PROMPT) return;
  verdict.time.openedLate = minutes;
  verdict.notProven = [...verdict.notProven.filter((gap) => gap?.kind !== 'opening_stamped_late'), { kind: 'opening_stamped_late', count: minutes }];
}

/** The list that is sealed names every file, and every file is as it says. */
function sealedList(content, verdict) {
  if (!content.small.has(ASIC_MANIFEST)) return;
  verdict.bundle = content.digest(ASIC_MANIFEST);
  const listed = lists.container(content.text(ASIC_MANIFEST), SIGNATURE, 'application/pkcs7-signature');
  if (!listed) {
    verdict.reasons.push(reason('E723', say.asic_form()));
    return;
  }
  for (const name of content.files.keys()) {
    if (lists.isLater(name)) verdict.unchecked.push(name);
    else if (!lists.isOutside(name) && name !== ASIC_MANIFEST && !listed.has(name)) {
      verdict.reasons.push(reason('E711', say.file_unlisted(name)));
    }
  }
  for (const [name, digest] of [...listed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = content.digest(name);
    if (found === null) {
      if (!required(verdict.kind).includes(name)) verdict.reasons.push(reason('E712', say.file_missing(name)));
    } else if (found !== digest || name.startsWith('META-INF/')) {
      verdict.reasons.push(reason('E724', say.file_changed(name, ASIC_MANIFEST)));
    }
  }
}

/** The unpacked files are a complete bag (RFC 8493): what `sha256sum -c` reads is what is there. */
function bag(content, verdict) {
  if (content.isOther('bagit.txt', lists.BAGIT)) verdict.reasons.push(reason('E721', say.bag_form('bagit.txt')));
  const isPayload = (name) => name.startsWith('data/');
  const isTag = (name) => !name.includes('/') && name !== 'tagmanifest-sha256.txt';
  list(content, 'manifest-sha256.txt', isPayload, verdict);
  list(content, 'tagmanifest-sha256.txt', isTag, verdict);

  const payload = [...content.files].filter(([name]) => isPayload(name));
  const size = payload.reduce((sum, [, file]) => sum + file.size, 0);
  const stated = /^Payload-Oxum: (.*)$/m.exec(content.text('bag-info.txt') ?? '')?.[1];
  if (stated !== `${size}.${payload.length}`) verdict.reasons.push(reason('E722', say.oxum_wrong()));
}

/** One list of digests against the files that it must name. */
function list(content, name, wanted, verdict) {
  if (!content.small.has(name)) return;
  const listed = lists.digests(content.text(name));
  if (!listed) {
    verdict.reasons.push(reason('E721', say.bag_form(name)));
    return;
  }
  for (const [file, digest] of [...listed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = content.digest(file);
    if (found !== null && found !== digest) verdict.reasons.push(reason('E720', say.file_changed(plain(file), name)));
  }
  const there = [...content.files.keys()].filter(wanted);
  if (there.length !== listed.size || there.some((file) => !listed.has(file))) {
    verdict.reasons.push(reason('E721', say.bag_incomplete(name)));
  }
}

/** The seal, if it holds. */
async function sealed(content, verdict) {
  const der = content.small.get(SIGNATURE);
  const listed = content.digest(ASIC_MANIFEST);
  if (!der || listed === null) return null;
  try {
    return await seal.verify(der, fromHex(listed));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    verdict.reasons.push(...refusal.reasons);
    return null;
  }
}

/** Who sealed, and who vouches for that one. Returns the certificate. */
async function signer(content, found, anchors, verdict) {
  const own = found.certificate;
  verdict.signer = own.subjectText;
  verdict.fingerprint = own.fingerprint;
  verdict.sealedAt = found.at;
  // Somebody else's clock is believed before that of whoever sealed.
  const stamped = verdict.time.seal?.anchor ? verdict.time.seal : null;
  const at = stamped ? stamped.at : found.at;
  if (!own.isValidAt(at)) verdict.reasons.push(reason('E745', stamped ? stamps.seal_expired_when_stamped() : say.seal_expired()));
  verdict.anchor = await trustedBy(own, found.others, anchors, at);
  if (!verdict.anchor) verdict.followed = await succession.follow(own.fingerprint, found.at, succession.read(content.small), anchors);
  // An authority vouches for who it is; what for, its certificate says.
  const isNamed = isAnchor(verdict.anchor, own) || verdict.followed;
  if (!isNamed && !own.isForDocuments) verdict.reasons.push(reason('E744', say.seal_other_purpose()));
  if (!verdict.anchor && !verdict.followed) {
    const why = await brokenPath(own, found.others, anchors, at);
    const named = spoken(own.fingerprint);
    verdict.reasons.push(reason('E746', why ? say.signer_unknown_by(named, why) : say.signer_unknown(named)));
  }
  return own;
}

/** An authority issues certificates to many: whether this one's holder is the controller is for the reader to know. */
function issued(own, verdict) {
  const { anchor, statement: said } = verdict;
  if (!own || !anchor || isAnchor(anchor, own)) return;
  const controller = plain(said?.controller?.name ?? '');
  verdict.issued = { controller, isController: isNamed(own, controller) };
}

/** The same words, but for capitals and blanks; those of ASCII, so that every verifier comes to the same. */
function isNamed(own, controller) {
  const small = (words) => words.replace(/[A-Z]/g, (sign) => sign.toLowerCase()).replace(/[ \t]+/g, ' ').trim();
  try {
    const all = holders(own.subject).map((words) => small(plain(words).replace(/ \(dsr evidence seal\)$/, '')));
    return controller !== '' && all.includes(small(controller));
  } catch {
    return false;
  }
}

/** The statement names every evidence file, and what it says of them is so. */
function claimed(content, own, verdict) {
  const bytes = content.small.get(STATEMENT);
  const said = bytes ? statement.read(bytes) : null;
  if (own) verdict.level = level.inWords(own, verdict.time, said?.predicate.seal.level);
  if (!bytes) return;
  if (!said) {
    verdict.reasons.push(reason('E733', say.statement_form()));
    return;
  }
  const { predicate } = said;
  // Where more than the lowest level is claimed, somebody was to be asked for the time.
  if (verdict.time.clock === 'none' && statement.LEVELS.indexOf(predicate.seal.level) > 0) verdict.time.clock = 'pending';
  verdict.case = typeof predicate.case === 'string' ? plain(predicate.case) : null;
  verdict.number = predicate.number;
  verdict.predecessor = typeof predicate.predecessor === 'string' ? predicate.predecessor : null;
  verdict.notProven = [...predicate.notProven];
  verdict.statement = predicate;
  const isOurs =
    said._type === statement.KIND &&
    said.predicateType === verdict.kind &&
    predicate.schema === statement.SCHEMAS[verdict.kind] &&
    statement.LEVELS.includes(predicate.seal.level);
  if (!isOurs) verdict.reasons.push(reason('E733', say.statement_form()));
  subjects(content, said.subject, verdict);
  if (verdict.kind === statement.CASE) ofCase(content, predicate, own, verdict);
  if (verdict.kind === statement.PERIOD) ofPeriod(content, predicate, verdict);
  if (own && own.fingerprint !== predicate.seal.certificate.toLowerCase()) verdict.reasons.push(reason('E735', say.other_signer()));
}

/** Every evidence file is named, as it is. */
function subjects(content, listed, verdict) {
  const named = new Map(listed.map((one) => [one.name, one.digest.sha256.toLowerCase()]));
  const evidence = [...content.files].filter(([name]) => name.startsWith('data/') && name !== STATEMENT && name !== PROOF);
  const namesAll = evidence.length === named.size && evidence.every(([name, file]) => named.get(name) === file.digest);
  if (!namesAll || named.size !== listed.length) verdict.reasons.push(reason('E733', say.statement_files()));
}

/** Counts, root and head are those of the files. */
function ofCase(content, predicate, own, verdict) {
  const { case: name, records, journal } = predicate;
  const outcomes = new Map(Object.entries(records.outcomes));
  const counted = content.sorts.outcomes;
  const countsAgree = outcomes.size === counted.size && [...outcomes].every(([one, count]) => counted.get(one) === count);
  if (records.count !== content.tree.count || records.merkleRoot.toLowerCase() !== content.tree.root || !countsAgree) {
    verdict.reasons.push(reason('E732', say.records_differ()));
  }
  if (!content.steps.areSaid) verdict.reasons.push(reason('E732', words.records_beyond_journal()));
  const head = journal.head?.toLowerCase() ?? null;
  const { chain } = content;
  if (journal.count !== chain.count || head !== chain.head || (chain.case !== null && chain.case !== name)) {
    verdict.reasons.push(reason('E731', say.journal_differs()));
  }
  held.ofCase(content, predicate, own, verdict);
}

/** The cases and the figures that follow from them. */
function ofPeriod(content, predicate, verdict) {
  const { cases, figures } = predicate;
  const isSame = cases.count === content.caseTree.count && cases.merkleRoot.toLowerCase() === content.caseTree.root;
  if (!isSame || !content.cases.agree(figures)) verdict.reasons.push(reason('E732', openings.cases_differ()));
  verdict.cases = content.cases;
  held.environment(content, verdict);
  const { left } = content.cases;
  const isOlder = !Object.hasOwn(predicate, 'keepUntil');
  // The first periods did not repeat these, so the verdict does.
  if (isOlder) verdict.notProven.push(...left.filter(isLater));
  atLeast(isOlder ? left.filter((gap) => !isLater(gap)) : left, verdict);
}
