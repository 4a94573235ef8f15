//! WordPress, with accounts, comments of every state, posts with revisions, and what its database holds afterwards.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, Row as _};

use crate::support::house::House;
use crate::town::{CONTROL, Case, Site, id, keys, mails, started, variable};

const API: &str = "/wp-json/wp/v2";
/// What the tested person writes everywhere, to be looked for afterwards.
const TOLD: &str = "ring me at 040 5550123";

/// The site with the control person in it; `None` without the site.
fn site() -> Option<Site> {
    static SEEDED: OnceLock<()> = OnceLock::new();
    let url = started("DSR_TEST_WORDPRESS", "WordPress")?;
    let pair = format!("keeper:{}", variable("DSR_TEST_WORDPRESS_PASSWORD"));
    let pair = base64::engine::general_purpose::STANDARD.encode(pair);
    let site = Site::new(&url, &[("Authorization", &format!("Basic {pair}"))]);
    SEEDED.get_or_init(|| {
        let id = account(&site, "control", CONTROL);
        comment(&site, &json!({"author": id.parse::<u64>().unwrap(), "author_email": CONTROL, "content": "Here."}));
    });
    Some(site)
}

fn account(site: &Site, login: &str, email: &str) -> String {
    id(&site.post(
        &format!("{API}/users"),
        &json!({
            "username": login, "email": email, "first_name": "Ada", "last_name": "Moss", "name": "Ada Moss", "nickname": "Ada",
            "url": format!("https://{login}.example.org"), "description": TOLD, "roles": ["author"], "password": "invented, and long",
        }),
    ))
}

/// A comment to the first post, with what is stated on top. No two say the same: WordPress refuses to hear things twice.
fn comment(site: &Site, more: &Value) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let told = format!("{TOLD} ({})", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut all = json!({
        "post": 1, "author_name": "Ada Moss", "author_ip": "192.0.2.7", "author_user_agent": "Mozilla/5.0", "content": told,
        "status": "approved",
    });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    id(&site.post(&format!("{API}/comments"), &all))
}

fn user_of(site: &Site, id: &str) -> Value {
    site.get(&format!("{API}/users/{id}?context=edit"))
}

fn comment_of(site: &Site, id: &str) -> Value {
    site.get(&format!("{API}/comments/{id}?context=edit"))
}

/// A workspace around the site. `more` stands in the entry of the system.
fn case(site: &Site, email: &str, password: &str, more: &str) -> Case {
    let mut house = House::new(
        &format!(
            "  site:
    connector: wordpress@1
    owner: web
    control: {{ email: {CONTROL} }}
    settings: {{ url: \"{}\", user: keeper, password: {{ secret: \"env:SITE_PASSWORD\" }}, reassign: 1 }}
{more}",
            site.url
        ),
        &[],
    );
    house.env("SITE_PASSWORD", password);
    Case {
        house,
        system: "site",
        email: email.to_owned(),
    }
}

fn sound(site: &Site, email: &str) -> Case {
    case(site, email, &variable("DSR_TEST_WORDPRESS_PASSWORD"), "")
}

/// The first column of what a query of the site's database returns.
fn rows(query: &str) -> Vec<String> {
    let mut url = url::Url::parse(&variable("DSR_TEST_MARIADB")).unwrap();
    url.set_path("dsr_wordpress");
    let query = query.to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async move {
        let mut database = MySqlConnection::connect(url.as_str()).await.unwrap();
        let rows = sqlx::raw_sql(AssertSqlSafe(query))
            .fetch_all(&mut database)
            .await
            .unwrap();
        rows.iter()
            .map(|row| row.try_get_unchecked(0).unwrap())
            .collect()
    })
}

/// `TABLE.COLUMN` of every place in the database where this pattern of LIKE stands.
fn places(pattern: &str) -> Vec<String> {
    let columns = rows(
        "SELECT CAST(CONCAT(table_name, '.', column_name) AS CHAR) FROM information_schema.columns WHERE table_schema = 'dsr_wordpress' AND data_type LIKE '%text' OR table_schema = 'dsr_wordpress' AND data_type LIKE '%char' ORDER BY 1",
    );
    let holds = |place: &String| {
        let (table, column) = place.split_once('.').unwrap();
        let query =
            format!("SELECT CAST(COUNT(*) AS CHAR) FROM {table} WHERE `{column}` LIKE '{pattern}'");
        rows(&query) != ["0"]
    };
    columns.into_iter().filter(holds).collect()
}

#[test]
fn a_person_is_found_handed_out_corrected_and_erased_and_a_namesake_stays() {
    let Some(site) = site() else { return };
    let email = "ada.goes@example.org";
    let ada = account(&site, "ada.goes", email);
    let namesake = account(&site, "nada.goes", "nada.goes@example.org");
    let of = |more: Value| comment(&site, &more);
    let approved = of(json!({"author_email": email}));
    let held = of(json!({"author_email": email, "status": "hold"}));
    let spam = of(json!({"author_email": email, "status": "spam"}));
    let trash = of(json!({"author_email": email, "status": "trash"}));
    // Written by the account, when it had another address.
    let signed = of(
        json!({"author": ada.parse::<u64>().unwrap(), "author_email": "former.goes@example.org"}),
    );
    // The interface makes comments only; a shop makes these.
    let review = of(json!({"author_email": email, "content": "Moss green, five stars"}));
    rows(&format!(
        "UPDATE wp_comments SET comment_type = 'review' WHERE comment_ID = {review}"
    ));
    let other = of(json!({"author_email": "nada.goes@example.org"}));
    let reply = of(
        json!({"author_email": "nada.goes@example.org", "parent": approved.parse::<u64>().unwrap()}),
    );
    let post = id(&site.post(
        &format!("{API}/posts"),
        &json!({"title": "On moss", "content": TOLD, "status": "publish", "author": ada.parse::<u64>().unwrap()}),
    ));
    site.post(
        &format!("{API}/posts/{post}"),
        &json!({"content": format!("{TOLD}, or not")}),
    );
    let draft = id(&site.post(
        &format!("{API}/posts"),
        &json!({"title": "An unfinished thought", "content": "more", "author": ada.parse::<u64>().unwrap()}),
    ));
    let before = (
        user_of(&site, &namesake),
        comment_of(&site, &other),
        comment_of(&site, &reply),
    );

    let case = sound(&site, email);
    case.house.run(&["check"]).expect(0);
    let mine = [&approved, &held, &spam, &trash, &signed, &review];
    let mut expected = [keys("comments", &mine), keys("users", &[&ada])].concat();
    expected.sort();
    assert_eq!(case.found(), expected);
    assert_eq!(case.near_misses(), 1, "the namesake's account");

    let package = case.package();
    for told in [
        "ada.goes",
        TOLD,
        "192.0.2.7",
        "former.goes@example.org",
        "five stars",
        "On moss",
        "An unfinished thought",
    ] {
        assert!(package.contains(told), "{told} is not in {package}");
    }
    assert!(!package.contains("nada.goes"), "{package}");

    let set = [
        "--set",
        "site.users.last_name=Moor",
        "--set",
        "site.comments.author_name=Ada Moor",
    ];
    let outcomes = case.carried_out(&[&["rectify"], &set[..]].concat(), 7, 0);
    assert!(
        outcomes.iter().all(|line| line.ends_with(" rectified")),
        "{outcomes:?}"
    );
    assert_eq!(user_of(&site, &ada)["last_name"], "Moor");
    let corrected = comment_of(&site, &approved);
    assert_eq!(corrected["author_name"], "Ada Moor");
    assert_eq!(corrected["author_ip"], "192.0.2.7", "not that of dsr");
    assert_eq!(corrected["author_user_agent"], "Mozilla/5.0");
    assert_eq!(comment_of(&site, &spam)["status"], "spam");

    let mut removed = vec!["comments removed"; 6];
    removed.push("users removed");
    assert_eq!(case.carried_out(&["erase"], 7, 0), removed);
    assert_eq!(site.status(&format!("{API}/users/{ada}?context=edit")), 404);
    for id in mine {
        assert_eq!(
            site.status(&format!("{API}/comments/{id}?context=edit")),
            404
        );
    }
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "192.0.2.7", "040 5550123", "five stars"]);

    assert_eq!(user_of(&site, &namesake), before.0);
    assert_eq!(comment_of(&site, &other), before.1);
    // Replies move up, and nothing else about them changes.
    let after = comment_of(&site, &reply);
    assert_eq!(after["parent"], 0);
    assert_eq!(after["content"], before.2["content"]);
    assert_eq!(after["author_email"], before.2["author_email"]);

    // What the page of the connector says is left over, and nothing else: texts of posts and their revisions.
    assert_eq!(places("ada.goes%"), Vec::<String>::new());
    assert_eq!(places("%former.goes%"), Vec::<String>::new());
    let kept = site.get(&format!("{API}/posts/{post}?context=edit"));
    assert_eq!(kept["author"], 1);
    assert!(kept["content"]["raw"].as_str().unwrap().contains(TOLD));
    let kept = site.get(&format!("{API}/posts/{draft}?context=edit"));
    assert_eq!(kept["author"], 1);
    let revisions = site.get(&format!("{API}/posts/{post}/revisions?context=edit"));
    let text = revisions.to_string();
    assert!(text.contains(TOLD), "{text}");
    assert_eq!(
        mails(&variable("DSR_TEST_WORDPRESS_MAILS"), email),
        Vec::<String>::new(),
        "nobody is written to"
    );
}

#[test]
fn an_account_that_stays_becomes_anonymous_and_the_old_address_is_told() {
    let Some(site) = site() else { return };
    let email = "ada.stays@example.org";
    let ada = account(&site, "ada.stays", email);
    let said = comment(&site, &json!({"author_email": email}));
    let more = "    extend: { objects: { users: { erase: anonymise }, comments: { erase: anonymise } } }\n";
    let case = case(&site, email, &variable("DSR_TEST_WORDPRESS_PASSWORD"), more);
    assert_eq!(
        case.carried_out(&["erase"], 2, 0),
        ["comments anonymised", "users anonymised"]
    );
    let user = user_of(&site, &ada);
    assert!(
        user["email"].as_str().unwrap().ends_with("@erased.invalid"),
        "{user}"
    );
    assert_eq!(user["username"], "ada.stays", "cannot be changed");
    for field in ["first_name", "last_name", "description", "url"] {
        assert_eq!(user[field], "", "{field}");
    }
    assert!(!user["slug"].as_str().unwrap().contains("ada"), "{user}");
    let left = comment_of(&site, &said);
    assert_eq!(left["author_name"], "");
    assert_eq!(left["author_email"], "");
    assert_eq!(left["author_ip"], "0.0.0.0");
    assert_eq!(left["author_user_agent"], "-");
    assert!(left["content"]["raw"].as_str().unwrap().contains(TOLD));
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "192.0.2.7"]);
    let told = mails(&variable("DSR_TEST_WORDPRESS_MAILS"), email);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(places("%stays@example.org%"), Vec::<String>::new());
    assert_eq!(places("%ada.stays%"), ["wp_users.user_login"]);
}

#[test]
fn every_page_of_many_comments_is_read() {
    let Some(site) = site() else { return };
    let email = "ada.talks@example.org";
    let mut all: Vec<String> = (0..103)
        .map(|n| {
            comment(
                &site,
                &json!({"author_email": email, "content": format!("No. {n}")}),
            )
        })
        .map(|id| format!("comments:{id}"))
        .collect();
    all.sort();
    assert_eq!(sound(&site, email).found(), all);
}

#[test]
fn whoever_may_not_see_accounts_is_told_so_and_finds_nothing_empty() {
    let Some(site) = site() else { return };
    let email = "ada.hidden@example.org";
    account(&site, "ada.hidden", email);
    // An address of somebody who may not log in is no different from a wrong password.
    let wrong = case(&site, email, "wrong wrong wrong", "");
    let ran = wrong.house.run(&["check"]);
    ran.expect(3);
    assert!(ran.all().contains("E506"), "{}", ran.all());
    let ran = wrong.about(&["find"], 3);
    assert_eq!(ran.json()["complete"], json!(false));
    // An author may log in, and list nobody.
    let author = id(&site.post(
        &format!("{API}/users"),
        &json!({"username": "scribe", "email": "scribe@example.org", "roles": ["author"], "password": "invented, and long"}),
    ));
    let made = site.post(
        &format!("{API}/users/{author}/application-passwords"),
        &json!({"name": "dsr"}),
    );
    let narrow = case(&site, email, made["password"].as_str().unwrap(), "");
    let yaml = narrow
        .house
        .read("dsr.yaml")
        .replace("user: keeper", "user: scribe");
    narrow.house.write("dsr.yaml", yaml);
    let ran = narrow.house.run(&["check"]);
    ran.expect(3);
    assert!(ran.all().contains("E507"), "{}", ran.all());
    let ran = narrow.about(&["find"], 3);
    assert_eq!(ran.json()["complete"], json!(false));
    assert_eq!(ran.records("site"), Vec::<String>::new());
}

#[test]
fn people_of_a_name_are_listed_to_choose_from() {
    let Some(site) = site() else { return };
    let listed = account(&site, "ada.named", "ada.named@example.org");
    site.post(
        &format!("{API}/users/{listed}"),
        &json!({"name": "Ada Birch", "first_name": "Ada", "last_name": "Birch"}),
    );
    // Has the words in a field that is searched as well, and another name.
    let other = account(&site, "ada.birch", "birch@example.org");
    let case = sound(&site, "ada.named@example.org");
    let ran = case
        .house
        .run(&["find", "--name", "Ada Birch", "--format", "json"]);
    let candidates = ran.json()["candidates"].clone();
    assert_eq!(
        candidates.as_array().unwrap().len(),
        1,
        "not {other}: {ran:?}"
    );
    assert_eq!(candidates[0]["pick"], format!("site.users:{listed}"));
}

#[test]
fn comments_of_long_ago_are_swept_and_newer_ones_stay() {
    let Some(site) = site() else { return };
    let email = "ada.swept@example.org";
    let of = |more: Value| {
        let mut all = json!({"author_email": email});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        comment(&site, &all)
    };
    let old: Vec<String> = ["approved", "hold", "spam", "trash"]
        .into_iter()
        .zip(["2001-03-04", "2002-05-06", "2003-07-08", "2004-09-10"])
        .map(|(status, day)| of(json!({"status": status, "date": format!("{day}T23:30:00")})))
        .collect();
    // The first day of the year that is not over by this rule, and today.
    let edge = of(json!({"date": "2005-01-01T00:00:00"}));
    let new = of(json!({}));
    let told = |id: &String| comment_of(&site, id);
    let before = (told(&edge), told(&new));
    let rules = "data_types:
  comments: { objects: [site.comments], purpose: talk, basis: art6_1_f, keep: P5Y, start: eoy(date), kind: max, then: remove }
";
    let case = case(
        &site,
        email,
        &variable("DSR_TEST_WORDPRESS_PASSWORD"),
        rules,
    );
    let sweep = |more: &[&str]| {
        let line = ["sweep", "--format", "json", "--data-type", "comments"];
        let ran = case.house.run(&[&line, more].concat());
        ran.expect(0);
        ran.json()["rules"][0].clone()
    };
    // As if it were the last day of 2009: what is of 2004 and older is over, of 2005 not yet.
    let seen = sweep(&["--as-of", "2009-12-31"]);
    assert_eq!(seen["due"], 3, "{seen}");
    let seen = sweep(&["--as-of", "2010-01-01"]);
    assert_eq!(seen["due"], 4, "{seen}");
    let shown = sweep(&[]);
    assert_eq!(shown["due"], 5, "{shown}");
    for id in &old {
        assert_eq!(
            site.status(&format!("{API}/comments/{id}?context=edit")),
            200
        );
    }
    let hold = [
        "hold",
        "add",
        "--object",
        "site.comments",
        "--until",
        "2003-12-31",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
    ];
    let held = case.house.run(&hold);
    held.expect(0);
    let run = sweep(&["--apply"]);
    assert_eq!(
        run["done"].as_u64().unwrap_or(0) + run["held"].as_u64().unwrap_or(0),
        5,
        "{run}"
    );
    let release = ["hold", "release", held.out.trim(), "--reason", "settled"];
    case.house.run(&release).expect(0);
    let run = sweep(&["--apply"]);
    assert_eq!(run["remaining"], 0, "{run}");
    for id in old.iter().chain([&edge]) {
        assert_eq!(
            site.status(&format!("{API}/comments/{id}?context=edit")),
            404
        );
    }
    let count = rows(&format!(
        "SELECT CAST(COUNT(*) AS CHAR) FROM wp_comments WHERE comment_author_email = '{email}'"
    ));
    assert_eq!(count, ["1"]);
    assert_eq!(told(&new), before.1);
    assert_eq!(before.0["date"], "2005-01-01T00:00:00");
    let again = sweep(&["--apply"]);
    assert_eq!(
        [&again["due"], &again["remaining"]],
        [&json!(0), &json!(0)],
        "{again}"
    );
    case.house.run(&["audit", "runs"]).expect(0);
    case.house.run(&["audit", "log", "--verify"]).expect(0);
}
