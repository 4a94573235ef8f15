//! How to check a bundle with stock tools: the last part of the cover sheet, and `VERIFY.txt`.
//!
//! What must come from elsewhere (the certificate, the verifier) is said before the commands. A test runs them as they are printed.

use super::page::{Block, Page, plain};
use super::{Material, file_name};
use crate::messages::evidence as say;

/// `VERIFY.txt`.
pub(super) fn page(material: &Material<'_>) -> Page {
    Page {
        title: say::verify_title(),
        subtitle: say::subtitle(plain(&material.controller), material.case),
        blocks: blocks(material),
    }
}

/// How to check the bundle with stock tools.
pub(super) fn blocks(material: &Material<'_>) -> Vec<Block> {
    let name = file_name(material.case, material.number);
    let commands = |text: &str| Block::Commands(text.lines().map(str::to_owned).collect());
    vec![
        Block::Paragraph(say::check_container()),
        Block::Paragraph(say::check_anchor()),
        Block::Paragraph(say::check_openssl()),
        commands(&format!(
            r#"mkdir bundle && cd bundle && unzip -q ../{name}
sha256sum -c --strict --quiet manifest-sha256.txt
sha256sum -c --strict --quiet tagmanifest-sha256.txt
sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' META-INF/ASiCManifest001.xml |
  while read d f; do [ "$(openssl dgst -sha256 -binary "$f" | base64)" = "$d" ] && echo "OK $f" || echo "FAIL $f"; done
find . -type f | sort
openssl x509 -in ../organisation.pem -noout -fingerprint -sha256
openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml -CAfile ../organisation.pem -no-CApath -no-CAstore -purpose any -out /dev/null"#
        )),
        Block::Paragraph(say::check_files()),
        Block::Paragraph(say::check_powershell()),
        commands(
            r#"Get-Content manifest-sha256.txt, tagmanifest-sha256.txt | ForEach-Object {
  $h, $f = $_ -split '  ', 2
  if ((Get-FileHash -Algorithm SHA256 -LiteralPath $f).Hash -ne $h) { "FAIL $f" } }"#,
        ),
        Block::Paragraph(say::check_verifier()),
    ]
}
