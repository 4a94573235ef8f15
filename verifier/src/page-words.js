// Sentences that only the page says.

import { joined, said } from './words.js';

const both = (en, de) => ({ en, de });

export const title = both('Evidence verifier', 'Nachweise prüfen');
export const lead = both(
  'Checks an evidence bundle of dsr in this window. Nothing leaves this computer: the page has no access to any network.',
  'Prüft einen Nachweis von dsr in diesem Fenster. Nichts verlässt diesen Rechner: Die Seite hat keinen Zugang zu irgendeinem Netz.',
);
export const source = both(
  'Take this page from the release page of dsr, not from the party that you audit.',
  'Beziehen Sie diese Seite von der Veröffentlichungsseite von dsr, nicht von der Stelle, die Sie prüfen.',
);
export const drop = both('Drop the bundle here', 'Nachweis hier ablegen');
export const dropHint = both('a file such as 2026-K7QF3M.evidence.zip, as you received it', 'eine Datei wie 2026-K7QF3M.evidence.zip, so wie Sie sie erhalten haben');
export const choose = both('Choose a file', 'Datei wählen');
export const trustTitle = both('Whom you trust', 'Wem Sie vertrauen');
export const trustIntro = both(
  'A bundle is valid only if somebody whom you know sealed it. Name the organisation’s certificate, that of the authority which issued it, or the fingerprint. Whoever names the authority trusts everybody to whom it issues certificates: then look who sealed. Each must have reached you on another way than the bundle.',
  'Gültig ist ein Nachweis nur, wenn ihn jemand gesiegelt hat, den Sie kennen. Nennen Sie das Zertifikat der Organisation, das der ausstellenden Stelle oder den Fingerabdruck. Wer die ausstellende Stelle nennt, traut jedem, dem sie ein Zertifikat ausstellt; sehen Sie dann nach, wer gesiegelt hat. Jedes davon muss Sie auf einem anderen Weg erreicht haben als der Nachweis.',
);
export const sealFile = both('Certificates (PEM)', 'Zertifikate (PEM)');
export const sealText = both('Fingerprint or certificate as text', 'Fingerabdruck oder Zertifikat als Text');
export const timeFile = both('Certificates of time-stamping authorities (PEM)', 'Zertifikate von Zeitstempeldiensten (PEM)');
export const logText = both('Key of the log over all cases', 'Schlüssel des Verzeichnisses aller Vorgänge');
export const moreTrust = both('Time stamps and the log over all cases', 'Zeitstempel und Verzeichnis aller Vorgänge');
export const add = both('Add', 'Hinzufügen');
export const remove = both('Remove', 'Entfernen');
export const anchorSeal = both('seal', 'Siegel');
export const anchorTime = both('time', 'Zeit');
export const anchorLog = both('log', 'Verzeichnis');
export const noAnchor = both('This is neither a certificate in PEM form nor a SHA-256 fingerprint.', 'Das ist weder ein Zertifikat in PEM-Form noch ein SHA-256-Fingerabdruck.');
export const noLogKey = both('This is no key of a log (name+id+key).', 'Das ist kein Schlüssel eines Verzeichnisses (Name+Kennung+Schlüssel).');
export const reading = both('Reading …', 'Wird gelesen …');
export const trouble = both('The file could not be read.', 'Die Datei ließ sich nicht lesen.');
export const tooOld = both('This browser is too old for this page: it cannot unpack or check signatures.', 'Dieser Browser ist zu alt für diese Seite: Er kann nicht entpacken oder keine Signaturen prüfen.');

export const unknownBelow = both(
  'Nothing was changed since it was sealed. Whether the right one sealed it is still to be found out.',
  'Seit dem Siegeln wurde nichts verändert. Ob der Richtige gesiegelt hat, ist noch festzustellen.',
);
export const reasonsHead = both('Why', 'Gründe');
export const claims = both(
  'This copy is invalid. What follows is what it claims; none of it is proven.',
  'Diese Kopie ist ungültig. Was folgt, behauptet sie nur; nichts davon ist bewiesen.',
);
export const showClaims = both('Show what it claims', 'Zeigen, was sie behauptet');
export const unknownHelp = both(
  'Compare the fingerprint below by telephone, with a number that you looked up yourself, or get the certificate on another way. Then name it above under “Whom you trust”.',
  'Vergleichen Sie den Fingerabdruck unten am Telefon, unter einer Nummer, die Sie selbst herausgesucht haben, oder beschaffen Sie das Zertifikat auf anderem Weg. Nennen Sie es dann oben unter „Wem Sie vertrauen“.',
);
export const vouched = (who) => both(`You trust: ${said(who, 'en')}`, `Sie vertrauen: ${said(who, 'de')}`);
export const byFingerprint = both('the fingerprint that you named', 'dem Fingerabdruck, den Sie genannt haben');
export const fingerprintHelp = both(
  'Ask the organisation to read theirs aloud, and compare all of it. It stays the same for every bundle until they change their key.',
  'Lassen Sie sich den Fingerabdruck von der Organisation vorlesen und vergleichen Sie ihn vollständig. Er bleibt für alle Nachweise gleich, bis die Organisation den Schlüssel wechselt.',
);
export const notProvenCount = (count) => both(`${count} in all`, `insgesamt ${count}`);
export const nothingOpen = both('The bundle lists nothing.', 'Der Nachweis nennt nichts.');
export const facts = both('Bundle', 'Nachweis');
export const file = both('File', 'Datei');
export const bundleId = both('Id of the bundle', 'Kennung des Nachweises');
export const content = both('Content', 'Inhalt');
const counted = (count, lang, one, many) => `${number(count, lang)} ${count === 1 ? one : many}`;
export const counts = (files, bytes, records, events) => ({
  en: `${counted(files, 'en', 'file', 'files')} (${counted(bytes, 'en', 'byte', 'bytes')}), ${counted(records, 'en', 'record', 'records')}, ${counted(events, 'en', 'event', 'events')}`,
  de: `${counted(files, 'de', 'Datei', 'Dateien')} (${counted(bytes, 'de', 'Byte', 'Bytes')}), ${counted(records, 'de', 'Datensatz', 'Datensätze')}, ${counted(events, 'de', 'Ereignis', 'Ereignisse')}`,
});
export const notTheCover = both(
  'These are the words of the sealed statement. This page does not compare the cover with them: read it after this, and where the two differ, this counts. `dsr evidence verify` compares them.',
  'So nennt es die gesiegelte Erklärung. Diese Seite vergleicht das Deckblatt nicht damit: Lesen Sie es erst danach; wo beide sich unterscheiden, gilt dies hier. `dsr evidence verify` vergleicht sie.',
);
export const level = both('Seal level', 'Siegelstufe');
export const sealedAt = both('Sealed at', 'Gesiegelt am');
export const ownClock = (at) => both(`${at.en}, by the sealing machine’s own clock`, `${at.de}, nach der eigenen Uhr des siegelnden Rechners`);
export const checkedAt = both('Checked', 'Geprüft');
export const byThisClock = (at) => both(`${at.en}, by this computer’s clock`, `${at.de}, nach der Uhr dieses Rechners`);
export const closed = both('Closed', 'Abgeschlossen');
export const yes = both('yes', 'ja');
export const no = both('not when this bundle was made', 'nicht vor Erstellung dieses Nachweises');
export const timeline = both('What happened, in its order', 'Was geschah, der Reihe nach');
export const timelineNote = both('Times are in UTC and come from the clock of the machine that dsr ran on.', 'Zeiten sind in UTC und stammen von der Uhr des Rechners, auf dem dsr lief.');
export const when = both('When', 'Wann');
export const what = both('What', 'Was');
export const control = both('Control', 'Kontrolle');
export const controls = {
  found: both('control person found', 'Kontrollperson gefunden'),
  not_found: both('control person NOT found', 'Kontrollperson NICHT gefunden'),
  none: both('no control person', 'keine Kontrollperson'),
};
export const andMore = (count) => ({ en: `and ${number(count, 'en')} more, not shown here`, de: `und ${number(count, 'de')} weitere, hier nicht gezeigt` });
export const noRecords = both('No record was touched.', 'Kein Datensatz wurde berührt.');
export const noSystems = both('No system was asked.', 'Kein System wurde gefragt.');
export const unchecked = both('Not checked here', 'Hier nicht geprüft');
export const limits = both('What no single bundle can tell', 'Was kein einzelner Nachweis sagen kann');
export const limitCase = both('Whether a case is missing. Compare with the register of requests, and keep a checkpoint of the log for the next audit.', 'Ob ein Vorgang fehlt. Vergleichen Sie mit dem Register der Anfragen und bewahren Sie einen Prüfpunkt des Verzeichnisses für die nächste Prüfung auf.');
export const limitTruth = both('Whether a system told the truth. The bundle shows what the systems answered; ask for a sample to be shown to you.', 'Ob ein System die Wahrheit sagte. Der Nachweis zeigt, was die Systeme antworteten; lassen Sie sich Stichproben zeigen.');
export const limitWho = both('Whose data it was. That is on purpose: the organisation can open single records for you.', 'Wessen Daten es waren. Das ist Absicht: Einzelne Datensätze kann die Organisation für Sie aufdecken.');
export const kind = both('What it is about', 'Worum es geht');
export const kinds = {
  'urn:dsr:evidence:1': both('one case, without the person', 'ein Vorgang, ohne die Person'),
  'urn:dsr:evidence-period:1': both('all cases of a period', 'alle Vorgänge eines Zeitraums'),
  'urn:dsr:evidence-authority:1': both('one case complete, with the person: keep it accordingly', 'ein Vorgang vollständig, mit der Person: entsprechend aufbewahren'),
};
export const period = both('Period', 'Zeitraum');
export const fromUntil = (from, until) => both(`${from.en} to ${until.en}`, `${from.de} bis ${until.de}`);
export const cases = both('Cases', 'Vorgänge');
export const noCases = both('No case was at work in this period.', 'In diesem Zeitraum war kein Vorgang in Arbeit.');
export const late = (due) => both(`${due.en}, LATE`, `${due.de}, VERSPÄTET`);
export const figures = {
  cases: both('Cases', 'Vorgänge'),
  open: both('Still open', 'Noch offen'),
  answered: both('Answered', 'Beantwortet'),
  onTime: both('Answered in time', 'Rechtzeitig beantwortet'),
  late: both('Late', 'Verspätet'),
  refused: both('Refused', 'Abgelehnt'),
  withdrawn: both('Withdrawn', 'Zurückgezogen'),
  nothingFound: both('Nothing found', 'Nichts gefunden'),
  withoutBundle: both('Without evidence', 'Ohne Nachweis'),
  purged: both('Purged', 'Vernichtet'),
  medianDays: both('Days to the answer, median', 'Tage bis zur Antwort, Median'),
};
export const sweepFigures = {
  count: both('Runs', 'Läufe'),
  complete: both('of these complete', 'davon vollständig'),
  due: both('Records that were due', 'Fällige Datensätze'),
  done: both('Records erased or restricted', 'Gelöschte oder eingeschränkte Datensätze'),
  spared: both('Records spared for a hold or an open request', 'Wegen eines Löschstopps oder eines offenen Vorgangs verschonte Datensätze'),
  deferredDue: both('Records that requests had left for later, and that were due', 'Von Vorgängen aufgeschobene, nun fällige Datensätze'),
  deferredDone: both('of these erased', 'davon gelöscht'),
  withoutStatement: both('Runs without a statement at hand', 'Läufe ohne vorliegende Erklärung'),
  missing: both('Runs that were to be and were not', 'Ausgebliebene Läufe'),
};
export const sweepComplete = both('Complete', 'Vollständig');
export const incomplete = both('NO', 'NEIN');
export const validIssued = (signer) =>
  both(
    `valid: intact, and sealed by ${signer}, whose certificate was issued by an authority you named`,
    `gültig: unverändert und gesiegelt von ${signer}; das Zertifikat hat eine von Ihnen genannte Stelle ausgestellt`,
  );
export const otherHolder = (controller) =>
  both(
    `The certificate is not made out to the controller that the bundle names (${controller}). The authority you named issues certificates to many; find out who this is.`,
    `Das Zertifikat ist nicht auf den Verantwortlichen ausgestellt, den der Nachweis nennt (${controller}). Die genannte Stelle stellt vielen Zertifikate aus; klären Sie, wer das ist.`,
  );
export const print = both('Print', 'Drucken');
export const steps = (outcomes) => {
  const all = joined(outcomes);
  return both(`steps carried out: ${all.en}`, `Schritte ausgeführt: ${all.de}`);
};
export const times = (outcome, count) => ({ en: `${said(outcome, 'en')} (${number(count, 'en')})`, de: `${said(outcome, 'de')} (${number(count, 'de')})` });

export const event_disclosed = (records, operator) => both(`${operator} opened records for a reader: ${records}`, `${operator} hat Datensätze aufgedeckt: ${records}`);
export const event_purged = (operator) => both(`key and contents of the case destroyed by ${operator}`, `Schlüssel und Inhalt des Vorgangs vernichtet von ${operator}`);

/** A count with the separators of the language. */
export function number(value, lang) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, lang === 'de' ? '.' : ',');
}
