//! Fills a workspace with one case of very many records, for `scripts/bench`: `many FOLDER RECORDS` prints the number of the case.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "it measures nothing and stops at the first surprise"
)]

mod case;

fn main() {
    // `cargo bench` adds a word of its own.
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&String> = given.iter().filter(|word| *word != "--bench").collect();
    let [folder, records] = given.as_slice() else {
        panic!("many FOLDER RECORDS");
    };
    let records = records.parse().expect("a number");
    match case::fill(folder.as_ref(), None, records, case::Became::Removed) {
        Ok(case) => println!("{case}"),
        Err(trouble) => panic!("{:?}", trouble.diagnostics),
    }
}
