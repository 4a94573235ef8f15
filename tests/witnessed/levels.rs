//! What a seal is worth with a certificate that calls itself qualified, and between which stamps it was made.

use dsr::diagnostic::Diagnostic;
use dsr::evidence::stamp::Request;
use dsr::evidence::{self, Anchor, Anchors, Authority, Clock, Seal, Standing, Witnesses};
use dsr::keys::Digest;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::material::Case;
use crate::page::Page;
use crate::tsa::{Kind, Tsa};
use crate::{Bench, same_on};

/// An authority, and whether its tokens call themselves qualified.
struct Of<'t>(&'t Tsa, bool);

impl Authority for Of<'_> {
    fn stamp(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let request = Request::new(*content, None, [3; 8]);
        let reply = self.0.reply(&request.to_der().unwrap());
        let (token, _) = request.read(&reply)?;
        Ok(match self.1 {
            true => self.0.calling_itself_qualified(&token),
            false => token,
        })
    }
}

/// Seal and issuer (PEM) of an organisation whose certificate has these QCStatements (ETSI EN 319 412-5).
fn issued(statements: &[&[u8]]) -> (Seal, String) {
    let mut root = CertificateParams::default();
    root.distinguished_name
        .push(DnType::OrganizationName, "Trust Centre");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let above = KeyPair::generate().unwrap();
    let pem = root.self_signed(&above).unwrap().pem();
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Acme GmbH");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let inner = statements.concat();
    let value = [vec![0x30, u8::try_from(inner.len()).unwrap()], inner].concat();
    let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 3], value);
    params.custom_extensions = vec![extension];
    let key = KeyPair::generate().unwrap();
    let own = params.signed_by(&key, &Issuer::new(root, &above)).unwrap();
    let seal = Seal::from_pem(&key.serialize_pem().into(), &(own.pem() + &pem)).unwrap();
    (seal, pem)
}

#[test]
fn a_certificate_that_calls_itself_qualified_makes_level_s2_with_a_stamp_and_not_without() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let compliance = [0x30, 8, 6, 6, 4, 0, 0x8e, 0x46, 1, 1];
    let eseal = [
        0x30, 19, 6, 6, 4, 0, 0x8e, 0x46, 1, 6, 0x30, 9, 6, 7, 4, 0, 0x8e, 0x46, 1, 6, 2,
    ];
    let esign = [
        0x30, 19, 6, 6, 4, 0, 0x8e, 0x46, 1, 6, 0x30, 9, 6, 7, 4, 0, 0x8e, 0x46, 1, 6, 1,
    ];
    let device = [0x30, 8, 6, 6, 4, 0, 0x8e, 0x46, 1, 4];
    type Told<'t> = (&'t [&'t [u8]], bool, &'t str, &'t [&'t str]);
    let told: [Told<'_>; 4] = [
        (
            &[&compliance, &eseal],
            false,
            "S2",
            &["calls itself qualified"],
        ),
        (
            &[&compliance, &device, &eseal],
            true,
            "S2",
            &["calls itself qualified", "trusted list"],
        ),
        (&[&compliance, &esign], false, "S1", &[]),
        (&[&eseal, &device], true, "S1", &["trusted list"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("centre.pem");
    for (number, (statements, authority, level, words)) in told.into_iter().enumerate() {
        let (seal, pem) = issued(statements);
        let case = Case::new();
        let mut material = case.material();
        material.now = jiff::Timestamp::now();
        let room = folder.path().join(number.to_string());
        fs_err::create_dir(&room).unwrap();
        let authority = Of(&tsa, authority);
        let witnesses = Witnesses {
            time: Some(&authority),
            log: None,
        };
        let made = evidence::make(&material, &seal, witnesses, &room).unwrap();
        let anchors = Anchors {
            seal: Anchor::from_pem(&pem).unwrap(),
            time: Anchor::from_pem(&tsa.ca_pem()).unwrap(),
            ..Anchors::default()
        };
        let verdict = evidence::verify(&made.path, &anchors).unwrap();
        assert_eq!(verdict.standing, Standing::Valid);
        assert_eq!(verdict.time.clock, Clock::Stamped, "{:?}", made.time);
        assert_eq!(verdict.worth.unwrap().level().code(), level);
        let said = verdict.level.clone().unwrap();
        assert!(
            said.en.starts_with(&format!("Level {level}")),
            "{}",
            said.en
        );
        for words in words {
            assert!(said.en.contains(words), "{words}: {}", said.en);
        }
        for text in [&said.en, &said.de] {
            assert!(!text.contains("is qualified") && !text.contains("ist qualifiziert"));
        }
        // Without the authority nothing is left of it but the claim.
        let alone = Anchors::of_seal(Anchor::from_pem(&pem).unwrap());
        let stranger = evidence::verify(&made.path, &alone).unwrap();
        assert_eq!(stranger.worth.unwrap().level().code(), "S0");
        let claims = stranger.level.clone().unwrap().en;
        assert!(
            claims.contains(&format!("claims level {level}")),
            "{claims}"
        );

        // The page says the same in the same words, the script holds the same for valid.
        fs_err::write(&ca, &pem).unwrap();
        let mut page = Page::open("en");
        if let Some(page) = &mut page {
            page.trust(&ca);
            page.trust_time(&tsa.ca());
        }
        same_on(&mut page, &made.path, &verdict, level);
        if let Some(page) = &mut page {
            let shown = page.text();
            assert!(shown.contains(&said.en), "{}\n{shown}", said.en);
        }
        // The script tells the level in its own words, and without the authority only what the certificate calls itself.
        for (named, expected) in [
            (vec![&made.path, &ca], "S0"),
            (vec![&made.path, &ca, &tsa.ca()], level),
        ] {
            let script = std::process::Command::new("bash")
                .arg(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/scripts/verify-evidence.sh"
                ))
                .args(named)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&script.stdout);
            assert_eq!(script.status.code(), Some(0), "{said}");
            let words = format!("Level {expected} of S0 to S3: ");
            assert!(said.contains(&words), "{words}{said}");
            assert_eq!(
                said.contains("calls itself qualified"),
                level == "S2",
                "{said}"
            );
        }
    }
}

#[test]
fn the_verdict_says_between_which_stamps_a_bundle_was_made() {
    let Some(bench) = Bench::new(Kind::P256) else {
        return;
    };
    let case = bench.erase();
    let path = bench.bundle(&case);
    let verdict = bench.verdict(&path);
    let opened = verdict.time.opened.as_ref().unwrap().at;
    let sealed = verdict.time.seal.as_ref().unwrap().at;
    assert!(opened <= sealed);
    let shown = |lang: &str| {
        let args = ["evidence", "verify", path.to_str().unwrap(), "--lang", lang];
        crate::ok(&bench.company, &args).out
    };
    let lines = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let english = lines(&shown("en"));
    assert!(
        english.contains(&format!("not after {opened} by")),
        "{english}"
    );
    assert!(
        english.contains(&format!("Sealed between {opened} and {sealed}: the stamp")),
        "{english}"
    );
    let german = lines(&shown("de"));
    assert!(
        german.contains(&format!(
            "Gesiegelt zwischen {opened} und {sealed}: der Stempel"
        )),
        "{german}"
    );

    // While the stamp of the bundle is pending, that of the opening still says one half.
    bench.sleeps(true);
    let made = crate::json(&bench.company, &["evidence", "make", &case]);
    let path = bench.company.path("").join(made["path"].as_str().unwrap());
    assert_eq!(bench.verdict(&path).time.clock, Clock::Pending);
    let args = ["evidence", "verify", path.to_str().unwrap(), "--lang", "en"];
    let said = lines(&crate::ok(&bench.company, &args).out);
    assert!(
        said.contains(&format!("not before {opened}: the stamp")),
        "{said}"
    );
}
