//! Runs what the documents tell their readers to type.
//!
//! Blocks marked `sh`, and lines that begin with `$ ` in blocks marked `console`, are run, one after the other, in a folder of their own for each document, with `dsr` on the path. A block
//! marked `yaml`, `csv` or the like is a file if the line before it names one: `dsr.yaml:` in backquotes. A command that ends
//! with another code than 0 says so behind it: `# exit 4`. `CASE` stands for the number of the case that is there.

use std::path::Path;
use std::process::Command;

use crate::workspace::{Company, make_shop};
use crate::{documents, project};

/// Commands that are not run as they stand, each with its reason.
const OTHERWISE: [(&str, Otherwise, &str); 5] = [
    (
        "dsr export ",
        Otherwise::Run("dsr --format json export "),
        "a passphrase is shown at a terminal or in JSON, and nobody is at a terminal here",
    ),
    (
        "cargo run --release -- ",
        Otherwise::Run("dsr "),
        "the program is built already; that it builds is what runs this test",
    ),
    (
        "scripts/test",
        Otherwise::Skip,
        "it is what runs this test, and would run itself",
    ),
    (
        "cargo build --release",
        Otherwise::Skip,
        "the program is built already",
    ),
    (
        "cargo test",
        Otherwise::Skip,
        "it is what runs this test, and would run itself",
    ),
];

enum Otherwise {
    Run(&'static str),
    Skip,
}

/// A fenced block and where it begins.
struct Block {
    line: usize,
    language: String,
    /// The file that the line before the block names.
    file: Option<String>,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<(String, Block)> = None;
    let mut before = "";
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        match &mut open {
            Some((fence, block)) if bare.starts_with(fence.as_str()) => {
                let block = Block {
                    text: std::mem::take(&mut block.text),
                    language: std::mem::take(&mut block.language),
                    file: block.file.take(),
                    line: block.line,
                };
                blocks.push(block);
                open = None;
            }
            Some((_, block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None if bare.starts_with("```") => {
                let fence: String = bare.chars().take_while(|sign| *sign == '`').collect();
                let language = bare[fence.len()..].trim();
                let named = before.trim_end().strip_suffix("`:");
                let named = named.filter(|_| language != "sh");
                let file = named.and_then(|line| line.rsplit('`').next());
                open = Some((
                    fence.clone(),
                    Block {
                        line: at + 1,
                        language: language.to_owned(),
                        file: file.map(str::to_owned),
                        text: String::new(),
                    },
                ));
            }
            None if !bare.is_empty() => before = line,
            None => {}
        }
    }
    assert!(open.is_none(), "a block is never closed");
    blocks
}

/// One command, which may go over several lines (`\` at the end, or a here-document), and the exit code that it announces.
fn commands(script: &str) -> Vec<(String, i32)> {
    let mut commands = Vec::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut command = line.to_owned();
        while command.ends_with('\\') {
            command.push('\n');
            command.push_str(lines.next().expect("a line goes on"));
        }
        let code = command
            .rsplit_once("# exit ")
            .map_or(0, |(_, code)| code.trim().parse().expect("a code"));
        if let Some((_, mark)) = line.split_once("<<") {
            let mark = mark.trim_matches(['\'', '"', ' ']).to_owned();
            loop {
                let next = lines.next().expect("a here-document ends");
                command.push('\n');
                command.push_str(next);
                if next == mark {
                    break;
                }
            }
        }
        commands.push((command, code));
    }
    commands
}

/// What a reader types of a block.
fn typed(block: &Block) -> String {
    if block.language == "sh" {
        return block.text.clone();
    }
    let lines = block.text.lines().map(str::trim_start);
    let typed = lines.filter_map(|line| line.strip_prefix("$ "));
    typed.map(|line| format!("{line}\n")).collect()
}

/// What an auditor was given: a bundle, the certificate, and one opened line.
fn give_evidence(to: &Company) {
    let company = Company::new();
    let erased = company.run(&[
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "4",
    ]);
    assert_eq!(erased.code, 0, "{}", erased.err);
    let bundle = format!("evidence/{}.evidence.zip", company.case());
    for (from, name) in [
        (bundle.as_str(), "2026-K7QF3M.evidence.zip"),
        (".dsr/keys/seal.cert.pem", "organisation.pem"),
    ] {
        fs_err::copy(company.path(from), to.path(name)).unwrap();
    }
    let log = |args: &[&str]| {
        let said = company.run(&[&["evidence", "log"], args].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    to.write("log.vkey", &log(&["key"]));
    to.write("last.checkpoint", &log(&["checkpoint"]));
    let opened = ["--email", "berta@example.org", "--right", "access"];
    let opened = company.run(&[&["case", "open"], &opened[..]].concat());
    assert_eq!(opened.code, 0, "{}", opened.err);
    to.write("today.proof", &log(&["consistency", "--from", "2"]));
    std::os::unix::fs::symlink(project("scripts"), to.path("scripts")).unwrap();
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

fn run_document(path: &Path) {
    let text = fs_err::read_to_string(path).unwrap();
    let name = path
        .strip_prefix(project(""))
        .unwrap()
        .display()
        .to_string();
    let company = Company::nothing();
    make_shop(&company.path("shop.db"));
    if text.contains("2026-K7QF3M.evidence.zip") {
        if !is_there("unzip") || !is_there("openssl") {
            assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
            eprintln!("skipped: {name} needs unzip and openssl");
            return;
        }
        give_evidence(&company);
    }
    let needs_python = text.contains("\npython3 ") || text.contains("plugins/dsr_plugin.py");
    if needs_python && !is_there("python3") {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: {name} needs python3");
        return;
    }
    if text.contains("plugins/dsr_plugin.py") {
        let module = project("examples/plugins/dsr_plugin.py");
        let module = fs_err::read_to_string(module).unwrap();
        company.write("plugins/dsr_plugin.py", &module);
        company.write("connectors/dsr_plugin.py", &module);
    }
    for block in blocks(&text) {
        let place = format!("{name}:{}", block.line);
        if let Some(file) = &block.file {
            company.write(file, &told_yesterday(&block.text));
        } else if block.language == "sh" || block.language == "console" {
            for (command, code) in commands(&typed(&block)) {
                run(&company, &command, code, &place);
            }
        }
    }
}

/// Days of notice in a file stand for the day before, as those of a command do.
fn told_yesterday(text: &str) -> String {
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    let days = ["2026-11-02", "2026-11-03", "02.11.2026", "03.11.2026"];
    match text.contains("Told on") || text.contains("Unterrichtet am") {
        true => days
            .iter()
            .fold(text.to_owned(), |text, day| text.replace(day, &yesterday)),
        false => text.to_owned(),
    }
}

fn run(company: &Company, command: &str, code: i32, place: &str) {
    let mut script = command.to_owned();
    for (start, otherwise, _) in &OTHERWISE {
        if let Some(rest) = command.strip_prefix(start) {
            match otherwise {
                Otherwise::Run(instead) => script = format!("{instead}{rest}"),
                Otherwise::Skip => return,
            }
        }
    }
    if script.contains("CASE") {
        script = script.replace("CASE", &company.case());
    }
    let program = Path::new(env!("CARGO_BIN_EXE_dsr"));
    let path = format!(
        "{}:{}:{}",
        program.parent().unwrap().display(),
        project("scripts").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut shell: Command = company.command("bash");
    // A restriction can be lifted on the day after the notice that follows it, for which no test can wait: it is made in a zone in
    // which it is the day before, and the day of notice in the documents stands for that day.
    if script.contains("restrict ") && script.contains("--because") && !script.contains("--lift") {
        shell.env("TZ", "<-24>24");
    }
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    let script = script.replace(
        "--notice-sent 2026-11-01",
        &format!("--notice-sent {yesterday}"),
    );
    let done = shell
        .args(["-euc", &script])
        .env("PATH", path)
        .env("DISCLOSURE", "WyJzYWx0IiwgInJlY29yZCIsICI0NzExIl0")
        .output()
        .unwrap();
    assert_eq!(
        done.status.code(),
        Some(code),
        "{place}: {script}\n{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn every_command_in_the_documents_works() {
    let mut ran = 0;
    for path in documents() {
        run_document(&path);
        ran += 1;
    }
    assert!(ran >= 8, "{ran} documents");
}

/// A block in another language than `sh` would go untested if it held commands.
#[test]
fn no_command_hides_in_another_block() {
    for path in documents() {
        for block in blocks(&fs_err::read_to_string(&path).unwrap()) {
            let hidden = ["", "bash", "shell", "text"].contains(&block.language.as_str())
                && block.text.lines().any(|line| {
                    let line = line.trim_start_matches("$ ");
                    line.starts_with("dsr ") || line.starts_with("cargo ")
                })
                && !path.ends_with("docs/reference/cli.md");
            assert!(
                !hidden,
                "{}:{} holds commands; mark it `sh`",
                path.display(),
                block.line
            );
        }
    }
}

#[test]
fn a_reader_of_documents_finds_their_commands() {
    let text = "# T\n\n`a.yaml`:\n\n```yaml\nx: 1\n```\n\n```sh\n# why\ndsr find \\\n  --email a@example.org  # exit 3\ncat > f <<'E'\ndsr no\nE\n```\n";
    let blocks = blocks(text);
    assert_eq!(blocks[0].file.as_deref(), Some("a.yaml"));
    let commands = commands(&blocks[1].text);
    assert_eq!(commands[0].1, 3);
    assert_eq!(commands[1], ("cat > f <<'E'\ndsr no\nE".to_owned(), 0));
}
