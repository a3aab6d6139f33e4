//! Whether this clone publishes, and where to: chosen, never implied (STATE 7).

use crate::git::Git;
use crate::store::Store;

/// The answer, with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Publish.
    On,
    /// Keep everything here.
    Off(Why),
}

/// Why nothing is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no remote.
    NoRemote,
    /// git config `beads.share` says no.
    Refused,
    /// The remote is not among those to which the project publishes: a fork, a mirror of somebody's, a new home.
    NotListed,
    /// This clone is a mirror of the remote: a push from it would delete what it has not.
    Mirror,
    /// The remote is pushed to at another address than it is fetched from.
    PushesElsewhere,
}

impl Why {
    /// What to tell people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoRemote => "there is no remote",
            Self::Refused => "git config beads.share is false in this clone",
            Self::NotListed => "publishing to this remote was not chosen",
            Self::Mirror => "this clone is a mirror of the remote",
            Self::PushesElsewhere => "the remote is pushed to at another address than it is fetched from",
        }
    }
}

/// Decides: `beads.share` of this clone, else whether the project's `sync.publish_to` names the store remote.
pub fn choice(store: &Store) -> Choice {
    let git = store.git();
    let Some(remote) = &store.sources().remote else { return Choice::Off(Why::NoRemote) };
    let share = git.config("beads.share").and_then(|v| truth(&v));
    if share == Some(false) {
        return Choice::Off(Why::Refused);
    }
    if git.config(&format!("remote.{remote}.mirror")).and_then(|v| truth(&v)) == Some(true) {
        return Choice::Off(Why::Mirror);
    }
    let url = git.remote_url(remote).map(|u| normalise(&u));
    let push_url = git.config(&format!("remote.{remote}.pushurl")).map(|u| normalise(&u));
    if push_url.is_some() && push_url != url {
        return Choice::Off(Why::PushesElsewhere);
    }
    let listed = url.is_some_and(|url| store.config().publish_to().iter().any(|to| is_place(to, &url)));
    if share == Some(true) || listed { Choice::On } else { Choice::Off(Why::NotListed) }
}

/// The streams that stay at home: mail, unless the remote is a path on this machine or `beads.share.mail` says yes.
pub fn home_streams(git: &dyn Git, remote: &str) -> &'static [&'static str] {
    let chosen = git.config("beads.share.mail").and_then(|v| truth(&v));
    let local = git.remote_url(remote).is_some_and(|u| normalise(&u).starts_with(['/', '.']));
    if chosen.unwrap_or(local) { &[] } else { &["mail"] }
}

/// A URL without what does not say where it leads: scheme, user, default port, `.git`, closing slashes; the host in
/// lower case. `git@example.org:a/b.git` and `https://example.org/a/b` are one place.
pub fn normalise(url: &str) -> String {
    let url = url.trim();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest.to_owned()),
        // `host:path` is ssh; a path with a colon has a slash before it.
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') && host.len() > 1 => {
                (Some("ssh".to_owned()), format!("{host}/{}", path.trim_start_matches('/')))
            }
            _ => (None, url.to_owned()),
        },
    };
    let rest = rest.trim_end_matches('/');
    let rest = rest.strip_suffix(".git").unwrap_or(rest).trim_end_matches('/');
    match scheme.as_deref() {
        None | Some("file") => rest.to_owned(),
        Some(_) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.rsplit_once('@').map_or(host, |(_, h)| h).to_ascii_lowercase();
            let host = [":22", ":80", ":443"].iter().find_map(|p| host.strip_suffix(p)).unwrap_or(&host);
            format!("{host}/{path}")
        }
    }
}

/// True if an entry of `sync.publish_to` means this place, which is a normalised URL. `bd init` writes normalised URLs,
/// people any form; `host:2222/a` is the first and would be read as the path `2222/a` if it were taken for the second.
pub(crate) fn is_place(entry: &str, place: &str) -> bool {
    entry == place || normalise(entry) == place
}

/// git's words for true and false.
pub(crate) fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_name() {
        for url in [
            "https://example.org/a/b.git",
            "https://user:secret@Example.org/a/b/",
            "ssh://git@example.org:22/a/b",
            "git@example.org:a/b.git",
            "example.org:/a/b",
            "http://example.org:80/a/b",
        ] {
            assert_eq!(normalise(url), "example.org/a/b", "{url}");
        }
        assert_eq!(normalise("file:///srv/x.git/"), "/srv/x");
        assert_eq!(normalise("/srv/x.git"), "/srv/x");
        assert_eq!(normalise("../x"), "../x");
        assert_ne!(normalise("ssh://example.org:2222/a/b"), "example.org/a/b");
        assert_ne!(normalise("git@example.org:fork/b.git"), "example.org/a/b");
    }

    #[test]
    fn what_init_writes_is_the_place_that_it_was_given() {
        for url in ["ssh://git@example.org:2222/a/b.git", "http://127.0.0.1:8080/a.git", "git@example.org:a/b.git", "/srv/x.git"] {
            let place = normalise(url);
            assert!(is_place(&place, &place) && is_place(url, &place), "{url}");
        }
        assert!(!is_place("https://example.org:8443/a", &normalise("https://example.org/a")));
    }
}
