//! Bytes as decisions: an input that is a small program is read with this.

/// What is left of an input. At its end every decision is 0.
pub struct Choices<'d>(pub &'d [u8]);

impl<'d> Choices<'d> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    /// Two bytes.
    pub fn word(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    /// Eight bytes.
    pub fn long(&mut self) -> u64 {
        (0..8).fold(0, |long, _| long << 8 | u64::from(self.byte()))
    }

    /// A number below `end`, or 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            1..=256 => usize::from(self.byte()) % end,
            _ => self.word() % end,
        }
    }

    /// As many bytes as are there, at most `count`.
    pub fn take(&mut self, count: usize) -> &'d [u8] {
        let (taken, left) = self.0.split_at(count.min(self.0.len()));
        self.0 = left;
        taken
    }
}
