//! Many small HTTP systems on loopback ports, each some milliseconds away, for `scripts/bench`.
//!
//! Compiled by `rustc -O` alone, so that it takes nothing from the build that is measured:
//! `far PORTS MILLISECONDS` prints one port a line, then serves until its standard input ends. A request for
//! `/people?email=…&page=N` is answered with the person of that address, two records on page 1 and one on page 2.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    let [ports, milliseconds] = numbers[..] else {
        return Err(std::io::Error::other("usage: far PORTS MILLISECONDS"));
    };
    let away = Duration::from_millis(milliseconds);
    for _ in 0..ports {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        println!("{}", listener.local_addr()?.port());
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                std::thread::spawn(move || serve(connection, away));
            }
        });
    }
    println!("ready");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Answers one connection until the client closes it.
fn serve(connection: TcpStream, away: Duration) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut writer = connection;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        std::thread::sleep(away);
        let body = people(first.split(' ').nth(1).unwrap_or_default());
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        writer.write_all((head + &body).as_bytes())?;
    }
}

fn people(target: &str) -> String {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(known, _)| *known == name);
        found.map_or_else(String::new, |(_, value)| value.replace("%40", "@"))
    };
    let email = value("email");
    let ids: &[u32] = match value("page").as_str() {
        "1" => &[1, 2],
        "2" => &[3],
        _ => &[],
    };
    let people = ids.iter().map(|id| {
        format!(r#"{{"id":{id},"email":"{email}","name":"A. Person","note":"a note of some words"}}"#)
    });
    format!(r#"{{"items":[{}]}}"#, people.collect::<Vec<_>>().join(","))
}
