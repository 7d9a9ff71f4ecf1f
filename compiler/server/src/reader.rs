//! Messages of a stream of bytes, whatever else there may be in it.
//!
//! Each message is a header that says how long it is, and a text of that length. What is no header is passed over, what
//! is no message is told, and neither a length nor a line takes memory before as many bytes have come.

use std::io::{self, BufRead, Read};

use analysis::limits::FILE_BYTES;
use lsp_server::Message;

/// Bytes of one message: a file in which every byte is escaped, and what stands around it.
const MESSAGE_BYTES: u64 = 6 * FILE_BYTES as u64 + (1 << 20);
/// Bytes of one line of a header.
const LINE_BYTES: u64 = 4096;

/// What came over a stream.
#[derive(Debug)]
pub enum Came {
    Message(Box<Message>),
    /// A message that is none, and why.
    Malformed(String),
}

/// The next message, or nothing where the stream ends.
///
/// # Errors
/// Where the stream can be read no further.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Came>> {
    let mut length: Option<u64> = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.take(LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            match length {
                Some(length) => return body(input, length),
                // An empty line behind no header begins nothing.
                None => continue,
            }
        }
        let text = String::from_utf8_lossy(text);
        match text.split_once(':').map(|(name, value)| (name.trim(), value.trim().parse())) {
            Some((name, Ok(found))) if name.eq_ignore_ascii_case("Content-Length") => {
                length = Some(found);
            }
            Some((name, _)) if name.eq_ignore_ascii_case("Content-Type") => {}
            _ => return Ok(Some(Came::Malformed(format!("a line that is no header: {text:?}")))),
        }
    }
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Option<Came>> {
    let mut text = Vec::new();
    let mut input = input.take(length);
    if length > MESSAGE_BYTES {
        if io::copy(&mut input, &mut io::sink())? < length {
            return Ok(None);
        }
        let reason = format!("a message of {length} bytes; {MESSAGE_BYTES} are the most");
        return Ok(Some(Came::Malformed(reason)));
    }
    input.read_to_end(&mut text)?;
    if (text.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&text) {
        Ok(message) => Came::Message(Box::new(message)),
        Err(error) => Came::Malformed(error.to_string()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of some bytes: the methods of messages, and `-` for what is none.
    fn told(bytes: &[u8]) -> Vec<String> {
        let mut input = bytes;
        let mut all = Vec::new();
        while let Ok(Some(came)) = read(&mut input) {
            all.push(match came {
                Came::Message(message) => match *message {
                    Message::Notification(told) => told.method,
                    other => format!("{other:?}"),
                },
                Came::Malformed(_) => "-".to_owned(),
            });
        }
        all
    }

    #[test]
    fn whatever_stands_between_messages_the_next_one_is_read() {
        let exit = "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";
        for (junk, malformed) in [
            ("", 0),
            ("\r\n\r\n", 0),
            ("hello\r\n\r\n", 1),
            ("Content-Length: 3\r\n\r\n{{{", 1),
            ("Content-Length: 2\r\n\r\n[]", 1),
            ("Content-Length: 4\r\n\r\n\"\u{e4}\"", 1),
            ("Content-Length: many\r\n\r\n", 1),
            ("Content-Type: text/plain\r\ncontent-length:2\n\n{}", 1),
        ] {
            let expected: Vec<String> = std::iter::repeat_n("-", malformed)
                .chain(["exit", "exit"])
                .map(str::to_owned)
                .collect();
            assert_eq!(told(format!("{junk}{exit}{exit}").as_bytes()), expected, "{junk:?}");
        }
        assert_eq!(
            told(&[b"Content-Length: 1\r\n\r\n\xff", exit.as_bytes()].concat()),
            ["-", "exit"]
        );
        let long = vec![b'x'; 3 * LINE_BYTES as usize];
        let after = told(&[&*long, b"\r\n", exit.as_bytes()].concat());
        assert_eq!(after.last().map(String::as_str), Some("exit"));
        assert!(after.len() < 8, "{after:?}");
    }

    #[test]
    fn a_length_that_does_not_come_takes_no_memory() {
        assert_eq!(told(b"Content-Length: 18446744073709551615\r\n\r\n{}"), [""; 0]);
        assert_eq!(told(b"Content-Length: 90000000\r\n\r\n{}"), [""; 0]);
        assert_eq!(told(b"Content-Length: 99999999999999999999999\r\n\r\n"), ["-"]);
        // Of one that is too long nothing is kept, and the next one is read.
        let mut bytes = format!("Content-Length: {}\r\n\r\n", MESSAGE_BYTES + 1).into_bytes();
        bytes.resize(bytes.len() + MESSAGE_BYTES as usize + 1, b' ');
        bytes.extend(b"Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
        assert_eq!(told(&bytes), ["-", "exit"]);
    }
}
