use super::*;
use crate::connector::object::{Action, At, Erase};
use crate::connector::rest::request::{Next, Slot};

const SOUND: &str = r#"dsr: 1
connector: bookings
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: { number: query.page, start: 1, size: query.per_page, of: 50 }
  limits: { rate: 700/10m, retries: 3, parallel: 2, timeout: 10s }
objects:
  notes:
    find: [{ under: guests, get: "/guests/{{ parent.id }}/notes", page: none }]
    fields: { text: content.note }
    erase: with guests
  guests:
    key: id
    find:
      - { by: email, get: /guests, query: { email: "{{ value }}" } }
      - { by: phone, post: /search, read_only: true, body: { phone: "{{ value }}" } }
    read: { get: "/guests/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      phone: { category: contact.phone, identity: phone }
      name: person.name
      address.city: contact.address
    cap: 20
    remove: { delete: "/guests/{{ record.id }}", outcome: { blocked: [422] }, irreversible: "bookings go too", unconfirmed: true }
    anonymise: { patch: "/guests/{{ record.id }}", body: "{{ masked }}", verify: { after: 1s, within: 5m } }
"#;

fn parsed(text: &str) -> Result<Definition> {
    parse(Arc::new(Source {
        path: "connectors/bookings.yml".into(),
        text: text.to_owned(),
    }))
}

/// The codes, each with what stands at its place, after one change to the sound file.
fn refused(from: &str, to: &str) -> Vec<(&'static str, String)> {
    assert!(SOUND.contains(from), "{from}");
    let trouble = parsed(&SOUND.replacen(from, to, 1)).expect_err(to);
    for diagnostic in &trouble.diagnostics {
        let what = &diagnostic.what.en;
        assert!(
            !diagnostic.help.is_empty(),
            "no remedy: {} {what}",
            diagnostic.code
        );
    }
    trouble
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic
                .place
                .as_ref()
                .unwrap_or_else(|| panic!("{} has no place", diagnostic.code));
            (
                diagnostic.code,
                place.source.text[place.start..place.end].to_owned(),
            )
        })
        .collect()
}

#[test]
fn a_sound_file_becomes_a_definition() {
    let definition = parsed(SOUND).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics));
    assert_eq!(
        (definition.name.as_str(), definition.version.as_str()),
        ("bookings", "1.0.0")
    );
    assert_eq!(definition.digest, Digest::sha256(SOUND.as_bytes()));
    let names: Vec<&str> = definition.objects.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["guests", "notes"], "parents come first");
    let guests = definition.object("guests").unwrap();
    assert_eq!((guests.cap, &guests.erase), (20, &Erase::Remove));
    assert!(guests.can(Action::Anonymise) && !guests.can(Action::Restrict));
    assert!(matches!(&guests.fields[3].at, At::Path(path) if path == &["address", "city"]));
    let How::Http {
        read: Some(read),
        actions,
        ..
    } = &guests.how
    else {
        panic!()
    };
    assert!(
        matches!(read.page.next, Next::None),
        "reading by key has no pages"
    );
    assert_eq!(
        actions[0]
            .1
            .irreversible
            .as_ref()
            .map(|text| text.en.as_str()),
        Some("bookings go too")
    );
    assert!(actions[0].1.unconfirmed);
    assert_eq!(
        (actions[1].1.verify.after_ms, actions[1].1.verify.within_ms),
        (1000, 300_000)
    );
    let Via::Request(find) = &guests.find[0].via else {
        panic!()
    };
    assert!(
        matches!(&find.page.next, Next::Number { into: Slot::Query(query), start: 1 } if query == "page")
    );
    assert_eq!(
        (find.page.of, find.page.size.clone(), find.page.max),
        (50, Some(Slot::Query("per_page".to_owned())), 10_000)
    );
    let limits = &definition.api.limits;
    assert_eq!(
        (limits.rate, limits.retries, limits.parallel),
        (Some((700, std::time::Duration::from_secs(600))), 3, 2)
    );

    assert_eq!(definition.origin(), "{settings.url}");
    assert_eq!(
        definition.read_only_posts(),
        ["guests: POST /search body {\"phone\":\"{value}\"}"]
    );
    assert_eq!(
        definition.writes(),
        [
            (
                "guests.remove".to_owned(),
                vec!["DELETE /guests/{record.id}".to_owned()]
            ),
            (
                "guests.anonymise".to_owned(),
                vec!["PATCH /guests/{record.id} body \"{masked}\"".to_owned()]
            ),
        ]
    );
}

#[test]
fn who_decides_on_trust_sees_how_it_logs_in_and_how_many_a_call_may_reach() {
    let definition = parsed(
        r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, user: {}, key: { secret: true } }
api:
  url: "{{ settings.url }}/api"
  auth:
    session:
      post: /login
      body: { user: "{{ settings.user }}", password: "{{ settings.key }}" }
      capture: { ticket: $.ticket }
      header: { X-Ticket: "{{ auth.ticket }}" }
      ends: { delete: /login }
  records: "$.items[*]"
objects:
  users:
    find: [{ by: email, get: /users, query: { email: "{{ value }}" } }]
    fields: { email: { category: contact.email, identity: email } }
    remove:
      batch: 200
      post: /deletions
      body: { ids: "{{ keys }}" }
      each: { at: "$[*]", key: id, done: item.ok }
"#,
    )
    .unwrap();
    assert_eq!(
        definition.log_ins(),
        [
            "POST /login body {\"password\":\"{settings.key}\",\"user\":\"{settings.user}\"}",
            "DELETE /login"
        ]
    );
    let writes = definition.writes();
    assert_eq!(writes[0].0, "users.remove, ≤ 200");
}

#[test]
fn files_that_must_not_load() {
    let remove = "delete: \"/guests/{{ record.id }}\"";
    for (from, to, code, at) in [
        ("dsr: 1", "dsr: 2", "E100", "2"),
        (
            "connector: bookings",
            "connector: My Bookings",
            "E101",
            "My Bookings",
        ),
        ("version: 1.0.0", "version: \"1.0\"", "E102", "\"1.0\""),
        (
            "key: { secret: true }",
            "key: { secret: true }, old: {}",
            "E110",
            "old",
        ),
        (
            "\"{{ settings.key }}\"",
            "\"{{ settings.kee }}\"",
            "E111",
            "settings.kee",
        ),
        (
            "{ type: url }",
            "{ type: url, default: \"http://hotel.example\" }",
            "E112",
            "{ type: url, default: \"http://hotel.example\" }",
        ),
        (
            "query: { email: \"{{ value }}\" }",
            "query: { email: \"{{ value }}\", k: \"{{ settings.key }}\" }",
            "E113",
            "settings.key",
        ),
        (
            "key: { secret: true }",
            "key: { secret: true, default: abc }",
            "E114",
            "{ secret: true, default: abc }",
        ),
        ("cap: 20", "cpa: 20", "E120", "cpa"),
        ("    fields: { text: content.note }\n", "", "E122", ""),
        ("  records: \"$.items[*]\"\n", "", "E122", ""),
        (
            "get: /guests,",
            "get: \"https://evil.example/guests\",",
            "E130",
            "\"https://evil.example/guests\"",
        ),
        (
            "get: /guests,",
            "get: //evil.example/guests,",
            "E130",
            "//evil.example/guests",
        ),
        (
            "get: /guests,",
            "get: \"{{ value }}/guests\",",
            "E130",
            "\"{{ value }}/guests\"",
        ),
        (
            "get: /guests,",
            "get: \"/guests?all=1\",",
            "E130",
            "\"/guests?all=1\"",
        ),
        (
            "get: /guests,",
            "get: /a/../guests,",
            "E130",
            "/a/../guests",
        ),
        (
            "post: /search, read_only: true",
            "post: /search",
            "E140",
            "/search",
        ),
        ("get: /guests,", "delete: /guests,", "E140", "/guests"),
        (
            remove,
            "delete: \"/guests/{{ record.id }}\", read_only: true",
            "E141",
            "\"/guests/{{ record.id }}\"",
        ),
        ("  guests:\n", "  phone:\n", "E343", "guests"),
        ("under: guests", "under: guest", "E343", "guest"),
        (
            "erase: with guests",
            "erase: with gests",
            "E343",
            "with gests",
        ),
        ("erase: with guests", "erase: remove", "E205", "remove"),
        ("erase: with guests", "erase: retain", "E207", "retain"),
        ("identity: phone }", "portable: true }", "E210", "phone"),
        (
            "by: email, get: /guests",
            "under: notes, get: \"/notes/{{ parent.id }}/guests\"",
            "E303",
            "value",
        ),
        (
            "      name: person.name\n",
            "      name: { category: person.name, at: \"$.names[*].text\" }\n",
            "E220",
            "",
        ),
        (
            remove,
            "delete: \"/guests/{{ record.id }}\", post: /x",
            "E230",
            "",
        ),
        ("get: /guests, ", "", "E230", ""),
        ("\"{{ masked }}\"", "\"{% if masked %}\"", "E301", "{%"),
        (
            "query: { email: \"{{ value }}\" }",
            "query: { q: \"mail = '{{ value }}'\" }",
            "E302",
            "value",
        ),
        (
            "query: { email: \"{{ value }}\" }",
            "query: { q: \"mail:{{ value | text }}\" }",
            "E302",
            "value | text",
        ),
        (
            "{ email: \"{{ value }}\" }",
            "{ email: \"{{ vlaue }}\" }",
            "E303",
            "vlaue",
        ),
        (
            "get: \"/guests/{{ record.id }}\", records: $",
            "get: \"/guests/{{ record.name }}\", records: $",
            "E303",
            "record.name",
        ),
        (
            remove,
            "delete: \"/guests/{{ record.id }}/{{ masked.name }}\"",
            "E303",
            "masked.name",
        ),
        (
            "{ email: \"{{ value }}\" }",
            "{ email: \"{{ value | lowr }}\" }",
            "E304",
            "lowr",
        ),
        ("records: \"$.items[*]\"", "records: items", "E305", "items"),
        (
            "page: { number: query.page",
            "page: { number: page",
            "E121",
            "page",
        ),
        (
            "page: { number: query.page",
            "page: { number: body.a..b",
            "E121",
            "body.a..b",
        ),
        ("page: { number: query.page", "page: { x: y", "E120", "x"),
        (
            "page: { number: query.page",
            "page: { next: $.n, number: query.page",
            "E121",
            "",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { next: $.n, start: 1",
            "E353",
            "1",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { cursor: $.n",
            "E122",
            "",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { link_header: true, into: query.page",
            "E353",
            "query.page",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { link_header: false",
            "E121",
            "",
        ),
        ("  page: {", "  page: auto #", "E121", "auto"),
        (
            "number: query.page, start: 1, size: query.per_page",
            "number: body.paging.page, size: query.per_page",
            "E351",
            "/guests",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: \"{{ value }}\", page: { number: body.n } }",
            "E351",
            "{ number: body.n }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { form: { phone: \"{{ value }}\" } }, page: { number: body.n } }",
            "E351",
            "{ number: body.n }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { phone: \"{{ value }}\", n: 1 }, page: { number: body.n } }",
            "E352",
            "{ number: body.n }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { phone: \"{{ value }}\", n: { m: 1 } }, page: { number: body.n } }",
            "E352",
            "{ number: body.n }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { phone: \"{{ value }}\" }, page: { number: body.phone.n } }",
            "E352",
            "{ number: body.phone.n }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { phone: \"{{ value }}\" }, page: { number: body.p, size: body.p.size } }",
            "E352",
            "{ number: body.p, size: body.p.size }",
        ),
        (
            "query: { email: \"{{ value }}\" }",
            "query: { email: \"{{ value }}\", page: 1 }",
            "E352",
            "/guests",
        ),
        (
            "size: query.per_page",
            "size: query.page",
            "E352",
            "/guests",
        ),
        (
            "records: \"$.items[*]\"",
            "records: \"$.items[*]\"\n  decode: text",
            "E350",
            "/guests",
        ),
        (
            "records: $ }",
            "records: $, decode: bytes }",
            "E350",
            "\"/guests/{{ record.id }}\"",
        ),
        ("records: $ }", "records: $, decode: jsn }", "E121", "jsn"),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { a: 1, b: 2 } }",
            "E354",
            "{ a: 1, b: 2 }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { a: [1] } }",
            "E354",
            "{ a: [1] }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { a: { \"b c\": 1 } } }",
            "E354",
            "\"b c\"",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { a: { \"@b\": { c: 1 } } } }",
            "E354",
            "\"@b\"",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { a: { b: [[1]] } } }",
            "E354",
            "[1]",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: \"<a/>\" }",
            "E121",
            "\"<a/>\"",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { csv: [{ a: 1 }, { b: 1 }] }",
            "E355",
            "[{ a: 1 }, { b: 1 }]",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { csv: { a: 1 } }",
            "E355",
            "{ a: 1 }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { text: { a: 1 } }",
            "E121",
            "{ a: 1 }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { guest: { name: \"x {{ masked.name }}\" } } }",
            "E302",
            "masked.name",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { csv: [{ name: \"x {{ masked.name }}\" }] }",
            "E302",
            "masked.name",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { text: \"x {{ masked.name }}\" }",
            "E302",
            "masked.name",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { form: { name: \"x {{ masked.name }}\" } }",
            "E302",
            "masked.name",
        ),
        (
            "auth: { header: { X-Api-Key: \"{{ settings.key }}\" } }",
            "auth: { oauth2: { client_secret: \"{{ settings.key }}\" } }",
            "E122",
            "",
        ),
        (
            "page: { number: query.page, start: 1, size",
            "page: { offset: from, size",
            "E121",
            "from",
        ),
        ("by: phone", "by: age", "E211", "age"),
        ("dsr: 1", "dsr: 1\nextends: nowhere@1", "E401", "nowhere@1"),
        (
            remove,
            "delete: \"/guests/{{ record.id }}\", batch: 0",
            "E233",
            "0",
        ),
        ("blocked: [422]", "gone: \"true\"", "E341", "\"true\""),
        (
            "blocked: [422]",
            "gone: \"settings.url == 'x'\"",
            "E303",
            "settings.url",
        ),
        ("blocked: [422]", "gone: [404, 403]", "E342", "[404, 403]"),
        ("blocked: [422]", "gone: [200]", "E342", "[200]"),
        ("blocked: [422]", "done: [200, 404]", "E342", "[200, 404]"),
        (remove, "delete: /guests", "E344", ""),
        (
            "get: \"/guests/{{ record.id }}\", records: $",
            "get: /guests, records: $",
            "E344",
            "",
        ),
        ("    key: id\n", "    key: [tenant, id]\n", "E344", ""),
        (
            "url: \"{{ settings.url }}\"",
            "url: \"http://{{ settings.url }}\"",
            "E345",
            "\"http://{{ settings.url }}\"",
        ),
        ("{ type: url }", "{}", "E345", "\"{{ settings.url }}\""),
        (
            "\"{{ settings.url }}\"",
            "\"https://x@{{ settings.url }}\"",
            "E345",
            "\"https://x@{{ settings.url }}\"",
        ),
        (
            "auth: { header",
            "auth: { bearer: \"{{ settings.key }}\", header",
            "E346",
            "",
        ),
        (
            "get: \"/guests/{{ record.id }}\", records: $",
            "get: \"/guests/{{ record.id }}\", records: $, body: {}",
            "E347",
            "{}",
        ),
        ("records: $ }", "records: $, page: none }", "E348", "none"),
        ("X-Api-Key", "Host", "E349", "Host"),
        ("X-Api-Key", "\"X Key\"", "E349", "\"X Key\""),
        (
            "get: \"/guests/{{ parent.id }}/notes\"",
            "get: /notes",
            "E338",
            "",
        ),
        ("{ by: email, get", "{ get", "E337", ""),
        (
            "under: guests, get",
            "under: guests, partial: true, get",
            "E336",
            "",
        ),
        ("rate: 700/10m", "rate: fast", "E121", "fast"),
        ("timeout: 10s", "timeout: 10", "E121", "10"),
        ("cap: 20", "cap: 0", "E216", "0"),
        ("contact.email", "contact.emial", "E201", "contact.emial"),
    ] {
        let found = refused(from, to);
        assert!(
            found.iter().any(|(c, p)| *c == code
                && (at.is_empty() || (!p.is_empty() && at.starts_with(p.as_str())))),
            "{to}: {found:?}"
        );
    }
}

#[test]
fn every_form_of_page_body_and_decoder_loads() {
    for (from, to) in [
        (
            "page: { number: query.page, start: 1, size: query.per_page, of: 50 }",
            "page: link_header",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { link_header: true",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { next: $.next, more: $.more, total: $.total, max: 9",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { cursor: $.next, into: query.cursor",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { offset: query.from",
        ),
        (
            "page: { number: query.page, start: 1",
            "page: { offset: query.from, start: 1",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { phone: \"{{ value }}\", p: { a: 1 } }, page: { cursor: $.next, into: body.p.after, size: body.p.limit } }",
        ),
        (
            "body: { phone: \"{{ value }}\" } }",
            "body: { json: { text: \"{{ value }}\" } }, page: { offset: body.from, size: body.size } }",
        ),
        (
            "body: { phone: \"{{ value }}\" }",
            "body: { form: { phone: \"{{ value }}\" } }",
        ),
        (
            "body: { phone: \"{{ value }}\" }",
            "body: { text: \"phone {{ value | quoted }}\" }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { xml: { guest: { \"@id\": \"{{ record.id }}\", n: \"{{ masked.name }}\", t: [a, b] } } }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { csv: [{ id: \"{{ record.id }}\", name: \"{{ masked.name }}\" }] }",
        ),
        (
            "body: \"{{ masked }}\"",
            "body: { csv: \"{{ [masked] }}\" }",
        ),
        ("records: $ }", "records: $.guest, decode: xml }"),
        ("  limits:", "  decode: csv\n  limits:"),
        // The key may travel in any notation, or as a part of the whole record.
        (
            "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
            "/guests, body: { xml: { g: { \"@id\": \"{{ record.id }}\" } } }",
        ),
        (
            "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
            "/guests, body: { csv: [{ id: \"{{ record['id'] }}\" }] }",
        ),
        (
            "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
            "/guests, body: { text: \"{{ record.id }}\" }",
        ),
        (
            "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
            "/guests, body: { xml: { g: \"{{ record | merge(masked) }}\" } }",
        ),
    ] {
        assert!(SOUND.contains(from), "{from}");
        let outcome = parsed(&SOUND.replacen(from, to, 1));
        assert!(
            outcome.is_ok(),
            "{to}: {:#?}",
            outcome.map(|_| ()).map_err(|t| t.diagnostics)
        );
    }
    for keyless in [
        "/guests, body: { xml: { g: { n: \"{{ masked.name }}\" } } }",
        "/guests, body: { form: { n: \"{{ record }}\" } }",
        "/guests, body: { text: \"all\" }",
    ] {
        let found = refused(
            "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
            keyless,
        );
        assert_eq!(found[0].0, "E344", "{keyless}");
    }
    let hint =
        parsed(&SOUND.replacen("\"{{ masked }}\"", "{ xml: { a: 1, b: 2 } }", 1)).unwrap_err();
    assert!(
        hint.diagnostics[0]
            .help
            .iter()
            .any(|help| help.en.contains("body: { json: { xml: … } }"))
    );
}

#[test]
fn one_mistake_gives_one_message() {
    for (from, to) in [
        ("cap: 20", "cpa: 20"),
        ("version: 1.0.0", "version: one"),
        ("{ email: \"{{ value }}\" }", "{ email: \"{{ vlaue }}\" }"),
        ("delete: \"/guests/{{ record.id }}\"", "delete: /guests"),
        ("contact.email", "contact.emial"),
        ("post: /search, read_only: true", "post: /search"),
        (
            "auth: { header: { X-Api-Key: \"{{ settings.key }}\" } }",
            "auth: { oauth2: { client_secret: \"{{ settings.key }}\" } }",
        ),
    ] {
        assert_eq!(refused(from, to).len(), 1, "{to}: {:?}", refused(from, to));
    }
}

#[test]
fn a_message_says_what_where_why_and_what_to_write() {
    let text = SOUND.replacen(
        "query: { email: \"{{ value }}\" }",
        "query: { q: \"mail = '{{ value }}'\" }",
        1,
    );
    let trouble = parsed(&text).unwrap_err();
    let diagnostic = &trouble.diagnostics[0];
    assert_eq!(
        diagnostic.what.en,
        "this value is put into a longer text without quoting"
    );
    assert_eq!(diagnostic.place.as_ref().unwrap().line_column(), (19, 60));
    assert!(diagnostic.why.is_some());
    assert_eq!(diagnostic.help[0].en, "write: {{ value | quoted }}");
    assert_eq!(trouble.exit(), crate::diagnostic::Exit::Usage);

    let trouble =
        parsed(&SOUND.replacen("post: /search, read_only: true", "post: /search", 1)).unwrap_err();
    assert_eq!(
        trouble.diagnostics[0].help[0].en,
        "if this POST only searches, add:   read_only: true"
    );
}

#[test]
fn cycles_and_names_of_kinds_are_refused() {
    let cycle = "dsr: 1\nconnector: x\nversion: 1.0.0\napi: { url: \"https://api.example.com\", records: \"$[*]\" }\nobjects:\n  a: { find: [{ under: b, get: \"/a/{{ parent.id }}\" }], fields: {}, erase: manual }\n  b: { find: [{ under: a, get: \"/b/{{ parent.id }}\" }], fields: {}, erase: manual }\n";
    let code = |text: &str| parsed(text).unwrap_err().diagnostics[0].code;
    assert_eq!(code(cycle), "E213");
    assert_eq!(
        code(&format!(
            "{}objects: {{}}\n",
            &cycle[..cycle.find("objects").unwrap()]
        )),
        "E337"
    );
    let kind = "dsr: 1\nconnector: x\nversion: 1.0.0\napi: { url: \"https://api.example.com\", records: \"$[*]\" }\nobjects:\n  email: { find: [{ by: email, get: /a, query: { q: \"{{ value }}\" } }], fields: { email: { category: contact.email, identity: email } }, erase: manual }\n";
    assert_eq!(code(kind), "E200");
}

#[test]
fn reading_everything_is_a_warning() {
    let text = SOUND.replacen(", query: { email: \"{{ value }}\" }", "", 1);
    let definition = parsed(&text).unwrap();
    assert_eq!(
        definition
            .warnings
            .iter()
            .map(|w| w.code)
            .collect::<Vec<_>>(),
        ["W201"]
    );
}

#[test]
fn settings_are_checked_against_their_rule() {
    let rule = |kind, pattern: Option<&str>, one_of: &[&str]| SettingRule {
        kind,
        pattern: pattern.map(|p| regex::Regex::new(&format!("^(?:{p})$")).unwrap()),
        one_of: one_of.iter().map(ToString::to_string).collect(),
        ..SettingRule::default()
    };
    use SettingKind::*;
    let good = |rule: &SettingRule, value: &str| rule.check(value, false).is_ok();
    let url = rule(Url, None, &[]);
    for value in [
        "https://x.example",
        "https://x.example:8443/api",
        "http://127.0.0.1:80",
        "http://localhost",
        "http://[::1]:1",
    ] {
        assert!(good(&url, value), "{value}");
    }
    for value in [
        "http://x.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://u@x.example",
        "https://x.example/?q",
        "https://x.example/#f",
        "ftp://x.example",
        "x.example",
        "",
        "https://",
        "javascript:alert(1)",
    ] {
        assert!(!good(&url, value), "{value}");
    }
    assert!(url.check("http://x.example", true).is_ok());
    assert!(good(&rule(Integer, None, &[]), "-3") && !good(&rule(Integer, None, &[]), "3.0"));
    assert!(good(&rule(Boolean, None, &[]), "true") && !good(&rule(Boolean, None, &[]), "yes"));
    let pattern = rule(Text, Some("[a-z]+|b"), &[]);
    assert!(good(&pattern, "acme") && !good(&pattern, "acme.evil") && !good(&pattern, "x\nacme"));
    assert!(
        good(&rule(Text, None, &["eu", "us"]), "eu")
            && !good(&rule(Text, None, &["eu", "us"]), "e")
    );
}
