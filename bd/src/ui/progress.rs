//! A bar for work that takes longer than a second, on a terminal only.

use std::io::Write;
use std::time::{Duration, Instant};

/// How far a long piece of work is. Draws nothing in the first second, nor without a terminal.
pub struct Progress {
    what: &'static str,
    total: usize,
    began: Instant,
    drawn: Option<Instant>,
    on: bool,
}

impl Progress {
    /// Begins; `terminal` says whether anybody looks.
    pub fn new(what: &'static str, total: usize, terminal: bool) -> Self {
        Self { what, total, began: Instant::now(), drawn: None, on: terminal }
    }

    /// `done` pieces are ready.
    pub fn at(&mut self, done: usize, to: &mut dyn Write) {
        let last = self.drawn.unwrap_or(self.began);
        let pause = if self.drawn.is_some() { Duration::from_millis(100) } else { Duration::from_secs(1) };
        if !self.on || last.elapsed() < pause {
            return;
        }
        self.drawn = Some(Instant::now());
        let _unseen = write!(to, "\r{}", bar(self.what, done, self.total)).and_then(|()| to.flush());
    }

    /// Takes the bar away.
    pub fn end(self, to: &mut dyn Write) {
        if self.drawn.is_some() {
            let blank = " ".repeat(bar(self.what, self.total, self.total).chars().count());
            let _unseen = write!(to, "\r{blank}\r").and_then(|()| to.flush());
        }
    }
}

fn bar(what: &str, done: usize, total: usize) -> String {
    let filled = (done * 20).checked_div(total).unwrap_or(0).min(20);
    format!("{what} [{}{}] {done}/{total}", "#".repeat(filled), ".".repeat(20 - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_and_silence_without_a_terminal_or_in_the_first_second() {
        assert_eq!(bar("reading", 5, 10), "reading [##########..........] 5/10");
        assert_eq!(bar("reading", 0, 0), "reading [....................] 0/0");
        for terminal in [false, true] {
            let mut out = Vec::new();
            let mut progress = Progress::new("reading", 10, terminal);
            progress.at(5, &mut out);
            progress.end(&mut out);
            assert!(out.is_empty());
        }
    }
}
