//! How addresses are written, and when two mean the same.

/// What tells one reader from another: `@Ann Smith`, `ann-smith` and `Ann Smith` are one; `rig/polecats/x` is `rig/x`;
/// `mayor/` is `mayor`. Never shown without need: the address is.
pub fn identity(text: &str) -> String {
    let text = text.trim().trim_start_matches('@').to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join("-");
    let parts: Vec<&str> = joined.split('/').filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [rig, "polecats", name] => format!("{rig}/{name}"),
        parts => parts.join("/"),
    }
}

/// What tells one team from another: `@gateway` and `@gateway-team` are one, and hyphens do not count
/// (`@workflow-execution-team` is the team `workflowexecution`).
pub fn team_key(text: &str) -> String {
    let name = identity(text);
    let name = name.strip_suffix("-team").unwrap_or(&name);
    name.chars().filter(|c| !matches!(c, '-' | '_')).collect()
}

/// Where an address says by its form what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// `--human`, `overseer`, `@overseer`.
    Overseer,
    /// `--self`, `self`.
    Myself,
    /// `user:NAME`.
    User(&'a str),
    /// `team:NAME`.
    Team(&'a str),
    /// `group:NAME`, `list:NAME`.
    Group(&'a str),
    /// `channel:NAME`, `announce:NAME`.
    Channel(&'a str),
    /// `@town`, `@crew/RIG`, `@polecats/RIG`, `@rig/RIG`, `@witnesses`.
    Everyone(Everyone<'a>),
    /// `RIG/`.
    Rig(&'a str),
    /// `mayor/`, `RIG/NAME`, `RIG/crew/NAME`.
    Agent(&'a str),
    /// `@NAME`, `NAME`: looked up.
    Name(&'a str),
}

/// Groups that are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Everyone<'a> {
    /// Everybody who is known.
    Town,
    /// The agents of a rig.
    Rig(&'a str),
    /// Its crew.
    Crew(&'a str),
    /// Its polecats.
    Polecats(&'a str),
    /// Every rig's witness.
    Witnesses,
}

/// The form of an address. `Err` says why it is none.
pub(super) fn form(text: &str) -> Result<Form<'_>, &'static str> {
    let text = text.trim();
    if text.is_empty() || text == "@" {
        return Err("it is empty");
    }
    if text.len() > 200 || text.chars().any(char::is_control) {
        return Err("it is longer than 200 bytes or holds control characters");
    }
    if text.contains([',', ';', '<', '>', '"', '`', '$', '\\']) {
        return Err("it holds a character that no address has");
    }
    if let Some((kind, name)) = text.split_once(':') {
        return match (kind, name.trim()) {
            (_, "") => Err("nothing follows the colon"),
            ("user", name) => Ok(Form::User(name)),
            ("team", name) => Ok(Form::Team(name)),
            ("group" | "list", name) => Ok(Form::Group(name)),
            ("channel" | "announce", name) => Ok(Form::Channel(name)),
            ("queue", _) => Err("there are no queues: work waits in `bd ready`, where one claims it"),
            _ => Err("before the colon stands one of user, team, group, channel"),
        };
    }
    match text.to_lowercase().as_str() {
        "--human" | "human" | "overseer" | "@overseer" | "@human" => return Ok(Form::Overseer),
        "--self" | "self" | "@self" => return Ok(Form::Myself),
        "@town" | "@all" => return Ok(Form::Everyone(Everyone::Town)),
        "@witnesses" => return Ok(Form::Everyone(Everyone::Witnesses)),
        "mayor" | "mayor/" => return Ok(Form::Agent("mayor/")),
        "deacon" | "deacon/" => return Ok(Form::Agent("deacon/")),
        _ => {}
    }
    if text.starts_with('-') {
        return Err("it begins with a hyphen");
    }
    if let Some((group, rig)) = text.strip_prefix('@').and_then(|t| t.split_once('/')) {
        return match (group, rig) {
            (_, "") => Err("a rig's name is missing"),
            ("rig", rig) => Ok(Form::Everyone(Everyone::Rig(rig))),
            ("crew", rig) => Ok(Form::Everyone(Everyone::Crew(rig))),
            ("polecats", rig) => Ok(Form::Everyone(Everyone::Polecats(rig))),
            _ => Err("before the slash stands one of @rig, @crew, @polecats"),
        };
    }
    if let Some(rig) = text.strip_suffix('/') {
        return if rig.is_empty() || rig.contains('/') { Err("it ends in a slash") } else { Ok(Form::Rig(rig)) };
    }
    if text.contains('/') {
        let parts: Vec<&str> = text.split('/').collect();
        let fits = parts.iter().all(|p| !p.is_empty() && *p != "..") && matches!(parts.len(), 2 | 3);
        return if fits { Ok(Form::Agent(text)) } else { Err("an agent is RIG/NAME or RIG/crew/NAME") };
    }
    Ok(Form::Name(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_has_one_identity() {
        assert_eq!(identity("@Ann  Smith"), "ann-smith");
        assert_eq!(identity("gastown/polecats/Toast"), "gastown/toast");
        assert_eq!((identity("mayor/"), identity("mayor")), ("mayor".into(), "mayor".into()));
        assert_eq!(identity("rig/crew/joe"), "rig/crew/joe");
    }

    #[test]
    fn one_team_has_one_key() {
        assert_eq!(team_key("@gateway-team"), team_key("gateway"));
        assert_eq!(team_key("@workflow-execution-team"), team_key("workflowexecution"));
        assert_ne!(team_key("team"), "");
    }

    #[test]
    fn forms() {
        assert_eq!(form("--human"), Ok(Form::Overseer));
        assert_eq!(form("mayor/"), Ok(Form::Agent("mayor/")));
        assert_eq!(form("gastown/"), Ok(Form::Rig("gastown")));
        assert_eq!(form("gastown/witness"), Ok(Form::Agent("gastown/witness")));
        assert_eq!(form("@crew/gastown"), Ok(Form::Everyone(Everyone::Crew("gastown"))));
        assert_eq!(form("channel:news"), Ok(Form::Channel("news")));
        assert_eq!(form("@gateway"), Ok(Form::Name("@gateway")));
        for bad in
            ["", "@", " ", "a,b", "x:y", "queue:q", "channel:", "-x", "a//b", "/", "@rig/", "a/b/c/d", "a/..", "a\u{7}", "$(x)"]
        {
            assert!(form(bad).is_err(), "{bad:?}");
        }
    }
}
