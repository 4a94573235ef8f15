//! What every HTML page of the house is made with: escaped words, and a head that forbids loading and running anything.
//!
//! Pages are opened years later by people who did not make them, often from a folder on their own disk, with values in them that
//! others wrote. So a page carries its style inside, named by its hash in the content security policy, and no script at all.

use base64::Engine as _;

use crate::harmless::is_bad;
use crate::keys::Digest;

/// Text for an element or an attribute in quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// Puts a sign in place of line breaks, control characters and changes of writing direction in a text from outside.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_bad(c) { '\u{fffd}' } else { c })
        .collect()
}

/// [`plain`], with line ends and tabs kept, and with what joins letters and emoji (U+00AD, U+200C, U+200D), which steers nothing.
pub fn plain_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\r' => {
                signs.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\n' | '\t' | '\u{ad}' | '\u{200c}' | '\u{200d}' => out.push(sign),
            sign if is_bad(sign) => out.push('\u{fffd}'),
            sign => out.push(sign),
        }
    }
    out
}

/// Everything up to the body. `lang` is a BCP 47 tag, `title` is escaped here, `style` is the page's whole style sheet.
pub fn head(lang: &str, title: &str, style: &str) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Digest::sha256(style.as_bytes()).0);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n",
        escape(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_words_stay_words() {
        assert_eq!(escape("<a href='x\"&"), "&lt;a href=&#39;x&quot;&amp;");
        assert_eq!(plain("a\nb\u{202e}\0"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(
            plain_lines("a\r\nb\rc\u{2028}d\te\0\u{202e}"),
            "a\nb\nc\nd\te\u{fffd}\u{fffd}"
        );
        assert_eq!(
            plain_lines("\u{1f469}\u{200d}\u{1f467}"),
            "\u{1f469}\u{200d}\u{1f467}"
        );
        assert!(head("en", "</title><script>", "").contains("&lt;/title&gt;&lt;script&gt;"));
    }
}
