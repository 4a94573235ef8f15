//! Where a key can lie: PKCS#8 plain and encrypted, PKCS#12, a program, a token behind one.

use dsr::evidence::{self, Anchor, Anchors, Seal, Sign, Standing, Witnesses};
use secrecy::SecretString;

use crate::material::Case;
use crate::pki::{Pki, has, mode};
use crate::workspace::{Company, INVENTORY};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn code(made: dsr::diagnostic::Result<Seal>) -> &'static str {
    made.unwrap_err().diagnostics[0].code
}

/// Refused because of the passphrase, and that is what is said.
fn is_closed(made: dsr::diagnostic::Result<Seal>) -> bool {
    let refused = made.unwrap_err().diagnostics.remove(0);
    refused.code == "E686" && refused.why.unwrap().en.contains("another passphrase")
}

/// Seals a bundle and verifies it under the authority that stands above the certificate.
fn seals(seal: &Seal, pki: &Pki) {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::new();
    let mut material = case.material();
    // The certificates were made a moment ago.
    material.now = jiff::Timestamp::now();
    let made = evidence::make(&material, seal, Witnesses::default(), folder.path());
    let made = made.unwrap();
    let root = Anchor::from_pem(&pki.read("root.pem")).unwrap();
    let verdict = evidence::verify(&made.path, &Anchors::of_seal(root)).unwrap();
    assert_eq!(verdict.standing, Standing::Valid, "{:?}", verdict.reasons);
}

#[test]
fn a_key_under_a_passphrase_seals_and_the_wrong_one_opens_nothing() {
    if !has(&["openssl"]) {
        return;
    }
    let pki = Pki::new();
    let certificate = pki.read("cert.pem");
    for how in [
        "-v2 aes-256-cbc",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        "-scrypt",
    ] {
        pki.openssl(&format!(
            "pkcs8 -topk8 -in key.pem -out locked.pem -passout pass:geheim {how}"
        ));
        let key = secret(&pki.read("locked.pem"));
        let open = |passphrase: Option<&str>| {
            let passphrase = passphrase.map(secret);
            Seal::from_pem_under(&key, passphrase.as_ref(), &certificate)
        };
        seals(&open(Some("geheim")).unwrap(), &pki);
        assert!(is_closed(open(Some("Geheim"))), "{how}");
        assert!(is_closed(open(Some(""))), "{how}");
        assert_eq!(code(open(None)), "E686", "{how}");
    }
    // What is not encrypted needs no passphrase, and one that is named does no harm.
    let plain = secret(&pki.read("key.pem"));
    assert!(Seal::from_pem_under(&plain, Some(&secret("x")), &certificate).is_ok());
    // Triple DES is not opened, and it is not the passphrase that is blamed.
    pki.openssl("pkcs8 -topk8 -in key.pem -out old.pem -passout pass:geheim -v2 des3");
    let old = Seal::from_pem_under(
        &secret(&pki.read("old.pem")),
        Some(&secret("geheim")),
        &certificate,
    );
    let old = old.unwrap_err().diagnostics.remove(0);
    assert!(old.code == "E686" && old.why.unwrap().en.contains("AES"));
}

#[test]
fn a_pkcs12_file_seals_with_the_chain_that_lies_in_it() {
    if !has(&["openssl"]) {
        return;
    }
    let pki = Pki::new();
    for more in [
        "",
        "-certpbe AES-128-CBC -keypbe AES-256-CBC -macalg sha512 -iter 5000",
        "-macalg sha384 -name Siegel",
        "-certpbe NONE",
        "-nomac",
    ] {
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(" {more}")
        };
        pki.openssl(&format!(
            "pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim{more}"
        ));
        let der = pki.bytes("seal.p12");
        let seal = Seal::from_pkcs12(&der, &secret("geheim")).unwrap();
        assert!(
            seal.pem().matches("BEGIN CERTIFICATE").count() == 2,
            "{more}"
        );
        seals(&seal, &pki);
        assert!(
            is_closed(Seal::from_pkcs12(&der, &secret("geheim "))),
            "{more}"
        );
        assert!(is_closed(Seal::from_pkcs12(&der, &secret(""))), "{more}");
    }
    // Umlauts go into the file as UTF-16 for the check value and as UTF-8 for the key.
    pki.openssl("pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:gehörigÖ");
    assert!(Seal::from_pkcs12(&pki.bytes("seal.p12"), &secret("gehörigÖ")).is_ok());
    pki.openssl("pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:");
    assert!(Seal::from_pkcs12(&pki.bytes("seal.p12"), &secret("")).is_ok());
}

#[test]
fn a_pkcs12_file_that_cannot_seal_says_why() {
    if !has(&["openssl"]) {
        return;
    }
    let pki = Pki::new();
    let refused = |why: &str| {
        let refused = Seal::from_pkcs12(&pki.bytes("seal.p12"), &secret("geheim"));
        let refused = refused.unwrap_err().diagnostics.remove(0);
        assert_eq!(refused.code, "E687");
        let said = refused.why.unwrap().en;
        assert!(said.contains(why), "{said}");
    };
    pki.openssl(
        "pkcs12 -export -legacy -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim",
    );
    refused("only AES");
    let company = Company::new();
    give(&company, &pki, &["seal.p12"]);
    company.write("phrase", "geheim\n");
    mode(&company.path("phrase"), 0o600);
    with_seal(
        &company,
        "{ pkcs12: seal.p12, passphrase: \"file:phrase\" }",
    );
    let check = company.run(&["check"]).out;
    assert!(
        check.contains("E583") && check.contains("openssl pkcs12 -legacy -in OLD.p12"),
        "the remedy is the file's own: {check}"
    );
    pki.openssl("pkcs12 -export -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha256 -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim");
    refused("only AES");
    pki.openssl("pkcs12 -export -nokeys -in cert.pem -out seal.p12 -passout pass:geheim");
    refused("no P-256 key");
    pki.openssl("req -x509 -newkey rsa:2048 -noenc -keyout rsa.key -out rsa.pem -subj /O=Acme");
    pki.openssl("pkcs12 -export -inkey rsa.key -in rsa.pem -out seal.p12 -passout pass:geheim");
    refused("no P-256 key");
    pki.openssl(
        "pkcs12 -export -nocerts -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim",
    );
    refused("certificate of its key");
    pki.write("seal.p12", "-----BEGIN PRIVATE KEY-----");
    refused("in DER");

    // Whatever is changed or cut off: refused, and never a panic. What is left as it was opens as it did.
    pki.openssl(
        "pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim -iter 1",
    );
    let whole = pki.bytes("seal.p12");
    for at in (0..whole.len()).step_by(7) {
        let mut bent = whole.clone();
        bent[at] ^= 0x10;
        drop(Seal::from_pkcs12(&bent, &secret("geheim")));
        assert!(Seal::from_pkcs12(&whole[..at], &secret("geheim")).is_err());
    }
}

#[test]
fn a_key_of_somebody_else_does_not_seal() {
    if !has(&["openssl"]) {
        return;
    }
    let (pki, other) = (Pki::new(), Pki::new());
    let key = secret(&pki.read("key.pem"));
    assert_eq!(code(Seal::from_pem(&key, &other.read("cert.pem"))), "E703");
    struct Wrong(Vec<u8>);
    impl Sign for Wrong {
        fn sign(&self, _: &[u8]) -> dsr::diagnostic::Result<Vec<u8>> {
            Ok(self.0.clone())
        }
    }
    for answer in [
        vec![0; 64],
        b"error: no token".to_vec(),
        vec![0x30, 6, 2, 1, 0, 2, 1, 0],
    ] {
        let seal = Seal::from_signer(Box::new(Wrong(answer)), &pki.read("cert.pem")).unwrap();
        let refused = seal.sign_message(b"x").unwrap_err();
        assert_eq!(refused.diagnostics[0].code, "E689");
        let folder = tempfile::tempdir().unwrap();
        let made = evidence::make(
            &Case::new().material(),
            &seal,
            Witnesses::default(),
            folder.path(),
        );
        assert_eq!(made.unwrap_err().diagnostics[0].code, "E689");
        assert_eq!(
            fs_err::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing is left behind"
        );
    }
    pki.openssl("req -x509 -newkey rsa:2048 -noenc -keyout rsa.key -out rsa.pem -subj /O=Acme");
    let rsa = Seal::from_signer(Box::new(Wrong(Vec::new())), &pki.read("rsa.pem"));
    assert_eq!(code(rsa), "E703");
}

/// The inventory of the company with this block under `evidence`.
fn with_seal(company: &Company, seal: &str) {
    company.write(
        "dsr.yaml",
        &format!("{INVENTORY}evidence:\n  seal: {seal}\n"),
    );
}

fn erase(company: &Company) -> crate::workspace::Output {
    company.run(&[
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "4",
    ])
}

fn verified(company: &Company, anchor: &str) -> i32 {
    let bundle = format!("evidence/{}.evidence.zip", company.case());
    company
        .run(&["evidence", "verify", &bundle, "--anchor", anchor])
        .code
}

/// Copies the files of the key beside the inventory.
fn give(company: &Company, pki: &Pki, files: &[&str]) {
    for file in files {
        fs_err::copy(pki.path(file), company.path(file)).unwrap();
        mode(&company.path(file), 0o600);
    }
}

#[test]
fn the_inventory_names_a_pkcs12_file_and_where_its_passphrase_lies() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    pki.openssl("pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:geheim");
    give(&company, &pki, &["seal.p12", "root.pem"]);
    company.write("phrase", "falsch\n");
    mode(&company.path("phrase"), 0o600);
    with_seal(
        &company,
        "{ pkcs12: seal.p12, passphrase: \"file:phrase\" }",
    );
    let check = company.run(&["check"]);
    assert!(
        check.out.contains("E583") && check.out.contains("another passphrase"),
        "{}",
        check.out
    );
    company.write("phrase", "geheim\n");
    let done = erase(&company);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(verified(&company, "root.pem"), 0);
    assert_eq!(verified(&company, ".dsr/keys/seal.cert.pem"), 4);
    for text in [&done.err, &done.out, &check.out, &check.err] {
        assert!(!text.contains("geheim"));
    }
    // Others must not read the file of a key.
    mode(&company.path("seal.p12"), 0o644);
    assert!(company.run(&["check"]).out.contains("chmod 600"));
}

#[test]
fn the_inventory_names_an_encrypted_key_and_its_certificate() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    pki.openssl("pkcs8 -topk8 -in key.pem -out locked.pem -passout pass:geheim");
    give(&company, &pki, &["locked.pem", "cert.pem", "root.pem"]);
    company.write("phrase", "geheim\n");
    mode(&company.path("phrase"), 0o600);
    let seal = "{ key: \"file:locked.pem\", passphrase: \"file:phrase\", certificate: cert.pem }";
    with_seal(&company, seal);
    assert_eq!(erase(&company).code, 0);
    assert_eq!(verified(&company, "root.pem"), 0);
}

/// A program that signs with OpenSSL, in DER as it is wanted.
const SIGNER: &str = "#!/bin/sh\nexec openssl dgst -sha256 -sign \"$1\"\n";

#[test]
fn a_program_seals_once_it_is_trusted_and_only_as_it_was_then() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    give(&company, &pki, &["key.pem", "cert.pem", "root.pem"]);
    company.write("signers/sign.sh", SIGNER);
    mode(&company.path("signers/sign.sh"), 0o755);
    let key = company.path("key.pem").display().to_string();
    with_seal(
        &company,
        &format!("{{ command: [signers/sign.sh, \"{key}\"], certificate: cert.pem }}"),
    );
    let refused = erase(&company);
    assert!(
        refused.code == 2 && refused.err.contains("E626"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("dsr trust signers/sign.sh"));
    let before = company.customers();
    insta::assert_snapshot!(
        "trust_signer",
        company.run(&["trust", "--yes", "signers/sign.sh"]).screen()
    );
    insta::assert_snapshot!(
        "trust_signer_again_de",
        company
            .run(&["--lang", "de", "trust", "signers/sign.sh"])
            .screen()
    );
    assert_eq!(before, company.customers());
    // A key that only its owner reads is no part of the program: its digest would stand in git.
    assert!(!company.read("dsr.lock").contains("key.pem"));
    let done = erase(&company);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(verified(&company, "root.pem"), 0);

    let case = company.case();
    company.write(
        "signers/sign.sh",
        &SIGNER.replace("exec", "touch ran; exec"),
    );
    let refused = company.run(&["evidence", "make", &case]);
    assert!(
        refused.code == 2 && refused.err.contains("E626"),
        "{}",
        refused.err
    );
    assert!(!company.path("ran").exists());
}

#[test]
fn a_program_that_signs_wrongly_makes_no_evidence() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki, other) = (Company::new(), Pki::new(), Pki::new());
    give(&company, &pki, &["cert.pem"]);
    fs_err::copy(other.path("key.pem"), company.path("key.pem")).unwrap();
    let found = company.run(&["find", "--email", "anna@example.org"]);
    assert!([0, 3].contains(&found.code));
    let opened = company.run(&[
        "case",
        "open",
        "--email",
        "anna@example.org",
        "--right",
        "access",
    ]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    let case = company.case();
    for (script, code) in [
        ("exec openssl dgst -sha256 -sign key.pem", "E689"),
        ("cat > /dev/null; echo garbage", "E689"),
        ("cat > /dev/null", "E688"),
        ("echo refused >&2; exit 1", "E688"),
        ("head -c 100000 /dev/zero", "E688"),
    ] {
        company.write("sign.sh", &format!("{script}\n"));
        with_seal(
            &company,
            "{ command: [sh, sign.sh], certificate: cert.pem }",
        );
        assert_eq!(company.run(&["trust", "--yes", "sign.sh"]).code, 0);
        let refused = company.run(&["evidence", "make", &case]);
        assert!(
            refused.code == 1 && refused.err.contains(code),
            "{script}: {}",
            refused.err
        );
        assert!(
            fs_err::read_dir(company.path("evidence"))
                .unwrap()
                .next()
                .is_none()
        );
        let check = company.run(&["check"]);
        assert!(check.out.contains("E583"), "{}", check.out);
    }
}

/// The worked example of a token: a key that SoftHSM made and never lets out.
#[test]
fn a_key_in_a_pkcs11_token_seals() {
    const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
    if !has(&["openssl", "softhsm2-util", "pkcs11-tool", MODULE]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    let home = company.path("..");
    let tokens = home.join("tokens");
    fs_err::create_dir_all(&tokens).unwrap();
    let settings = home.join(".config/softhsm2/softhsm2.conf");
    fs_err::create_dir_all(settings.parent().unwrap()).unwrap();
    fs_err::write(
        &settings,
        format!("directories.tokendir = {}\n", tokens.display()),
    )
    .unwrap();
    let tool = |program: &str, arguments: &str| {
        let mut command = company.command(program);
        let output = command.args(arguments.split(' ')).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    tool(
        "softhsm2-util",
        "--init-token --free --label evidence --pin 482913 --so-pin 482913",
    );
    let token = format!("--module {MODULE} --token-label evidence --login --pin 482913");
    tool(
        "pkcs11-tool",
        &format!("{token} --keypairgen --key-type EC:prime256v1 --id 01 --label seal"),
    );
    tool(
        "pkcs11-tool",
        &format!("{token} --read-object --type pubkey --id 01 --output-file public.der"),
    );
    fs_err::copy(company.path("public.der"), pki.path("public.der")).unwrap();
    // The authority certifies the public key; nobody has the private one.
    pki.openssl("pkey -pubin -inform DER -in public.der -out public.pem");
    pki.write(
        "extensions",
        "keyUsage=critical,digitalSignature,nonRepudiation\n",
    );
    pki.openssl("req -new -key key.pem -subj /O=Acme -out request");
    pki.openssl("x509 -req -in request -force_pubkey public.pem -CA root.pem -CAkey root.key -CAcreateserial -days 100 -extfile extensions -out token.pem");
    give(&company, &pki, &["token.pem", "root.pem"]);
    fs_err::write(home.join("pin"), "482913\n").unwrap();
    mode(&home.join("pin"), 0o600);
    company.write(
        "signers/pkcs11-sign.sh",
        include_str!("../../examples/signers/pkcs11-sign.sh"),
    );
    mode(&company.path("signers/pkcs11-sign.sh"), 0o755);
    let pin = fs_err::canonicalize(home.join("pin")).unwrap();
    let seal = format!(
        "{{ command: [signers/pkcs11-sign.sh, {MODULE}, evidence, \"01\", \"{}\"], certificate: token.pem }}",
        pin.display()
    );
    with_seal(&company, &seal);
    let trusted = company.run(&["trust", "--yes", "signers/pkcs11-sign.sh"]);
    assert_eq!(trusted.code, 0, "{}", trusted.err);
    let lock = company.read("dsr.lock");
    assert!(
        lock.contains("libsofthsm2.so") && !lock.contains("/pin"),
        "{lock}"
    );
    let done = erase(&company);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(verified(&company, "root.pem"), 0);
    fs_err::write(&pin, "000000\n").unwrap();
    let check = company.run(&["check"]);
    assert!(check.out.contains("E583"), "{}", check.out);
}
