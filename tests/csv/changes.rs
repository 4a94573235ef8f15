//! Cells that are written anew: which bytes change, under which name a row is found afterwards, and what is refused.

use super::*;

/// New values of fields, as a step of a plan has them.
fn to(values: &[(&str, &str)]) -> Changes {
    let entry = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
    values.iter().map(entry).collect()
}

impl Place {
    /// Files whose object also describes the column `Name`.
    fn named(files: &[(&str, &[u8])]) -> Place {
        let mut place = Place::new(files);
        place.object.fields.push(field("Name", None));
        place
    }

    async fn change(
        &self,
        action: Action,
        records: &[Record],
        values: &[(&str, &str)],
    ) -> Vec<Result<Effect, Fault>> {
        let digester = digester();
        let states: Vec<Digest> = records
            .iter()
            .map(|record| digester.state(&self.object, action, record))
            .collect();
        self.act(action, records, &states, &to(values)).await
    }

    async fn anonymise(&self, mail: &str, values: &[(&str, &str)]) -> Vec<Result<Effect, Fault>> {
        let records = self.found(mail).await;
        self.change(Action::Anonymise, &records, values).await
    }

    async fn moved(&self, action: Action, key: &Key, changes: &Changes) -> Vec<Record> {
        let mut reader = csv::reader(&self.opening()).unwrap();
        let mut found = Vec::new();
        let mut take = |record| {
            found.push(record);
            true
        };
        let end = reader
            .moved(&self.object, action, key, changes, &mut take)
            .await;
        end.unwrap();
        found
    }
}

/// What is told, delimiter, file before, and file after Anna's mail became `t@erased.invalid` and her name `"N;N"`.
const CORPUS: &[(&str, &[u8], &[u8])] = &[
    (
        "lf",
        b"Mail;Name;Z\nanna@example.org;Anna;1\nbob@example.org;Bob;2\n",
        b"Mail;Name;Z\nt@erased.invalid;\"N;N\";1\nbob@example.org;Bob;2\n",
    ),
    (
        "crlf",
        b"Mail;Name;Z\r\nanna@example.org;Anna;1\r\nbob@example.org;Bob;2\r\n",
        b"Mail;Name;Z\r\nt@erased.invalid;\"N;N\";1\r\nbob@example.org;Bob;2\r\n",
    ),
    (
        "mixed line ends",
        b"Mail;Name;Z\nbob@example.org;Bob;2\nanna@example.org;Anna;1\r\ncy@example.org;Cy;3\n",
        b"Mail;Name;Z\nbob@example.org;Bob;2\nt@erased.invalid;\"N;N\";1\r\ncy@example.org;Cy;3\n",
    ),
    (
        "no newline at the end",
        b"Mail;Name;Z\nbob@example.org;Bob;2\nanna@example.org;Anna;1",
        b"Mail;Name;Z\nbob@example.org;Bob;2\nt@erased.invalid;\"N;N\";1",
    ),
    (
        "bom",
        b"\xef\xbb\xbfMail;Name;Z\nanna@example.org;Anna;1\n",
        b"\xef\xbb\xbfMail;Name;Z\nt@erased.invalid;\"N;N\";1\n",
    ),
    (
        "quotes are kept",
        b"\"Mail\";Name;Z\n\"ANNA@example.org\";\"A\";\"\"\"1\"\"\"\n\"cy@example.org\";C;3\n",
        b"\"Mail\";Name;Z\n\"t@erased.invalid\";\"N;N\";\"\"\"1\"\"\"\n\"cy@example.org\";C;3\n",
    ),
    (
        "line breaks inside",
        b"Mail;Name;Z\n\"anna@example.org\";\"A\n;\r\n\"\"\";\"\n\n\"\nbob@example.org;B;2\n",
        b"Mail;Name;Z\n\"t@erased.invalid\";\"N;N\";\"\n\n\"\nbob@example.org;B;2\n",
    ),
    (
        "empty lines",
        b"\nMail;Name;Z\n\n\nanna@example.org;Anna;1\n\nbob@example.org;Bob;2\n\n",
        b"\nMail;Name;Z\n\n\nt@erased.invalid;\"N;N\";1\n\nbob@example.org;Bob;2\n\n",
    ),
    (
        "a hint to a spreadsheet",
        b"sep=;\r\nMail;Name;Z\r\nanna@example.org;A;1\r\n",
        b"sep=;\r\nMail;Name;Z\r\nt@erased.invalid;\"N;N\";1\r\n",
    ),
    (
        "formulas and zeros stay",
        b"Mail;Name;Z\nanna@example.org;=A1;=cmd|' /C calc'!A0\nbob@example.org;\x00;@x\n",
        b"Mail;Name;Z\nt@erased.invalid;\"N;N\";=cmd|' /C calc'!A0\nbob@example.org;\x00;@x\n",
    ),
    (
        "a quote within an unquoted field",
        b"Mail;Name;Z\nanna@example.org;6\" pipe;5\" pipe\n",
        b"Mail;Name;Z\nt@erased.invalid;\"N;N\";5\" pipe\n",
    ),
    (
        "old line ends",
        b"Mail;Name;Z\ranna@example.org;A;1\rbob@example.org;B;2\r",
        b"Mail;Name;Z\rt@erased.invalid;\"N;N\";1\rbob@example.org;B;2\r",
    ),
    (
        "columns without a name, and twice",
        b"Mail;Name;;X;X\nanna@example.org;A;1;2;3\n",
        b"Mail;Name;;X;X\nt@erased.invalid;\"N;N\";1;2;3\n",
    ),
];

const VALUES: [(&str, &str); 2] = [("Mail", "t@erased.invalid"), ("Name", "N;N")];

#[tokio::test]
async fn only_the_cells_that_change_are_written() {
    for (what, before, after) in CORPUS {
        for (action, delimiter) in [(Action::Anonymise, b';'), (Action::Rectify, b'\t')] {
            // The same with another delimiter, where the new value holds it and the old ones do not.
            let with = |bytes: &[u8]| -> Vec<u8> {
                let as_other = |byte: &u8| if *byte == b';' { delimiter } else { *byte };
                bytes.iter().map(as_other).collect()
            };
            let mut place = Place::named(&[("a.csv", &with(before))]);
            place.delimiter = delimiter;
            let sign = char::from(delimiter);
            let name = format!("N{sign}N");
            let found = place.found("anna@example.org").await;
            let values = [("Mail", "t@erased.invalid"), ("Name", name.as_str())];
            let results = place.change(action, &found, &values).await;
            assert_eq!(results, [Ok(Effect::Done)], "{what}");
            assert_eq!(
                String::from_utf8_lossy(&place.bytes("a.csv")),
                String::from_utf8_lossy(&with(after)),
                "{what}"
            );
            assert_eq!(place.names(), ["a.csv"], "{what}");
            assert!(place.found("anna@example.org").await.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn every_encoding_is_written_as_it_was() {
    let text = "Mail;Name;Ort\r\nanna@example.org;Änne;Köln\r\nbob@example.org;Ömer;Füssen\r\n";
    let rectified = text.replace("Änne", "\"Örn;ß\"");
    let anonymised = text.replace("anna@example.org;Änne", "t@erased.invalid;");
    let removed = text.replace("anna@example.org;Änne;Köln\r\n", "");
    let latin1 = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let bytes = |unit: u16| match big {
            true => unit.to_be_bytes(),
            false => unit.to_le_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let with_mark = |text: &str| format!("\u{feff}{text}");
    type Encode<'a> = &'a dyn Fn(&str) -> Vec<u8>;
    let encodings: [(&str, &str, Encode<'_>); 8] = [
        ("utf-8", "utf-8", &|text| text.as_bytes().to_vec()),
        ("utf-8 with a mark", "utf-8", &|text| {
            with_mark(text).into_bytes()
        }),
        ("a mark overrules", "latin1", &|text| {
            with_mark(text).into_bytes()
        }),
        ("latin1", "latin1", &latin1),
        ("windows-1252", "windows-1252", &latin1),
        ("utf-16le", "utf-8", &|text| wide(&with_mark(text), false)),
        ("utf-16be", "utf-16be", &|text| wide(&with_mark(text), true)),
        ("utf-16le without a mark", "utf-16le", &|text| {
            wide(text, false)
        }),
    ];
    for (what, label, encode) in encodings {
        for (action, values, after) in [
            (Action::Rectify, &[("Name", "Örn;ß")][..], &rectified),
            (
                Action::Anonymise,
                &[("Mail", "t@erased.invalid"), ("Name", "")][..],
                &anonymised,
            ),
            (Action::Remove, &[][..], &removed),
        ] {
            let mut place = Place::named(&[("a.csv", &encode(text))]);
            place.encoding = label;
            let found = place.found("anna@example.org").await;
            assert_eq!(found[0].data["Ort"], "Köln", "{what}");
            let results = place.change(action, &found, values).await;
            assert_eq!(results, [Ok(Effect::Done)], "{what} {action:?}");
            assert_eq!(place.bytes("a.csv"), encode(after), "{what} {action:?}");
        }
    }
}

#[tokio::test]
async fn what_the_encoding_lacks_is_refused_before_anything_is_written() {
    let rows: &[u8] = b"Mail;Name\nanna@example.org;\xc4nne\n";
    let mut place = Place::named(&[
        ("a.csv", b"\xef\xbb\xbfMail;Name\nanna@example.org;A\n"),
        ("b.csv", rows),
    ]);
    place.encoding = "latin1";
    let found = place.found("anna@example.org").await;
    assert_eq!(found.len(), 2);
    let results = place
        .change(Action::Rectify, &found, &[("Name", "Юлия CANARY")])
        .await;
    for result in results {
        let fault = result.unwrap_err();
        assert_eq!(fault.code, "E560");
        assert!(fault.text.en.contains("b.csv") && fault.text.de.contains("Name"));
        assert!(!format!("{fault:?}").contains("CANARY"));
    }
    assert!(
        place.bytes("a.csv").ends_with(b"anna@example.org;A\n"),
        "not the other file either"
    );
    assert_eq!(place.bytes("b.csv"), rows);
    let results = place
        .change(Action::Rectify, &found, &[("Name", "Žofie €")])
        .await;
    assert_eq!(
        results,
        [Ok(Effect::Done), Ok(Effect::Done)],
        "windows-1252 has them"
    );
    assert_eq!(
        place.bytes("b.csv"),
        b"Mail;Name\nanna@example.org;\x8eofie \x80\n"
    );

    // The plan is told by the shape.
    let mut reader = csv::reader(&place.opening()).unwrap();
    let shape = reader.shape(&place.object).await.unwrap();
    assert_eq!(shape["Name"].encoding.as_deref(), Some("windows-1252"));
    assert!(shape["Name"].nullable);
    assert!(dsr::connector::mask::check_change("Name", &shape["Name"], Some("Юлия")).is_err());
    assert!(dsr::connector::mask::check_change("Name", &shape["Name"], Some("Ž")).is_ok());
}

#[tokio::test]
async fn rows_whose_bytes_cannot_be_told_apart_are_not_changed() {
    // The second byte of a katakana letter is a vertical bar.
    let rows = encoding_rs::SHIFT_JIS
        .encode("Mail;Name\nanna@example.org;ポ\n")
        .0
        .into_owned();
    let mut place = Place::named(&[("a.csv", &rows)]);
    place.encoding = "shift_jis";
    let results = place.anonymise("anna@example.org", &VALUES).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, "E562");
    assert_eq!(place.bytes("a.csv"), rows);
    assert_eq!(place.erase("anna@example.org").await, [Ok(Effect::Done)]);
}

#[tokio::test]
async fn a_wrong_declaration_is_an_error_and_never_another_text() {
    let utf8 = "Mail;Name\nanna@example.org;Jürgen\nbob@example.org;Änne\n";
    for label in ["latin1", "windows-1252", "iso-8859-15", "windows-1251"] {
        let mut place = Place::named(&[("a.csv", utf8.as_bytes())]);
        place.encoding = label;
        assert_eq!(place.code("anna@example.org").await, "E561", "{label}");
        assert_eq!(place.code("nobody@example.org").await, "E561", "{label}");
        let (found, _) = place.find("anna@example.org").await;
        let results = place
            .change(Action::Rectify, &found, &[("Name", "J")])
            .await;
        assert_eq!(results[0].as_ref().unwrap_err().code, "E561");
        assert_eq!(place.bytes("a.csv"), utf8.as_bytes());
    }
    // Plain ASCII is the same in both.
    let mut place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    place.encoding = "latin1";
    assert_eq!(place.found("anna@example.org").await.len(), 1);
    // The header alone can be the only text beyond ASCII.
    let mut place = Place::named(&[(
        "a.csv",
        "Mail;Name;Straße\nanna@example.org;A;S\n".as_bytes(),
    )]);
    place.encoding = "latin1";
    assert_eq!(place.code("anna@example.org").await, "E561");
    // Declared wide and written narrow, and the other way round.
    let mut place = Place::named(&[("a.csv", utf8.as_bytes())]);
    place.encoding = "utf-16le";
    assert!(["E523", "E524"].contains(&place.code("anna@example.org").await.as_str()));
    let wide: Vec<u8> = utf8.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place = Place::named(&[("a.csv", &wide)]);
    assert!(["E523", "E524"].contains(&place.code("anna@example.org").await.as_str()));
}

#[tokio::test]
async fn a_changed_row_is_recognised_under_its_old_name() {
    let place = Place::named(&[(
        "a.csv",
        b"Mail;Name\nanna@example.org;A\nbob@example.org;B\nanna@example.org;A\n",
    )]);
    let found = place.found("anna@example.org").await;
    let changes = to(&VALUES);
    let after = |record: &Record| {
        let mut record = record.clone();
        record.data["Mail"] = "t@erased.invalid".into();
        record.data["Name"] = "N;N".into();
        digester().digest(&place.object, &record)
    };
    assert!(
        place
            .moved(Action::Anonymise, &found[0].key, &changes)
            .await
            .is_empty()
    );
    assert_eq!(
        place.change(Action::Anonymise, &found, &VALUES).await,
        [Ok(Effect::Done), Ok(Effect::Done)]
    );
    for record in &found {
        assert_eq!(place.read(&record.key).await.unwrap(), None);
        let moved = place.moved(Action::Anonymise, &record.key, &changes).await;
        assert_eq!(moved.len(), 2, "twins cannot be told apart");
        assert!(
            moved
                .iter()
                .all(|it| digester().digest(&place.object, it) == after(record))
        );
    }
    // A removal leaves nothing to be recognised, and a key column does not move.
    assert!(
        place
            .moved(Action::Remove, &found[0].key, &Changes::new())
            .await
            .is_empty()
    );
    let mut place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;1\n")]);
    place.object.key = vec!["Name".into()];
    let found = place.found("anna@example.org").await;
    let results = place
        .change(Action::Anonymise, &found, &[("Mail", "")])
        .await;
    assert_eq!(results, [Ok(Effect::Done)]);
    assert_eq!(place.bytes("a.csv"), b"Mail;Name\n;1\n");
    assert_eq!(
        place.read(&found[0].key).await.unwrap().unwrap().data["Mail"],
        ""
    );
}

#[tokio::test]
async fn what_another_step_wrote_does_not_hide_a_row() {
    let place = Place::named(&[(
        "a.csv",
        b"Mail;Name;Z\nanna@example.org;A;1\nanna@example.org;A;1\nbob@example.org;B;2\n",
    )]);
    let found = place.found("anna@example.org").await;
    let results = place
        .change(Action::Rectify, &found, &[("Name", "Anna")])
        .await;
    assert_eq!(results, [Ok(Effect::Done), Ok(Effect::Done)]);
    // As the executor gives them: what was read just now, under the name that the plan knows.
    let now: Vec<Record> = found
        .iter()
        .map(|record| {
            let mut record = record.clone();
            record.data["Name"] = "Anna".into();
            record
        })
        .collect();
    let results = place.change(Action::Anonymise, &now, &[("Mail", "")]).await;
    assert_eq!(results, [Ok(Effect::Done), Ok(Effect::Done)]);
    assert_eq!(
        place.bytes("a.csv"),
        b"Mail;Name;Z\n;Anna;1\n;Anna;1\nbob@example.org;B;2\n"
    );
}

#[tokio::test]
async fn restrictions_set_columns_and_take_them_back() {
    let mut place = Place::named(&[(
        "a.csv",
        b"Mail;Name;Gesperrt\nanna@example.org;A;\nbob@example.org;B;\n",
    )]);
    let set = |value: &str| vec![("Gesperrt".to_owned(), Some(value.to_owned()))];
    place.object.how = How::File {
        restrict: set("ja"),
        unrestrict: set(""),
    };
    let found = place.found("anna@example.org").await;
    assert_eq!(
        place.change(Action::Restrict, &found, &[]).await,
        [Ok(Effect::Done)]
    );
    assert_eq!(
        place.bytes("a.csv"),
        b"Mail;Name;Gesperrt\nanna@example.org;A;ja\nbob@example.org;B;\n"
    );
    let moved = place
        .moved(Action::Restrict, &found[0].key, &Changes::new())
        .await;
    assert_eq!(moved.len(), 1);
    let planned = digester().marked(digester().digest(&place.object, &found[0]), true);
    assert_eq!(
        digester().state(&place.object, Action::Restrict, &moved[0]),
        planned
    );
    let found = place.found("anna@example.org").await;
    assert_eq!(
        place.change(Action::Unrestrict, &found, &[]).await,
        [Ok(Effect::Done)]
    );
    assert_eq!(
        place.bytes("a.csv"),
        b"Mail;Name;Gesperrt\nanna@example.org;A;\nbob@example.org;B;\n"
    );
    // A file without the column that marks is not as described.
    let mut other = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    other.object.how = place.object.how.clone();
    assert_eq!(other.code("anna@example.org").await, "E523");
}

#[tokio::test]
async fn a_lost_update_is_refused() {
    let place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    let found = place.found("anna@example.org").await;
    let now = b"Mail;Name\nanna@example.org;Anna\n";
    fs_err::write(place.folder.path().join("a.csv"), now).unwrap();
    for action in [Action::Anonymise, Action::Rectify] {
        assert_eq!(
            place.change(action, &found, &VALUES).await,
            [Ok(Effect::Changed)]
        );
    }
    assert_eq!(place.bytes("a.csv"), now);
}

#[tokio::test]
async fn only_the_values_of_the_plan_are_written() {
    let place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    let found = place.found("anna@example.org").await;
    let approved = approved(&found, Action::Rectify, &to(&[("Name", "B")]));
    let mut writer = csv::writer(&place.opening(), &approved).unwrap();
    let before = digester().digest(&place.object, &found[0]);
    let changes = to(&[("Name", "C")]);
    let target = Target {
        record: &found[0],
        before: &before,
        changes: &changes,
        version: None,
    };
    let results = writer
        .act(&place.object, Action::Rectify, &[target], &digester())
        .await;
    assert_eq!(results[0].as_ref().unwrap_err().code, "E514");
}

#[tokio::test]
async fn hostile_rows_are_changed_like_others() {
    let big = "x\"\"\r\n;".repeat(1_700_000);
    let rows = format!(
        "Mail;Name;Z\nbob@example.org;B;\"{big}\"\nanna@example.org;A\0;\"{big}\"\r\ncy@example.org;\0;3"
    );
    let place = Place::named(&[("a.csv", rows.as_bytes())]);
    let results = place.anonymise("anna@example.org", &VALUES).await;
    assert_eq!(results, [Ok(Effect::Done)]);
    let after = rows.replace("anna@example.org;A\0", "t@erased.invalid;\"N;N\"");
    assert!(
        place.bytes("a.csv") == after.as_bytes(),
        "the rest is another"
    );
    let found = place.found("cy@example.org").await;
    let huge = "y;\"".repeat(3_500_000);
    let results = place
        .change(Action::Rectify, &found, &[("Name", &huge)])
        .await;
    assert_eq!(results, [Ok(Effect::Done)]);
    assert_eq!(
        place.found("cy@example.org").await[0].data["Name"].as_str(),
        Some(huge.as_str())
    );
}

#[cfg(unix)]
#[tokio::test]
async fn links_rights_and_twins_of_columns() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    let path = |name: &str| place.folder.path().join(name);
    fs_err::rename(path("a.csv"), path("data")).unwrap();
    std::os::unix::fs::symlink(path("data"), path("a.csv")).unwrap();
    fs_err::set_permissions(path("data"), std::fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(
        place.anonymise("anna@example.org", &VALUES).await,
        [Ok(Effect::Done)]
    );
    assert_eq!(
        place.bytes("data"),
        b"Mail;Name\nt@erased.invalid;\"N;N\"\n"
    );
    assert!(
        fs_err::symlink_metadata(path("a.csv"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs_err::metadata(path("data")).unwrap().permissions().mode() & 0o777,
        0o604
    );

    let place = Place::named(&[("a.csv", b"Mail;Name\nanna@example.org;A\n")]);
    let file = place.folder.path().join("a.csv");
    fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
    let results = place.anonymise("anna@example.org", &VALUES).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, "E522");

    let place = Place::named(&[("a.csv", b"Mail;Name;Name\nanna@example.org;A;B\n")]);
    assert_eq!(
        place.code("anna@example.org").await,
        "E524",
        "which of the two is meant?"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn changing_cells_equals_the_naive_model(
        rows in prop::collection::vec(
            (prop::sample::select(vec!["anna@example.org", "Anna@example.org", "bob@example.org", ""]),
             "[a;\"\n\r@ü]{0,5}", any::<bool>(), prop::sample::select(vec!["\n", "\r\n"])),
            0..12),
        note in "[b;\"\n=]{0,4}",
        ended in any::<bool>(),
    ) {
        let write = |note_of: &dyn Fn(&str, &str) -> (String, bool)| {
            let mut text = String::from("Mail;Name\n");
            let mut length = 1;
            for (mail, name, always, end) in &rows {
                let (name, anew) = note_of(mail, name);
                let cell = match anew && !*always && (name.contains('"') || name.trim() != name) {
                    true => format!("\"{}\"", name.replace('"', "\"\"")),
                    false => quoted(&name, *always),
                };
                text.push_str(&format!("{};{cell}{end}", quoted(mail, *always)));
                length = end.len();
            }
            if !ended {
                text.truncate(text.len() - length);
            }
            text
        };
        // What was quoted stays quoted, which the model follows only where all cells are or none had to be.
        prop_assume!(rows.iter().all(|(mail, name, always, _)| !mail.eq_ignore_ascii_case("anna@example.org") || *always || quoted(name, false) == *name));
        let before = write(&|_, name| (name.to_owned(), false));
        let after = write(&|mail, name| match mail.eq_ignore_ascii_case("anna@example.org") {
            true => (note.clone(), true),
            false => (name.to_owned(), false),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let place = Place::named(&[("a.csv", before.as_bytes())]);
            let found = place.found("anna@example.org").await;
            let results = place.change(Action::Rectify, &found, &[("Name", &note)]).await;
            assert!(results.iter().all(|r| *r == Ok(Effect::Done)), "{results:?}");
            assert_eq!(String::from_utf8(place.bytes("a.csv")).unwrap(), after);
        });
    }
}
