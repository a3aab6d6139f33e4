//! Takes credentials out of URLs and of whatever git says about them.

/// The text with the user part of every `scheme://user:secret@host` removed. Of `ssh://git@host` only a password goes:
/// there the user name is an address, while in a web URL it may itself be a token.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '<' | '>' | '`')).unwrap_or(after.len());
        let (url, tail) = after.split_at(end);
        let ssh = before.ends_with("ssh://");
        let (user, place) = url.split_at(user_part(url));
        if ssh && !user.is_empty() {
            let name = user.trim_end_matches('@').split(':').next().unwrap_or_default();
            out.push_str(name);
            out.push('@');
        }
        out.push_str(place);
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// How many bytes of what follows `://` are the user part, the `@` included.
fn user_part(url: &str) -> usize {
    let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
    if let Some(at) = url[..authority].rfind('@') {
        return at + 1;
    }
    // A secret with an unescaped slash: `user:se/cret@host`. A port is digits, a secret rarely is.
    let odd =
        url[..authority].split_once(':').is_some_and(|(_, port)| port.is_empty() || port.bytes().any(|b| !b.is_ascii_digit()));
    if odd { url.rfind('@').map_or(0, |at| at + 1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_addresses_stay() {
        for (from, to) in [
            ("https://u:s3cret@example.com/r.git", "https://example.com/r.git"),
            (
                "fatal: unable to access 'https://ghp_s3cret@example.com/r.git/': no",
                "fatal: unable to access 'https://example.com/r.git/': no",
            ),
            ("https://u:s3@cret@h/p", "https://h/p"),
            ("https://u:s3/cret@h/p", "https://h/p"),
            ("ssh://git@h:22/p", "ssh://git@h:22/p"),
            ("ssh://git:s3cret@h/p", "ssh://git@h/p"),
            ("git@h:p", "git@h:p"),
            ("https://h:8443/@scope/p https://a:s3cret@b", "https://h:8443/@scope/p https://b"),
            ("https://h/a@b", "https://h/a@b"),
            ("file:///a/b@c", "file:///a/b@c"),
        ] {
            assert_eq!(redact(from), to);
            assert!(!redact(from).contains("s3"), "{from}");
        }
    }
}
