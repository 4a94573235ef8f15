//! Asks a program for a secret, or for a signature: no shell, no terminal, a time limit, a longest answer.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::LONGEST;
use crate::messages::{Text, secret as say};

/// How long a program may take, in seconds; a password manager may ask its own server.
const PATIENCE: u64 = 30;

/// The first line that the program prints.
///
/// A relative program path with a `/` in it starts in `folder`; a bare name is looked up in `PATH`. Its standard error is thrown
/// away, because password managers have been seen to print secrets there.
pub(super) fn first_line(argv: &[String], folder: &Path) -> Result<Zeroizing<String>, Text> {
    first_line_within(argv, folder, Duration::from_secs(PATIENCE))
}

fn first_line_within(
    argv: &[String],
    folder: &Path,
    patience: Duration,
) -> Result<Zeroizing<String>, Text> {
    let command = command(argv, folder).ok_or_else(say::not_a_reference)?;
    let bytes = answer(command, &[], LONGEST, patience)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| say::not_text())?;
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}

/// A program with its words, in this folder and without a shell; `None` if there are no words.
pub(crate) fn command(argv: &[String], folder: &Path) -> Option<Command> {
    let (program, arguments) = argv.split_first()?;
    let program = if program.contains('/') {
        folder.join(program)
    } else {
        program.into()
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    Some(command)
}

/// Hands a program its input and returns all that it prints, no more than `longest` bytes, within the time.
///
/// # Errors
/// It does not start, fails, says nothing in time, or more than it may. What it started ends with it.
pub(crate) fn answer(
    mut command: Command,
    input: &[u8],
    longest: u64,
    patience: Duration,
) -> Result<Zeroizing<Vec<u8>>, Text> {
    let until = Instant::now() + patience;
    let slow = || say::program_slow(patience.as_secs());
    command
        .stdin(match input {
            [] => Stdio::null(),
            _ => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // A group of its own, so that what the program started ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .spawn()
        .map_err(|error| say::no_program(crate::messages::os::why(&error)))?;

    if let Some(mut pipe) = child.stdin.take() {
        let input = input.to_vec();
        // A program that does not read says so by its answer.
        std::thread::spawn(move || pipe.write_all(&input));
    }
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = Zeroizing::new(Vec::new());
            let read = output.take(longest + 1).read_to_end(&mut bytes);
            let _ = sender.send(read.map(|_| bytes));
        });
    }
    let answer = receiver.recv_timeout(patience);
    if let Ok(Ok(bytes)) = &answer
        && bytes.len() as u64 > longest
    {
        end(&mut child);
        return Err(say::too_long(longest));
    }
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if answer.is_ok() && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            _ => break None,
        }
    };
    let Some(status) = status else {
        end(&mut child);
        return Err(slow());
    };
    if !status.success() {
        return Err(say::program_failed(status.to_string()));
    }
    match answer {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(say::program_failed(crate::messages::os::why(&error))),
        // It has ended, but something that it left behind holds its output open.
        Err(_) => {
            end(&mut child);
            Err(slow())
        }
    }
}

/// Ends the program and what it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended() {
        for script in ["sleep 60", "sleep 60 & echo early"] {
            let argv = ["sh", "-c", script].map(str::to_owned);
            let begun = Instant::now();
            let error =
                first_line_within(&argv, Path::new("."), Duration::from_secs(1)).unwrap_err();
            assert_eq!(error, say::program_slow(1), "{script}");
            assert!(begun.elapsed() < Duration::from_secs(20));
        }
    }
}
