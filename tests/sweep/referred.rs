//! Records that others refer to stay, also where the run itself takes those others: what is taken is what was shown.

use super::{INVENTORY, Shop, rule};

/// The keys that are there, in order.
fn keys(shop: &Shop, table: &str, key: &str) -> Vec<String> {
    let sql = format!("SELECT CAST({key} AS TEXT) FROM {table} ORDER BY 1");
    let open = shop.open();
    let mut statement = open.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn whose_orders_go_stays_until_the_next_run() {
    let shop = Shop::new();
    shop.sql(
        "INSERT INTO orders (customer, ordered_on) VALUES
         ('p00@example.org', date('now', '-800 days')), ('p04@example.org', date('now', '-10 days'))",
    );
    let shown = shop.json(&[]);
    assert_eq!(rule(&shown, "accounts")["due"], 18);
    assert_eq!(rule(&shown, "accounts")["referenced"], 2);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["done"], 18);
    assert_eq!(rule(&run, "deliveries")["done"], 1);
    let old = keys(
        &shop,
        "customers WHERE last_seen < date('now', '-100 days')",
        "email",
    );
    assert_eq!(old, ["p00@example.org", "p04@example.org"]);
    let next = shop.json(&["--apply"]);
    assert_eq!(rule(&next, "accounts")["done"], 1);
    let old = keys(
        &shop,
        "customers WHERE last_seen < date('now', '-100 days')",
        "email",
    );
    assert_eq!(old, ["p04@example.org"]);
}

/// A shop whose further tables are those of this SQL, and whose further objects and data types those of these lines.
fn with(sql: &str, objects: &str, data_types: &str, batch: &str) -> Shop {
    let shop = Shop::with(|_| {
        INVENTORY.replace("batch: 7", batch).replace(
            "data_types:\n",
            &format!("{objects}data_types:\n{data_types}"),
        )
    });
    shop.sql(sql);
    shop
}

#[test]
fn what_only_the_database_knows_to_refer_to_a_record_goes_after_it() {
    let shop = with(
        "CREATE TABLE zones (id INTEGER PRIMARY KEY, seen TEXT, email TEXT);
         CREATE TABLE areas (id INTEGER PRIMARY KEY, zone INTEGER REFERENCES zones (id), seen TEXT, email TEXT);
         INSERT INTO zones (id, seen) VALUES (1, '2010-01-01'), (2, '2010-01-01'), (3, '2010-01-01'), (4, '2010-01-01'), (5, '2030-01-01'), (6, '2030-01-01');
         INSERT INTO areas (id, zone, seen) VALUES (1, 1, '2010-01-01'), (2, 2, '2010-01-01'), (3, 5, '2030-01-01'), (4, 5, '2030-01-01')",
        "      areas: { table: areas, key: id, find: [{ by: email, column: email }], fields: { email: { category: contact.email, identity: email } }, clock: seen, erase: remove }
      zones: { table: zones, key: id, find: [{ by: email, column: email }], fields: { email: { category: contact.email, identity: email } }, clock: seen, erase: remove }
",
        "  areas: { objects: [shop.areas], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
  zones: { objects: [shop.zones], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
",
        "batch: 7",
    );
    let shown = shop.json(&[]);
    assert_eq!(rule(&shown, "zones")["due"], 2);
    assert_eq!(rule(&shown, "zones")["referenced"], 2);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "zones")["done"], 2);
    assert_eq!(rule(&run, "areas")["done"], 2);
    assert_eq!(keys(&shop, "zones", "id"), ["1", "2", "5", "6"]);
}

#[test]
fn a_record_that_another_of_its_table_refers_to_stays_though_that_one_goes() {
    let shop = with(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff (id), seen TEXT, email TEXT);
         CREATE INDEX staff_seen ON staff (seen);
         INSERT INTO staff (id, boss, seen) VALUES (1, NULL, '2010-01-01'), (2, 1, '2010-01-02'), (3, NULL, '2010-01-03'), (4, NULL, '2010-01-04'),
                                  (5, NULL, '2030-01-01'), (6, NULL, '2030-01-01'), (7, NULL, '2030-01-01')",
        "      staff: { table: staff, key: id, find: [{ by: email, column: email }], fields: { email: { category: contact.email, identity: email } }, clock: seen, erase: remove }
",
        "  staff: { objects: [shop.staff], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
",
        "batch: 1",
    );
    let shown = shop.json(&[]);
    assert_eq!(rule(&shown, "staff")["due"], 3);
    assert_eq!(rule(&shown, "staff")["referenced"], 1);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "staff")["done"], 3);
    assert_eq!(keys(&shop, "staff", "id"), ["1", "5", "6", "7"]);
    assert_eq!(run["complete"], true);
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(keys(&shop, "staff", "id"), ["5", "6", "7"]);
}
