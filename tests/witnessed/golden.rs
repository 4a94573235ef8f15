//! Evidence of every kind as versions made it. It must stay readable; it is never made anew.

use std::path::Path;

use dsr::evidence::verify::Kind;
use dsr::evidence::{self, Anchor, Anchors, Clock, Standing};
use dsr::translog::VerifierKey;

use crate::page::{Page, project};
use crate::{codes, same_on, script};

/// A case, stamped under RSA; a period and a complete case, stamped under ECDSA on P-256 and P-384. All three are in one log.
const GOLDEN: [(&str, Kind, u64); 3] = [
    ("evidence-3", Kind::Case, 1),
    ("evidence-4", Kind::Period, 2),
    ("evidence-5", Kind::Authority, 4),
];

#[test]
fn the_golden_containers_with_stamp_and_log_stay_valid() {
    let folder = project("tests/golden");
    let file = |name: String| folder.join(name);
    for (name, kind, index) in GOLDEN {
        let (zip, own) = (file(format!("{name}.zip")), file("evidence-3.pem".into()));
        let tsa = file(format!("{name}-tsa.pem"));
        let key = fs_err::read_to_string(file("evidence-3.vkey".into())).unwrap();
        let pem = |path: &Path| Anchor::from_pem(&fs_err::read_to_string(path).unwrap()).unwrap();
        let anchors = Anchors {
            seal: pem(&own),
            time: pem(&tsa),
            log: vec![VerifierKey::parse(key.trim()).unwrap()],
            must_be_logged: true,
        };
        let verdict = evidence::verify(&zip, &anchors).unwrap();
        assert_eq!(
            (verdict.standing, codes(&verdict), verdict.kind),
            (Standing::Valid, vec![], kind),
            "{name}"
        );
        assert_eq!(verdict.time.clock, Clock::Stamped, "{name}");
        for stamp in [&verdict.time.seal, &verdict.time.container] {
            assert!(stamp.as_ref().unwrap().anchor.is_some(), "{name}");
        }
        assert_eq!(verdict.time.opened.is_some(), kind == Kind::Case);
        let log = verdict.log.as_ref().unwrap();
        assert_eq!((log.is_key_named, log.index), (true, index), "{name}");
        assert_eq!(verdict.worth.unwrap().level().code(), "S1");

        let mut page = Page::open("en");
        if let Some(page) = &mut page {
            page.trust(&own);
            page.trust_time(&tsa);
            page.trust_log(&key);
        }
        same_on(&mut page, &zip, &verdict, name);
        let (code, said) = script(&zip, &own, Some(&tsa), key.trim());
        assert_eq!(code, 0, "{name}: {said}");
        assert!(
            said.contains("by the authority you named")
                && said.contains("signed by the key you named"),
            "{name}: {said}"
        );
    }
}

/// The first that carry what their covers rest on (`data/cover.json`), made in German: a case, a period with retention runs, a complete case.
/// Where this fails because a cover reads otherwise now, the words have changed, and with them the number of the version has to.
const WITH_COVERS: [(&str, Kind, u64); 3] = [
    ("evidence-9", Kind::Case, 1),
    ("evidence-10", Kind::Period, 2),
    ("evidence-11", Kind::Authority, 4),
];

#[test]
fn the_golden_containers_whose_covers_can_be_drawn_anew_stay_valid() {
    let folder = project("tests/golden");
    let own = folder.join("evidence-9.pem");
    let key = fs_err::read_to_string(folder.join("evidence-9.vkey")).unwrap();
    let anchors = Anchors {
        log: vec![VerifierKey::parse(key.trim()).unwrap()],
        must_be_logged: true,
        ..Anchors::of_seal(Anchor::from_pem(&fs_err::read_to_string(&own).unwrap()).unwrap())
    };
    let mut page = Page::open("en");
    if let Some(page) = &mut page {
        page.trust(&own);
        page.trust_log(&key);
    }
    for (name, kind, index) in WITH_COVERS {
        let zip = folder.join(format!("{name}.zip"));
        let verdict = evidence::verify(&zip, &anchors).unwrap();
        assert_eq!(
            (verdict.standing, codes(&verdict), verdict.kind),
            (Standing::Valid, vec![], kind),
            "{name}"
        );
        // A later version may have other words for its covers.
        let mut warned = verdict.warnings.iter().map(|warning| warning.code);
        assert!(warned.all(|code| code == "W345"), "{name}");
        assert_eq!(verdict.log.as_ref().unwrap().index, index, "{name}");
        same_on(&mut page, &zip, &verdict, name);
        let (code, said) = script(&zip, &own, None, key.trim());
        assert_eq!(code, 0, "{name}: {said}");
    }
}
