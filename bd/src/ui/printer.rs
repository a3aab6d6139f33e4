//! stdout is data, stderr is talk.

use super::pager;
use super::text::{Style, Text};
use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Fields, Value};
use std::io::Write;

/// How output looks, from flags, variables and terminals.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Print JSON.
    pub json: bool,
    /// No talk but errors.
    pub quiet: bool,
    /// More talk.
    pub verbose: bool,
    /// Colours on stdout.
    pub colour: bool,
    /// Colours on stderr.
    pub colour_err: bool,
    /// Long output may go to a pager.
    pub pager: bool,
}

impl Look {
    /// `NO_COLOR` and `TERM=dumb` turn colours off, `CLICOLOR_FORCE` turns them on, otherwise a terminal has them unless
    /// `CLICOLOR=0`.
    pub fn colour(env: &Env, terminal: bool) -> bool {
        if env.var("NO_COLOR").is_some() {
            return false;
        }
        if env.var("CLICOLOR_FORCE").is_some_and(|v| v != "0") {
            return true;
        }
        terminal && env.var("CLICOLOR") != Some("0") && env.var("TERM") != Some("dumb")
    }
}

/// Writes what a command has to say.
pub struct Printer<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// How it looks.
    pub look: Look,
    /// Output that waits until it is known whether it fits on the screen.
    held: Option<Vec<u8>>,
    pager: Option<pager::Pager>,
    size: Option<(usize, usize)>,
    terminal: bool,
    columns: Option<usize>,
}

impl<'a> Printer<'a> {
    /// A printer onto two streams.
    pub fn new(env: &Env, out: &'a mut dyn Write, err: &'a mut dyn Write, look: Look) -> Self {
        let columns = env.var("COLUMNS").and_then(|c| c.parse().ok()).filter(|c| *c >= 20);
        let pager = (look.pager && env.stdout_tty && !look.json).then(|| pager::Pager::of(env)).flatten();
        Self { out, err, look, held: None, pager, size: None, terminal: env.stdout_tty, columns }
    }

    /// True if the answer is to be JSON.
    pub fn is_json(&self) -> bool {
        self.look.json
    }

    /// How wide lines may be; 0 = as wide as they are (no terminal).
    pub fn width(&mut self) -> usize {
        if !self.terminal {
            return 0;
        }
        self.columns.unwrap_or_else(|| self.size().0)
    }

    /// How wide wrapped text is.
    pub fn text_width(&mut self) -> usize {
        match self.width() {
            0 => 100,
            w => w.min(100),
        }
    }

    fn size(&mut self) -> (usize, usize) {
        *self.size.get_or_insert_with(|| pager::terminal_size().unwrap_or((80, 24)))
    }

    /// From here on the output may go to a pager if it is longer than the screen.
    pub fn page(&mut self) {
        if self.pager.is_some() && self.held.is_none() {
            self.held = Some(Vec::new());
        }
    }

    /// One line of data.
    pub fn line(&mut self, text: impl Into<Text>) -> Result<()> {
        let line = text.into().render(self.look.colour);
        self.data(&line)
    }

    /// Lines of data.
    pub fn lines(&mut self, lines: impl IntoIterator<Item = Text>) -> Result<()> {
        lines.into_iter().try_for_each(|line| self.line(line))
    }

    /// One line to the letter: for output that is data for programs and was made safe by whoever made it.
    pub fn raw(&mut self, line: &str) -> Result<()> {
        self.data(line)
    }

    /// Bytes to the letter, without a line end: exports.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.held {
            Some(held) => {
                held.extend_from_slice(bytes);
                Ok(())
            }
            None => self.out.write_all(bytes).map_err(|e| out_error(&e)),
        }
    }

    fn data(&mut self, line: &str) -> Result<()> {
        self.bytes(line.as_bytes())?;
        self.bytes(b"\n")
    }

    /// JSON, two blanks an indent, with a line end.
    pub fn json<T: serde::Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let text = super::json::pretty(value)?;
        self.data(&text)
    }

    /// A word on stderr, unless the command is quiet.
    pub fn talk(&mut self, text: impl Into<Text>) {
        if !self.look.quiet {
            let line = text.into().render(self.look.colour_err);
            self.err_line(&line);
        }
    }

    /// Something to look at, on stderr.
    pub fn warn(&mut self, text: &str) {
        let mut lines = text.lines();
        self.talk(Text::new().with(Style::Warn, "note: ").plain(lines.next().unwrap_or_default()));
        // A place in a file is shown with its line and a mark below it.
        lines.for_each(|line| self.talk(Text::new().plain("  ").plain(line)));
    }

    /// A word on stderr for those who asked for more.
    pub fn detail(&mut self, text: &str) {
        if self.look.verbose {
            self.talk(Text::new().with(Style::Dim, text));
        }
    }

    /// An error with its hints, on stderr; as one JSON object in a JSON command. `about` is what of several it is about.
    pub fn error(&mut self, error: &Error, about: Option<&str>) {
        if error.kind == ErrorKind::BrokenPipe {
            return;
        }
        if self.look.json {
            let about = about.map(|a| Fields::new().with("id", Value::text(a))).unwrap_or_default();
            let object = about
                .with("error", Value::text(&error.message))
                .with("code", Value::text(error.kind.code()))
                .with("hint", Value::text(&error.hints.join("; ")));
            let line = super::json::line(&object).unwrap_or_default();
            self.err_line(&line);
            return;
        }
        let about = about.map(|a| format!("{a}: ")).unwrap_or_default();
        let mut lines = error.message.lines();
        let first = Text::new().with(Style::Bad, "error: ").plain(about).plain(lines.next().unwrap_or_default());
        let colour = self.look.colour_err;
        self.err_line(&first.render(colour));
        for line in lines {
            self.err_line(&Text::new().plain("  ").plain(line).render(colour));
        }
        for hint in &error.hints {
            self.err_line(&Text::new().with(Style::Dim, "hint: ").plain(hint).render(colour));
        }
    }

    fn err_line(&mut self, line: &str) {
        // Who closed stderr does not want to hear.
        let _unheard = writeln!(self.err, "{line}");
    }

    /// The stream for talk: progress bars draw on it.
    pub fn err(&mut self) -> &mut dyn Write {
        self.err
    }

    /// Long output is printed directly from here on.
    pub fn no_pager(&mut self) {
        self.pager = None;
    }

    /// Hands on what was held back, through the pager if it is long.
    ///
    /// # Errors
    /// The reader went away (exit 0), or the output cannot be written.
    pub fn finish(&mut self) -> Result<()> {
        if let Some(held) = self.held.take() {
            let lines = memchr::memchr_iter(b'\n', &held).count();
            let high = self.size().1;
            let paged = lines >= high && self.pager.take().is_some_and(|p| p.show(&held));
            if !paged {
                self.out.write_all(&held).map_err(|e| out_error(&e))?;
            }
        }
        self.out.flush().map_err(|e| out_error(&e))
    }
}

/// A failed write to standard output.
fn out_error(e: &std::io::Error) -> Error {
    Error::io("standard output", e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env::new("/".into(), vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>())
    }

    const LOOK: Look = Look { json: false, quiet: false, verbose: false, colour: false, colour_err: false, pager: false };

    fn printed(look: Look, f: impl FnOnce(&mut Printer<'_>)) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut printer = Printer::new(&env(&[]), &mut out, &mut err, look);
        f(&mut printer);
        printer.finish().unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn errors_go_to_stderr_in_both_forms() {
        let error = Error::usage("no such bead").hint("Look at the list");
        let (out, err) = printed(LOOK, |p| p.error(&error, Some("bd-1")));
        assert_eq!((out.as_str(), err.as_str()), ("", "error: bd-1: no such bead\nhint: Look at the list\n"));
        let (out, err) = printed(Look { json: true, ..LOOK }, |p| p.error(&error, None));
        assert_eq!(out, "");
        assert_eq!(err, "{\"error\":\"no such bead\",\"code\":\"usage\",\"hint\":\"Look at the list\"}\n");
    }

    #[test]
    fn quiet_means_no_talk_and_an_error_still_speaks() {
        let look = Look { quiet: true, ..LOOK };
        let (_, err) = printed(look, |p| {
            p.warn("w");
            p.error(&Error::usage("e"), None);
        });
        assert_eq!(err, "error: e\n");
    }

    #[test]
    fn colour_rules() {
        assert!(!Look::colour(&env(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]), true));
        assert!(Look::colour(&env(&[("CLICOLOR_FORCE", "1")]), false));
        assert!(Look::colour(&env(&[]), true) && !Look::colour(&env(&[]), false));
        assert!(!Look::colour(&env(&[("CLICOLOR", "0")]), true) && !Look::colour(&env(&[("TERM", "dumb")]), true));
    }
}
