//! Lines that break in the middle of anything, go silent, or deliver late.

use std::time::{Duration, Instant};

use super::line::{Line, Trouble};
use super::{
    APPLY, Chance, DUE, Server, booked, books_hold, finish, lead_to, looked_at, survivors,
};

#[test]
fn cut_at_any_byte_the_next_run_finishes() {
    for server in Server::all() {
        let line = Line::to(server.url());
        let mut workspace = server.workspace();
        looked_at(&workspace);
        lead_to(&mut workspace, &line.url);
        let mut chance = Chance(0x5eed_0003);
        let mut cuts = 0;
        for round in 0..8 {
            let trouble = [Trouble::Cut, Trouble::Down][round % 2];
            line.after(500 + chance.below(12_000), trouble);
            let ran = workspace.run(APPLY);
            cuts += u32::from(line.broke());
            line.mend();
            assert!([Some(0), Some(3)].contains(&ran.code), "{ran:?}");
            let lost = DUE + DUE / 2 - server.count("visits");
            let said = booked(&workspace);
            assert!(said <= lost && lost - said <= 50, "{said} of {lost}");
        }
        assert!(cuts > 2, "{cuts}");
        finish(&workspace, server.engine());
        assert_eq!(server.rows(), survivors());
        books_hold(&workspace, DUE, server.engine());
    }
}

/// The word that ends a transaction is on its way while the next run looks what became of it, and arrives afterwards.
#[test]
fn a_commit_that_arrives_late_is_counted_once() {
    for server in Server::all() {
        let line = Line::to(server.url());
        let mut workspace = server.workspace();
        looked_at(&workspace);
        lead_to(&mut workspace, &line.url);
        line.hold_commit();
        let ran = workspace.run(APPLY).ends_with(3);
        assert!(line.holds_one(), "{ran:?}");
        assert_eq!(server.count("visits"), DUE + DUE / 2);
        // Its rows are locked, and whether they will be there nobody can know.
        let ran = workspace.run(APPLY).ends_with(3);
        assert!(ran.err.contains("E511"), "{ran:?}");
        assert_eq!(booked(&workspace), 0, "{ran:?}");
        line.let_it_go();
        let patience = Instant::now() + Duration::from_secs(20);
        while server.count("visits") == DUE + DUE / 2 {
            assert!(Instant::now() < patience, "the commit never arrived");
            std::thread::sleep(Duration::from_millis(20));
        }
        finish(&workspace, server.engine());
        assert_eq!(server.rows(), survivors());
        books_hold(&workspace, DUE, server.engine());
    }
}

/// A line that went dead tells neither end. The server gives up by itself, and its locks with it.
#[test]
fn a_line_that_goes_silent_locks_nobody_out_for_ever() {
    let servers = Server::all();
    std::thread::scope(|scope| {
        for server in &servers {
            scope.spawn(|| {
                let line = Line::to(server.url());
                let mut workspace = server.workspace();
                looked_at(&workspace);
                lead_to(&mut workspace, &line.url);
                let mut chance = Chance(0x5eed_0004);
                line.after(20_000 + chance.below(30_000), Trouble::Silent);
                let ran = workspace.run(APPLY);
                assert!(line.broke(), "{ran:?}");
                finish(&workspace, server.engine());
                assert_eq!(server.rows(), survivors());
                books_hold(&workspace, DUE, server.engine());

                // In the worst moment: everything is written, and nobody says so.
                server.sql("UPDATE visits SET seen_on = '2011-05-05' WHERE id < 100");
                let again = 33;
                line.hold_commit();
                workspace.run(APPLY).ends_with(3);
                assert!(line.holds_one());
                finish(&workspace, server.engine());
                assert_eq!(server.count("visits"), DUE / 2 - again);
                assert_eq!(booked(&workspace), DUE + again);
                books_hold(&workspace, DUE + again, server.engine());
                line.let_it_go();
            });
        }
    });
}
