//! Many people with one command, as people see it: what each line asks for, one question for all, and files that are wrong.

use crate::see;
use crate::workspace::Company;

/// A newsletter with two subscribers and a lock, and no other system.
fn company() -> Company {
    let company = Company::new();
    let inventory = company.read("dsr.yaml");
    let (head, systems) = inventory.split_once("  shop:").unwrap();
    let from = systems.find("  newsletter:").unwrap();
    let to = systems.find("  paper_files:").unwrap();
    let lock = "restrict: { set: { Sperre: ja } }\n        unrestrict: { set: { Sperre: \"\" } }\n        erase: remove";
    let newsletter = systems[from..to].replace("erase: remove", lock);
    let head = head.replace(", trusted_from: [shop.customers]", "");
    company.write("dsr.yaml", &format!("{head}{newsletter}"));
    company.write(
        "newsletter.csv",
        "Mail;Name;Sperre\nanna@example.org;Anna Beispiel;\nbert@example.org;Bert Muster;\n",
    );
    company
}

fn in_german<'a>(line: &[&'a str]) -> Vec<&'a str> {
    [&["--lang", "de"], line].concat()
}

#[test]
fn rectify_for_many_shows_how_many_of_what_and_asks_once() {
    let company = company();
    company.write(
        "personen.csv",
        "Aktenzeichen;E-Mail;Name alt;Name neu;Neue E-Mail-Adresse;Bemerkung\nDS-1;anna@example.org;Anna Beispiel;Anna Neu;anna.neu@example.org;Heirat\nDS-2;bert@example.org;;Bert Richtig;;\n",
    );
    let line = ["rectify", "--subjects", "personen.csv"];
    let with = |more: &[&'static str]| [&line[..], more].concat();
    see!(
        "many_rectify_plan_de",
        company.run(&in_german(&with(&["--plan"])))
    );
    see!(
        "many_rectify_without_consent",
        company.run(&with(&["--identity", "letter"]))
    );
    see!(
        "many_rectify_de",
        company.run(&in_german(&with(&["--yes", "--expect", "2"])))
    );
    see!(
        "many_rectify_again_json",
        company.run(&with(&["--yes", "--expect", "0", "--format", "json"]))
    );
    company.write(
        "wrong.csv",
        "E-Mail;E-Mail neu;Name neu\nanna@example.org;keine;\nbert@example.org;;(leer)\nanna.b@example.org;;\n",
    );
    let wrong = ["rectify", "--subjects", "wrong.csv"];
    see!("many_rectify_wrong", company.run(&wrong));
    see!("many_rectify_wrong_de", company.run(&in_german(&wrong)));
    company.write(
        "unclear.csv",
        "E-Mail;Schuhgröße neu;contact.emial\nanna@example.org;44;a@example.org\n",
    );
    let unclear = ["rectify", "--subjects", "unclear.csv"];
    see!("many_rectify_unclear_de", company.run(&in_german(&unclear)));
    company.write("nothing.csv", "E-Mail;Name\nanna@example.org;Anna\n");
    let nothing = ["rectify", "--subjects", "nothing.csv"];
    see!("many_rectify_nothing", company.run(&nothing));
}

#[test]
fn lift_for_many_goes_by_the_notice_of_each() {
    let company = company();
    company.write("people.csv", "email\nanna@example.org\nbert@example.org\n");
    let restrict = [
        "restrict",
        "--subjects",
        "people.csv",
        "--because",
        "contested",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "2",
    ];
    company.run(&restrict);
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    company.write(
        "personen.csv",
        &format!(
            "E-Mail;Unterrichtet am;Grund\nanna@example.org;{};geprüft\nbert@example.org;;Anspruch erledigt\nnobody@example.org;;verified\n",
            yesterday.strftime("%d.%m.%Y"),
        ),
    );
    let lift = ["restrict", "--lift", "--subjects", "personen.csv"];
    let with = |more: &[&'static str]| [&lift[..], more].concat();
    see!("many_lift_plan", company.run(&with(&["--plan"])));
    see!(
        "many_lift_de",
        company.run(&in_german(&with(&["--yes", "--expect", "1"])))
    );
    see!(
        "many_lift_json",
        company.run(&with(&["--yes", "--expect", "0", "--format", "json"]))
    );
    company.write(
        "wrong.csv",
        "E-Mail;Unterrichtet am;Grund\nanna@example.org;31.02.2026;geprüft\nbert@example.org;31.12.2099;weil\nanna.b@example.org;;\n",
    );
    let wrong = ["restrict", "--lift", "--subjects", "wrong.csv"];
    see!("many_lift_wrong", company.run(&wrong));
    see!("many_lift_wrong_de", company.run(&in_german(&wrong)));
    let accept = [&wrong[..], &["--accept", "newsletter.subscribers:1"]].concat();
    see!("many_accept", company.run(&accept));
    see!("many_accept_de", company.run(&in_german(&accept)));
    let notice = [
        "restrict",
        "--subjects",
        "people.csv",
        "--notice-sent",
        "2026-11-01",
    ];
    see!(
        "many_notice_without_lift_de",
        company.run(&in_german(&notice))
    );
}
