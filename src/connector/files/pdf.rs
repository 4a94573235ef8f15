//! The text of PDF files, read by a process of its own.
//!
//! A PDF is a program in all but name: one that is broken or made for it can take any amount of time and memory, or end the reader
//! (pdf-extract panics where it is surprised). So `dsr` starts itself once for each PDF, with the file as input, a limit on memory
//! and processor time that the operating system keeps, and a clock of its own; what it says on its output is the text, page by page.
//! A library that nobody told which program to start reads in the same process, and only catches panics.

use std::ffi::OsStr;
use std::io::{self, BufReader, Read, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pdf_extract::{Document, Object, PlainTextOutput};

use super::document::Source;
use super::look::{At, Look};
use super::unread::Why;

/// Larger files are not read: the whole of a PDF has to be in memory.
const LARGEST: u64 = 200 << 20;
/// Address space of a reading process.
const MEMORY: u64 = 2 << 30;
/// Seconds of processor time.
const PROCESSOR: u64 = 60;
/// By the clock on the wall.
const LONGEST: Duration = Duration::from_secs(90);
/// A page with more text than this is cut.
const LONGEST_PAGE: usize = 16 << 20;

/// The first word of the command line of a reading process. It cannot be a verb, which have no dots.
pub const WORD: &str = "read.pdf";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// From here on PDF files are read by processes of this program, which has to answer [`WORD`] with [`serve`].
pub fn read_by(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Whether a command line is that of a reading process.
pub fn is_asked(arguments: &[std::ffi::OsString]) -> bool {
    arguments.len() == 2 && arguments[1] == OsStr::new(WORD)
}

/// What a reading process says: pages in their order, and at last how it ended.
const TEXT: u8 = b'T';
/// Properties, comments, forms and links, beside any page.
const ASIDE: u8 = b'A';
/// A page that shows pictures and no text, or that could not be read.
const BLANK: u8 = b'I';
const BAD_PAGE: u8 = b'B';
/// A file that lies within the document.
const ATTACHED: u8 = b'F';
const END: u8 = b'E';

/// Looks through a PDF.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(source: &mut impl Source, size: u64, look: &mut Look<'_>) -> Result<(), Why> {
    if size > LARGEST {
        return Err(Why::TooLarge);
    }
    let Some(program) = PROGRAM.get() else {
        let mut bytes = Vec::new();
        let read = source.take(LARGEST).read_to_end(&mut bytes);
        read.map_err(|error| super::text::why(&error, look))?;
        let mut said = Vec::new();
        let read =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| extract(&bytes, &mut said)));
        return match read {
            Ok(_) => take(&mut said.as_slice(), look),
            Err(_) => Err(Why::Broken),
        };
    };
    let mut child = start(program).map_err(|_| Why::Failed)?;
    let id = child.0.id();
    let (stopped, done) = (look.stopped(), AtomicBool::default());
    std::thread::scope(|scope| {
        scope.spawn(|| watch(id, stopped, &done));
        let fed = feed(&mut child, source);
        let read = match child.0.stdout.take() {
            Some(said) => take(&mut BufReader::new(said), look),
            None => Err(Why::Failed),
        };
        done.store(true, Ordering::Relaxed);
        // It ended before it had read everything.
        read.and(fed.map_err(|_| Why::Broken))
    })
}

/// Ends a reading process for which nobody waits any more. Its number is its own as long as nobody has waited for it.
fn watch(id: u32, stopped: &AtomicBool, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        if stopped.load(Ordering::Relaxed) {
            #[cfg(unix)]
            if let Some(id) = i32::try_from(id)
                .ok()
                .and_then(rustix::process::Pid::from_raw)
            {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
            #[cfg(not(unix))]
            let _ = id;
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ends with its owner, so that nothing is left behind.
struct Reading(Child);

impl Drop for Reading {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &PathBuf) -> io::Result<Reading> {
    Command::new(program)
        .arg(WORD)
        .env_clear()
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Reading)
}

/// The process says nothing before it has read the whole file, so that neither waits for the other.
fn feed(child: &mut Reading, source: &mut impl Source) -> io::Result<()> {
    source.seek(SeekFrom::Start(0))?;
    let Some(mut input) = child.0.stdin.take() else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    io::copy(&mut source.take(LARGEST), &mut input)?;
    Ok(())
}

/// Looks through what a reading process says.
fn take(said: &mut dyn Read, look: &mut Look<'_>) -> Result<(), Why> {
    let (mut page, mut shown) = (0, 0);
    let mut unread: Vec<Why> = Vec::new();
    loop {
        look.go_on()?;
        let mut head = [0; 5];
        // Killed by a limit, or by what the file did to it.
        said.read_exact(&mut head).map_err(|_| Why::Broken)?;
        let [kind, length @ ..] = head;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST_PAGE {
            return Err(Why::Broken);
        }
        let mut text = vec![0; length];
        said.read_exact(&mut text).map_err(|_| Why::Broken)?;
        let text = String::from_utf8_lossy(&text);
        match kind {
            TEXT => {
                page += 1;
                shown += usize::from(!text.trim().is_empty());
                look.loose(&At::Page(page), &text);
            }
            ASIDE => look.text(&At::Whole, &text),
            BLANK => {
                page += 1;
                unread.push(Why::Scanned);
            }
            BAD_PAGE => {
                page += 1;
                unread.push(Why::Broken);
            }
            ATTACHED => unread.push(Why::Packed),
            END => {
                break match text.as_ref() {
                    "" if shown == 0 && unread.contains(&Why::Scanned) => Err(Why::Scanned),
                    "" if shown == 0 && page > 0 && unread.len() == page as usize => {
                        Err(Why::Broken)
                    }
                    "" => {
                        // One for each reason: the document is one to look at, however many pages it is about.
                        unread.sort_unstable();
                        unread.dedup();
                        unread.into_iter().for_each(|why| look.miss(why));
                        Ok(())
                    }
                    "encrypted" => Err(Why::Encrypted),
                    "large" => Err(Why::TooLarge),
                    _ => Err(Why::Broken),
                };
            }
            _ => return Err(Why::Broken),
        }
    }
}

/// Reads one PDF from the input and says its text on the output; what a reading process does. Returns its exit code.
pub fn serve(input: &mut dyn Read, output: &mut dyn Write) -> u8 {
    limit();
    let mut bytes = Vec::new();
    let read = input.take(LARGEST + 1).read_to_end(&mut bytes);
    let mut out = io::BufWriter::new(output);
    let said = match read {
        Ok(size) if size as u64 > LARGEST => say(&mut out, END, "large"),
        // Panics are told nobody: the one who waits sees that the end is missing.
        Ok(_) => {
            std::panic::set_hook(Box::new(|_| {}));
            extract(&bytes, &mut out)
        }
        Err(_) => say(&mut out, END, "broken"),
    };
    u8::from(said.and_then(|()| out.flush()).is_err())
}

/// The operating system keeps memory and processor time; a thread keeps the clock, and looks whether anybody still waits.
fn limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let at_most = |value| Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        let _ = setrlimit(Resource::As, at_most(MEMORY));
        let _ = setrlimit(Resource::Cpu, at_most(PROCESSOR));
        let _ = setrlimit(Resource::Core, at_most(0));
        let _ = setrlimit(Resource::Fsize, at_most(0));
    }
    std::thread::spawn(|| {
        let began = std::time::Instant::now();
        #[cfg(unix)]
        let parent = rustix::process::getppid();
        loop {
            std::thread::sleep(Duration::from_millis(500));
            #[cfg(unix)]
            let is_alone = rustix::process::getppid() != parent;
            #[cfg(not(unix))]
            let is_alone = false;
            if is_alone || began.elapsed() > LONGEST {
                std::process::abort();
            }
        }
    });
}

fn say(out: &mut dyn Write, kind: u8, text: &str) -> io::Result<()> {
    let mut end = text.len().min(LONGEST_PAGE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let length = u32::try_from(end).unwrap_or_default();
    out.write_all(&[kind])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&text.as_bytes()[..end])
}

fn extract(bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let Ok(mut document) = Document::load_mem(bytes) else {
        return say(out, END, "broken");
    };
    // Many files may not be printed or changed, and are encrypted for that with an empty password.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return say(out, END, "encrypted");
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return say(out, END, "broken");
    }
    for (number, id) in &pages {
        let text = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut text = String::new();
            let mut output = PlainTextOutput::new(&mut text);
            let read = pdf_extract::output_doc_page(&document, &mut output, *number);
            read.is_ok().then_some(text)
        }));
        match text.ok().flatten() {
            Some(text) if text.trim().is_empty() && has_pictures(&document, *id) => {
                say(out, BLANK, "")?;
            }
            Some(text) => say(out, TEXT, &text)?,
            None => say(out, BAD_PAGE, "")?,
        }
    }
    for object in document.objects.values() {
        aside(object, 6, out)?;
    }
    say(out, END, "")
}

fn has_pictures(document: &Document, page: (u32, u16)) -> bool {
    let Ok((own, inherited)) = document.get_page_resources(page) else {
        return true;
    };
    let inherited = inherited
        .iter()
        .filter_map(|id| document.get_dictionary(*id).ok());
    let named = own.into_iter().chain(inherited);
    named
        .filter_map(|resources| resources.get(b"XObject").ok())
        .any(|objects| match document.dereference(objects) {
            Ok((_, Object::Dictionary(objects))) => !objects.is_empty(),
            _ => false,
        })
}

/// What stands beside the pages: who wrote it, links, comments, what was filled in.
fn aside(object: &Object, depth: u32, out: &mut dyn Write) -> io::Result<()> {
    const TEXTS: [&[u8]; 10] = [
        b"V",
        b"Contents",
        b"URI",
        b"Title",
        b"Author",
        b"Subject",
        b"Keywords",
        b"Creator",
        b"T",
        b"RC",
    ];
    if depth == 0 {
        return Ok(());
    }
    match object {
        Object::Array(items) => {
            for item in items {
                aside(item, depth - 1, out)?;
            }
        }
        Object::Dictionary(dictionary) => {
            for (name, value) in dictionary.iter() {
                match value {
                    Object::String(bytes, _) if TEXTS.contains(&name.as_slice()) => {
                        say(out, ASIDE, &string(bytes))?;
                    }
                    inner => aside(inner, depth - 1, out)?,
                }
            }
        }
        Object::Stream(stream) => {
            let is = |name: &[u8]| {
                let kind = stream.dict.get(b"Type").and_then(Object::as_name);
                kind.is_ok_and(|kind| kind == name)
            };
            if is(b"EmbeddedFile") {
                say(out, ATTACHED, "")?;
            }
            if is(b"Metadata")
                && let Ok(text) = stream.get_plain_content()
            {
                say(out, ASIDE, &String::from_utf8_lossy(&text))?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A text string (ISO 32000-1, 7.9.2): UTF-16 with its mark, UTF-8 with its mark, else nearly Latin.
fn string(bytes: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode_with_bom_removal(bytes).0.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}
