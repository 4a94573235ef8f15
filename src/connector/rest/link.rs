//! `Link` headers (RFC 8288), as far as pages need them: where `rel="next"` leads.

/// The target of the next page as the headers spell it: `Ok(None)` where no link of this relation is there.
///
/// Links with an `anchor` speak of another page than the one that was read and do not count. Of a relation that stands twice in
/// one link the first counts, as the standard says.
///
/// # Errors
/// A header is no list of links, or two links lead to different next pages: then nobody knows where the records go on.
pub(super) fn next(headers: &[String]) -> Result<Option<String>, ()> {
    let mut found: Option<String> = None;
    for header in headers {
        for link in links(header).ok_or(())? {
            if !link.next {
                continue;
            }
            match &found {
                Some(known) if *known != link.target => return Err(()),
                _ => found = Some(link.target),
            }
        }
    }
    Ok(found)
}

struct Link {
    target: String,
    next: bool,
}

/// `<target>; name=value; name="value", <target> …`; `None` if it is written otherwise.
fn links(header: &str) -> Option<Vec<Link>> {
    let mut out = Vec::new();
    let mut rest = header.trim_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let (target, behind) = rest.strip_prefix('<')?.split_once('>')?;
        let (mut relation, mut anchored) = (None, false);
        rest = behind.trim_start();
        while let Some(behind) = rest.strip_prefix(';') {
            let behind = behind.trim_start();
            let end = behind
                .find(|c: char| "=;,".contains(c) || c.is_whitespace())
                .unwrap_or(behind.len());
            let name = &behind[..end];
            rest = behind[end..].trim_start();
            let mut value = String::new();
            if let Some(behind) = rest.strip_prefix('=') {
                rest = read_value(behind.trim_start(), &mut value)?.trim_start();
            }
            match name.to_ascii_lowercase().as_str() {
                "rel" if relation.is_none() => relation = Some(value),
                "anchor" => anchored = true,
                _ => {}
            }
        }
        let relations = relation.unwrap_or_default();
        let next = relations
            .split_ascii_whitespace()
            .any(|one| one.eq_ignore_ascii_case("next"));
        out.push(Link {
            target: target.trim().to_owned(),
            next: next && !anchored,
        });
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix(',')?.trim_start_matches([' ', '\t', ',']);
    }
    Some(out)
}

/// Takes a token or a quoted text from the beginning and returns what stands behind it.
fn read_value<'h>(text: &'h str, value: &mut String) -> Option<&'h str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let token = text[..end].trim_end();
        if token.contains(|c: char| c.is_whitespace() || "<>\"".contains(c)) {
            return None;
        }
        value.push_str(token);
        return Some(&text[end..]);
    };
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            '"' => return Some(&quoted[at + 1..]),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[&str]) -> Result<Option<String>, ()> {
        let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
        next(&headers)
    }

    #[test]
    fn the_next_link_is_found_however_it_is_written() {
        for header in [
            "<b>; rel=next",
            "<b>; rel=\"next\"",
            "<b>;rel=NEXT",
            "< b >; REL=\"prev next\"",
            "<a>; rel=prev, <b>; rel=next",
            "<a>; rel=\"first\"; title=\"x, <c>; rel=\\\"next\\\"\", <b>; title=y; rel=\"next last\"",
            "<b>; rel=\"next\"; rel=\"prev\"",
            "<b>; results=\"true\"; rel=\"next\"; cursor=\"0:1:0\"",
            "<b>; flag; rel=next",
            ", <b>; rel = \"next\" ,",
        ] {
            assert_eq!(of(&[header]), Ok(Some("b".to_owned())), "{header}");
        }
        assert_eq!(
            of(&["<a>; rel=prev", "<b>; rel=next"]),
            Ok(Some("b".to_owned()))
        );
        assert_eq!(
            of(&["<b>; rel=next", "<b>; rel=next"]),
            Ok(Some("b".to_owned()))
        );
        assert_eq!(
            of(&["<?a=1,2;3>; rel=next"]),
            Ok(Some("?a=1,2;3".to_owned()))
        );
    }

    #[test]
    fn other_links_are_not_the_next() {
        for header in [
            "",
            "<a>",
            "<a>; rel=prev",
            "<a>; rel=\"nextish next-page\"",
            "<a>; title=\"rel=next\"",
            "<a>; rel=prev; rel=next",
            "<a>; anchor=\"#x\"; rel=next",
            "</style.css>; rel=preload; as=style",
        ] {
            assert_eq!(of(&[header]), Ok(None), "{header}");
        }
        assert_eq!(of(&[]), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_no_end_of_the_list() {
        for header in [
            "b; rel=next",
            "<b; rel=next",
            "<b>; rel=\"next",
            "<b>; rel=next <c>",
            "<a>; rel=prev <b>; rel=next, x",
            "<b>; rel=next, <c>; rel=next",
        ] {
            let found = of(&[header]);
            assert!(found.is_err(), "{header}: {found:?}");
        }
        assert!(of(&["<b>; rel=next", "<c>; rel=next"]).is_err());
    }
}
