//! A review of a pull request as an answer to a checkpoint: what may count as one, and which checkpoint it is about.

use super::act::REVIEW;
use super::beads::find;
use super::{CheckpointState, View, load};
use bd::error::{Error, ErrorKind, Result};
use bd::model::BeadId;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use serde_json::Value;

/// Commits of a branch that are looked at for trailers.
const COMMITS: usize = 200;
/// The trailer that names a molecule (`gt molecule record --commit` and the completion commit write it).
const TRAILER: &str = "Gas-Town-Molecule:";

/// What a review says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No.
    ChangesRequested,
}

/// A review of a pull request.
#[derive(Clone, Debug)]
pub struct Review {
    /// Yes or no.
    pub verdict: Verdict,
    /// The reviewer's login on the forge.
    pub login: String,
    /// What was said, trimmed.
    pub body: String,
    /// Where it can be read; names it.
    pub address: String,
    /// The branch.
    pub branch: String,
    /// The commit that was reviewed, hex: the newest of the branch.
    pub head: String,
    /// The commit of the target branch that the pull request is against, hex.
    pub base: String,
    /// When it was given.
    pub at: Option<Timestamp>,
    /// True if the branch is in another repository.
    pub fork: bool,
}

impl Review {
    /// Reads GitHub's `pull_request_review` event.
    ///
    /// # Errors
    /// It is no such event, or lacks what has to be known (exit 2). It is no answer: a comment, withdrawn, by a program, or by
    /// somebody who does not belong to the repository (exit 3). It is about an older commit (exit 6).
    pub fn parse(text: &str) -> Result<Self> {
        let event: Value = serde_json::from_str(text).map_err(|e| Error::usage(format!("the event is no JSON: {e}")))?;
        let (review, pull) = (&event["review"], &event["pull_request"]);
        if !review.is_object() || !pull.is_object() {
            return Err(Error::usage("the event is no review of a pull request")
                .hint("GitHub calls it `pull_request_review`; the workflow has it at $GITHUB_EVENT_PATH"));
        }
        let text = |value: &Value, name: &str| match value.as_str().filter(|t| !t.is_empty()) {
            Some(text) => Ok(text.to_owned()),
            None => Err(Error::usage(format!("the event does not say `{name}`"))),
        };
        let blocked = |why: String| Err(Error::new(ErrorKind::Blocked, why));
        let action = event["action"].as_str().unwrap_or_default();
        if action != "submitted" {
            return blocked(format!("the review was {}, not submitted: it decides nothing", shown(action)));
        }
        let state = text(&review["state"], "review.state")?;
        let verdict = match state.to_lowercase().as_str() {
            "approved" => Verdict::Approved,
            "changes_requested" => Verdict::ChangesRequested,
            _ => return blocked(format!("a review that is `{}` decides nothing", shown(&state))),
        };
        let login = text(&review["user"]["login"], "review.user.login")?;
        if review["user"]["type"].as_str().is_some_and(|t| t != "User") || login.ends_with("[bot]") {
            return blocked(format!("{} is a program: a person decides about a checkpoint", shown(&login)));
        }
        // Anybody may review a public pull request; the forge says who belongs here.
        let relation = text(&review["author_association"], "review.author_association")?;
        if !["OWNER", "MEMBER", "COLLABORATOR"].contains(&relation.as_str()) {
            return blocked(format!("{} is no owner, member or collaborator of this repository", shown(&login)));
        }
        if pull["user"]["login"].as_str() == Some(login.as_str()) {
            return blocked(format!("{} made the pull request and does not decide about it", shown(&login)));
        }
        let (seen, head) = (text(&review["commit_id"], "review.commit_id")?, text(&pull["head"]["sha"], "pull_request.head.sha")?);
        if seen != head {
            return Err(Error::new(ErrorKind::Conflict, "the branch has moved since it was reviewed")
                .hint("A review of its newest commit counts"));
        }
        let repository = |side: &str| pull[side]["repo"]["full_name"].as_str();
        let address = review["html_url"].as_str().map(str::to_owned);
        Ok(Self {
            verdict,
            login,
            body: review["body"].as_str().unwrap_or_default().trim().to_owned(),
            address: match address.filter(|a| !a.is_empty()) {
                Some(address) => address,
                None => {
                    format!("review {}", review["id"].as_u64().ok_or_else(|| Error::usage("the event does not say `review.id`"))?)
                }
            },
            branch: text(&pull["head"]["ref"], "pull_request.head.ref")?,
            head,
            base: text(&pull["base"]["sha"], "pull_request.base.sha")?,
            at: review["submitted_at"].as_str().and_then(bd::model::parse_time),
            fork: repository("head").is_none() || repository("head") != repository("base"),
        })
    }

    /// Who the reviewer is here, by pairs `LOGIN=NAME`; without one, the login itself.
    ///
    /// # Errors
    /// A pair that is none (exit 2).
    pub fn person(&self, people: &[String]) -> Result<String> {
        let mut name = self.login.clone();
        for pair in people {
            let parts = pair.split_once('=').filter(|(l, n)| !l.trim().is_empty() && !n.trim().is_empty());
            let Some((login, known)) = parts else {
                return Err(Error::usage(format!("`{}` is no pair LOGIN=NAME", pair.escape_debug())));
            };
            if login.trim().eq_ignore_ascii_case(&self.login) {
                known.trim().clone_into(&mut name);
            }
        }
        Ok(name)
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The molecule that the commits of the branch name in their trailers; of several, the one that a person has to decide about.
///
/// # Errors
/// The branch is in another repository: its commits say whatever they like (exit 3). None or several are named, or the commits are
/// not in this clone (exit 2).
pub fn molecule_of(store: &Store, snapshot: &Snapshot, review: &Review, now: Timestamp) -> Result<String> {
    let hint = "--molecule NAME says which one it is about";
    if review.fork {
        return Err(Error::new(
            ErrorKind::Blocked,
            "the branch is in another repository: its commits do not choose what is decided",
        )
        .hint(hint));
    }
    let git = store.git();
    let here = |hex: &str, what: &str| {
        let found = if hex.bytes().all(|b| b.is_ascii_hexdigit()) { git.resolve(hex)? } else { None };
        found.ok_or_else(|| {
            Error::usage(format!("the {what} of the pull request is not in this clone")).hint("Fetch it whole, not shallow")
        })
    };
    let (head, base) = (here(&review.head, "newest commit")?, here(&review.base, "target")?);
    let mut named: Vec<String> = Vec::new();
    for commit in git.commits_between(head, git.merge_base(base, head)?, COMMITS)? {
        let bytes = git.read_commit(commit)?;
        let text = String::from_utf8_lossy(&bytes);
        let names = text.lines().filter_map(|l| l.strip_prefix(TRAILER)).map(|n| n.trim().to_owned());
        named.extend(names.filter(|n| !n.is_empty()));
    }
    named.sort();
    named.dedup();
    let mut asked = Vec::new();
    for name in &named {
        let view = load(snapshot, &find(store, snapshot, name)?, now)?;
        if waiting(&view).next().is_some() {
            asked.push(view.name);
        }
    }
    let branch = shown(&review.branch);
    match (named.as_slice(), asked.as_slice()) {
        ([], _) => Err(Error::usage(format!("no commit of {branch} names a molecule ({TRAILER} …)"))
            .hint(format!("`gt molecule record NAME --commit` makes one; {hint}"))),
        ([one], _) | (_, [one]) => Ok(one.clone()),
        _ => Err(Error::usage(format!("the commits of {branch} name several molecules: {}", named.join(", "))).hint(hint)),
    }
}

/// True if this review was recorded on the molecule before.
///
/// # Errors
/// As [`Snapshot::events`].
pub fn recorded(snapshot: &Snapshot, view: &View, review: &Review) -> Result<bool> {
    let beads: Vec<&BeadId> = view.steps.iter().filter(|s| s.checkpoint.is_some()).map(|s| &s.bead).collect();
    for bead in beads {
        let events = snapshot.events(bead)?;
        if events
            .iter()
            .any(|e| e.event.extra.get(REVIEW).and_then(bd::model::Value::as_str).is_some_and(|r| *r == *review.address))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn waiting(view: &View) -> impl Iterator<Item = &super::StepView> {
    let asks = |s: &&super::StepView| {
        s.checkpoint.as_ref().is_some_and(|c| matches!(c.state, CheckpointState::Open | CheckpointState::Contested))
    };
    view.open.iter().map(|i| &view.steps[*i]).filter(asks)
}

/// The one checkpoint that waits for an answer.
///
/// # Errors
/// None does, or it opened after the review (exit 3); several do (exit 2).
pub fn checkpoint_of(view: &View, review: &Review) -> Result<String> {
    let open: Vec<&super::StepView> = waiting(view).collect();
    let name = &view.name;
    match open.as_slice() {
        [] => Err(Error::new(ErrorKind::Blocked, format!("no checkpoint of `{name}` waits for anybody: it is {}", view.state))
            .hint(format!("`gt molecule status {name}` says where it stands"))),
        [one] => {
            let opened = one.checkpoint.as_ref().and_then(|c| c.opened);
            if opened.zip(review.at).is_some_and(|(opened, at)| at < opened) {
                return Err(Error::new(ErrorKind::Blocked, format!("`{name}/{}` opened after the review", one.def.id))
                    .hint("It cannot have been about this checkpoint; another review can"));
            }
            Ok(one.def.id.clone())
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|s| s.def.id.as_str()).collect();
            Err(Error::usage(format!("several checkpoints of `{name}` wait: {}", ids.join(", ")))
                .hint("`gt checkpoint approve` and `reject` name one"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Value {
        json!({"action": "submitted",
            "review": {"id": 7, "state": "approved", "body": " fine ", "user": {"login": "lea", "type": "User"}, "commit_id": "ab",
                "author_association": "MEMBER", "html_url": "https://forge/r7", "submitted_at": "2026-03-01T10:00:00Z"},
            "pull_request": {"user": {"login": "wes"}, "head": {"ref": "day3", "sha": "ab", "repo": {"full_name": "a/b"}},
                "base": {"sha": "cd", "repo": {"full_name": "a/b"}}}})
    }

    #[test]
    fn what_is_an_answer_and_what_is_none() {
        let read = |change: &dyn Fn(&mut Value)| {
            let mut event = event();
            change(&mut event);
            Review::parse(&event.to_string()).map_err(|e| e.kind.exit_code())
        };
        let good = read(&|_| {}).unwrap();
        assert_eq!((good.verdict, good.body.as_str(), good.fork), (Verdict::Approved, "fine", false));
        assert_eq!(read(&|e| e["review"]["state"] = json!("CHANGES_REQUESTED")).unwrap().verdict, Verdict::ChangesRequested);
        assert!(read(&|e| e["pull_request"]["head"]["repo"] = Value::Null).unwrap().fork);
        type Case<'a> = (&'a dyn Fn(&mut Value), u8);
        let refused: [Case<'_>; 8] = [
            (&|e| e["action"] = json!("dismissed"), 3),
            (&|e| e["review"]["state"] = json!("commented"), 3),
            (&|e| e["review"]["user"]["type"] = json!("Bot"), 3),
            (&|e| e["review"]["author_association"] = json!("CONTRIBUTOR"), 3),
            (&|e| e["pull_request"]["user"]["login"] = json!("lea"), 3),
            (&|e| e["review"]["commit_id"] = json!("old"), 6),
            (&|e| e["review"] = Value::Null, 2),
            (&|e| e["review"]["author_association"] = Value::Null, 2),
        ];
        for (number, (change, code)) in refused.into_iter().enumerate() {
            assert_eq!(read(change).unwrap_err(), code, "{number}");
        }
        assert!(Review::parse("{").is_err() && Review::parse("[]").is_err());
    }

    #[test]
    fn a_login_can_have_another_name_here() {
        let review = Review::parse(&event().to_string()).unwrap();
        assert_eq!(review.person(&[]).unwrap(), "lea");
        assert_eq!(review.person(&["Lea=lea.s".into(), "x=y".into()]).unwrap(), "lea.s");
        assert!(review.person(&["lea".into()]).is_err());
    }
}
