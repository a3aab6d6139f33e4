//! An alert as an e-mail.

use super::alert::Alert;
use bd::env::Env;
use std::path::Path;

/// The whole message, headers first, lines ended by a line feed.
pub(super) fn letter(alert: &Alert, to: &str, from: &str, now: jiff::Timestamp) -> String {
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let date = if date.is_empty() { String::new() } else { format!("Date: {date}\n") };
    // The same alert has the same name, so that a mail program sees one that came twice.
    format!(
        "From: {from}\nTo: {to}\nSubject: {}\n{date}Message-ID: <{}@gastown.invalid>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}",
        header(&format!("[Gas Town] {}", alert.subject)),
        alert.id,
        alert.text
    )
}

/// A header's text: as it is where it is ASCII, else in encoded words (RFC 2047).
fn header(text: &str) -> String {
    if text.bytes().all(|b| (b' '..0x7f).contains(&b)) && !text.contains("=?") && text.len() <= 200 {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        // 45 bytes are 60 characters, and a word has at most 75.
        if word.len() + c.len_utf8() > 45 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words.iter().map(|w| format!("=?utf-8?B?{}?=", base64(w.as_bytes()))).collect::<Vec<_>>().join("\n ")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let three = chunk.iter().fold(0u32, |n, b| (n << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(three >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// The command that hands a message to the system: sendmail, else msmtp. The address comes by a variable, so that no shell
/// reads it.
pub(super) fn sendmail(env: &Env) -> Option<&'static str> {
    let path = env.var("PATH").unwrap_or("/usr/bin:/bin");
    let is_there = |name: &str| std::env::split_paths(path).any(|dir| dir.join(name).is_file());
    if is_there("sendmail") {
        Some("exec sendmail -i -- \"$GT_ADDRESS\"")
    } else if Path::new("/usr/sbin/sendmail").is_file() {
        Some("exec /usr/sbin/sendmail -i -- \"$GT_ADDRESS\"")
    } else if is_there("msmtp") {
        Some("exec msmtp -- \"$GT_ADDRESS\"")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_of_one_piece() {
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!((base64(b"Ma"), base64(b"M"), base64(b"")), ("TWE=".into(), "TQ==".into(), String::new()));
        assert_eq!(header("[Gas Town] plain"), "[Gas Town] plain");
        let long = header(&"ü🚨".repeat(40));
        assert!(long.lines().all(|l| l.len() <= 76 && l.trim_start().starts_with("=?utf-8?B?")), "{long}");
        let alert = Alert { id: "1".into(), subject: "x\r\nBcc: y".into(), text: "body\n".into() };
        let text = letter(&alert, "a@b", "c@d", jiff::Timestamp::UNIX_EPOCH);
        let (head, body) = text.split_once("\n\n").unwrap();
        assert_eq!(body, "body\n");
        assert!(!head.lines().any(|l| l.starts_with("Bcc")), "{head}");
        assert!(head.contains("Date: Thu, 1 Jan 1970 00:00:00 +0000") || head.contains("Date: Thu, 01 Jan 1970"), "{head}");
    }
}
