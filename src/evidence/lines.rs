//! Lines of a stream, one after the other, however the bytes arrive.

/// No line of records or journal may be longer.
const LONGEST_LINE: usize = 1 << 20;

/// Cuts a stream into lines that end in LF.
#[derive(Default)]
pub(super) struct Lines {
    held: Vec<u8>,
    too_long: bool,
}

impl Lines {
    pub(super) fn feed(&mut self, mut bytes: &[u8], line: &mut dyn FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.held.is_empty() {
                line(&bytes[..end]);
            } else {
                self.hold(&bytes[..end]);
                line(&self.held);
                self.held.clear();
            }
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > LONGEST_LINE {
            self.too_long = true;
            self.held.clear();
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Whether a line was too long, or the last one has no end.
    pub(super) fn is_broken(&self) -> bool {
        self.too_long || !self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let text = b"a\n\nbc\ndef\n";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut seen = Vec::new();
            for chunk in text.chunks(size) {
                lines.feed(chunk, &mut |line| seen.push(line.to_vec()));
            }
            assert_eq!(
                seen,
                [b"a".to_vec(), vec![], b"bc".to_vec(), b"def".to_vec()]
            );
            assert!(!lines.is_broken());
        }
        let mut lines = Lines::default();
        lines.feed(b"a\nb", &mut |_| {});
        assert!(lines.is_broken(), "no end");
        let mut lines = Lines::default();
        for _ in 0..40 {
            lines.feed(&vec![b'x'; 64 * 1024], &mut |_| {});
        }
        assert!(lines.is_broken() && lines.held.len() <= LONGEST_LINE);
    }
}
