//! What a search by name shows.

use crate::see;
use crate::workspace::Company;

/// The company, whose customers can be searched by name.
fn company() -> Company {
    let finder = "find: [{ by: email, column: email }";
    Company::with(finder, &format!("{finder}, {{ by: name, column: name }}"))
}

const NAME: [&str; 3] = ["find", "--name", "Anna Beispiel"];

#[test]
fn a_search_by_name_lists_people_to_choose_from() {
    let company = company();
    let find = |more: &[&str]| company.run(&[&NAME[..], more].concat());
    see!("candidates", find(&[]));
    see!("candidates_de", find(&["--lang", "de"]));
    see!("candidates_json", find(&["--format", "json"]));
    see!(
        "candidates_csv_de",
        find(&["--format", "csv", "--lang", "de"])
    );
    see!("candidates_pick", find(&["--pick", "shop.customers:2"]));
    see!(
        "candidates_nobody",
        company.run(&["find", "--name", "Zoe Niemand"])
    );
    see!(
        "candidates_nobody_de",
        company.run(&["find", "--name", "Zoe Niemand", "--lang", "de"])
    );
}

#[test]
fn what_is_no_name_and_no_pick_is_refused() {
    let company = company();
    let run = |args: &[&str]| company.run(args);
    see!(
        "candidates_no_name",
        run(&["find", "--name", "A%", "--born", "1980", "--postcode", "-"])
    );
    see!(
        "candidates_no_name_de",
        run(&["--lang", "de", "find", "--name", "A"])
    );
    see!(
        "candidates_born_alone",
        run(&["find", "--born", "1980-03-15"])
    );
    see!(
        "candidates_with_email",
        run(&[
            "find",
            "--name",
            "Anna Beispiel",
            "--email",
            "a@example.org"
        ])
    );
    see!("candidates_id_name", run(&["find", "--id", "name=Anna"]));
    see!(
        "candidates_pick_unshown",
        run(&["erase", "--pick", "shop.customers:2"])
    );
    see!(
        "candidates_pick_unshown_de",
        run(&["--lang", "de", "erase", "--pick", "shop.customers:2"])
    );
    see!(
        "candidates_unsearchable",
        run(&["find", "--name", "Anna Beispiel", "--system", "newsletter"])
    );
}
