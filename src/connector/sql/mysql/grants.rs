//! What an account may do, as the server prints it: what its view of the catalogue hides follows from that.

use super::Entry;

/// One line of `SHOW GRANTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    rights: Vec<String>,
    /// None for all databases; may hold `%` and `_` as wildcards.
    schema: Option<String>,
    /// None for all tables.
    table: Option<String>,
}

impl Grant {
    pub(super) fn of(entry: &Entry) -> Option<Grant> {
        Grant::parse(entry.values().next()?.as_deref()?)
    }

    fn parse(line: &str) -> Option<Grant> {
        let rest = line.strip_prefix("GRANT ")?;
        let (rights, rest) = rest.split_once(" ON ")?;
        let rest = rest.strip_prefix("TABLE ").unwrap_or(rest);
        let (schema, rest) = level(rest)?;
        let (table, _) = level(rest.strip_prefix('.')?)?;
        Some(Grant {
            rights: rights_over_all(rights),
            schema,
            table,
        })
    }

    /// What a line takes away of the rights over all databases (MySQL manual, partial revokes); `None` for one that gives.
    pub(super) fn taken(entry: &Entry) -> Option<Grant> {
        let line = entry.values().next()?.as_deref()?;
        let rest = line.strip_prefix("REVOKE ")?;
        Grant::parse(&format!("GRANT {rest}"))
    }

    /// What is left of it in one database.
    pub(super) fn without(&self, revoked: &[Grant], schema: &str) -> Grant {
        let taken = |right: &String| {
            let mut here = revoked.iter().filter(|one| one.meets(schema));
            self.schema.is_none()
                && here.any(|one| {
                    one.rights
                        .iter()
                        .any(|gone| gone == right || gone == "ALL PRIVILEGES")
                })
        };
        let mut left = self.clone();
        left.rights.retain(|right| !taken(right));
        left
    }

    /// Rights over the server as a whole that nobody needs who finds and erases rows: with each of them the account could give itself
    /// the others, read or write files, or copy everything.
    pub(super) fn beyond_data(&self) -> impl Iterator<Item = &str> {
        const WIDE: [&str; 6] = [
            "ALL PRIVILEGES",
            "SUPER",
            "CREATE USER",
            "FILE",
            "REPLICATION SLAVE",
            "SHUTDOWN",
        ];
        let rights = self.rights.iter().map(String::as_str);
        rights.filter(|right| self.schema.is_none() && WIDE.contains(right))
    }

    pub(super) fn meets(&self, schema: &str) -> bool {
        self.schema.as_ref().is_none_or(|one| is_like(schema, one))
    }

    /// Whether every table of a database is shown to who has this: the rights over tables do that, the others do not.
    pub(super) fn shows_all_of(&self, schema: &str) -> bool {
        const OF_TABLES: [&str; 13] = [
            "ALL PRIVILEGES",
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "CREATE",
            "DROP",
            "REFERENCES",
            "INDEX",
            "ALTER",
            "SHOW VIEW",
            "CREATE VIEW",
            "TRIGGER",
        ];
        self.table.is_none()
            && self.meets(schema)
            && self
                .rights
                .iter()
                .any(|one| OF_TABLES.contains(&one.as_str()))
    }

    /// Whether every column of a table is shown to who has this. Of those with rights over single columns the server shows these alone.
    pub(super) fn shows_columns_of(&self, schema: &str, table: &str) -> bool {
        const OF_COLUMNS: [&str; 5] =
            ["ALL PRIVILEGES", "SELECT", "INSERT", "UPDATE", "REFERENCES"];
        self.meets(schema)
            && self.table.as_deref().is_none_or(|one| one == table)
            && self
                .rights
                .iter()
                .any(|one| OF_COLUMNS.contains(&one.as_str()))
    }

    pub(super) fn shows_triggers_of(&self, schema: &str, table: &str) -> bool {
        let right = |one: &String| ["ALL PRIVILEGES", "TRIGGER"].contains(&one.as_str());
        self.meets(schema)
            && self.table.as_deref().is_none_or(|one| one == table)
            && self.rights.iter().any(right)
    }
}

/// The rights that a grant gives over whole tables, without those over the columns that it names in brackets.
fn rights_over_all(listed: &str) -> Vec<String> {
    let (mut rights, mut depth, mut quote) = (vec![String::new()], 0_usize, None);
    for sign in listed.chars() {
        match (sign, quote) {
            (_, Some(open)) => {
                quote = (sign != open).then_some(open);
                continue;
            }
            ('`' | '"', None) if depth > 0 => {
                quote = Some(sign);
                continue;
            }
            ('(', None) => {
                depth += 1;
                // What stands before the bracket holds for these columns only.
                if let Some(right) = rights.last_mut() {
                    right.clear();
                }
                continue;
            }
            (')', None) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ if depth > 0 => continue,
            (',', None) => {
                rights.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(right) = rights.last_mut() {
            right.push(sign);
        }
    }
    let rights = rights.iter().map(|right| right.trim().to_owned());
    rights.filter(|right| !right.is_empty()).collect()
}

/// `*` or a name in backticks or double quotes, and what follows it.
fn level(text: &str) -> Option<(Option<String>, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        return Some((None, rest));
    }
    let sign = text
        .chars()
        .next()
        .filter(|sign| ['`', '"'].contains(sign))?;
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        if letter != sign {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == sign).is_some() {
            name.push(sign);
        } else {
            return Some((Some(name), &text[place + 1..]));
        }
    }
    None
}

/// Whether a database's name fits the pattern of a grant, in which `\` takes a wildcard's meaning away.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => name.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            let mut ends = name
                .char_indices()
                .map(|(place, _)| place)
                .chain([name.len()]);
            ends.any(|place| is_like(&name[place..], rest))
        }
        Some(first) => {
            let wild = first == '_';
            let first = match first {
                '\\' => letters.next().unwrap_or('\\'),
                other => other,
            };
            let mut own = name.chars();
            match own.next() {
                Some(letter) if wild || letter == first => is_like(own.as_str(), letters.as_str()),
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_tell_what_an_account_sees() {
        let shows =
            |line: &str| Grant::parse(line).is_some_and(|grant| grant.shows_all_of("shop_1"));
        for line in [
            "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*0' WITH GRANT OPTION",
            "GRANT USAGE, SELECT ON *.* TO `a`@`%`",
            "GRANT REFERENCES ON `shop\\_1`.* TO `a`@`%`",
            "GRANT SELECT, UPDATE ON `shop%`.* TO 'a'@'%'",
            "GRANT SELECT ON \"shop_1\".* TO \"a\"@\"%\"",
        ] {
            assert!(shows(line), "{line}");
        }
        for line in [
            "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*0'",
            "GRANT PROCESS, FILE ON *.* TO `a`@`%`",
            "GRANT SELECT ON `shop_1`.`customers` TO `a`@`%`",
            "GRANT SELECT ON `shop\\_12`.* TO `a`@`%`",
            "GRANT EXECUTE ON FUNCTION `shop_1`.`f` TO `a`@`%`",
            "GRANT `reader`@`%` TO `a`@`%`",
            "SET DEFAULT ROLE `x` FOR `a`@`%`",
        ] {
            assert!(!shows(line), "{line}");
        }
        let grant = Grant::parse("GRANT TRIGGER ON `we``ird`.`ta``ble` TO `a`@`%`").unwrap();
        assert!(
            grant.shows_triggers_of("we`ird", "ta`ble") && !grant.shows_triggers_of("we`ird", "b")
        );
    }

    #[test]
    fn rights_over_single_columns_show_no_others() {
        let shows = |line: &str| {
            Grant::parse(line).is_some_and(|grant| grant.shows_columns_of("shop", "customers"))
        };
        for line in [
            "GRANT SELECT ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (`id`), INSERT ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT, UPDATE (`a`, `b`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`",
            "GRANT SELECT ON *.* TO `a`@`%`",
        ] {
            assert!(shows(line), "{line}");
        }
        for line in [
            "GRANT SELECT (`id`, `name`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (id, INSERT, name), DELETE ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (`a), INSERT`, `b`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT DELETE, TRIGGER ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT ON `shop`.`orders` TO `a`@`%`",
            "GRANT USAGE ON *.* TO `a`@`%`",
        ] {
            assert!(!shows(line), "{line}");
        }
    }

    #[test]
    fn a_right_that_one_database_is_spared_shows_nothing_there() {
        let line = |text: &str| Entry::from([("Grants".to_owned(), Some(text.to_owned()))]);
        let all = Grant::of(&line("GRANT SELECT, REFERENCES ON *.* TO `a`@`%`")).unwrap();
        let taken = line("REVOKE SELECT ON `shop`.* FROM `a`@`%`");
        assert!(Grant::of(&taken).is_none() && Grant::taken(&line("GRANT x")).is_none());
        let revoked = [Grant::taken(&taken).unwrap()];
        let here = all.without(&revoked, "shop");
        assert_eq!(here.rights, ["REFERENCES"]);
        assert_eq!(all.without(&revoked, "books"), all);
        let own = Grant::of(&line("GRANT SELECT ON `shop`.`people` TO `a`@`%`")).unwrap();
        assert_eq!(own.without(&revoked, "shop"), own);
    }
}
