//! How far each team of a convoy is.

use super::board::Board;

/// One team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamProgress {
    /// Its name.
    pub name: String,
    /// Members that are done.
    pub done: usize,
    /// Its members.
    pub total: usize,
    /// Members that wait for somebody to mend or settle something.
    pub trouble: usize,
    /// The names of its members, in the board's order.
    pub members: Vec<String>,
}

impl TeamProgress {
    /// Done of all, in percent; 0 for a team without members.
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    pub fn percent(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.done as f64 * 100.0 / self.total as f64 }
    }
}

/// The teams that take part, in the order of the file, then those that only a member names; what no team has is left out.
pub fn teams(board: &Board) -> Vec<TeamProgress> {
    let mut names: Vec<&str> = board.facts.teams.iter().map(|t| plain(t)).collect();
    names.extend(board.lines().filter_map(|l| l.team.as_deref()).map(plain));
    let mut out: Vec<TeamProgress> = Vec::new();
    for name in names {
        if out.iter().any(|t| t.name == name) {
            continue;
        }
        let own = || board.lines().filter(|l| l.team.as_deref().map(plain) == Some(name));
        out.push(TeamProgress {
            name: name.to_owned(),
            done: own().filter(|l| l.standing.is_done()).count(),
            total: own().count(),
            trouble: own().filter(|l| l.trouble).count(),
            members: own().map(|l| l.id.clone()).collect(),
        });
    }
    out
}

fn plain(name: &str) -> &str {
    name.trim_start_matches('@')
}
