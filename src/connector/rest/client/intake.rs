//! A file on its way in: its content goes on piece by piece, and is never held as a whole.

use super::embedded::{Embedded, Flaw};
use crate::connector::Fault;
use crate::connector::attachment::{self, Piece, Pieces, Spot};

/// Why one attempt brought no reply.
pub(super) enum Break {
    Unsent(Fault),
    Unanswered(Fault),
    Refused(Fault),
    /// It was answered, and so at length that asking again would bring the same.
    Overlong(Fault),
}

/// Where the content of a file goes, piece by piece, in place of a reply that is held as a whole.
pub(super) struct Intake<'p> {
    most: u64,
    take: Pieces<'p>,
    bytes: u64,
    /// Where the file stands, if the reply is JSON with the file in it.
    spot: Option<Spot>,
    embedded: Option<Embedded>,
    found: bool,
}

impl<'p> Intake<'p> {
    pub(super) fn new(most: u64, spot: Option<Spot>, take: Pieces<'p>) -> Intake<'p> {
        Intake {
            most,
            take,
            bytes: 0,
            spot,
            embedded: None,
            found: false,
        }
    }

    /// Whether the reply held the file, where it has to.
    pub(super) fn found(&self) -> bool {
        self.spot.is_none() || self.found
    }

    /// How many came, since the file began last.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A file of so many bytes begins, if the server says how many.
    pub(super) fn begin(&mut self, announced: Option<u64>) -> Result<(), Break> {
        self.bytes = 0;
        self.found = false;
        self.embedded = self.spot.clone().map(Embedded::new);
        // Of a reply that holds the file, the length says little.
        if self.embedded.is_none() && announced.is_some_and(|bytes| bytes > self.most) {
            return Err(Break::Overlong(self.too_large()));
        }
        self.give(Piece::Begin)
    }

    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Break> {
        let Some(mut embedded) = self.embedded.take() else {
            return self.count(bytes);
        };
        let mut broken = None;
        let mut give = |decoded: &[u8]| {
            self.count(decoded).map_err(|why| {
                broken = Some(why);
                Flaw::Refused
            })
        };
        let taken = embedded.take(bytes, &mut give);
        self.embedded = Some(embedded);
        match taken {
            Ok(()) => Ok(()),
            // Asking again would bring the same.
            Err(Flaw::Fault(fault)) => Err(Break::Overlong(fault)),
            Err(Flaw::Refused) => Err(broken.unwrap_or(Break::Refused(Fault::interrupted()))),
        }
    }

    /// The reply has come to its end; what of it is no file.
    pub(super) fn end(&mut self) -> Vec<u8> {
        let Some(embedded) = self.embedded.take() else {
            return Vec::new();
        };
        let (rest, found) = embedded.end();
        self.found = found;
        rest
    }

    fn count(&mut self, bytes: &[u8]) -> Result<(), Break> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(Break::Overlong(self.too_large()));
        }
        self.give(Piece::Bytes(bytes))
    }

    fn give(&mut self, piece: Piece<'_>) -> Result<(), Break> {
        match (self.take)(piece) {
            true => Ok(()),
            false => Err(Break::Refused(Fault::interrupted())),
        }
    }

    fn too_large(&self) -> Fault {
        Fault::large_file(attachment::size(self.most))
    }
}
