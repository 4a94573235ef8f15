//! The address of a monitoring service, told of runs: in a service's words, never in ours, and never to the harm of a run.

use std::time::{Duration, Instant};

use super::Shop;
use super::http::{Reply, Server};

const SECRET: &str = "0b5c1f3e-7a64-4f2d-9d52-secret-place";

fn watcher(status: u16) -> Server {
    Server::start(move |_| Reply::status(status))
}

fn address(server: &Server) -> String {
    format!("{}/ping/{SECRET}", server.url)
}

/// Nothing that the run left or said knows the address.
fn keeps_it_to_itself(shop: &Shop, ran: &super::Ran) {
    assert!(
        !ran.out.contains(SECRET) && !ran.err.contains(SECRET),
        "{ran:?}"
    );
    let mut folders = vec![shop.workspace.path("")];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs_err::read(&path).unwrap();
            let told = bytes
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!told, "{}", path.display());
        }
    }
}

#[test]
fn a_service_hears_of_the_beginning_and_of_the_end() {
    let server = watcher(200);
    let address = address(&server);
    let place = format!("/ping/{SECRET}");
    let shop = Shop::new();
    // The first run waits for a person, the next one does its work, and the last cannot.
    let runs = [("4", 4), ("", 0), ("3", 3)];
    for (word, code) in runs {
        if code == 3 {
            shop.sql("ALTER TABLE customers RENAME TO people");
        }
        let told = server.received().len();
        let ran = shop.sweep(&["--apply", "--ping", &address]).ends_with(code);
        let end = match word {
            "" => place.clone(),
            word => format!("{place}/{word}"),
        };
        let wanted = [format!("GET {place}/start"), format!("GET {end}")];
        assert_eq!(server.lines()[told..], wanted, "{ran:?}");
        assert!(!ran.err.contains("W323"), "{ran:?}");
        keeps_it_to_itself(&shop, &ran);
    }
    for request in server.received() {
        assert!(request.body.is_empty(), "{request:?}");
        let headers = format!("{:?}", request.headers);
        assert!(
            !headers.contains("shop") && !headers.contains("Acme"),
            "{headers}"
        );
    }
    assert_eq!(
        shop.open()
            .query_row("SELECT count(*) FROM people", [], |row| row
                .get::<_, i64>(0)),
        Ok(20)
    );
}

#[test]
fn what_goes_wrong_before_a_run_is_told_as_well() {
    let server = watcher(200);
    let shop = Shop::new();
    shop.workspace.write("dsr.yaml", "dsr: 2\n");
    shop.sweep(&["--apply", "--ping", &address(&server)])
        .ends_with(2);
    let place = format!("/ping/{SECRET}");
    assert_eq!(
        server.lines(),
        [format!("GET {place}/start"), format!("GET {place}/2")]
    );
}

#[test]
fn a_look_tells_nobody() {
    let server = watcher(200);
    let shop = Shop::new();
    shop.sweep(&["--ping", &address(&server)]).ends_with(2);
    assert!(server.lines().is_empty());
}

#[test]
fn a_service_that_fails_changes_nothing_of_the_run() {
    let hanging = Server::start(|_| Reply::status(200).after(Duration::from_secs(60)));
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/ping/{SECRET}", listener.local_addr().unwrap())
    };
    let elsewhere = watcher(200);
    let target = format!("{}/taken", elsewhere.url);
    let redirect = Server::start(move |_| Reply::to(302, target.clone()));
    let refusing = watcher(404);
    let dropping = Server::start(|_| Reply::dropped());
    for (address, why) in [
        (address(&refusing), "404"),
        (address(&redirect), "302"),
        (address(&dropping), "no connection"),
        (gone, "no connection"),
        (address(&hanging), "within 5 s"),
    ] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let began = Instant::now();
        let ran = shop.sweep(&["--apply", "--ping", &address]).ends_with(0);
        assert!(began.elapsed() < Duration::from_secs(40), "{why}");
        assert_eq!(shop.count("customers"), 20, "{why}");
        assert_eq!(ran.err.matches("W323").count(), 1, "{why}: {ran:?}");
        assert!(
            ran.err.contains(why) && ran.err.contains("help"),
            "{why}: {ran:?}"
        );
        keeps_it_to_itself(&shop, &ran);
    }
    assert!(elsewhere.lines().is_empty(), "no redirect is followed");
}

#[test]
fn the_address_may_lie_where_secrets_lie() {
    let server = watcher(200);
    let mut shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let ran = shop
        .sweep(&["--apply", "--ping", "env:SWEEP_PING"])
        .ends_with(0);
    assert!(
        ran.err.contains("W323") && ran.err.contains("SWEEP_PING"),
        "{ran:?}"
    );
    assert_eq!(shop.count("customers"), 20, "the run does not depend on it");
    let known = ("SWEEP_PING".to_owned(), address(&server));
    shop.workspace.environment.push(known);
    let ran = shop
        .sweep(&["--apply", "--ping", "env:SWEEP_PING"])
        .ends_with(0);
    assert_eq!(server.lines().len(), 2);
    keeps_it_to_itself(&shop, &ran);
}

#[test]
fn an_address_that_others_would_overhear_is_refused_before_anything_is_done() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let mut screen = String::new();
    for address in [
        "http://watch.example.org/ping/",
        "ftp://127.0.0.1/",
        "file",
        "",
    ] {
        let address = format!("{address}{SECRET}");
        for lang in ["en", "de"] {
            let ran = shop
                .workspace
                .run_in(lang, &["sweep", "--apply", "--ping", &address]);
            let ran = ran.ends_with(2);
            assert!(ran.err.contains("E519"), "{ran:?}");
            keeps_it_to_itself(&shop, &ran);
            if address.starts_with("ftp") {
                screen += &format!("--- {lang}\n{}{}", ran.out, ran.err);
            }
        }
    }
    assert_eq!(shop.count("customers"), 40);
    insta::assert_snapshot!("ping_refused", screen);
}

/// A shop whose inventory says where the address lies.
fn watched(server: &Server) -> Shop {
    let mut shop =
        Shop::with(|text| text.replace("batch: 7 }", "batch: 7, ping: \"env:SWEEP_PING\" }"));
    let known = ("SWEEP_PING".to_owned(), address(server));
    shop.workspace.environment.push(known);
    shop
}

#[test]
fn the_inventory_may_say_where_the_address_lies() {
    let server = watcher(200);
    let shop = watched(&server);
    let place = format!("/ping/{SECRET}");
    let start = format!("GET {place}/start");
    shop.sweep(&[]).ends_with(0);
    // A run over some of the rules is not the one that somebody waits for.
    for some in [["--system", "shop"], ["--data-type", "booking"]] {
        shop.sweep(&[&["--apply"], &some[..]].concat()).ends_with(0);
    }
    assert!(server.lines().is_empty(), "{:?}", server.lines());
    let ran = shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(server.lines(), [start.clone(), format!("GET {place}")]);
    keeps_it_to_itself(&shop, &ran);
    for request in server.received() {
        assert!(request.body.is_empty(), "{request:?}");
    }
    // What is named with the command stands in its place.
    let other = watcher(200);
    shop.sweep(&["--apply", "--ping", &address(&other)])
        .ends_with(0);
    assert_eq!((server.lines().len(), other.lines().len()), (2, 2));
    // An inventory that is wrong elsewhere is told as well.
    let broken = shop.workspace.read("dsr.yaml") + "flaws: []\n";
    shop.workspace.write("dsr.yaml", &broken);
    shop.sweep(&["--apply"]).ends_with(2);
    assert_eq!(server.lines()[2..], [start, format!("GET {place}/2")]);
}

#[test]
fn an_address_that_the_inventory_does_not_lead_to_changes_nothing_of_the_run() {
    let server = watcher(503);
    let mut shop = watched(&server);
    shop.sweep(&[]).ends_with(0);
    let ran = shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(ran.err.matches("W323").count(), 1, "{ran:?}");
    assert_eq!(shop.count("customers"), 20);
    shop.workspace.environment.pop();
    let ran = shop.sweep(&["--apply"]).ends_with(0);
    assert!(
        ran.err.contains("W323") && ran.err.contains("SWEEP_PING"),
        "{ran:?}"
    );
}

#[test]
fn an_address_written_out_in_the_inventory_is_refused_and_not_repeated() {
    let server = watcher(200);
    let shop = Shop::with(|text| {
        let ping = format!("batch: 7, ping: \"{}\" }}", address(&server));
        text.replace("batch: 7 }", &ping)
    });
    let ran = shop.sweep(&["--apply"]).ends_with(2);
    assert!(ran.err.contains("E114"), "{ran:?}");
    assert!(!ran.err.contains(SECRET), "{ran:?}");
    assert!(server.lines().is_empty());
}
