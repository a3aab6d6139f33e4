//! Which waivers hold for one check: the evaluator's side.

use super::{State, Waiver};
use crate::Finding;
use crate::gate::{Gate, Waived, Waivers, When};
use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;

/// The event waivers that hold for one check, and what was said about those that do not.
#[derive(Clone, Debug, Default)]
pub struct Held {
    all: Vec<(Waiver, Option<GlobMatcher>)>,
    /// Waivers that would have fitted the moment and have no effect, and why; for people.
    pub without_effect: Vec<(Waiver, &'static str)>,
}

impl Held {
    /// Chooses those that hold at a moment: active, about this bead or about none, and at `land` not given by one of those
    /// whose change is judged.
    pub fn choose(known: Vec<Waiver>, when: When, bead: Option<&str>, authors: &[String], now: Timestamp) -> Self {
        let mut out = Self::default();
        for waiver in known {
            if waiver.bead.as_deref().is_some_and(|b| bead != Some(b)) {
                continue;
            }
            let against = match waiver.state(now) {
                State::Ended => continue,
                State::Expired => Some("it has expired"),
                State::Contested => Some("it was written twice"),
                State::Active if when == When::Land && authors.iter().any(|a| same(a, &waiver.by)) => {
                    Some("nobody waives for himself what he is judged by when it lands")
                }
                State::Active => None,
            };
            let glob = waiver.path.as_deref().map(matcher);
            match (against, glob) {
                (Some(why), _) => out.without_effect.push((waiver, why)),
                (None, None) => out.all.push((waiver, None)),
                (None, Some(Ok(glob))) => out.all.push((waiver, Some(glob))),
                (None, Some(Err(_))) => out.without_effect.push((waiver, "its path is no glob")),
            }
        }
        out
    }

    /// The waivers that hold.
    pub fn waivers(&self) -> impl Iterator<Item = &Waiver> {
        self.all.iter().map(|(waiver, _)| waiver)
    }
}

impl Waivers for Held {
    /// The first that fits. A waiver with a path lets through findings there and never a gate as a whole.
    fn waives(&self, gate: &Gate, finding: Option<&Finding>) -> Option<Waived> {
        let fits = |(waiver, glob): &&(Waiver, Option<GlobMatcher>)| {
            let named = waiver.gate == gate.id || finding.is_some_and(|f| f.rule == waiver.gate);
            named && glob.as_ref().is_none_or(|glob| finding.is_some_and(|f| glob.is_match(&f.path)))
        };
        self.all.iter().find(fits).map(|(waiver, _)| Waived {
            finding: finding.cloned(),
            reason: waiver.reason.clone(),
            by: waiver.by.clone(),
            until: Some(waiver.until.clone()),
            place: waiver.id.clone(),
        })
    }
}

/// True if two names are one person's, as far as names can say: case and outer blanks aside.
fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// A glob as gates write them: `*` stays in a folder.
pub(super) fn matcher(glob: &str) -> Result<GlobMatcher, globset::Error> {
    Ok(GlobBuilder::new(glob).literal_separator(true).build()?.compile_matcher())
}
