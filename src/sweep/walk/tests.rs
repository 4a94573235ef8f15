//! A walk over a system made up here: locks of others, copies that lag behind, and the size of its batches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::civil::date;

use super::*;
use crate::connector::sweeping::{End, Position, Survey, Taken};
use crate::connector::{Health, Object, Record};

/// Records by their number, and what the system says when it is asked.
#[derive(Default)]
struct Shop {
    records: BTreeSet<u32>,
    /// How far copies lag behind, one answer after the other; the last one stays.
    lags: VecDeque<u64>,
    asked_for_lag: usize,
    /// What writing comes to, one after the other, before it works.
    refusals: VecDeque<Fault>,
    /// How many records each writing was to be about.
    sizes: Vec<usize>,
    /// What keeping comes to, one after the other, before it works.
    unkept: VecDeque<Fault>,
}

type Shared = Arc<Mutex<Shop>>;

struct Looks(Shared);
struct Writes(Shared);

/// Finds and writes at once; a day is ten records long.
struct Takes {
    shop: Shared,
    open: Vec<u32>,
}

fn key(number: u32) -> Key {
    Key::new(vec![format!("{number:06}")]).unwrap()
}

fn number(key: &Key) -> u32 {
    key.parts()[0].parse().unwrap()
}

#[async_trait]
impl Surveyor for Looks {
    async fn check(&mut self) -> Result<Health, Fault> {
        Ok(Health::default())
    }

    async fn survey(&mut self, _: &Object, _: &Due) -> Result<Survey, Fault> {
        Ok(Survey::default())
    }

    async fn due(&mut self, _: &Object, _: &Due) -> Result<u64, Fault> {
        Ok(self.0.lock().unwrap().records.len() as u64)
    }

    async fn next(
        &mut self,
        _: &Object,
        _: &Due,
        after: Option<&Candidate>,
        most: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let from = after.map_or(0, |after| number(&after.key) + 1);
        let shop = self.0.lock().unwrap();
        let found = shop.records.range(from..).take(most);
        let candidate = |number: &u32| Candidate {
            key: key(*number),
            start: "2010-01-01".to_owned(),
        };
        Ok(found.map(candidate).collect())
    }

    async fn still(&mut self, _: &Object, _: &Due, keys: &[Key]) -> Result<Vec<Key>, Fault> {
        let shop = self.0.lock().unwrap();
        let there = keys
            .iter()
            .filter(|key| shop.records.contains(&number(key)));
        Ok(there.cloned().collect())
    }

    async fn untouched(
        &mut self,
        object: &Object,
        due: &Due,
        keys: &[Key],
    ) -> Result<Vec<Key>, Fault> {
        self.still(object, due, keys).await
    }

    async fn records(&mut self, _: &Object, _: &Due, _: &[Key]) -> Result<Vec<Record>, Fault> {
        Ok(Vec::new())
    }

    async fn lag(&mut self) -> Result<Option<Duration>, Fault> {
        let mut shop = self.0.lock().unwrap();
        shop.asked_for_lag += 1;
        let seconds = match shop.lags.len() {
            0 | 1 => shop.lags.front().copied(),
            _ => shop.lags.pop_front(),
        };
        Ok(seconds.map(Duration::from_secs))
    }
}

#[async_trait]
impl Sweeper for Writes {
    async fn act(&mut self, _: &Object, _: &Due, work: &[Work]) -> Result<Vec<Key>, Fault> {
        let mut shop = self.0.lock().unwrap();
        shop.sizes.push(work.len());
        if let Some(refusal) = shop.refusals.pop_front() {
            return Err(refusal);
        }
        for one in work {
            shop.records.remove(&number(&one.key));
        }
        Ok(work.iter().map(|one| one.key.clone()).collect())
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    async fn undo(&mut self) {}

    fn most(&self) -> usize {
        20_000
    }
}

#[async_trait]
impl Sweeper for Takes {
    async fn act(&mut self, _: &Object, _: &Due, _: &[Work]) -> Result<Vec<Key>, Fault> {
        Err(Fault::unreadable_here())
    }

    async fn abreast(&mut self, _: &Object, _: &Due) -> Result<usize, Fault> {
        Ok(2)
    }

    async fn take(
        &mut self,
        _: &Object,
        _: &Due,
        from: &Position,
        most: usize,
        _: &[Key],
    ) -> Result<Taken, Fault> {
        // Another one may be at it meanwhile.
        tokio::task::yield_now().await;
        let mut shop = self.shop.lock().unwrap();
        shop.sizes.push(most);
        if let Some(refusal) = shop.refusals.pop_front() {
            return Err(refusal);
        }
        let day = |number: u32| format!("{:04}", number / 10);
        let is_ahead = |number: &u32| match (&from.day, from.end) {
            (None, _) => true,
            (Some(last), End::Oldest) => day(*number) >= *last,
            (Some(last), End::Newest) => day(*number) <= *last,
        };
        let mut found: Vec<u32> = shop.records.iter().copied().filter(is_ahead).collect();
        if from.end == End::Newest {
            found.reverse();
        }
        found.truncate(most);
        for number in &found {
            shop.records.remove(number);
        }
        assert!(self.open.is_empty(), "a transaction was left open");
        self.open = found;
        Ok(Taken {
            keys: self.open.iter().copied().map(key).collect(),
            found: self.open.len(),
            last: self.open.last().copied().map(day),
        })
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        let unkept = self.shop.lock().unwrap().unkept.pop_front();
        if let Some(fault) = unkept {
            self.undo().await;
            return Err(fault);
        }
        self.open.clear();
        Ok(())
    }

    async fn undo(&mut self) {
        self.shop
            .lock()
            .unwrap()
            .records
            .extend(self.open.drain(..));
    }

    fn most(&self) -> usize {
        20_000
    }
}

/// What was written down, and how many records it says were written to.
#[derive(Default)]
struct Pages {
    done: u64,
    batches: usize,
}

impl Book for Pages {
    fn write(&mut self, events: &[Event]) -> Result<(), Trouble> {
        for event in events {
            match event {
                Event::SweepBatchStarted { .. } => self.batches += 1,
                Event::SweepBatchEnded { done, .. } => self.done += done,
                _ => {}
            }
        }
        Ok(())
    }

    fn keep(&mut self, _: &Digest, _: &[Key]) -> Result<(), Trouble> {
        Ok(())
    }

    fn kept(&mut self, _: &Digest) -> Result<Vec<Key>, Trouble> {
        Ok(Vec::new())
    }

    fn forget(&mut self, _: &Digest) -> Result<(), Trouble> {
        Ok(())
    }

    fn name(&mut self, _: &Digest, _: u64, _: &[Digest]) -> Result<(), Trouble> {
        Ok(())
    }

    fn named(&mut self, _: &Digest, _: u64, _: u64) -> Result<Vec<Digest>, Trouble> {
        Ok(Vec::new())
    }

    fn still(&mut self) -> Result<Stillness, Trouble> {
        Ok(Stillness::new(()))
    }
}

const INVENTORY: &str = "dsr: 1
controller: { name: Acme, seat: DE-BY, language: en, contact: privacy@example.org }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: last_seen
        erase: remove
data_types:
  accounts: { objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
";

/// Goes through everything that the shop has.
async fn walk(shop: Shop, batch: usize) -> (Walked, Pages, Shared) {
    let most = shop.records.len() as u64;
    let one = |shop: &Shared| -> Vec<Box<dyn Sweeper>> { vec![Box::new(Writes(Arc::clone(shop)))] };
    walk_by(shop, batch, most, one).await
}

/// The same from both ends at once, to `most` of them.
async fn walk_from_both_ends(shop: Shop, batch: usize, most: u64) -> (Walked, Pages, Shared) {
    let both = |shop: &Shared| -> Vec<Box<dyn Sweeper>> {
        let one = || -> Box<dyn Sweeper> {
            Box::new(Takes {
                shop: Arc::clone(shop),
                open: Vec::new(),
            })
        };
        vec![one(), one()]
    };
    walk_by(shop, batch, most, both).await
}

async fn walk_by(
    shop: Shop,
    batch: usize,
    most: u64,
    sweepers: impl Fn(&Shared) -> Vec<Box<dyn Sweeper>>,
) -> (Walked, Pages, Shared) {
    let source = Arc::new(crate::diagnostic::Source {
        path: "dsr.yaml".into(),
        text: INVENTORY.to_owned(),
    });
    let load: crate::inventory::Load<'_> = &|_| unreachable!("no connectors here");
    let parsed = crate::inventory::parse(&source, std::path::Path::new("."), load);
    let (inventory, _) = parsed.unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    let rules = crate::sweep::rules(&inventory, date(2026, 11, 22), &zone);
    let rule = &rules[0];
    let due = rule.due.clone().unwrap();
    let shop = Arc::new(Mutex::new(shop));
    let mut pages = Pages::default();
    let walk = Walk {
        sweep: "S1",
        rule,
        due: &due,
        surveyor: &mut Looks(Arc::clone(&shop)),
        sweepers: sweepers(&shop),
        book: &mut pages,
        spared: &BTreeSet::new(),
        most,
        batch,
        lag: Duration::from_secs(10),
        naming: &Namer::of(&crate::keys::Key::from_bytes([7; 32])),
        masks: &|_| Ok(Vec::new()),
        halt: &|| None,
        overtaken: &|| false,
        before: Before::default(),
    };
    let walked = walk.run().await.unwrap();
    (walked, pages, shop)
}

fn with(count: u32) -> Shop {
    Shop {
        records: (0..count).collect(),
        ..Shop::default()
    }
}

#[tokio::test]
async fn a_batch_that_waits_for_locks_in_vain_becomes_smaller() {
    let mut shop = with(3_000);
    shop.refusals = [Fault::locked(), Fault::locked(), Fault::locked()].into();
    let (walked, pages, shop) = walk(shop, 10_000).await;
    let sizes = shop.lock().unwrap().sizes.clone();
    assert_eq!(sizes[..4], [2_500, 625, 156, 50]);
    // And larger again, once nobody is in the way.
    assert!(sizes[4..].iter().any(|size| *size > 50), "{sizes:?}");
    assert_eq!(
        (walked.done, pages.done, walked.fault),
        (3_000, 3_000, None)
    );
    assert_eq!(
        pages.batches,
        sizes.len(),
        "each try is written down before"
    );
}

#[tokio::test]
async fn locks_that_never_go_end_the_walk_and_nothing_is_counted_twice() {
    let mut shop = with(300);
    shop.refusals = (0..20).map(|_| Fault::locked()).collect();
    let (walked, pages, shop) = walk(shop, 100).await;
    assert_eq!(
        walked.fault.map(|fault| fault.code),
        Some("E511".to_owned())
    );
    assert_eq!((walked.done, pages.done), (0, 0));
    assert_eq!(shop.lock().unwrap().records.len(), 300);
    assert_eq!(shop.lock().unwrap().sizes.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn from_both_ends_each_record_is_taken_once_whatever_is_refused_on_the_way() {
    for (count, batch) in [
        (1, 10),
        (99, 100),
        (100, 100),
        (101, 7),
        (1_234, 100),
        (5_000, 333),
    ] {
        for refused in 0..3 {
            let mut shop = with(count);
            shop.refusals = (0..refused).map(|_| Fault::locked()).collect();
            shop.unkept = (0..refused).map(|_| Fault::locked()).collect();
            let what = format!("{count} in {batch}, {refused} refused");
            let (walked, pages, shop) = walk_from_both_ends(shop, batch, count.into()).await;
            assert_eq!(walked.fault, None, "{what}");
            let done = u64::from(count);
            assert_eq!((walked.done, pages.done), (done, done), "{what}");
            assert!(shop.lock().unwrap().records.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn from_both_ends_no_more_is_taken_than_was_counted() {
    for most in [0, 1, 7, 120, 499] {
        let (walked, pages, shop) = walk_from_both_ends(with(500), 50, most).await;
        assert_eq!((walked.done, pages.done), (most, most));
        assert_eq!(shop.lock().unwrap().records.len() as u64, 500 - most);
    }
}

#[tokio::test]
async fn no_batch_begins_while_a_copy_lags_behind() {
    let mut shop = with(100);
    shop.lags = [30, 11, 10].into();
    let began = Instant::now();
    let (walked, _, shop) = walk(shop, 1_000).await;
    assert_eq!(walked.done, 100);
    assert!(
        began.elapsed() >= Duration::from_secs(2),
        "it waited for two answers"
    );
    assert!(shop.lock().unwrap().asked_for_lag >= 3);
}

#[tokio::test]
async fn a_copy_that_never_catches_up_ends_the_walk_before_anything_is_written() {
    let mut shop = with(100);
    shop.lags = [3_600].into();
    let (walked, pages, shop) = walk(shop, 1_000).await;
    assert_eq!(
        walked.fault.map(|fault| fault.code),
        Some("E518".to_owned())
    );
    assert_eq!((pages.batches, shop.lock().unwrap().sizes.len()), (0, 0));
    assert_eq!(shop.lock().unwrap().records.len(), 100);
}

#[test]
fn a_batch_takes_about_as_long_as_it_should() {
    let after = |largest: usize, took: &[u64]| {
        let mut pace = pace::Pace::new(largest, Duration::from_secs(10));
        for millis in took {
            pace.went(Duration::from_millis(*millis));
        }
        pace.size
    };
    assert_eq!(after(10_000, &[50]), 5_000);
    assert_eq!(after(10_000, &[50; 9]), 10_000);
    assert_eq!(after(10_000, &[400]), 2_500);
    assert_eq!(after(10_000, &[900]), 1_250);
    assert_eq!(after(10_000, &[9_000; 9]), 50);
    // A house that wants small batches gets them smaller than that.
    assert_eq!(after(7, &[9_000]), 7);
}
