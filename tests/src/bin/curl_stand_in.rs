//! What `gt` needs of curl, for tests on machines without one: `curl -q --config -`, a POST over plain HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Duration;

/// A value of the configuration, as curl reads it: between quotes, with `\"` and `\\`.
fn value(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(out)
}

fn post(config: &str) -> Option<Result<(), (u8, String)>> {
    let all =
        |name: &str| config.lines().filter_map(|l| l.split_once(" = ")).find(|(key, _)| *key == name).map(|(_, v)| v.to_owned());
    let url = value(&all("url")?)?;
    let (header, body) = (value(&all("header")?)?, value(&all("data-binary")?)?);
    let limit = Duration::from_secs(all("max-time")?.trim().parse().ok()?);
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let sent = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(limit))?;
        let length = body.len();
        write!(
            stream,
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    Some(match sent() {
        Err(e) => Err((7, format!("curl: (7) Failed to connect: {e}"))),
        Ok(answer) if answer.split(' ').nth(1).is_some_and(|code| code.starts_with('2')) => Ok(()),
        Ok(answer) => {
            Err((22, format!("curl: (22) The requested URL returned error: {}", answer.lines().next().unwrap_or_default())))
        }
    })
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut config = String::new();
    // Other words than gt's are a change that somebody has to look at.
    if args != ["-q", "--config", "-"] || std::io::stdin().read_to_string(&mut config).is_err() {
        let _unheard = writeln!(std::io::stderr(), "curl: (2) not what gt says to curl: {args:?}");
        return ExitCode::from(2);
    }
    match post(&config) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err((code, why))) => {
            let _unheard = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(code)
        }
        None => {
            let _unheard = writeln!(std::io::stderr(), "curl: (3) a configuration that is not understood");
            ExitCode::from(3)
        }
    }
}
