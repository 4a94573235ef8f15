//! Every form of page, body and decoder against servers that keep to it and servers that do not.

use super::*;

/// The bookings with another `page`, and with other words anywhere.
fn with(changes: &[(&str, &str)]) -> Definition {
    let mut text = BOOKINGS.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut definition = parse(&text);
    definition.api.limits.retries = 0;
    definition
}

const PAGE: &str = "page: { number: query.page, start: 1, size: query.per_page, of: 2 }";
const FIND: &str = "{ by: email, get: /guests, query: { email: \"{{ value }}\" } }";

async fn ran(
    changes: &[(&str, &str)],
    answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
) -> (Result<Vec<String>, String>, Server) {
    let server = Server::start(answer);
    let found = find_in(&opening_of(with(changes), &server.url, None)).await;
    (found.map(|f| keys_of(&f)).map_err(|f| f.code), server)
}

async fn outcome(
    page: &str,
    answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
) -> Result<Vec<String>, String> {
    ran(&[(PAGE, page)], answer).await.0
}

fn ok(keys: &[&str]) -> Result<Vec<String>, String> {
    Ok(keys.iter().map(ToString::to_string).collect())
}

fn err(code: &str) -> Result<Vec<String>, String> {
    Err(code.to_owned())
}

fn items(ids: &[u64]) -> Value {
    json!({"items": ids.iter().map(|id| guest(*id)).collect::<Vec<_>>()})
}

/// The items with further members.
fn items_and(ids: &[u64], more: Value) -> Reply {
    let mut body = items(ids);
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    Reply::json(body)
}

fn number(request: &Received, name: &str) -> u64 {
    request.query(name).and_then(|n| n.parse().ok()).unwrap()
}

// ---- link headers ----

#[tokio::test]
async fn link_headers_lead_from_page_to_page() {
    let (found, server) = ran(
        &[(
            PAGE,
            "page: { link_header: true, size: query.per_page, of: 7 }",
        )],
        |r| {
            let reply = |ids: &[u64]| Reply::json(items(ids));
            match r.query("p").as_deref() {
                None => reply(&[1])
                    .header(
                        "Link",
                        "</guests?p=0>; rel=\"prev\"; title=\"a, b; rel=next\"",
                    )
                    .header(
                        "Link",
                        "<?p=2>; rel=\"last next\", <https://evil.example/>; rel=help",
                    ),
                Some("2") => reply(&[]).header("link", "</guests?p=3&x=%2C%3E>; rel=next"),
                Some("3") => reply(&[2]).header("Link", "<?p=1>; rel=first"),
                _ => Reply::status(500),
            }
        },
    )
    .await;
    assert_eq!(found, ok(&["1", "2"]));
    let lines = server.lines();
    assert!(lines[0].ends_with("&per_page=7"), "{lines:?}");
    assert_eq!(lines[1..], ["GET /guests?p=2", "GET /guests?p=3&x=%2C%3E"]);
    for request in server.received() {
        assert_eq!(request.header("x-api-key"), Some(SECRET));
    }
    // A single page has no header at all.
    assert_eq!(
        outcome("page: link_header", |_| Reply::json(items(&[1]))).await,
        ok(&["1"])
    );
}

#[tokio::test]
async fn link_headers_that_lead_astray_are_faults() {
    for (link, code) in [
        ("<https://evil.example/guests>; rel=next", "E131"),
        ("<//evil.example/guests>; rel=next", "E131"),
        ("<http://127.0.0.1:1/guests>; rel=next", "E131"),
        ("<javascript:alert(1)>; rel=next", "E131"),
        ("</guests?p=2; rel=next", "E310"),
        ("</guests?p=2>; rel=\"next", "E310"),
        ("</guests?p=2>; rel=next, </guests?p=3>; rel=next", "E310"),
    ] {
        let (found, server) = ran(&[(PAGE, "page: link_header")], move |_| {
            Reply::json(items(&[1])).header("Link", link)
        })
        .await;
        assert_eq!((found, server.lines().len()), (err(code), 1), "{link}");
    }
    // The page itself, and a circle.
    let same = |r: &Received| {
        Reply::json(items(&[r.nth as u64])).header("Link", format!("<{}>; rel=next", r.target))
    };
    assert_eq!(outcome("page: link_header", same).await, err("E311"));
    let circle = |r: &Received| {
        let next = if r.query("p").as_deref() == Some("a") {
            "b"
        } else {
            "a"
        };
        Reply::json(items(&[r.nth as u64])).header("Link", format!("<?p={next}>; rel=next"))
    };
    assert_eq!(outcome("page: link_header", circle).await, err("E311"));
    let endless = |r: &Received| {
        Reply::json(items(&[r.nth as u64])).header("Link", format!("<?p={}>; rel=next", r.nth))
    };
    assert_eq!(
        outcome("page: { link_header: true, max: 9 }", endless).await,
        err("E313")
    );
    let lost = |_: &Received| items_and(&[1], json!({"more": true}));
    assert_eq!(
        outcome("page: { link_header: true, more: $.more }", lost).await,
        err("E319")
    );
}

// ---- cursors ----

#[tokio::test]
async fn cursors_are_sent_back_until_none_comes() {
    for end in [
        json!({}),
        json!({"next": null}),
        json!({"next": ""}),
        json!({"next": false}),
    ] {
        let end = end.clone();
        let (found, server) = ran(
            &[(
                PAGE,
                "page: { cursor: $.next, into: query.after, size: query.limit, of: 3 }",
            )],
            move |r| match r.query("after").as_deref() {
                None => items_and(&[1], json!({"next": "a&b=c d/é"})),
                Some("a&b=c d/é") => items_and(&[2], json!({"next": 17})),
                Some("17") => items_and(&[3], end.clone()),
                _ => Reply::status(500),
            },
        )
        .await;
        assert_eq!(found, ok(&["1", "2", "3"]));
        for request in server.received() {
            assert_eq!(request.query("limit").as_deref(), Some("3"));
            assert_eq!(
                request.query("email").as_deref(),
                Some("o'brien+a&b=c@example.org")
            );
        }
    }
}

#[tokio::test]
async fn cursors_that_lead_nowhere_are_faults() {
    let page = "page: { cursor: $.next, into: query.after, more: $.more }";
    for (members, code) in [
        (json!({"more": true}), "E319"),
        (json!({"more": true, "next": null}), "E319"),
        (json!({"more": true, "next": ""}), "E319"),
        (json!({"more": "true", "next": "a"}), "E310"),
        (json!({"more": 1, "next": "a"}), "E310"),
        (json!({"next": "a"}), "E310"),
        (json!({"more": true, "next": {"id": 1}}), "E310"),
        (json!({"more": true, "next": ["a"]}), "E310"),
        (json!({"more": true, "next": true}), "E310"),
        (json!({"more": true, "next": 1.5}), "E310"),
    ] {
        let shown = members.to_string();
        let found = outcome(page, move |_| items_and(&[1], members.clone())).await;
        assert_eq!(found, err(code), "{shown}");
    }
    let same = |r: &Received| items_and(&[r.nth as u64], json!({"more": true, "next": "a"}));
    assert_eq!(outcome(page, same).await, err("E311"));
    let endless = |r: &Received| items_and(&[r.nth as u64], json!({"next": r.nth}));
    let limited = "page: { cursor: $.next, into: query.after, max: 5 }";
    assert_eq!(outcome(limited, endless).await, err("E313"));
    // `more` ends it, whatever cursor is left over; an empty page in between does not.
    let gaps = |r: &Received| match r.query("after").as_deref() {
        None => items_and(&[1], json!({"more": true, "next": "a"})),
        Some("a") => items_and(&[], json!({"more": true, "next": "b"})),
        _ => items_and(&[2], json!({"more": false, "next": "c"})),
    };
    assert_eq!(outcome(page, gaps).await, ok(&["1", "2"]));
}

// ---- offsets ----

/// Pages of two at most, whatever is asked for, out of so many.
fn from_offset(total: u64, told: Value) -> impl Fn(&Received) -> Reply {
    move |r| {
        let from = number(r, "from");
        let ids: Vec<u64> = (from + 1..=total.min(from + 2)).collect();
        items_and(&ids, json!({"total": told}))
    }
}

#[tokio::test]
async fn offsets_grow_by_what_came_and_a_short_page_is_no_end() {
    let page = "page: { offset: query.from, size: query.limit, of: 50 }";
    let (found, server) = ran(&[(PAGE, page)], from_offset(5, json!(null))).await;
    assert_eq!(found, ok(&["1", "2", "3", "4", "5"]));
    let from: Vec<u64> = server
        .received()
        .iter()
        .map(|r| number(r, "from"))
        .collect();
    assert_eq!(from, [0, 2, 4, 5], "the last, empty page is asked for");
    let counted = "page: { offset: query.from, total: $.total }";
    let (found, server) = ran(&[(PAGE, counted)], from_offset(5, json!(5))).await;
    assert_eq!((found.map(|f| f.len()), server.lines().len()), (Ok(5), 3));
    let first = "page: { offset: query.from, start: 1, total: $.total }";
    let (found, server) = ran(&[(PAGE, first)], |r| {
        let from = number(r, "from");
        items_and(&[from, from + 1], json!({"total": 4}))
    })
    .await;
    assert_eq!(
        (found, server.lines().len()),
        (ok(&["1", "2", "3", "4"]), 2)
    );
}

#[tokio::test]
async fn offsets_that_do_not_add_up_are_faults() {
    let counted = "page: { offset: query.from, total: $.total }";
    for (told, code) in [
        (json!(6), "E312"),
        (json!(3), "E312"),
        (json!(-1), "E310"),
        (json!("5"), "E310"),
        (json!(null), "E310"),
    ] {
        let shown = told.to_string();
        assert_eq!(
            outcome(counted, from_offset(5, told)).await,
            err(code),
            "{shown}"
        );
    }
    // Pages that shift while they are read: one record comes twice and another not at all.
    let shifting = |r: &Received| match number(r, "from") {
        0 => items_and(&[1, 2], json!({"total": 4})),
        _ => items_and(&[2, 3], json!({"total": 4})),
    };
    assert_eq!(outcome(counted, shifting).await, err("E312"));
    // The server ignores the offset.
    let deaf = |_: &Received| items_and(&[1, 2], json!({"total": 9}));
    assert_eq!(outcome(counted, deaf).await, err("E311"));
    let more = "page: { offset: query.from, more: $.more }";
    let promised = |r: &Received| match number(r, "from") {
        0 => items_and(&[1], json!({"more": true})),
        _ => items_and(&[], json!({"more": true})),
    };
    assert_eq!(outcome(more, promised).await, err("E319"));
    let ended = |_: &Received| items_and(&[1], json!({"more": false}));
    assert_eq!(outcome(more, ended).await, ok(&["1"]));
    let endless = |r: &Received| items_and(&[r.nth as u64], json!({}));
    assert_eq!(
        outcome("page: { offset: query.from, max: 6 }", endless).await,
        err("E313")
    );
}

// ---- searches by POST ----

const POSTED: &str = "{ by: email, post: /search, read_only: true, body: { filter: { email: \"{{ value }}\" }, paging: { sort: id } } }";

#[tokio::test]
async fn pages_of_a_posted_search_travel_in_its_body() {
    let page = "page: { cursor: $.next, into: body.paging.after, size: body.paging.limit, of: 2 }";
    let (found, server) = ran(
        &[(FIND, POSTED), (PAGE, page)],
        |r| match r.json()["paging"].get("after") {
            None => items_and(&[1], json!({"next": 5})),
            Some(after) if *after == json!(5) => items_and(&[2], json!({"next": "x\"}"})),
            Some(after) if *after == json!("x\"}") => items_and(&[3], json!({})),
            _ => Reply::status(500),
        },
    )
    .await;
    assert_eq!(found, ok(&["1", "2", "3"]));
    for request in server.received() {
        let body = request.json();
        assert_eq!(
            body["filter"],
            json!({"email": "o'brien+a&b=c@example.org"})
        );
        assert_eq!(
            (&body["paging"]["limit"], &body["paging"]["sort"]),
            (&json!(2), &json!("id"))
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.target, "/search");
    }
    // The same cursor again is the same request, although the address never changes.
    let same = |r: &Received| items_and(&[r.nth as u64], json!({"next": "a"}));
    let (found, server) = ran(&[(FIND, POSTED), (PAGE, page)], same).await;
    assert_eq!((found, server.lines().len()), (err("E311"), 2));
    let numbered =
        "page: { offset: body.paging.from, size: body.paging.limit, of: 2, total: $.total }";
    let (found, _) = ran(&[(FIND, POSTED), (PAGE, numbered)], |r| {
        let from = r.json()["paging"]["from"].as_u64().unwrap();
        items_and(&[from + 1, from + 2], json!({"total": 4}))
    })
    .await;
    assert_eq!(found, ok(&["1", "2", "3", "4"]));
}

#[tokio::test]
async fn searches_start_anew_for_each_person() {
    let server = Server::start(|r| match r.query("after").as_deref() {
        None => items_and(&[1], json!({"next": "a"})),
        _ => items_and(&[2], json!({})),
    });
    let definition = with(&[(PAGE, "page: { cursor: $.next, into: query.after }")]);
    let opening = opening_of(definition, &server.url, None);
    let object = opening.system.objects[0].clone();
    let mut reader = rest::reader(&opening).unwrap();
    for _ in 0..2 {
        let mut found = Vec::new();
        let sink = &mut |record: Record| {
            found.push(record.key.to_string());
            true
        };
        reader
            .find(&object, 0, Probe::Identity(&anna()), sink)
            .await
            .unwrap();
        assert_eq!(found, ["1", "2"]);
    }
    assert_eq!(server.lines().len(), 4);
}

// ---- notations ----

fn xml_guest(id: u64) -> String {
    format!(
        "<g:guest id=\"{id}\"><mail type=\"work\">o'brien@example.org</mail><name>N &amp; M</name></g:guest>"
    )
}

const XML: &[(&str, &str)] = &[
    (
        "records: \"$.items[*]\"",
        "records: \"$.reply.guests['g:guest'][*]\"\n  decode: xml",
    ),
    (
        PAGE,
        "page: { number: query.page, total: $.reply.total, more: $.reply.more }",
    ),
    ("  guests:\n", "  guests:\n    key: \"@id\"\n"),
    (
        "/guests/{{ record.id }}\", records: $ }",
        "/guests/{{ record['@id'] }}\", records: \"$.reply['g:guest']\" }",
    ),
    (
        "email: { category: contact.email, identity: email }",
        "email: { category: contact.email, identity: email, fixed: true, at: \"$.mail[*]['#text']\" }",
    ),
    (
        "    remove: { delete: \"/guests/{{ record.id }}\" }\n",
        "    remove: { delete: \"/guests/{{ record['@id'] }}\" }\n    restrict: { post: /xml, body: { xml: { guest: { \"@id\": \"{{ record['@id'] }}\", name: \"{{ record.name }}\" } } }, verify: { holds: \"record.x\" } }\n",
    ),
    (
        "\"/guests/{{ record.id }}\", body: \"{{ masked }}\"",
        "\"/guests/{{ record['@id'] }}\", body: \"{{ masked }}\"",
    ),
    (
        "\"/guests/{{ record.id }}\", body: \"{{ record",
        "\"/guests/{{ record['@id'] }}\", body: \"{{ record",
    ),
    (
        "guest: \"{{ record.id }}\"",
        "guest: \"{{ record['@id'] }}\"",
    ),
    (
        "/guests/{{ parent.id }}/notes",
        "/guests/{{ parent['@id'] }}/notes",
    ),
];

#[tokio::test]
async fn xml_is_read_like_any_other_reply() {
    let (found, server) = ran(XML, |r| {
        let page = number(r, "page");
        let body = format!(
            "<?xml version=\"1.0\"?><reply xmlns:g=\"urn:g\"><total>2</total><more>{}</more><guests>{}</guests></reply>",
            page < 2,
            xml_guest(page)
        );
        Reply::bytes("text/xml; charset=utf-8", body)
    })
    .await;
    assert_eq!(found, ok(&["1", "2"]));
    assert_eq!(
        server.received()[0].header("accept"),
        Some("application/xml, text/xml;q=0.9")
    );
    let empty = "<reply><total>0</total><more>false</more><guests/></reply>";
    for (body, expected) in [
        (empty.to_owned(), ok(&[])),
        (empty.replace("<guests/>", ""), err("E310")),
        (empty.replace("<total>0</total>", ""), err("E310")),
        (
            empty.replace("<guests/>", "<guests>no</guests>"),
            err("E310"),
        ),
        (
            empty.replace("<more>false</more>", "<more>no</more>"),
            err("E310"),
        ),
        (
            empty.replace("<guests/>", "<guests><g:guest/></guests>"),
            err("E331"),
        ),
        (format!("<!DOCTYPE reply>{empty}"), err("E314")),
        (empty.replace("</reply>", ""), err("E314")),
        ("{\"reply\": {}}".to_owned(), err("E314")),
    ] {
        let shown = body.clone();
        let (found, _) = ran(XML, move |_| Reply::bytes("application/xml", body.clone())).await;
        assert_eq!(found, expected, "{shown}");
    }
    let (found, _) = ran(XML, |_| {
        Reply::html("<html><body>please log in</body></html>")
    })
    .await;
    assert_eq!(found, err("E318"));
}

#[tokio::test]
async fn what_a_path_cannot_see_in_xml_is_a_fault() {
    let reply = |inside: &str| {
        let body = format!(
            "<reply><total>1</total><more>false</more><guests><g:guest id=\"1\">{inside}</g:guest></guests></reply>"
        );
        move |_: &Received| Reply::bytes("text/xml", body.clone())
    };
    assert_eq!(
        ran(XML, reply("<mail>a@example.org</mail>")).await.0,
        ok(&["1"])
    );
    assert_eq!(
        ran(
            XML,
            reply("<mail>a@example.org</mail><mail type='x'>b@example.org</mail>")
        )
        .await
        .0,
        ok(&["1"])
    );
    let plain: Vec<(&str, &str)> = XML
        .iter()
        .map(|(from, to)| (*from, *to))
        .map(|(from, to)| match from.starts_with("email:") {
            true => (from, "mail: { category: contact.email, identity: email }"),
            false => (from, to),
        })
        .collect();
    assert_eq!(
        ran(&plain, reply("<mail>a@example.org</mail>")).await.0,
        ok(&["1"])
    );
    for inside in [
        "<mail>a@example.org</mail><mail>b@example.org</mail>",
        "<mail type='work'>a@example.org</mail>",
        "<mail>a@example.org</mail><address><city>Ulm</city></address><address><city>Bonn</city></address>",
    ] {
        assert_eq!(ran(&plain, reply(inside)).await.0, err("E316"), "{inside}");
    }
}

#[tokio::test]
async fn csv_and_lines_are_read_by_their_type() {
    let rows = &[
        ("records: \"$.items[*]\"", "records: \"$[*]\""),
        (PAGE, "page: none"),
    ];
    for (content_type, body, expected) in [
        (
            "text/csv",
            "id,email\r\n1,a@example.org\r\n2,\"b, c\"\r\n",
            ok(&["1", "2"]),
        ),
        ("text/csv", "id,email\r\n", ok(&[])),
        ("text/csv", "", err("E314")),
        ("text/csv", "id,email\r\n1\r\n", err("E314")),
        ("text/csv", "email\r\n", err("E310")),
        ("text/csv", "email\r\na@example.org\r\n", err("E206")),
        (
            "application/x-ndjson",
            "{\"id\":1}\n{\"id\":2}\n",
            ok(&["1", "2"]),
        ),
        ("application/x-ndjson", "", ok(&[])),
        ("application/x-ndjson", "{\"id\":1}\n{\"id\":", err("E314")),
        ("application/x-ndjson", "{\"id\":1}\n[]\n", err("E331")),
        ("application/octet-stream", "{\"id\":1}", err("E318")),
        ("text/plain", "id,email\r\n", err("E318")),
    ] {
        let (found, _) = ran(rows, move |_| Reply::bytes(content_type, body)).await;
        assert_eq!(found, expected, "{content_type} {body}");
    }
    let stated = &[
        rows[0],
        rows[1],
        ("read: {", "read: { decode: json,"),
        (
            FIND,
            "{ by: email, get: /guests, query: { email: \"{{ value }}\" }, decode: csv }",
        ),
    ];
    let (found, server) = ran(stated, |_| {
        Reply::bytes("application/octet-stream", "id\n1\n")
    })
    .await;
    assert_eq!(found, ok(&["1"]));
    assert_eq!(server.received()[0].header("accept"), Some("text/csv"));
    let (found, _) = ran(stated, |_| Reply::json(json!([{"id": 1}]))).await;
    assert_eq!(found, err("E318"));
    // A complaint in one line is no empty table.
    for complaint in ["ERROR 17: not permitted\n", "id;email\r\n"] {
        let (found, _) = ran(stated, move |_| Reply::bytes("text/plain", complaint)).await;
        assert_eq!(found, err("E310"), "{complaint}");
    }
}

#[tokio::test]
async fn bodies_are_sent_in_their_notation() {
    let bodies = [
        (
            "{ form: { id: \"{{ record.id }}\", name: \"{{ record.name }}\", tag: [a, b] } }",
            "application/x-www-form-urlencoded",
            "id=7&name=N.%26%22%0AM&tag=a&tag=b",
        ),
        (
            "{ xml: { guest: { \"@id\": \"{{ record.id }}\", name: \"{{ record.name }}\" } } }",
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<guest id=\"7\"><name>N.&amp;&quot;&#10;M</name></guest>",
        ),
        (
            "{ csv: [{ id: \"{{ record.id }}\", name: \"{{ record.name }}\" }] }",
            "text/csv; charset=utf-8",
            "id,name\r\n7,\"N.&\"\"\nM\"\r\n",
        ),
        (
            "{ text: \"remove {{ record.id | text }}\" }",
            "text/plain; charset=utf-8",
            "remove 7",
        ),
        (
            "{ json: { text: \"{{ record.id }}\" } }",
            "application/json",
            "{\"text\":7}",
        ),
    ];
    for (body, content_type, sent) in bodies {
        for stated in [None, Some("text/x-own")] {
            let headers = stated.map_or(String::new(), |kind| {
                format!("headers: {{ Content-Type: {kind} }}, ")
            });
            let yaml = BOOKINGS.replace(
                "body: { guest: \"{{ record.id }}\", reason: objection }",
                &format!("{headers}body: {body}"),
            );
            assert_ne!(yaml, BOOKINGS);
            let server = Server::start(|_| Reply::status(204));
            let mut write = write(Action::Suppress);
            write.data["name"] = json!("N.&\"\nM");
            act_on(&server, &yaml, &write).await.unwrap();
            let received = server.received();
            assert_eq!(received.len(), 1);
            assert_eq!(String::from_utf8_lossy(&received[0].body), sent);
            assert_eq!(
                received[0].header("content-type"),
                Some(stated.unwrap_or(content_type))
            );
        }
    }
}

// ---- hostile servers ----

#[tokio::test]
async fn large_values_pass_and_large_cursors_do_not() {
    let long = "x".repeat(10 << 20);
    let body = json!({"items": [{"id": 1, "email": "a@example.org", "name": long}]}).to_string();
    let (found, _) = ran(&[(PAGE, "page: none")], move |_| {
        Reply::bytes("application/json", body.clone())
    })
    .await;
    assert_eq!(found, ok(&["1"]));
    // A cursor that would not fit into any request.
    let page = "page: { cursor: $.next, into: query.after }";
    let huge = "x".repeat(10 << 20);
    let (found, server) = ran(&[(PAGE, page)], move |_| {
        items_and(&[1], json!({"next": huge}))
    })
    .await;
    assert_eq!((found, server.lines().len()), (err("E310"), 1));
}
