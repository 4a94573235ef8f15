//! What a machine is set up with: schemas, completions, manual pages.

use std::process::Command;

use crate::see;
use crate::workspace::Company;

#[test]
fn schemas_are_listed_and_printed() {
    let company = Company::nothing();
    see!("schema_list", company.run(&["schema"]));
    see!("schema_list_de", company.run(&["--lang", "de", "schema"]));
    see!(
        "schema_list_json",
        company.run(&["schema", "--format", "json"])
    );
    see!("schema_tasks", company.run(&["schema", "dsr.tasks/1"]));
    see!("schema_unknown", company.run(&["schema", "taks"]));
}

#[test]
fn bash_takes_the_completions() {
    let company = Company::nothing();
    let made = company.run(&["completions", "bash"]);
    assert_eq!(made.code, 0);
    company.write("dsr.bash", &made.out);
    let script = "set -e; bash -n dsr.bash; source dsr.bash; complete -p dsr; \
        COMP_WORDS=(dsr ev); COMP_CWORD=1; COMP_LINE='dsr ev'; _dsr dsr ev dsr; echo \"${COMPREPLY[@]}\"";
    let mut bash: Command = company.command("bash");
    let done = bash.args(["-c", script]).output().unwrap();
    let out = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(out.contains("-F _dsr dsr"), "{out}");
    assert!(out.trim_end().ends_with("evidence"), "{out}");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let made = company.run(&["completions", shell]);
        assert!(made.code == 0 && made.out.contains("evidence"), "{shell}");
    }
    see!("completions_unknown", company.run(&["completions", "cmd"]));
}

#[test]
fn manual_pages_are_made_for_every_command() {
    let company = Company::nothing();
    let page = company.run(&["man"]);
    assert_eq!(page.code, 0);
    assert!(page.out.contains(".TH dsr 1"), "{}", page.out);
    see!("man_pages", company.run(&["man", "--dir", "man"]));
    let german = company.run(&["--lang", "de", "man", "--dir", "man.de"]);
    assert_eq!(german.code, 0, "{}", german.err);
    let page = company.read("man.de/dsr-task-done.1");
    assert!(page.contains("Aufgabe"), "{page}");
    assert!(
        company
            .read("man/dsr-evidence-verify.1")
            .contains("needs no workspace")
    );
    // A program of the manual, where there is one, has nothing to say against the pages.
    for file in [
        "man/dsr.1",
        "man/dsr-case-close.1",
        "man.de/dsr-task-done.1",
    ] {
        let groff = company
            .command("groff")
            .args(["-man", "-Tutf8", "-Kutf8", "-ww", file])
            .output();
        let Ok(done) = groff else {
            eprintln!("skipped: needs groff");
            return;
        };
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(
            done.status.success() && !said.contains("error"),
            "{file}: {said}"
        );
        assert!(!done.stdout.is_empty());
    }
    company.write("file", "");
    see!("man_no_folder", company.run(&["man", "--dir", "file/x"]));
}
