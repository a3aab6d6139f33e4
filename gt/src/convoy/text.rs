//! The texts of a convoy, as people read them (reference: docs/concepts/convoys.md).

use super::board::{Board, Next};
use crate::molecule::model::percent;
use jiff::Timestamp;

/// A time on the board, UTC: `2026-01-06 14:30`.
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

impl Board {
    /// `2/8 days (25%)`.
    pub fn progress_text(&self) -> String {
        format!("{}/{} {} ({}%)", self.done, self.total, self.unit.as_str(), percent(self.percent()))
    }

    /// What `gt convoy show` prints, a line each.
    pub fn show_lines(&self) -> Vec<String> {
        let mut out = vec![
            format!("Convoy: {}", self.facts.id),
            format!("Status: {}", self.status),
            format!("Progress: {}", self.progress_text()),
        ];
        if !self.facts.teams.is_empty() {
            out.push(format!("Teams: {} service teams involved", self.facts.teams.len()));
        }
        out.push(format!("Blocking Issues: {}", self.blocking));
        for (title, lines) in [("Molecules:", &self.molecules), ("Beads:", &self.beads)] {
            if !lines.is_empty() {
                out.extend([String::new(), title.to_owned()]);
                out.extend(lines.iter().map(super::Line::text));
            }
        }
        let mut last: Vec<String> = self.next_checkpoint.iter().map(|n| format!("Next Checkpoint: {}", n.text())).collect();
        last.extend(self.launch.iter().map(|m| format!("Next: Launch {m} molecule")));
        if !last.is_empty() {
            out.push(String::new());
            out.extend(last);
        }
        out
    }

    /// What `gt convoy create` prints. `file` is where its `convoy.toml` is.
    pub fn created_lines(&self, file: Option<&str>) -> Vec<String> {
        let mut out = vec![
            format!("✅ Convoy created: {}", self.facts.id),
            format!("📊 Progress: {}/{} {} complete ({}%)", self.done, self.total, self.unit.as_str(), percent(self.percent())),
        ];
        out.extend(file.map(|f| format!("📁 Configuration: {f}")));
        // A molecule that is under way comes before one that is only planned.
        let open = |begun: bool| self.molecules.iter().find(|l| !l.standing.is_closed() && l.standing.is_begun() == begun);
        if let Some(line) = open(true).or_else(|| open(false)) {
            out.push(format!("🎯 Next Molecule: {}", line.id));
        } else if let Some(line) = self.beads.iter().find(|l| l.standing == super::Standing::Ready) {
            out.push(format!("🎯 Next Bead: {}", line.shown));
        }
        out
    }
}

impl Next {
    /// `day3-workflow-refs plan-checkpoint (ETA: 2026-01-06 14:30)`; of one that waits for an answer, until when.
    pub fn text(&self) -> String {
        let when = match (self.open, self.at) {
            (true, Some(at)) => format!(" (open, until {})", time(at)),
            (true, None) => " (open)".to_owned(),
            (false, Some(at)) => format!(" (ETA: {})", time(at)),
            (false, None) => String::new(),
        };
        format!("{} {}{when}", self.molecule, self.checkpoint)
    }
}
