//! The command line: `bd-gate gate …` (typed as `bd gate …`), `bd-gate hooks …` (`bd hooks …`), `bd-gate hook NAME`.
//! One file a verb; flags, errors and exit codes are `bd`'s own.

pub mod gate;
mod hook;
pub mod hooks;

use bd::cli::{Program, Verb};
use std::process::ExitCode;

/// The verbs.
pub static VERBS: &[Verb] = &[gate::VERB, hooks::VERB];

/// The program: reached as `bd gate …`, so that is what its help says.
static PROGRAM: Program =
    Program { name: "bd", about: "gates: rules with a verdict, in hooks, in CI and before a close", verbs: VERBS };

/// The table of the verbs below `gate` or `hooks`; empty for a verb that has none.
pub fn subs(verb: &str) -> &'static [gate::Sub] {
    match verb {
        "gate" => gate::SUBS,
        "hooks" => hooks::SUBS,
        _ => &[],
    }
}

/// Whether a line that stands in a document can be typed, where it is ours: `bd gate check a..b`, `bd hooks install`.
/// `None` = it is bd's own. `whole` as in [`bd::cli::understands`].
pub fn understands(line: &str, whole: bool) -> Option<bd::error::Result<()>> {
    let words = bd::cli::for_gate(line)?;
    let (name, rest) = words.split_first()?;
    let verb = VERBS.iter().find(|v| v.name == name)?;
    Some(bd::cli::fits(verb, rest, whole))
}

/// Runs the process's own command line.
pub fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|a| a == "hook") {
        return hook::main(args);
    }
    bd::cli::main_of(&PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_documents_that_are_ours_are_held_against_our_verbs() {
        let ours = |line: &str| understands(line, true).map(|read| read.is_ok());
        for good in ["bd gate waive no-sleep --reason \"x y\"", "bd gate list --rules", "bd hooks install", "bd --json gate schema"]
        {
            assert_eq!(ours(good), Some(true), "{good}");
        }
        for bad in ["bd gate waive no-sleep --reson x", "bd hooks nothing", "bd gate list --rules --nothing"] {
            assert_eq!(ours(bad), Some(false), "{bad}");
        }
        for other in ["bd gate check", "bd list", "git status", "bd gate create --title x"] {
            assert_eq!(ours(other), None, "{other}");
        }
    }
}
