//! Takes bundles apart and puts them together again, honestly or not.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use dsr::keys::Digest;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Names and contents, in the order of the archive.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

pub(crate) fn files_of(path: &Path) -> Files {
    let mut archive = ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

pub(crate) fn file<'a>(files: &'a Files, name: &str) -> &'a [u8] {
    &files.iter().find(|(own, _)| own == name).unwrap().1
}

pub(crate) fn file_mut<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(own, _)| own == name).unwrap().1
}

/// A proper container: `mimetype` stored, all else packed.
pub(crate) fn pack(files: &Files) -> Vec<u8> {
    written(files, |name| {
        if name == "mimetype" {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        }
    })
}

pub(crate) fn pack_mimetype_deflated(files: &Files) -> Vec<u8> {
    written(files, |_| CompressionMethod::Deflated)
}

fn written(files: &Files, method: impl Fn(&str) -> CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(
            name.as_str(),
            SimpleFileOptions::default().compression_method(method(name)),
        )
        .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// As programs write that cannot go back: sizes follow the data.
pub(crate) fn pack_as_stream(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        let method = if name == "mimetype" {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        zip.start_file(
            name.as_str(),
            SimpleFileOptions::default().compression_method(method),
        )
        .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn pack_with_link(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new_append(Cursor::new(pack(files))).unwrap();
    zip.add_symlink(
        "data/link.json",
        "/etc/hostname",
        SimpleFileOptions::default(),
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

/// Sets the encryption flag of the second entry in both headers.
pub(crate) fn mark_encrypted(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = (0..bytes.len() - 4)
            .filter(|at| &bytes[*at..*at + 4] == signature)
            .collect();
        bytes[places[1] + flags] |= 1;
    }
    bytes
}

pub(crate) fn replace_all(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if &bytes[at..at + from.len()] == from {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

pub(crate) fn unpack(files: &Files, folder: &Path) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// What a forger without the key can do at once: rebuild the BagIt lists.
pub(crate) fn relist(mut files: Files) -> Files {
    let list = |files: &Files, wanted: &dyn Fn(&str) -> bool| -> Vec<u8> {
        let mut lines: Vec<(String, String)> = files
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, bytes)| (name.clone(), format!("{}  {name}\n", Digest::sha256(bytes))))
            .collect();
        lines.sort();
        lines
            .into_iter()
            .map(|(_, line)| line)
            .collect::<String>()
            .into_bytes()
    };
    let payload: Vec<usize> = files
        .iter()
        .filter(|(n, _)| n.starts_with("data/"))
        .map(|(_, b)| b.len())
        .collect();
    let oxum = format!(
        "Payload-Oxum: {}.{}",
        payload.iter().sum::<usize>(),
        payload.len()
    );
    let info = String::from_utf8(file(&files, "bag-info.txt").to_vec()).unwrap();
    let info: String = info
        .lines()
        .map(|line| {
            if line.starts_with("Payload-Oxum") {
                oxum.clone() + "\n"
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    *file_mut(&mut files, "bag-info.txt") = info.into_bytes();
    *file_mut(&mut files, "manifest-sha256.txt") = list(&files, &|name| name.starts_with("data/"));
    *file_mut(&mut files, "tagmanifest-sha256.txt") = list(&files, &|name| {
        !name.contains('/') && name != "tagmanifest-sha256.txt"
    });
    files
}

/// All that can be rebuilt without the key: the statement's digests, the BagIt lists and the list that the seal stands over.
pub(crate) fn relist_all(mut files: Files) -> Files {
    let mut statement: serde_json::Value =
        serde_json::from_slice(file(&files, "data/statement.json")).unwrap();
    statement["subject"] = files
        .iter()
        .filter(|(name, _)| {
            name.starts_with("data/")
                && !["data/statement.json", "data/log/case.tlog-proof"].contains(&name.as_str())
        })
        .map(|(name, bytes)| serde_json::json!({"name": name, "digest": {"sha256": Digest::sha256(bytes)}}))
        .collect();
    *file_mut(&mut files, "data/statement.json") = dsr::canonical::bytes(&statement);
    relist_under_statement(files)
}

/// The same with the statement as it is.
pub(crate) fn relist_under_statement(files: Files) -> Files {
    let mut files = relist(files);
    let list = String::from_utf8(file(&files, "META-INF/ASiCManifest001.xml").to_vec()).unwrap();
    let rebuilt: String = list
        .lines()
        .filter_map(|line| {
            let Some((_, rest)) = line.split_once("DataObjectReference URI=\"") else {
                return Some(format!("{line}\n"));
            };
            let (name, _) = rest.split_once('"')?;
            let (_, bytes) = files.iter().find(|(own, _)| own == name)?;
            let value = base64::engine::general_purpose::STANDARD.encode(Digest::sha256(bytes).0);
            let (before, rest) = line.split_once("<ds:DigestValue>")?;
            let (_, after) = rest.split_once('<')?;
            Some(format!("{before}<ds:DigestValue>{value}<{after}\n"))
        })
        .collect();
    *file_mut(&mut files, "META-INF/ASiCManifest001.xml") = rebuilt.into_bytes();
    files
}

/// Puts another certificate in the place of the one that travels in a signature.
pub(crate) fn swap_certificate(der: &[u8], pem: &str) -> Vec<u8> {
    use cms::cert::CertificateChoices;
    use cms::content_info::ContentInfo;
    use cms::signed_data::{CertificateSet, SignedData};
    use der::{Decode as _, DecodePem as _, Encode as _};
    let mut outer = ContentInfo::from_der(der).unwrap();
    let mut signed = outer.content.decode_as::<SignedData>().unwrap();
    let certificate = x509_cert::Certificate::from_pem(pem).unwrap();
    let set = vec![CertificateChoices::Certificate(certificate)];
    signed.certificates = Some(CertificateSet::try_from(set).unwrap());
    outer.content = der::Any::encode_from(&signed).unwrap();
    outer.to_der().unwrap()
}

/// What whoever holds the seal can make of changed files: the statement's list of files, the bag, the sealed list and the seal, all anew.
/// Time stamps are left out, since nobody would make them anew.
pub(crate) fn seal_anew(mut files: Files, seal: &dsr::evidence::Seal) -> Files {
    files.retain(|(name, _)| {
        !["META-INF/ASiCManifest002.xml", "META-INF/timestamp002.tst"].contains(&name.as_str())
    });
    let mut files = relist_all(files);
    let list = String::from_utf8(file(&files, "META-INF/ASiCManifest001.xml").to_vec()).unwrap();
    let (known, frame): (Vec<&str>, Vec<&str>) = list
        .lines()
        .partition(|line| line.contains("DataObjectReference URI="));
    let mut lines: Vec<String> = known.iter().map(|line| (*line).to_owned()).collect();
    for (name, bytes) in &files {
        let named = format!("DataObjectReference URI=\"{name}\"");
        let is_outside = name == "mimetype" || name.starts_with("META-INF/");
        if is_outside || known.iter().any(|line| line.contains(&named)) {
            continue;
        }
        let value = base64::engine::general_purpose::STANDARD.encode(Digest::sha256(bytes).0);
        lines.push(format!(
            "<asic:{named} MimeType=\"text/plain\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>"
        ));
    }
    let (end, head) = frame.split_last().unwrap();
    let whole = format!("{}\n{}\n{end}\n", head.join("\n"), lines.join("\n"));
    let now = jiff::Timestamp::now();
    let signature = dsr::evidence::detached::sign(whole.as_bytes(), seal, now).unwrap();
    *file_mut(&mut files, "META-INF/ASiCManifest001.xml") = whole.into_bytes();
    *file_mut(&mut files, "META-INF/signature001.p7s") = signature;
    files
}

/// Changes what the statement says of the case.
pub(crate) fn restated(mut files: Files, change: &dyn Fn(&mut serde_json::Value)) -> Files {
    let bytes = file_mut(&mut files, "data/statement.json");
    let mut said: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    change(&mut said["predicate"]);
    *bytes = dsr::canonical::bytes(&said);
    files
}

/// Takes the log out of a container, as if there never had been one.
pub(crate) fn without_log(mut files: Files) -> Files {
    files.retain(|(name, _)| !name.starts_with("data/log/"));
    restated(files, &|said| {
        said.as_object_mut().unwrap().remove("log");
    })
}
