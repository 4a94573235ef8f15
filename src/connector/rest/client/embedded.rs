//! A file that stands as Base64 in one member of a JSON reply: taken out and decoded while the reply comes, so that neither the reply
//! nor the file is ever held as a whole.
//!
//! What stands around the file is kept, with a short text in its place, so that whatever asks what the reply means (`outcome`, the
//! number of a call) finds it as usual. Whether that is JSON is seen when it is read; here only strings, members and items are told
//! apart, which is enough to know where one is.

use crate::connector::Fault;
use crate::connector::attachment::{Spot, Turn};

/// Longest rest of a reply, in bytes: what describes a file is no larger.
const REST: usize = 1 << 20;
const REST_WORDS: &str = "1 MiB";

/// Longest member name that is compared, in bytes; a longer one is none that a connector names.
const NAME: usize = 1 << 10;

/// Deepest nesting; the reading of JSON afterwards knows no deeper either.
const DEEPEST: usize = 128;

/// Bytes that are handed on at once.
const PIECE: usize = 48 << 10;

/// What stands in the place of a file: Base64 itself, so that a recording of the reply is one of a small file.
const STAND_IN: &[u8] = b"ZmlsZQ==";

/// Where one is in the document.
enum Level {
    /// In a mapping: the member that is read, and whether its name is still to come.
    Map { member: String, name_next: bool },
    /// In a list, at this item.
    List(usize),
}

/// What the next byte belongs to.
enum Within {
    Structure,
    /// The name of a member, as it is spelt.
    Name(Vec<u8>),
    /// A text that is not the file.
    Text,
    File,
}

/// Finds the file in a reply that comes in pieces.
pub(super) struct Embedded {
    spot: Spot,
    levels: Vec<Level>,
    within: Within,
    /// A backslash came, and so much of what follows `\u`.
    escape: Option<Vec<u8>>,
    rest: Vec<u8>,
    found: bool,
    base64: Base64,
}

/// Why a reply is not taken further.
pub(super) enum Flaw {
    Fault(Fault),
    /// Whoever takes the file wants no more.
    Refused,
}

impl From<Fault> for Flaw {
    fn from(fault: Fault) -> Flaw {
        Flaw::Fault(fault)
    }
}

impl Embedded {
    pub(super) fn new(spot: Spot) -> Embedded {
        Embedded {
            spot,
            levels: Vec::new(),
            within: Within::Structure,
            escape: None,
            rest: Vec::new(),
            found: false,
            base64: Base64::default(),
        }
    }

    /// Takes the next bytes of the reply and gives on what they hold of the file. `give` says `false` where it wants no more.
    ///
    /// # Errors
    /// E596 if the file is no Base64, E597 if there are several, E598 if too much stands beside it.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        give: &mut dyn FnMut(&[u8]) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        for byte in bytes {
            match self.within {
                Within::File => self.in_file(*byte, give)?,
                _ => self.beside(*byte)?,
            }
        }
        Ok(())
    }

    /// What stood around the file, and whether there was one. A reply that broke off is no JSON, and so nobody takes it for one.
    pub(super) fn end(self) -> (Vec<u8>, bool) {
        (self.rest, self.found)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.rest.len() + bytes.len() > REST {
            return Err(Fault::much_beside_file(REST_WORDS));
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    /// A byte that is no part of the file.
    fn beside(&mut self, byte: u8) -> Result<(), Fault> {
        self.keep(&[byte])?;
        match &mut self.within {
            Within::Structure => return self.structure(byte),
            Within::Name(_) | Within::Text if self.escape.take().is_some() => {
                if let Within::Name(name) = &mut self.within {
                    name.push(byte);
                }
            }
            Within::Name(_) | Within::Text if byte == b'\\' => {
                self.escape = Some(Vec::new());
                if let Within::Name(name) = &mut self.within {
                    name.push(byte);
                }
            }
            Within::Text if byte == b'"' => self.within = Within::Structure,
            Within::Name(name) if byte == b'"' => {
                let spelt = format!("\"{}\"", String::from_utf8_lossy(name));
                let plain = serde_json::from_str::<String>(&spelt).unwrap_or_default();
                if let Some(Level::Map { member, .. }) = self.levels.last_mut() {
                    *member = plain;
                }
                self.within = Within::Structure;
            }
            Within::Name(name) if name.len() < NAME => name.push(byte),
            Within::Name(_) | Within::Text | Within::File => {}
        }
        Ok(())
    }

    fn structure(&mut self, byte: u8) -> Result<(), Fault> {
        match byte {
            b'{' => self.levels.push(Level::Map {
                member: String::new(),
                name_next: true,
            }),
            b'[' => self.levels.push(Level::List(0)),
            b'}' | b']' => drop(self.levels.pop()),
            b':' => {
                if let Some(Level::Map { name_next, .. }) = self.levels.last_mut() {
                    *name_next = false;
                }
            }
            b',' => match self.levels.last_mut() {
                Some(Level::Map { name_next, .. }) => *name_next = true,
                Some(Level::List(item)) => *item += 1,
                None => {}
            },
            b'"' => {
                self.within = match self.levels.last() {
                    Some(Level::Map {
                        name_next: true, ..
                    }) => Within::Name(Vec::new()),
                    _ if self.is_here() && self.found => {
                        return Err(Fault::no_one_file(self.spot.to_string()));
                    }
                    _ if self.is_here() => {
                        self.found = true;
                        Within::File
                    }
                    _ => Within::Text,
                };
            }
            _ => {}
        }
        match self.levels.len() > DEEPEST {
            true => Err(Fault::undecodable("json")),
            false => Ok(()),
        }
    }

    fn is_here(&self) -> bool {
        let fits = |(level, turn): (&Level, &Turn)| match (level, turn) {
            (Level::Map { member, .. }, Turn::Name(name)) => member == name,
            (Level::List(item), Turn::Item(number)) => item == number,
            _ => false,
        };
        match &self.spot {
            Spot::Path(turns) => {
                turns.len() == self.levels.len() && self.levels.iter().zip(turns).all(fits)
            }
            Spot::Anywhere(name) => {
                let last = self.levels.last();
                matches!(last, Some(Level::Map { member, .. }) if member == name)
            }
        }
    }

    /// A byte between the quotation marks of the file.
    fn in_file(
        &mut self,
        byte: u8,
        give: &mut dyn FnMut(&[u8]) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        let sign = match &mut self.escape {
            None if byte == b'\\' => {
                self.escape = Some(Vec::new());
                return Ok(());
            }
            None if byte == b'"' => {
                let any = self.base64.came;
                self.base64.end()?;
                give(&std::mem::take(&mut self.base64.out))?;
                self.keep(if any { STAND_IN } else { b"" })?;
                self.keep(b"\"")?;
                self.within = Within::Structure;
                return Ok(());
            }
            None => byte,
            Some(digits) if digits.is_empty() && byte == b'u' => {
                digits.push(b'u');
                return Ok(());
            }
            Some(digits) if !digits.is_empty() => {
                digits.push(byte);
                if digits.len() < 5 {
                    return Ok(());
                }
                let text = String::from_utf8_lossy(&digits[1..]).into_owned();
                self.escape = None;
                let code = u8::from_str_radix(text.trim_start_matches("00"), 16).ok();
                code.filter(|_| text.starts_with("00"))
                    .ok_or_else(Fault::no_base64)?
            }
            Some(_) => {
                self.escape = None;
                match byte {
                    b'n' | b'r' | b't' => b' ',
                    b'/' => b'/',
                    _ => return Err(Fault::no_base64().into()),
                }
            }
        };
        self.base64.sign(sign)?;
        if self.base64.out.len() >= PIECE {
            give(&std::mem::take(&mut self.base64.out))?;
        }
        Ok(())
    }
}

/// RFC 4648, sections 4 and 5: either alphabet, with or without padding, in lines or not.
#[derive(Default)]
struct Base64 {
    bits: u32,
    /// Signs of the group that is under way.
    signs: u8,
    padded: u8,
    /// Whether any sign came.
    came: bool,
    out: Vec<u8>,
}

impl Base64 {
    fn sign(&mut self, sign: u8) -> Result<(), Fault> {
        let value = match sign {
            b' ' | b'\n' | b'\r' | b'\t' => return Ok(()),
            b'=' => {
                self.padded += 1;
                return match self.signs >= 2 && self.signs + self.padded <= 4 {
                    true => Ok(()),
                    false => Err(Fault::no_base64()),
                };
            }
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return Err(Fault::no_base64()),
        };
        if self.padded > 0 {
            return Err(Fault::no_base64());
        }
        self.came = true;
        self.bits = (self.bits << 6) | u32::from(value);
        self.signs += 1;
        if self.signs == 4 {
            self.out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
            (self.bits, self.signs) = (0, 0);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        let whole = self.padded == 0 || self.signs + self.padded == 4;
        let bits = self.bits;
        match (self.signs, whole) {
            (0, true) => {}
            (2, true) => self.out.push((bits >> 4).to_be_bytes()[3]),
            (3, true) => self.out.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
            _ => return Err(Fault::no_base64()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The file, what stood around it, and whether there was one; or the code of the fault.
    fn taken(reply: &[u8], path: &str, piece: usize) -> Result<(Vec<u8>, Vec<u8>, bool), String> {
        let mut embedded = Embedded::new(Spot::parse(path).unwrap());
        let mut file = Vec::new();
        for bytes in reply.chunks(piece.max(1)) {
            let mut give = |bytes: &[u8]| {
                file.extend_from_slice(bytes);
                Ok(())
            };
            match embedded.take(bytes, &mut give) {
                Ok(()) => {}
                Err(Flaw::Fault(fault)) => return Err(fault.code),
                Err(Flaw::Refused) => return Err("refused".to_owned()),
            }
        }
        let (rest, found) = embedded.end();
        Ok((file, rest, found))
    }

    #[test]
    fn the_file_is_where_the_path_says_and_nowhere_else() {
        let reply = json!({
            "jsonrpc": "2.0",
            "id": 7,
            "trap": {"result": [{"datas": "AAAA"}]},
            "result": [{"\"datas\":": "x\\\"y", "name": "a \"datas\": b", "datas": "SGVsbG8="}, {"datas": "AAAA"}],
            "other": {"content": "V2VsdA=="},
        });
        let text = reply.to_string();
        for piece in [1, 2, 7, 4096] {
            let (file, rest, found) = taken(text.as_bytes(), "$.result[0].datas", piece).unwrap();
            assert_eq!((file.as_slice(), found), (&b"Hello"[..], true));
            let mut kept = reply.clone();
            kept["result"][0]["datas"] = json!("ZmlsZQ==");
            let rest: Value = serde_json::from_slice(&rest).unwrap();
            assert_eq!(rest, kept);
        }
        let anywhere = taken(text.as_bytes(), "$..content", 3).unwrap();
        assert_eq!(anywhere.0, b"Welt");
        let none = taken(text.as_bytes(), "$.result[2].datas", 3).unwrap();
        assert_eq!((none.0, none.2), (Vec::new(), false));
        let twice = taken(text.as_bytes(), "$..datas", 3);
        assert_eq!(twice, Err("E597".to_owned()));
        let escaped = br#"{"a/b": {"d\u0061tas": "SGVs\r\nbG8\u003d\n", "x": "\\"}}"#;
        let (file, rest, _) = taken(escaped, "$['a/b'].datas", 1).unwrap();
        assert_eq!(file, b"Hello");
        assert!(serde_json::from_slice::<Value>(&rest).is_ok());
        let (file, rest, found) = taken(br#"{"datas": ""}"#, "$.datas", 1).unwrap();
        assert_eq!((file, found), (Vec::new(), true));
        assert_eq!(rest, br#"{"datas": ""}"#);
    }

    #[test]
    fn what_is_no_base64_is_no_file() {
        for bad in [
            "A", "AAAAA", "AA=A", "AA==AA==", "=", "A===", "AA=", "AAA==", "%PDF", "\\q",
            "\\u0100", "\\u00e4", "ä",
        ] {
            let reply = format!("{{\"f\": \"{bad}\"}}");
            let came = taken(reply.as_bytes(), "$.f", 1);
            assert_eq!(came, Err("E596".to_owned()), "{bad}");
        }
        let wide = format!("{{\"a\": \"{}\", \"f\": \"\"}}", "x".repeat(REST));
        assert_eq!(taken(wide.as_bytes(), "$.f", 9), Err("E598".to_owned()));
        let deep = "[".repeat(200);
        assert_eq!(taken(deep.as_bytes(), "$.f", 9), Err("E314".to_owned()));
        // A reply that breaks off leaves nothing that could be taken for JSON.
        let (_, rest, _) = taken(br#"{"f": "SGVsbG8"#, "$.f", 3).unwrap();
        assert!(serde_json::from_slice::<Value>(&rest).is_err());
    }

    proptest! {
        #[test]
        fn whatever_was_encoded_comes_out(bytes in proptest::collection::vec(any::<u8>(), 0..300), piece in 1usize..50, width in 1usize..80) {
            for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE] {
                let text = engine.encode(&bytes);
                let lines: Vec<String> = text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
                let reply = json!({"a": [0, {"f": lines.join("\n")}]}).to_string();
                let (file, rest, found) = taken(reply.as_bytes(), "$.a[1].f", piece).unwrap();
                prop_assert_eq!((&file, found), (&bytes, true));
                prop_assert!(rest.len() < 60);
            }
        }

        #[test]
        fn nothing_that_comes_upsets_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1usize..20) {
            let _ = taken(&bytes, "$.a", piece);
            let _ = taken(&bytes, "$..a", piece);
        }
    }
}
