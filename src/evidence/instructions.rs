//! How to check a bundle with stock tools: the last part of the cover sheet, and `VERIFY.txt`.
//!
//! What must come from elsewhere (the certificate, the verifier) is said before the commands. A test runs them as they are printed.

use super::file_name;
use super::page::{Block, Page, plain};
use super::sheet::Witnessed;
use crate::messages::{Text, evidence as say, held, stamp as say_stamp, translog as say_log};

/// `VERIFY.txt` of the bundle of a case.
pub(super) fn page(controller: &str, case: &str, number: u32, witnessed: Witnessed) -> Page {
    Page {
        title: say::verify_title(),
        subtitle: say::subtitle(plain(controller), case),
        blocks: of_case(case, number, witnessed),
    }
}

/// How to check the bundle of a case with stock tools.
pub(super) fn of_case(case: &str, number: u32, witnessed: Witnessed) -> Vec<Block> {
    of_file(&file_name(case, number), witnessed)
}

/// The same for a container of any kind that names nobody.
pub(super) fn of_file(name: &str, witnessed: Witnessed) -> Vec<Block> {
    with_head(say::check_container(), name, witnessed)
}

/// The same for one that names the person, in which lies the bundle of the case under the name of `inner`.
pub(super) fn of_personal(name: &str, inner: &str, witnessed: Witnessed) -> Vec<Block> {
    let mut blocks = with_head(held::check_personal(), name, witnessed);
    blocks.extend([
        Block::Paragraph(held::check_inner(inner)),
        commands(OPEN_ONE),
        Block::Paragraph(held::check_rest()),
    ]);
    blocks
}

/// The digest that a disclosure has in its line.
const OPEN_ONE: &str =
    "printf %s \"$DISCLOSURE\" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =";

fn commands(text: &str) -> Block {
    Block::Commands(text.lines().map(str::to_owned).collect())
}

fn with_head(head: Text, name: &str, witnessed: Witnessed) -> Vec<Block> {
    let mut blocks = vec![
        Block::Paragraph(head),
        Block::Paragraph(say::check_anchor()),
        Block::Paragraph(say::check_openssl()),
        commands(&format!(
            r#"mkdir bundle && cd bundle && unzip -q ../{name}
sha256sum -c --strict --quiet manifest-sha256.txt
sha256sum -c --strict --quiet tagmanifest-sha256.txt
sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' META-INF/ASiCManifest001.xml |
  while read d f; do [ "$(openssl dgst -sha256 -binary "$f" | base64)" = "$d" ] && echo "OK $f" || echo "FAIL $f"; done
find . -type f | sort
openssl x509 -in ../organisation.pem -noout -subject -fingerprint -sha256
t=$(openssl ts -reply -token_in -in META-INF/timestamp002.tst -text 2> /dev/null | sed -n 's/^Time stamp: //p' | sed 's/\.[0-9]*//')
[ -n "$t" ] || t=$(openssl cms -cmsout -print -inform DER -in META-INF/signature001.p7s | sed -n '/signingTime/,/TIME:/s/.*TIME: *//p')
at=$(date -u -d "$t" +%s 2> /dev/null || date -u -j -f '%b %e %T %Y %Z' "$t" +%s)
openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml -signer ../signer.pem -CAfile ../organisation.pem -no-CApath -no-CAstore -partial_chain -purpose any -attime "$at" -out /dev/null
openssl x509 -in ../signer.pem -noout -subject"#
        )),
        Block::Paragraph(say::check_files()),
    ];
    if witnessed.time {
        blocks.push(Block::Paragraph(say_stamp::check_time()));
        blocks.push(commands(CHECK_TIME));
    }
    if witnessed.log {
        blocks.push(Block::Paragraph(say_log::check_log()));
        blocks.push(commands(CHECK_LOG));
    }
    blocks.extend([
        Block::Paragraph(say::check_powershell()),
        commands(
            r#"Get-Content manifest-sha256.txt, tagmanifest-sha256.txt | ForEach-Object {
  $h, $f = $_ -split '  ', 2
  if ((Get-FileHash -Algorithm SHA256 -LiteralPath $f).Hash -ne $h) { "FAIL $f" } }"#,
        ),
        Block::Paragraph(say::check_verifier()),
    ]);
    blocks
}

/// Time: the token over the second list, that list over the files, and the token over the signature.
const CHECK_TIME: &str = r#"openssl ts -verify -token_in -in META-INF/timestamp002.tst -data META-INF/ASiCManifest002.xml -CAfile ../tsa-ca.pem -partial_chain -attime "$at"
openssl ts -reply -token_in -in META-INF/timestamp002.tst -text | grep 'Time stamp'
sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' META-INF/ASiCManifest002.xml |
  while read d f; do [ "$(openssl dgst -sha256 -binary "$f" | base64)" = "$d" ] && echo "OK $f" || echo "FAIL $f"; done"#;

/// The checkpoint of the log over all cases, and the signature of the log itself, the first one under it.
const CHECK_LOG: &str = r#"awk 'after { print } $0 == "" { after = 1 }' data/log/case.tlog-proof > ../bundle.checkpoint
awk '$0 == "" { exit } { print }' ../bundle.checkpoint > ../checkpoint.signed
awk 'after { print $3; exit } $0 == "" { after = 1 }' ../bundle.checkpoint | openssl base64 -d -A | tail -c +5 > ../checkpoint.signature
openssl pkeyutl -verify -rawin -pubin -inkey ../log.pem -in ../checkpoint.signed -sigfile ../checkpoint.signature"#;
