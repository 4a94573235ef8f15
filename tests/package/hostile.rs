//! Values that want to be more than values, in every field and every name, opened in a real browser.

use std::path::Path;
use std::process::Command;

use dsr::connector::{Blind, Unread, UnreadColumn};
use dsr::messages::Lang;
use dsr::package::{Folder, Kind, Package};
use serde_json::{Value, json};

use crate::has;
use crate::material::{House, field, object, record};

/// What an attacker writes into a form, and waits.
const BAD: &[&str] = &[
    "<script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=document.title='owned'>",
    "'><iframe src=javascript:document.title='owned'>",
    "javascript:document.title='owned'",
    "</td></tr></table></main><h1>owned</h1>",
    "--><!--<b>owned</b>",
    "<![CDATA[<b>owned</b>]]>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<style>*{display:none}</style>",
    "<form action=http://127.0.0.1:9/><input name=x autofocus></form>",
    "&lt;script&gt;&#60;script&#62;",
    "a\u{202e}gnp.exe\u{2066}",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m",
    "nul\0byte",
    "=HYPERLINK(\"http://127.0.0.1:9/\",\"x\")",
    "\t=1+1",
    "\u{ff1d}1+1",
    "@SUM(1)",
    "+1-1|cmd",
    "a;b,\"c\"\r\nd",
    "../../etc/passwd",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\u{fffd}\u{feff}\u{e0041}\u{ad}",
    "[see](javascript:document.title='owned') ![x](http://127.0.0.1:9/x.png)",
    "<http://127.0.0.1:9/> http://127.0.0.1:9/ //127.0.0.1:9/ data:text/html,<b>owned</b>",
    "<style>@import url(http://127.0.0.1:9/x.css);</style>",
    "url(http://127.0.0.1:9/) expression(1) \\3c script\\3e",
    "<svg><use href=http://127.0.0.1:9/#x><image href=http://127.0.0.1:9/y></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<object data=http://127.0.0.1:9/><embed src=http://127.0.0.1:9/><video poster=http://127.0.0.1:9/>",
    "<a href=http://127.0.0.1:9/ ping=http://127.0.0.1:9/>x</a>",
    "<template><slot onslotchange=alert(1)></slot></template>",
    "\u{2028}\u{2029}\u{85}</title>",
];

/// Every reference of a page, to another file or place.
fn references(html: &str) -> Vec<&str> {
    let tags = html
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split('>').next());
    let attributes = [
        "href=",
        "src=",
        "action=",
        "poster=",
        "data=",
        "ping=",
        "srcset=",
        "background=",
    ];
    tags.flat_map(|tag| {
        let found = attributes
            .iter()
            .flat_map(move |name| tag.match_indices(name));
        found.map(move |(at, name)| &tag[at + name.len()..])
    })
    .collect()
}

/// A package in which every value and every name that a system gives is one of these.
fn hostile(folder: &Path, lang: Lang) {
    let mut house = House::new(lang);
    house.controller.name = BAD[1].into();
    house.controller.contact = Some(BAD[2].into());
    for data_type in &mut house.data_types {
        data_type.purpose = Some(BAD[3].into());
        data_type.basis = Some(BAD[0].into());
    }
    let fields = BAD.iter().enumerate().map(|(i, name)| {
        let category = ["content.note", "person.name", "x.own", "content.file"][i % 4];
        let mut one = field(name, category);
        one.base64 = category == "content.file";
        one
    });
    let customers = object("customers", fields.collect());
    let mut material = house.material(Kind::Access, true);
    material.case = "2026\";}</style><script>";
    material.systems[3].name = BAD[0].into();
    if let Some(fault) = &mut material.systems[3].error {
        fault.text = dsr::messages::Text::same(BAD[1]);
    }
    let container = Box::new(Folder::create(folder).unwrap());
    let mut package = Package::new(material, container).unwrap();
    let mut writer = package.object("shop", &customers).unwrap();
    for (row, value) in BAD.iter().enumerate() {
        let mut data = serde_json::Map::new();
        for name in BAD {
            data.insert((*name).into(), json!(value));
        }
        data.insert(format!("unlisted {value}"), json!(1));
        data.insert("id".into(), json!(format!("{row} {value}")));
        writer.push(&record(Value::Object(data))).unwrap();
    }
    let nested: Vec<Value> = BAD
        .iter()
        .map(|bad| json!({*bad: [bad, {*bad: bad}]}))
        .collect();
    let mut data = serde_json::Map::new();
    for name in BAD {
        data.insert((*name).into(), json!(nested));
    }
    data.insert("id".into(), json!("nested"));
    writer.push(&record(Value::Object(data))).unwrap();
    let columns = BAD.iter().map(|name| UnreadColumn {
        name: (*name).into(),
        forbidden: true,
        listed_for: vec![(*name).into()],
    });
    writer.unread(&Unread {
        columns: columns.collect(),
        blind: Some(Blind::View),
    });
    writer.finish().unwrap();
    package.finish().unwrap();
}

#[test]
fn nothing_breaks_out_of_its_place() {
    for (lang, page) in [(Lang::De, "uebersicht.html"), (Lang::En, "overview.html")] {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("package");
        hostile(&folder, lang);
        let html = fs_err::read_to_string(folder.join(page)).unwrap();
        for tag in [
            "<script",
            "<img",
            "<svg",
            "<iframe",
            "<form",
            "<base",
            "<link",
            "<input",
            "<b>",
            "<h1>owned",
            "javascript:document.title='owned'\"",
        ] {
            assert!(!html.contains(tag), "{tag}");
        }
        // A page opened from a disk has no server to be protected by: it refers to its own files and parts and to nothing else.
        let references = references(&html);
        assert!(references.len() > 10);
        for reference in references {
            let local = [
                "\"#",
                "\"data/",
                "\"files/",
                "\"manifest.json",
                "\"schema.json",
            ];
            let ours = local.iter().any(|start| reference.starts_with(start));
            assert!(ours && !reference.contains("//"), "{reference}");
        }
        let style = html
            .split("<style>")
            .nth(1)
            .unwrap()
            .split("</style>")
            .next()
            .unwrap();
        assert!(!style.contains("url(") && !style.contains("@import"));
        assert_eq!(html.matches("<style>").count(), 1);
        assert_eq!(html.matches("<meta ").count(), 4);
        assert_eq!(html.matches("</main>").count(), 1);
        let steers = |c: char| {
            (c.is_control() && c != '\n' && c != '\t')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!html.chars().any(steers));
        // A terminal that shows any of the files does nothing but show it.
        for file in [
            "REVIEW.txt",
            "manifest.json",
            "schema.json",
            "data/shop/customers.json",
        ] {
            let text = fs_err::read_to_string(folder.join(file)).unwrap();
            assert!(!text.chars().any(steers), "{file}");
        }
        // JSON is faithful.
        let text = fs_err::read_to_string(folder.join("data/shop/customers.json")).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        for (row, value) in BAD.iter().enumerate() {
            assert_eq!(read["records"][row][BAD[0]], *value);
        }
        // No cell of the table is a formula.
        let csv = fs_err::read(folder.join("data/shop/customers.csv")).unwrap();
        let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&csv);
        let delimiter = if lang == Lang::De { b';' } else { b',' };
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(csv);
        let mut count = 0;
        for row in rows.records() {
            let row = row.unwrap();
            count += 1;
            assert_eq!(row.len(), BAD.len() + 1);
            for cell in &row {
                let first = cell.trim_start().chars().next();
                assert!(
                    !matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\u{ff1d}')),
                    "{cell:?}"
                );
            }
        }
        assert_eq!(count, BAD.len() + 2);
    }
}

/// What a browser makes of the page: its DOM after everything that could run has run.
fn dom(page: &Path, profile: &Path) -> String {
    let done = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=2000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn a_browser_runs_nothing() {
    if !has("chromium") {
        eprintln!("skipped: needs chromium");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let (folder, profile) = (root.path().join("package"), root.path().join("profile"));
    hostile(&folder, Lang::De);
    let page = folder.join("uebersicht.html");
    let seen = dom(&page, &profile);
    let title = &seen[seen.find("<title>").unwrap()..seen.find("</title>").unwrap()];
    assert!(title.contains("Ihre personenbezogenen Daten"), "{title}");
    for tag in [
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<form",
        "<base",
        "<link",
        "<h1>owned",
        "<b>",
    ] {
        assert!(!seen.contains(tag), "{tag}");
    }
    // Every record is a table of its own, below its object and nothing else.
    assert_eq!(
        seen.matches("<table class=\"record\">").count(),
        BAD.len() + 1
    );
    assert_eq!(seen.matches("</main>").count(), 1);
    // The test sees a script when there is one.
    let control = root.path().join("control.html");
    fs_err::write(
        &control,
        "<title>x</title><script>document.title='owned'</script>",
    )
    .unwrap();
    assert!(dom(&control, &profile).contains("<title>owned</title>"));
    // And the policy alone would stop one.
    let html = fs_err::read_to_string(&page).unwrap();
    let let_in = html.replace(
        "</main>",
        "<script>document.title='owned'</script><b style='color:red'>x</b></main>",
    );
    fs_err::write(&page, let_in).unwrap();
    assert!(!dom(&page, &profile).contains("<title>owned</title>"));
}

#[test]
fn ten_megabytes_in_one_value() {
    let house = House::new(Lang::De);
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("package");
    let mut package = Package::new(
        house.material(Kind::Access, true),
        Box::new(Folder::create(&folder).unwrap()),
    )
    .unwrap();
    let orders = &house.systems[0].objects[1];
    let long = "Zeile <b> mit \"Zeichen\" & Umläuten äöü\n".repeat(260_000);
    let mut writer = package.object("shop", orders).unwrap();
    writer
        .push(&record(
            json!({"id": 1, "note": long, "shipping_address": ["x", {"y": 1}]}),
        ))
        .unwrap();
    writer.finish().unwrap();
    package.finish().unwrap();
    assert!(long.len() > 10_000_000);
    let page = fs_err::metadata(folder.join("uebersicht.html"))
        .unwrap()
        .len();
    assert!(page < 100_000, "{page}");
    let read: Value =
        serde_json::from_slice(&fs_err::read(folder.join("data/shop/orders.json")).unwrap())
            .unwrap();
    assert_eq!(read["records"][0]["note"], long);
}
