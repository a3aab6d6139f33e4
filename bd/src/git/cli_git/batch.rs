//! One `git cat-file --batch`: ids go in, objects come out.

use crate::git::codec::Kind;
use crate::git::process::{Runner, spawn_error};
use crate::git::{GitError, Oid};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// Ids asked for before the first answer is read: at 65 bytes each they fit into the smallest pipe (16 KiB), so that
/// we never wait to write while git waits for us to read.
pub(super) const AHEAD: usize = 200;

/// The process and the two pipes to it.
pub(super) struct Batch {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Batch {
    pub fn start(runner: &Runner) -> Result<Self, GitError> {
        let mut command = runner.command()?;
        // Missing objects of a partial clone are fetched by us, many in one call. A git before 2.44 that does not heed
        // this fetches each by itself, which is slower and as good.
        command.env("GIT_NO_LAZY_FETCH", "1");
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| spawn_error(&command, e))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => Ok(Self { child, to, from: BufReader::with_capacity(64 * 1024, from) }),
            _ => Err(GitError::Other("git cat-file was started without pipes".to_owned())),
        }
    }

    /// Asks for at most [`AHEAD`] objects.
    pub fn ask(&mut self, ids: &[Oid]) -> Result<(), GitError> {
        self.to.write_all(crate::git::codec::id_lines(ids).as_bytes()).map_err(|_| unreadable(ids[0]))
    }

    /// The next answer, which must be for `id`. `None` = there is no such object.
    pub fn answer(&mut self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
        let mut line = String::new();
        self.from.read_line(&mut line).map_err(|_| unreadable(id))?;
        let mut words = line.trim_end().split(' ');
        if words.next() != Some(id.to_string().as_str()) {
            // The end of the output: git died over it.
            return Err(unreadable(id));
        }
        let kind = match words.next() {
            Some("missing") => return Ok(None),
            Some(word) => Kind::from_name(word).ok_or_else(|| unreadable(id))?,
            None => return Err(unreadable(id)),
        };
        let size: u64 = words.next().and_then(|n| n.parse().ok()).ok_or_else(|| unreadable(id))?;
        into.clear();
        let read = (&mut self.from).take(size).read_to_end(into).map_err(|_| unreadable(id))?;
        let mut end = [0];
        self.from.read_exact(&mut end).map_err(|_| unreadable(id))?;
        if read as u64 == size && end == [b'\n'] { Ok(Some(kind)) } else { Err(unreadable(id)) }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It only reads, and may be in the middle of an answer that nobody wants any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unreadable(id: Oid) -> GitError {
    GitError::Object { id, why: "git cannot read it".to_owned() }
}
