//! `bd-gate hook NAME`: what the shims call, and nobody types. Not a verb of the table: the arguments of a hook are git's, byte
//! for byte, and the exit code of the hook that was here before is handed on as it is.

use crate::shim::Hook;
use crate::shim::call::{Call, Old, run};
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::ui::{Look, Printer};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the hook that the arguments (after `hook`) name.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(e) => {
            let _unheard = writeln!(std::io::stderr(), "error: the current folder cannot be read: {e}");
            return ExitCode::from(ErrorKind::Environment.exit_code());
        }
    };
    let look = Look {
        json: false,
        quiet: false,
        verbose: false,
        colour: false,
        colour_err: Look::colour(&env, env.stderr_tty),
        pager: false,
    };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut ui = Printer::new(&env, &mut out, &mut err, look);
    match parse(args) {
        Ok(call) => ExitCode::from(run(env, &call, &mut ui)),
        Err(error) => {
            ui.error(&error, None);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// `--shim N --at FILE (--before FILE | --layer) NAME -- ARGS…`
fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Call> {
    let (mut shim, mut at, mut old) = (None, None, Old::None);
    while let Some(word) = args.next() {
        let mut value = || args.next().ok_or_else(|| Error::usage("a flag of `bd-gate hook` has no value"));
        match word.to_str() {
            Some("--shim") => shim = value()?.to_str().and_then(|n| n.parse().ok()),
            Some("--at") => at = Some(PathBuf::from(value()?)),
            Some("--before") => old = Some(value()?).filter(|p| !p.is_empty()).map_or(Old::None, |p| Old::Before(p.into())),
            Some("--layer") => old = Old::Layer,
            Some(name) if Hook::named(name).is_some() => {
                let mut args: Vec<OsString> = args.collect();
                if args.first().is_some_and(|a| a == "--") {
                    args.remove(0);
                }
                let hook = Hook::named(name).ok_or_else(|| Error::internal("a hook was lost"))?;
                return Ok(Call { hook, args, shim, at, old });
            }
            _ => {
                let word = word.to_string_lossy();
                return Err(Error::usage(format!("`{}` is no hook that bd-gate answers", word.escape_debug()))
                    .hint("The hooks call this by themselves: `bd hooks status` shows them"));
            }
        }
    }
    Err(Error::usage("no hook was named").hint("The hooks call this by themselves: `bd hooks status` shows them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Call> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn what_a_shim_says() {
        let call =
            parsed("--shim 1 --at .git/hooks/pre-push --before .git/hooks-before-bd/pre-push pre-push -- --json url").unwrap();
        assert_eq!((call.hook.name, call.shim, call.args.len()), ("pre-push", Some(1), 2));
        assert_eq!(call.old, Old::Before(".git/hooks-before-bd/pre-push".into()));
        assert_eq!(parsed("--shim 1 --at x --layer commit-msg -- m").unwrap().old, Old::Layer);
        let none = parse(["--before", "", "pre-commit", "--"].map(OsString::from).into_iter()).unwrap();
        assert!(none.old == Old::None && none.args.is_empty());
        for bad in ["", "post-commit -- x", "--before", "--nonsense pre-commit"] {
            assert_eq!(parsed(bad).unwrap_err().kind, ErrorKind::Usage, "{bad}");
        }
    }
}
