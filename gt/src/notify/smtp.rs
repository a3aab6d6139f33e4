//! The few words of SMTP (RFC 5321) that a relay on the same machine or in the same house needs. No encryption and no
//! passwords: for those there are sendmail and msmtp.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Hands one message to a relay.
///
/// # Errors
/// What the relay said, or why it cannot be reached.
pub(super) fn send(relay: &str, from: &str, to: &str, letter: &str, limit: Duration) -> Result<(), String> {
    let began = Instant::now();
    let left = || limit.saturating_sub(began.elapsed()).max(Duration::from_millis(1));
    let addresses = relay.to_socket_addrs().map_err(|e| format!("{relay}: {e}"))?;
    let mut last = format!("{relay}: no address");
    let mut found = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, left()) {
            Ok(stream) => {
                found = Some(stream);
                break;
            }
            Err(e) => last = format!("{relay}: {e}"),
        }
    }
    let stream = found.ok_or(last)?;
    let said = |e: std::io::Error| format!("{relay}: {e}");
    stream.set_read_timeout(Some(left())).and_then(|()| stream.set_write_timeout(Some(left()))).map_err(said)?;
    let reader = stream.try_clone().map_err(said)?;
    let mut talk = Talk { stream, reader: BufReader::new(reader) };
    talk.hear(220)?;
    talk.ask("EHLO localhost", 250)?;
    talk.ask(&format!("MAIL FROM:<{from}>"), 250)?;
    talk.ask(&format!("RCPT TO:<{to}>"), 250)?;
    talk.ask("DATA", 354)?;
    talk.ask(&format!("{}\r\n.", stuffed(letter)), 250)?;
    // It has taken the message: what comes after changes nothing.
    let _ = talk.ask("QUIT", 221);
    Ok(())
}

struct Talk {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Talk {
    fn ask(&mut self, line: &str, code: u16) -> Result<(), String> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).map_err(|e| e.to_string())?;
        self.hear(code)
    }

    /// The answer, of several lines perhaps (`250-…`), the last one with a blank behind the code.
    fn hear(&mut self, code: u16) -> Result<(), String> {
        for _ in 0..100 {
            let mut line = String::new();
            self.reader.by_ref().take(1024).read_line(&mut line).map_err(|e| e.to_string())?;
            if line.is_empty() {
                return Err("the relay hung up".to_owned());
            }
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            let fits = line.get(..3).and_then(|c| c.parse::<u16>().ok()) == Some(code);
            return if fits { Ok(()) } else { Err(format!("the relay said: {}", line.trim())) };
        }
        Err("the relay talks without an end".to_owned())
    }
}

/// Lines as SMTP wants them: ended by both characters, a dot in front doubled.
fn stuffed(letter: &str) -> String {
    let dotted = |line: &str| if line.starts_with('.') { format!(".{line}") } else { line.to_owned() };
    letter.trim_end().split('\n').map(|l| dotted(l.trim_end_matches('\r'))).collect::<Vec<_>>().join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_letter_ends_it() {
        assert_eq!(stuffed("a\n.\n..b\n\n"), "a\r\n..\r\n...b");
    }

    #[test]
    fn nobody_there_is_said() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let why = send(&free.to_string(), "a@b", "c@d", "x", Duration::from_secs(2)).unwrap_err();
        assert!(why.contains(&free.to_string()), "{why}");
    }
}
