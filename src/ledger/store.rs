//! What a ledger asks of the place where its lines lie. A store keeps bytes in order; it neither makes nor judges them.

use super::Head;
use crate::case_id::CaseId;
use crate::diagnostic::Result;
use crate::keys::Digest;

/// One event as it is stored. All but the bytes repeats what stands in them, for looking things up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Position in the ledger, counted from 1.
    pub seq: u64,
    /// Number of the case, as text: what a damaged file says need not be one.
    pub case: Option<String>,
    /// Position within the case, counted from 1.
    pub n: Option<u64>,
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub hash: Digest,
}

/// Where the next line is linked.
#[derive(Debug)]
pub struct Tips {
    /// Last line of the ledger.
    pub last: Option<Line>,
    /// Last line of the case.
    pub case_last: Option<Line>,
}

/// While it is there, nobody commits.
pub struct Stillness(#[expect(dead_code, reason = "dropping it lets others commit")] Box<dyn Send>);

impl Stillness {
    pub fn new(held: impl Send + 'static) -> Stillness {
        Stillness(Box::new(held))
    }
}

/// An ordered store of lines.
pub trait Store {
    /// Appends the lines that `link` makes of the tips, in one durable commit that no other writer can come between. Nothing is
    /// written if `link` fails.
    fn commit(
        &mut self,
        case: Option<&CaseId>,
        link: &mut dyn FnMut(&Tips) -> Result<Vec<Line>>,
    ) -> Result<()>;

    /// Keeps every writer out, this one too, until what it returns is dropped; reading goes on.
    fn still(&self) -> Result<Stillness>;

    /// Hands over the lines of the ledger or of one case in their order, until `visit` says `false`.
    fn lines(
        &self,
        case: Option<&CaseId>,
        visit: &mut dyn FnMut(Line) -> Result<bool>,
    ) -> Result<()>;

    /// Hands over the lines behind a position that belong to no case, in their order.
    fn of_no_case(&self, behind: u64, visit: &mut dyn FnMut(Line) -> Result<()>) -> Result<()>;

    /// The line at a position.
    fn line(&self, seq: u64) -> Result<Option<Line>>;

    /// Position and hash of the last line.
    fn head(&self) -> Result<Head>;

    /// The cases in the order of their first lines.
    fn cases(&self) -> Result<Vec<CaseId>>;
}
