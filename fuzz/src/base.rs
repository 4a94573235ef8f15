//! Bundles that are valid, to be spoilt: the golden ones, and one of an invented house with a log and a change of seal. And what must
//! hold of every verdict.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Mutex, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use dsr::evidence::commitment::Opened;
use dsr::evidence::verify::{Clock, verify_bytes};
use dsr::evidence::{
    self, Anchor, Anchors, Change, JournalLine, Log, Material, Seal, Standing, Verdict, Witnesses,
    certificate,
};
use dsr::inventory::Approval;
use dsr::keys::{Digest, Key};
use dsr::ledger::{Event, Leaf};
use dsr::translog::{Inclusion, Signer, VerifierKey, tree};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::container::{Entry, checksum, pack};

pub const SIGNATURE: &str = "META-INF/signature001.p7s";
pub const SEALED_LIST: &str = "META-INF/ASiCManifest001.xml";
pub const TIME_LIST: &str = "META-INF/ASiCManifest002.xml";
pub const TIME_STAMP: &str = "META-INF/timestamp002.tst";
pub const STATEMENT: &str = "data/statement.json";

pub type Files = BTreeMap<String, Vec<u8>>;

/// A valid bundle, and whom its reader trusts.
pub struct Base {
    pub files: Files,
    /// The same as they stand in a zip, the container's type first.
    entries: Vec<Entry>,
    pub anchors: Anchors,
    /// As it came.
    pub zip: Vec<u8>,
    /// Of its seal's certificate.
    pub fingerprint: Digest,
    pub sealed_at: Timestamp,
    /// When an authority saw its seal, and under which policy.
    pub stamp: Option<(Timestamp, String)>,
}

impl Base {
    fn new(zip: Vec<u8>, anchors: Anchors) -> Base {
        let files = directory(&zip);
        let verdict = judge(zip.clone(), &anchors);
        assert_eq!(verdict.standing, Standing::Valid, "{:?}", verdict.reasons);
        Base {
            entries: entries(&files),
            files,
            anchors,
            zip,
            fingerprint: verdict.fingerprint.expect("a signer"),
            sealed_at: verdict.sealed_at.expect("a time"),
            stamp: verdict.time.seal.map(|stamp| (stamp.at, stamp.policy)),
        }
    }

    /// The same files in a zip of the harness's own, with some of them replaced or added.
    pub fn with(&self, others: &[(&str, &[u8])]) -> Vec<u8> {
        let mut entries = self.entries();
        for (name, content) in others {
            let new = Entry::plain(*name, *content);
            match entries.iter_mut().find(|entry| entry.name == new.name) {
                Some(entry) => *entry = new,
                None => entries.push(new),
            }
        }
        pack(&entries)
    }

    /// All files as entries, the container's type first.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.clone()
    }
}

/// As [`Base::entries`].
fn entries(files: &Files) -> Vec<Entry> {
    let one = |(name, content): (&String, &Vec<u8>)| Entry {
        sum: Some(checksum(content)),
        ..Entry::plain(name.as_str(), content.as_slice())
    };
    let is_first = |(name, _): &(&String, &Vec<u8>)| *name == "mimetype";
    let (first, rest): (Vec<_>, Vec<_>) = files.iter().partition(is_first);
    first.into_iter().chain(rest).map(one).collect()
}

/// All valid bundles.
pub fn all() -> &'static [Base; 3] {
    static ALL: OnceLock<[Base; 3]> = OnceLock::new();
    ALL.get_or_init(|| {
        let pem = |text: &str| Anchor::from_pem(text).expect("certificates");
        let first = Anchors::of_seal(pem(include_str!("../../tests/golden/evidence-1.pem")));
        let second = Anchors {
            seal: pem(include_str!("../../tests/golden/evidence-2.pem")),
            time: pem(include_str!("../../tests/golden/evidence-2-tsa.pem")),
            log: Vec::new(),
            must_be_logged: false,
        };
        [
            Base::new(
                include_bytes!("../../tests/golden/evidence-1.zip").to_vec(),
                first,
            ),
            Base::new(
                include_bytes!("../../tests/golden/evidence-2.zip").to_vec(),
                second,
            ),
            house(),
        ]
    })
}

/// The seal of the invented house, of its past, and of a thief who took its name. Each key seals nothing but these inputs.
pub fn seals() -> &'static [Seal; 3] {
    static SEALS: OnceLock<[Seal; 3]> = OnceLock::new();
    SEALS.get_or_init(|| {
        let seal = |key: &str, pem: &str| {
            Seal::from_pem(&SecretString::from(key.to_owned()), pem).expect("a seal")
        };
        [
            seal(
                include_str!("../keys/house.key"),
                include_str!("../keys/house.pem"),
            ),
            seal(
                include_str!("../keys/before.key"),
                include_str!("../keys/before.pem"),
            ),
            seal(
                include_str!("../keys/thief.key"),
                include_str!("../keys/thief.pem"),
            ),
        ]
    })
}

fn at(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().expect("a day")
}

/// The key of the invented log.
pub fn log_key() -> Signer {
    // PKCS#8 of an Ed25519 key, up to the key itself (RFC 8410, section 7).
    let head = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    let body = BASE64.encode([&head[..], &[7; 32]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    Signer::from_pem(&SecretString::from(pem), "dsr.log/fuzz".into()).expect("a key")
}

/// A log in memory.
struct Memory {
    signer: Signer,
    leaves: Mutex<Vec<Digest>>,
}

impl Memory {
    fn add(&self, leaf: Digest) -> Inclusion {
        let mut leaves = self.leaves.lock().expect("one thread");
        leaves.push(leaf);
        let index = leaves.len() - 1;
        Inclusion {
            index: index as u64,
            path: tree::inclusion(&leaves, index).expect("a leaf"),
            signed: self
                .signer
                .checkpoint(leaves.len() as u64, tree::root(&leaves)),
        }
    }
}

impl Log for Memory {
    fn key(&self) -> VerifierKey {
        self.signer.key()
    }

    fn prove(&self, leaf: &Digest) -> dsr::diagnostic::Result<Option<Inclusion>> {
        let leaves = self.leaves.lock().expect("one thread").clone();
        let index = leaves.iter().position(|known| known == leaf);
        Ok(index.map(|index| Inclusion {
            index: index as u64,
            path: tree::inclusion(&leaves[..=index], index).expect("a leaf"),
            signed: self
                .signer
                .checkpoint(index as u64 + 1, tree::root(&leaves[..=index])),
        }))
    }

    fn anchoring(&self) -> dsr::diagnostic::Result<dsr::evidence::Anchoring> {
        Ok(dsr::evidence::Anchoring::Daily)
    }

    fn append(&self, statement: &[u8]) -> dsr::diagnostic::Result<Inclusion> {
        Ok(self.add(tree::leaf(statement)))
    }
}

/// A small bundle with everything that the golden ones do not have.
fn house() -> Base {
    let case = "2026-K7QF3M";
    let key = Key::from_bytes([9; 32]);
    let received = jiff::civil::date(2026, 11, 30);
    let leaf = Opened::of(&key, case, received).hash();
    let events = [
        Event::CaseOpened {
            rights: vec!["access".into()],
            received,
            channel: "letter".into(),
            operator: "op1".into(),
        },
        Event::LeafAppended {
            leaf,
            of: Leaf::Opened,
        },
        Event::IdentityConfirmed {
            method: "known_address".into(),
            operator: "op1".into(),
        },
    ];
    let mut before = Digest([0; 32]);
    let journal: Vec<JournalLine> = (1..)
        .zip(events)
        .map(|(n, event)| {
            let mut value = serde_json::to_value(&event).expect("an event");
            value["seq"] = json!(n);
            value["prev"] = json!(Digest::sha256(&[0]));
            value["at"] = json!(at("2026-12-01"));
            value["case"] = json!(case);
            value["n"] = json!(n);
            value["case_prev"] = json!(before);
            let bytes = dsr::canonical::bytes(&value);
            before = Digest::sha256(&bytes);
            JournalLine {
                seq: n,
                at: at("2026-12-01"),
                event,
                bytes,
                hash: before,
            }
        })
        .collect();
    let material = Material {
        case,
        controller: "Acme GmbH".into(),
        seat: "DE-BY".into(),
        contact: None,
        case_key: &key,
        journal: &journal,
        plan: None,
        findings: None,
        inventory_extract: json!({}),
        inventory_digest: Digest::sha256(b"dsr.yaml"),
        lock_digest: Digest::sha256(b"dsr.lock"),
        law: json!({}),
        received,
        answered: None,
        identity_method: "known_address".into(),
        operator: "op1".into(),
        approver: None,
        approval: Approval::None,
        connectors: Vec::new(),
        number: 1,
        predecessor: None,
        keep_until: None,
        open_stamp: None,
        anomalies: Vec::new(),
        amendments: None,
        now: at("2026-12-02"),
    };
    let log = Memory {
        signer: log_key(),
        leaves: Mutex::new(Vec::new()),
    };
    log.add(tree::leaf(b"another case"));
    log.add(leaf);
    log.add(tree::leaf(b"a third case"));

    let [house, old, _] = seals();
    let own = certificate::fingerprint(house.certificate());
    let change = Change::link(old, own, at("2026-12-01")).expect("a change of seal");
    let seal = Seal::from_pem(
        &SecretString::from(include_str!("../keys/house.key").to_owned()),
        include_str!("../keys/house.pem"),
    );
    let seal = seal.expect("a seal").after(vec![change]);
    let folder = tempfile::tempdir().expect("a folder");
    let witnesses = Witnesses {
        time: None,
        log: Some(&log),
    };
    let made = evidence::make(&material, &seal, witnesses, folder.path()).expect("a bundle");
    let zip = std::fs::read(made.path).expect("its bytes");
    // The reader knows the seal of the past alone, so that the change is followed.
    let anchor = Anchor::Certificate(Box::new(old.certificate().clone()));
    let mut anchors = Anchors::of_seal(vec![anchor]);
    anchors.log.push(log.key());
    Base::new(zip, anchors)
}

/// The verdict over a container, which has to agree with itself.
pub fn judge(zip: Vec<u8>, anchors: &Anchors) -> Verdict {
    let verdict = verify_bytes(zip, anchors).expect("memory can always be read");
    let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code).collect();
    let vouched = verdict.anchor.is_some() || verdict.followed.is_some();
    match verdict.standing {
        Standing::Valid => {
            assert!(codes.is_empty() && vouched, "valid, and {codes:?}");
            let known = verdict.signer.is_some()
                && verdict.fingerprint.is_some()
                && verdict.level.is_some();
            assert!(
                known && verdict.bundle.is_some() && verdict.sealed_at.is_some(),
                "valid without a signer"
            );
        }
        Standing::IntactButSignerUnknown => {
            assert!(
                matches!(codes[..], ["E746"] | ["E746", "E674"]) && !vouched,
                "unknown, and {codes:?}"
            );
        }
        Standing::Invalid => assert!(!codes.is_empty(), "invalid without a reason"),
    }
    let stamped = verdict.time.best().map(|best| best.anchor.is_some());
    let expected = match verdict.time.clock {
        Clock::Stamped => stamped == Some(true),
        Clock::StampedByUnknown => stamped == Some(false),
        Clock::Pending | Clock::None => stamped.is_none(),
    };
    assert!(expected, "the clock says another thing than the stamps");
    let stamps = [
        &verdict.time.seal,
        &verdict.time.container,
        &verdict.time.opened,
    ];
    let authorities = stamps.into_iter().flatten().map(|stamp| &stamp.authority);
    let said = verdict
        .case
        .iter()
        .chain(&verdict.signer)
        .chain(&verdict.unchecked)
        .chain(authorities);
    for text in said {
        assert_eq!(
            dsr::harmless::shown(text),
            *text,
            "not harmless on a terminal"
        );
    }
    verdict
}

/// Panics unless the sealed list names every file that it has to, as it is.
pub fn must_be_listed(zip: &[u8]) {
    let found = directory(zip);
    let list = std::str::from_utf8(&found[SEALED_LIST]).expect("a list is text");
    let is_listed = |name: &&String| *name != "mimetype" && !name.starts_with("META-INF/");
    for name in found.keys().filter(is_listed) {
        let digest = BASE64.encode(Digest::sha256(&found[name]).0);
        let line = list
            .lines()
            .find(|line| line.contains(&format!("URI=\"{name}\"")));
        assert!(
            line.is_some_and(|line| line.contains(&digest)),
            "{name} is not listed"
        );
    }
}

/// All files, by the directory.
fn directory(zip: &[u8]) -> Files {
    let mut found = Files::new();
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("a zip");
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("an entry");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("its content");
        let name = file.name().expect("its name").into_owned();
        assert!(found.insert(name, content).is_none(), "a name stands twice");
    }
    found
}

/// Panics unless all that the seal of the base stands over is in this container as it was. The content is read from the front, as
/// a reader of streams does, and by the directory.
pub fn must_be_unchanged(base: &Base, zip: &[u8]) {
    let found = directory(zip);
    let mut rest = zip;
    while let Ok(Some(mut file)) = ::zip::read::read_zipfile_from_stream(&mut rest) {
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("its content");
        let name = file.name().expect("its name").into_owned();
        assert_eq!(
            found.get(&name),
            Some(&content),
            "{name} is another to a reader of streams"
        );
    }
    let is_sealed = |name: &str| !name.starts_with("META-INF/") || name == SEALED_LIST;
    for (name, content) in base.files.iter().filter(|(name, _)| is_sealed(name)) {
        assert_eq!(
            found.get(name),
            Some(content),
            "{name} changed and the verdict is valid"
        );
    }
    for name in found.keys().filter(|name| !base.files.contains_key(*name)) {
        assert!(
            !is_sealed(name),
            "{name} was added and the verdict is valid"
        );
    }
    assert!(found.contains_key(SIGNATURE));
}
