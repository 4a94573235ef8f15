//! What speaks against carrying a rule out, however right it looks.
//!
//! Every known accident of this kind was a rule that did what it said: a period of zero, a condition that met every row, a clock that stood in
//! another year. So a rule writes only what an earlier run has shown, within bounds that somebody set before, and close to what it did before.

use jiff::civil::Date;

use crate::connector::sweeping::Survey;
use crate::inventory::SweepLimits;
use crate::ledger::Brake;

impl Brake {
    /// Whether a person has to look before it goes on; the others pass by themselves.
    pub fn waits_for_a_person(self) -> bool {
        match self {
            Brake::New
            | Brake::Forgotten
            | Brake::Cap
            | Brake::Share
            | Brake::Unusual
            | Brake::Number
            | Brake::Triggers
            | Brake::Weak => true,
            Brake::Window | Brake::Stopped | Brake::Clock | Brake::Holds | Brake::Held => false,
        }
    }
}

/// Days after which what was shown counts as forgotten: a clock that was set ahead by years finds nothing that it may write.
const REMEMBERED_DAYS: i32 = 31;

/// How many earlier runs make what is usual.
const USUAL_RUNS: usize = 3;

/// How many of the last runs are looked at for what is usual, and how many in a row may find nothing before that is told.
const LAST_RUNS: usize = 7;

/// So few records are never unusual: twice nothing is nothing, and a rule that had one a night may have ten.
pub const FEW: u64 = 100;

/// What is known of a rule from earlier runs.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The last day on which a run showed it as it is now.
    pub shown: Option<Date>,
    /// What the system itself was to do besides, as that run showed it.
    pub triggers: Vec<String>,
    /// How many records it wrote to from one time that it came to its end to the next, the latest first: what a run that was stopped had done
    /// counts with the run that finished it.
    pub done: Vec<u64>,
    /// Written to by runs that were stopped, since it last came to its end.
    pub begun: u64,
    /// What a run that was stopped has left. It was let go once, so it is nothing unusual the next time.
    pub left: u64,
}

impl Earlier {
    /// A run has gone through the rule's object, to its end or until something stopped it. `left` is what was still due then.
    pub fn ended(&mut self, done: u64, left: Option<u64>, stopped: bool) {
        // A run that only settled what another had begun is stopped by nothing and leaves most of it.
        if stopped || left.is_some_and(|left| left > done) {
            self.begun += done;
            self.left = left.unwrap_or_else(|| self.left.saturating_sub(done));
            return;
        }
        self.done.insert(0, done + std::mem::take(&mut self.begun));
        self.left = 0;
    }

    /// How many runs in a row have written to nothing where the ones before usually did; `None` where that is nothing strange.
    pub fn idle(&self) -> Option<usize> {
        let idle = self.done.iter().take_while(|done| **done == 0).count();
        let before = usual(self.done.get(idle..)?)?;
        (idle >= LAST_RUNS && before > 0).then_some(idle)
    }

    /// Whether it is time to tell of [`Earlier::idle`] again: each week of a house that runs every night.
    pub fn tells_idle(idle: usize) -> bool {
        idle.is_multiple_of(LAST_RUNS)
    }
}

/// Everything that speaks against carrying a rule out today, in a fixed order.
///
/// `triggers` are what the system does besides, today. `expected` is the number of records that a person has named for this run: it stands in for the
/// bounds if it is the right one, and stops the rule if it is not, however few are due.
pub fn check(
    survey: &Survey,
    earlier: &Earlier,
    limits: &SweepLimits,
    today: Date,
    triggers: &[String],
    expected: Option<u64>,
) -> Vec<Brake> {
    let mut brakes = Vec::new();
    match earlier.shown {
        None => brakes.push(Brake::New),
        Some(shown) => {
            let ago = today.since(shown).map_or(i32::MAX, |span| span.get_days());
            if !(0..=REMEMBERED_DAYS).contains(&ago) {
                brakes.push(Brake::Forgotten);
            }
            if earlier.triggers != triggers {
                brakes.push(Brake::Triggers);
            }
        }
    }
    match expected {
        Some(expected) if expected == survey.due => return brakes,
        Some(_) => brakes.push(Brake::Number),
        None => {}
    }
    if survey.due == 0 {
        return brakes;
    }
    if survey.due > limits.records {
        brakes.push(Brake::Cap);
    }
    if !survey.uncounted
        && u128::from(survey.due) * 100 > u128::from(survey.records) * u128::from(limits.share)
    {
        brakes.push(Brake::Share);
    }
    if let Some(usual) = usual(&earlier.done)
        && survey.due.saturating_sub(earlier.left)
            > usual.saturating_mul(u64::from(limits.deviation)).max(FEW)
    {
        brakes.push(Brake::Unusual);
    }
    brakes
}

/// The middle one of the last runs; `None` while there are too few.
pub fn usual(done: &[u64]) -> Option<u64> {
    let mut last: Vec<u64> = done.iter().copied().take(LAST_RUNS).collect();
    if last.len() < USUAL_RUNS {
        return None;
    }
    last.sort_unstable();
    last.get(last.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn survey(due: u64, records: u64) -> Survey {
        Survey {
            due,
            records,
            ..Survey::default()
        }
    }

    fn shown(on: Date, done: &[u64]) -> Earlier {
        Earlier {
            shown: Some(on),
            done: done.to_vec(),
            ..Earlier::default()
        }
    }

    #[test]
    fn a_rule_that_nobody_has_seen_only_plans() {
        let today = date(2026, 11, 22);
        let limits = SweepLimits::default();
        let never = check(
            &survey(5, 1000),
            &Earlier::default(),
            &limits,
            today,
            &[],
            Some(5),
        );
        assert_eq!(never, [Brake::New]);
        let fresh = shown(date(2026, 11, 21), &[]);
        assert!(check(&survey(5, 1000), &fresh, &limits, today, &[], None).is_empty());
    }

    #[test]
    fn a_clock_in_another_year_finds_nothing_that_it_may_write() {
        let limits = SweepLimits::default();
        let seen = shown(date(2026, 11, 21), &[4, 5, 6]);
        for today in [date(2036, 11, 22), date(2027, 1, 22), date(2020, 1, 1)] {
            let brakes = check(&survey(5, 1000), &seen, &limits, today, &[], Some(5));
            assert_eq!(brakes, [Brake::Forgotten], "{today}");
        }
    }

    #[test]
    fn a_trigger_that_came_since_is_shown_first() {
        let (today, limits) = (date(2026, 11, 22), SweepLimits::default());
        let mut seen = shown(today, &[]);
        seen.triggers = vec!["archive".to_owned()];
        let meets = |triggers: &[&str]| {
            let triggers: Vec<String> = triggers.iter().map(|name| (*name).to_owned()).collect();
            check(&survey(5, 1000), &seen, &limits, today, &triggers, Some(5))
        };
        assert!(meets(&["archive"]).is_empty());
        assert_eq!(meets(&["archive", "mirror"]), [Brake::Triggers]);
        assert_eq!(meets(&[]), [Brake::Triggers]);
    }

    #[test]
    fn bounds_hold_unless_a_person_names_the_very_number() {
        let today = date(2026, 11, 22);
        let limits = SweepLimits {
            records: 100,
            share: 10,
            ..SweepLimits::default()
        };
        let seen = shown(today, &[10, 12, 11]);
        let many = survey(101, 1000);
        assert_eq!(
            check(&many, &seen, &limits, today, &[], None),
            [Brake::Cap, Brake::Share, Brake::Unusual]
        );
        assert_eq!(
            check(&many, &seen, &limits, today, &[], Some(100)),
            [Brake::Number, Brake::Cap, Brake::Share, Brake::Unusual]
        );
        // A wrong number says that somebody looked at something else, also where no bound is in the way.
        for (due, expected) in [(100, 99), (1, 2), (0, 7), (7, 0)] {
            let few = survey(due, 1000);
            let brakes = check(&few, &seen, &limits, today, &[], Some(expected));
            assert_eq!(brakes, [Brake::Number], "{due}");
            assert!(check(&few, &seen, &limits, today, &[], Some(due)).is_empty());
        }
        assert!(check(&many, &seen, &limits, today, &[], Some(101)).is_empty());
        assert!(check(&survey(100, 1000), &seen, &limits, today, &[], None).is_empty());
        assert!(check(&survey(0, 0), &seen, &limits, today, &[], None).is_empty());
        assert_eq!(
            check(&survey(3, 3), &shown(today, &[]), &limits, today, &[], None),
            [Brake::Share]
        );
    }

    #[test]
    fn what_is_unusual_is_the_deviation_times_what_was_usual() {
        let today = date(2026, 11, 22);
        let unusual = |deviation, due, done: &[u64], left| {
            let limits = SweepLimits {
                records: 1_000_000,
                share: 100,
                deviation,
                ..SweepLimits::default()
            };
            let mut seen = shown(today, done);
            seen.left = left;
            !check(&survey(due, due), &seen, &limits, today, &[], None).is_empty()
        };
        let usual = &[1000, 900, 1100, 1000];
        for (deviation, most) in [(1, 1000), (2, 2000), (5, 5000)] {
            assert!(!unusual(deviation, most, usual, 0), "{deviation}");
            assert!(unusual(deviation, most + 1, usual, 0), "{deviation}");
        }
        // One run that was large makes nothing usual, and two runs do not either.
        assert!(unusual(2, 25, &[10, 1_000_000, 11, 9], 0) == (25 > FEW));
        assert!(unusual(2, 2201, &[1000, 1_000_000, 1100, 900], 0));
        assert!(!unusual(2, 1_000_000, &[10, 10], 0));
        // Few records are nothing to stop for, whatever was usual.
        assert!(!unusual(1, FEW, &[0, 0, 0], 0));
        assert!(unusual(1, FEW + 1, &[0, 0, 0], 0));
        // What an interrupted run left was let go already; what came on top was not.
        assert!(!unusual(2, 30_000, usual, 28_000));
        assert!(unusual(2, 30_001, usual, 28_000));
    }

    #[test]
    fn interrupted_runs_count_with_the_one_that_finished_them() {
        let today = date(2026, 11, 22);
        let limits = SweepLimits {
            records: 1_000_000,
            share: 100,
            ..SweepLimits::default()
        };
        let mut seen = shown(today, &[]);
        let mut due = 30_000;
        for done in [1200, 450, 1000, 700] {
            seen.ended(done, Some(due - done), true);
            due -= done;
            assert_eq!(usual(&seen.done), None);
            assert!(check(&survey(due, 50_000), &seen, &limits, today, &[], None).is_empty());
        }
        // A run over other rules settles a batch and leaves the rest.
        seen.ended(10, Some(due - 10), false);
        due -= 10;
        seen.ended(due, Some(0), false);
        assert_eq!((seen.done.as_slice(), seen.left), (&[30_000][..], 0));
        // A system that failed could not be counted: less is left by what was done.
        seen.ended(5, Some(95), true);
        seen.ended(20, None, true);
        assert_eq!(seen.left, 75);
        // What nobody can take away does not make every run an interrupted one.
        seen.ended(40, Some(1), false);
        assert_eq!((seen.done[0], seen.left), (65, 0));
    }

    #[test]
    fn a_rule_that_finds_nothing_any_more_is_told_where_it_used_to_find_something() {
        let idle = |done: &[u64]| shown(date(2026, 11, 22), done).idle();
        assert_eq!(idle(&[0, 0, 0, 0, 0, 0, 0, 12, 9, 11]), Some(7));
        assert_eq!(idle(&[0, 0, 0, 0, 0, 0, 12, 9, 11]), None);
        assert_eq!(idle(&[0; 30]), None, "it never found anything");
        // Once a year there is much to do, and otherwise nothing.
        let mut yearly = vec![0; 300];
        yearly.push(5000);
        yearly.extend([0; 364]);
        assert_eq!(idle(&yearly), None);
        assert!(Earlier::tells_idle(7) && Earlier::tells_idle(14) && !Earlier::tells_idle(8));
    }
}
