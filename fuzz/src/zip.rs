//! The whole bundle: arbitrary bytes, and valid bundles to which an attacker without the key does what comes to mind: entries changed,
//! cut, renamed, added, doubled, packed otherwise, every list made to agree again, and another seal of the same name put on.
//!
//! Whatever it is, the verdict is `valid` only if everything that the first seal stood over is unchanged.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::ContentInfo;
use cms::signed_data::{CertificateSet, SignedData, SignerIdentifier, SignerInfos};
use const_oid::db::rfc5911;
use der::asn1::{Any, OctetString};
use der::{Decode as _, Encode as _};
use dsr::evidence::{Anchors, Seal, Standing, certificate};
use dsr::keys::Digest;

use super::base::{
    Base, SEALED_LIST, SIGNATURE, STATEMENT, all, judge, must_be_listed, must_be_unchanged, seals,
};
use super::choices::Choices;
use super::container::{Entry, checksum, pack};

/// Names that a bundle has in other cases, and some that it never has.
const NAMES: [&str; 24] = [
    "META-INF/ASiCManifest002.xml",
    "META-INF/timestamp002.tst",
    "META-INF/timestamp003.tst",
    "META-INF/ASiCArchiveManifest001.xml",
    "META-INF/evidencerecord001.ers",
    "META-INF/signature002.p7s",
    "META-INF/x",
    "data/cases.jsonl",
    "data/disclosures.age",
    "data/log/case.tlog-proof",
    "data/log/opened.json",
    "data/log/opened.tlog-proof",
    "data/seal/change-01.txt",
    "data/seal/change-02.txt",
    "data/seal/change-02.sig",
    "data/seal/change-02.previous.pem",
    "data/time/open.tst",
    "data/statement.JSON",
    "data",
    "data/",
    "data/x",
    "../x",
    "x",
    "",
];

pub fn run(data: &[u8]) {
    match data.starts_with(b"PK") {
        true => judged(data.to_vec()),
        false => judged(spoilt(&mut Choices(data))),
    }
}

/// The valid bundles, and programs that spoil them a little.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = all().iter().map(|base| base.zip.clone()).collect();
    for base in 0..3 {
        seeds.push(vec![base]);
        // Names swapped by another field, in both places and in one of them.
        for sides in 0..3 {
            seeds.push(vec![base, 17, 3, 9, sides]);
        }
        // A list that is no text, under another seal.
        seeds.push(vec![base, 18, 0, 1, 2, 1, 0, 0, 1, 0xff, 16, 0, 3]);
        for op in 0..OPERATIONS {
            for file in [3, 9, 14] {
                // The operation, then everything made to agree, then another seal.
                seeds.push(vec![
                    base,
                    op,
                    file,
                    0,
                    5,
                    7,
                    1,
                    17,
                    2,
                    3,
                    4,
                    5,
                    OPERATIONS - 1,
                    1,
                ]);
                seeds.push(vec![base, op, file, 0, 40, 1, 0, 4, 7]);
            }
        }
    }
    seeds
}

/// Everybody's anchors at once: what is valid must be one of the bundles that these sealed.
fn everybody() -> &'static Anchors {
    static EVERYBODY: OnceLock<Anchors> = OnceLock::new();
    EVERYBODY.get_or_init(|| {
        let mut out = Anchors::default();
        for base in all() {
            out.seal.extend(base.anchors.seal.clone());
            out.time.extend(base.anchors.time.clone());
            out.log.extend(base.anchors.log.clone());
        }
        out
    })
}

fn judged(zip: Vec<u8>) {
    let verdict = judge(zip.clone(), everybody());
    if verdict.standing == Standing::Valid {
        let base = all()
            .iter()
            .find(|base| Some(base.fingerprint) == verdict.fingerprint);
        must_be_unchanged(base.expect("the seal of a base"), &zip);
    }
    if verdict.standing != Standing::Invalid {
        must_be_listed(&zip);
    }
}

const OPERATIONS: u8 = 19;

/// A valid bundle after what these choices do to it.
fn spoilt(choices: &mut Choices<'_>) -> Vec<u8> {
    let base = &all()[choices.below(3)];
    let mut entries = base.entries();
    let mut raw: Vec<(usize, u8)> = Vec::new();
    for _ in 0..24 {
        if choices.is_empty() || entries.is_empty() {
            break;
        }
        let nth = operation(choices, base, &mut entries, &mut raw);
        if let Some(entry) = entries.get_mut(nth) {
            entry.sum = None;
        }
    }
    let mut zip = pack(&entries);
    for (at, with) in raw {
        let end = zip.len();
        if let Some(byte) = zip.get_mut(end.saturating_sub(1 + at)) {
            *byte ^= with;
        }
    }
    zip
}

/// One thing that is done. Returns which entry may have another content now.
fn operation(
    choices: &mut Choices<'_>,
    base: &Base,
    entries: &mut Vec<Entry>,
    raw: &mut Vec<(usize, u8)>,
) -> usize {
    let kind = choices.byte() % OPERATIONS;
    let nth = choices.below(entries.len());
    let length = entries[nth].content.len();
    match kind {
        0 => {
            let at = choices.word() % length.max(1);
            let with = choices.byte().max(1);
            if let Some(byte) = entries[nth].content.get_mut(at) {
                *byte ^= with;
            }
        }
        1 => {
            let at = choices.word().min(length);
            let count = usize::from(choices.byte()).min(length - at);
            entries[nth].content.drain(at..at + count);
        }
        2 => {
            let at = choices.word().min(length);
            let count = choices.below(17);
            let new = choices.take(count).to_vec();
            entries[nth].content.splice(at..at, new);
        }
        3 => drop(entries.remove(nth)),
        4 => entries[nth].name = name(choices),
        5 => {
            let count = choices.word();
            let name = name(choices);
            let content = choices.take(count % 512).to_vec();
            entries.insert(nth, Entry::plain(name, content));
        }
        6 => {
            let from = choices.below(entries.len());
            entries[nth].content = entries[from].content.clone();
        }
        7 => {
            let with = choices.below(entries.len());
            entries.swap(nth, with);
        }
        8 => {
            let mut copy = entries[nth].clone();
            if choices.byte() & 1 == 1 {
                copy.name.make_ascii_uppercase();
            }
            entries.push(copy);
        }
        9 => entries[nth].deflated ^= true,
        10 => entries[nth].follows ^= true,
        11 => {
            let side = choices.below(2);
            let count = choices.below(80);
            let extra = match choices.byte() % 4 {
                0 => choices.take(count).to_vec(),
                // The name in another field, for readers who look there (0x7075).
                1 => other_name(&entries[nth].name, &name(choices)),
                // Sizes and place in another field (zip64).
                2 => [&[1, 0, 24, 0][..], choices.take(24)].concat(),
                // Encrypted by AES, and packed otherwise within.
                _ => vec![
                    1,
                    0x99,
                    7,
                    0,
                    2,
                    0,
                    b'A',
                    b'E',
                    3,
                    8 * (choices.byte() & 1),
                    0,
                ],
            };
            entries[nth].extras[side] = extra;
        }
        12 => {
            let count = choices.below(80);
            entries[nth].tail = choices.take(count).to_vec();
        }
        // Anywhere, counted from the end, where the directory is.
        13 => raw.push((choices.word(), choices.byte())),
        14 => lines(choices, &mut entries[nth].content),
        15 => {
            // Another bundle's file of the same name.
            let other = &all()[choices.below(3)];
            let name = String::from_utf8_lossy(&entries[nth].name).into_owned();
            if let Some(content) = other.files.get(&name) {
                entries[nth].content = content.clone();
            }
        }
        16 => {
            let which = choices.below(4);
            let steps: [fn(&mut [Entry]); 4] = [name_subjects, fix_bag, fix_list, seal_anew];
            steps[which](entries);
        }
        17 => {
            // Two entries under each other's name, with the right ones in another field.
            let with = choices.below(entries.len());
            let names = [entries[nth].name.clone(), entries[with].name.clone()];
            let sides = choices.byte();
            for (at, [name, old]) in [
                (nth, [&names[1], &names[0]]),
                (with, [&names[0], &names[1]]),
            ] {
                entries[at].name = name.clone();
                for side in [0, 1].into_iter().filter(|side| sides >> side & 1 == 0) {
                    entries[at].extras[side] = other_name(name, old);
                }
            }
        }
        _ => {
            // All that can be done without the key, with or without another seal.
            let anew = choices.byte() & 1 == 1;
            if anew {
                claim(base, entries);
            }
            for step in [name_subjects, fix_bag, fix_list] {
                step(entries);
            }
            if anew {
                seal_anew(entries);
            }
        }
    }
    nth
}

fn name(choices: &mut Choices<'_>) -> Vec<u8> {
    let which = choices.below(NAMES.len() + 8);
    match NAMES.get(which) {
        Some(name) => name.as_bytes().to_vec(),
        None => {
            let count = choices.below(24);
            choices.take(count).to_vec()
        }
    }
}

/// The Info-ZIP field that gives an entry another name.
fn other_name(own: &[u8], other: &[u8]) -> Vec<u8> {
    let size = u16::try_from(5 + other.len()).unwrap_or(u16::MAX);
    [
        &[0x75, 0x70][..],
        &size.to_le_bytes(),
        &[1],
        &checksum(own).to_le_bytes(),
        other,
    ]
    .concat()
}

/// Takes a line out, puts one in twice, or swaps two.
fn lines(choices: &mut Choices<'_>, content: &mut Vec<u8>) {
    // A file without a line end is one line, which doubles with every turn.
    if content.len() > 1 << 20 {
        return;
    }
    let mut lines: Vec<Vec<u8>> = content
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let (one, other) = (choices.below(lines.len()), choices.below(lines.len()));
    match choices.byte() % 3 {
        0 => drop(lines.remove(one)),
        1 => lines.insert(other, lines[one].clone()),
        _ => lines.swap(one, other),
    }
    *content = lines.concat();
}

fn get<'e>(entries: &'e [Entry], name: &str) -> Option<&'e [u8]> {
    let entry = entries.iter().find(|entry| entry.name == name.as_bytes());
    entry.map(|entry| entry.content.as_slice())
}

fn set(entries: &mut [Entry], name: &str, content: impl Into<Vec<u8>>) {
    if let Some(entry) = entries
        .iter_mut()
        .find(|entry| entry.name == name.as_bytes())
    {
        entry.content = content.into();
        entry.sum = None;
    }
}

fn digests(entries: &[Entry], wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Digest> {
    let named = entries
        .iter()
        .map(|entry| (String::from_utf8_lossy(&entry.name).into_owned(), entry));
    let wanted = named.filter(|(name, _)| wanted(name));
    wanted
        .map(|(name, entry)| (name, Digest::sha256(&entry.content)))
        .collect()
}

/// The statement names the thief's certificate.
fn claim(base: &Base, entries: &mut [Entry]) {
    let thief = certificate::fingerprint(seals()[2].certificate());
    let statement =
        get(entries, STATEMENT).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if let Some(statement) = statement {
        set(
            entries,
            STATEMENT,
            statement.replace(&base.fingerprint.hex(), &thief.hex()),
        );
    }
}

fn name_subjects(entries: &mut [Entry]) {
    let outside = [STATEMENT, "data/log/case.tlog-proof"];
    let files = digests(entries, |name| {
        name.starts_with("data/") && !outside.contains(&name)
    });
    let read = get(entries, STATEMENT)
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok());
    if let Some(mut said) = read.filter(serde_json::Value::is_object) {
        let subject = files
            .iter()
            .map(|(name, digest)| serde_json::json!({"name": name, "digest": {"sha256": digest}}));
        said["subject"] = subject.collect();
        set(entries, STATEMENT, serde_json::to_vec(&said).expect("JSON"));
    }
}

fn fix_bag(entries: &mut [Entry]) {
    let payload = digests(entries, |name| name.starts_with("data/"));
    let size: usize = entries
        .iter()
        .filter(|entry| entry.name.starts_with(b"data/"))
        .map(|entry| entry.content.len())
        .sum();
    let info =
        get(entries, "bag-info.txt").map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let info = info.unwrap_or_default();
    let kept = info
        .lines()
        .filter(|line| !line.starts_with("Payload-Oxum: "));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    let oxum = format!("Payload-Oxum: {size}.{}\n", payload.len());
    set(entries, "bag-info.txt", oxum + &kept);
    set(entries, "manifest-sha256.txt", listed(&payload));
    let tags = digests(entries, |name| {
        !name.contains('/') && name != "tagmanifest-sha256.txt"
    });
    set(entries, "tagmanifest-sha256.txt", listed(&tags));
}

/// As `sha256sum` writes it.
pub(super) fn listed(files: &BTreeMap<String, Digest>) -> String {
    files
        .iter()
        .map(|(name, digest)| format!("{}  {name}\n", digest.hex()))
        .collect()
}

fn fix_list(entries: &mut [Entry]) {
    let Some(list) =
        get(entries, SEALED_LIST).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    else {
        return;
    };
    let head: Vec<&str> = list.lines().take(3).collect();
    let files = digests(entries, |name| {
        name != "mimetype" && !name.starts_with("META-INF/")
    });
    let lines = files.iter().map(|(name, digest)| {
        let value = BASE64.encode(digest.0);
        format!("<asic:DataObjectReference URI=\"{name}\" MimeType=\"text/plain\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>\n")
    });
    let lines: String = lines.collect();
    let list = format!("{}\n{lines}</asic:ASiCManifest>\n", head.join("\n"));
    set(entries, SEALED_LIST, list);
}

/// The thief's seal in the place of the other.
fn seal_anew(entries: &mut [Entry]) {
    let (Some(signature), Some(list)) = (get(entries, SIGNATURE), get(entries, SEALED_LIST)) else {
        return;
    };
    if let Some(signature) = resealed(signature, list, &seals()[2]) {
        set(entries, SIGNATURE, signature);
    }
}

/// A signature made over to another content and another signer; `None` if it is none.
pub(super) fn resealed(signature: &[u8], list: &[u8], seal: &Seal) -> Option<Vec<u8>> {
    let outer = ContentInfo::from_der(signature).ok()?;
    let mut signed = outer.content.decode_as::<SignedData>().ok()?;
    let mut signers = signed.signer_infos.0.into_vec();
    let signer = signers.first_mut()?;
    let own = seal.certificate();
    let hash = certificate::fingerprint(own).0;
    let named = [&[0x30, 0x26, 0x30, 0x24, 0x30, 0x22, 4, 0x20][..], &hash].concat();
    let mut attributes = signer.signed_attrs.take()?.into_vec();
    for attribute in &mut attributes {
        let value = match attribute.oid {
            rfc5911::ID_MESSAGE_DIGEST => {
                Any::encode_from(&OctetString::new(Digest::sha256(list).0).ok()?).ok()?
            }
            rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2 => Any::from_der(&named).ok()?,
            _ => continue,
        };
        attribute.values = vec![value].try_into().ok()?;
    }
    let attributes: der::asn1::SetOfVec<_> = attributes.try_into().ok()?;
    let value = seal.sign_message(&attributes.to_der().ok()?).ok()?;
    signer.signature = OctetString::new(value).ok()?;
    signer.signed_attrs = Some(attributes);
    signer.sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: own.tbs_certificate.issuer.clone(),
        serial_number: own.tbs_certificate.serial_number.clone(),
    });
    let certificates = vec![CertificateChoices::Certificate(own.clone())];
    signed.certificates = Some(CertificateSet(certificates.try_into().ok()?));
    signed.signer_infos = SignerInfos::try_from(signers).ok()?;
    let content = Any::encode_from(&signed).ok()?;
    ContentInfo {
        content_type: outer.content_type,
        content,
    }
    .to_der()
    .ok()
}
