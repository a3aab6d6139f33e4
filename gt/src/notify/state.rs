//! What was delivered, by message and channel: `<common dir>/beads/gt/notify`.

use crate::mail::text::one_line;
use std::collections::{BTreeMap, BTreeSet};

/// The file.
pub(super) const FILE: &str = "notify";

/// What is known of deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// By message: the channels that have it; `*` = it is nothing to deliver any more.
    done: BTreeMap<String, BTreeSet<String>>,
    /// Channels of which it was said that they do not work.
    failing: BTreeSet<String>,
    /// Channels that deliver what comes since they were switched on.
    begun: BTreeSet<String>,
}

impl State {
    /// Reads it; odd lines are passed over.
    pub fn parse(text: &str) -> Self {
        let mut out = Self::default();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("failing") => out.failing.extend(words.map(str::to_owned)),
                Some("begun") => out.begun.extend(words.map(str::to_owned)),
                Some(id) => {
                    out.done.entry(id.to_owned()).or_default().extend(words.map(str::to_owned));
                }
                None => {}
            }
        }
        out
    }

    /// As text.
    pub fn text(&self) -> String {
        let mut out = "# what was delivered, by message\n".to_owned();
        for (word, channels) in [("begun", &self.begun), ("failing", &self.failing)] {
            if !channels.is_empty() {
                out.push_str(&format!("{word} {}\n", join(channels)));
            }
        }
        for (id, channels) in &self.done {
            out.push_str(format!("{id} {}", join(channels)).trim_end());
            out.push('\n');
        }
        out
    }

    /// Takes up the channels that are switched on: what `is_old` for one that was not is nothing to deliver by it. One that
    /// is switched off is forgotten, and begins anew later. True if that changes anything.
    pub fn begin<'a>(
        &mut self,
        on: &[&str],
        messages: impl Iterator<Item = &'a str> + Clone,
        is_old: impl Fn(&str) -> bool,
    ) -> bool {
        let before = self.begun.clone();
        self.begun.retain(|c| on.contains(&c.as_str()));
        self.failing.retain(|c| on.contains(&c.as_str()));
        for channel in on.iter().filter(|c| !before.contains(**c)) {
            self.begun.insert((*channel).to_owned());
            for id in messages.clone().filter(|id| is_old(id)) {
                self.done.entry(id.to_owned()).or_default().insert((*channel).to_owned());
            }
        }
        self.begun != before
    }

    /// True if the message was met before.
    pub fn knows(&self, id: &str) -> bool {
        self.done.contains_key(id)
    }

    /// True if a channel has it, or none shall.
    pub fn has(&self, id: &str, channel: &str) -> bool {
        self.done.get(id).is_some_and(|c| c.contains(channel) || c.contains("*"))
    }

    /// From here on there is nothing to deliver about it.
    pub fn pass_over(&mut self, id: &str) {
        self.done.insert(id.to_owned(), BTreeSet::from(["*".to_owned()]));
    }

    /// It is to be delivered, now or later.
    pub fn meet(&mut self, id: &str) {
        self.done.entry(id.to_owned()).or_default();
    }

    /// A channel has it, and works.
    pub fn delivered(&mut self, id: &str, channel: &str) {
        self.done.entry(id.to_owned()).or_default().insert(channel.to_owned());
        self.failing.remove(channel);
    }

    /// A channel did not work; `true` if that is news.
    pub fn failed(&mut self, channel: &str) -> bool {
        self.failing.insert(one_line(channel))
    }
}

fn join(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_round_trips_and_says_an_outage_once() {
        let mut state = State::default();
        state.pass_over("a");
        state.meet("b");
        state.delivered("c", "email");
        assert!(state.failed("slack") && !state.failed("slack"));
        let again = State::parse(&state.text());
        assert_eq!(again, state);
        assert!(again.has("a", "slack") && again.knows("b") && !again.has("b", "email") && again.has("c", "email"));
        let mut again = again;
        assert!(again.begin(&["mobile"], ["a", "new"].into_iter(), |_| true) && again.has("new", "mobile"));
        assert!(!again.begin(&["mobile"], ["later"].into_iter(), |_| true) && !again.has("later", "mobile"));
        assert!(again.begin(&[], ["x"].into_iter(), |_| true), "switched off");
        assert!(again.begin(&["mobile"], ["later"].into_iter(), |_| true) && again.has("later", "mobile"));
        again.delivered("b", "slack");
        assert!(again.failed("slack"), "a new outage is news");
    }
}
