//! Flags that every verb takes, before it or after it.

use crate::error::{Error, Result};
use clap::{Arg, ArgAction, ArgMatches, Command};

/// One global flag.
struct Flag {
    long: &'static str,
    short: Option<char>,
    /// The name of its value, if it takes one.
    value: Option<&'static str>,
    help: &'static str,
    /// Of upstream's databases and daemons: accepted, without effect.
    ignored: bool,
}

const fn flag(long: &'static str, short: Option<char>, value: Option<&'static str>, help: &'static str) -> Flag {
    Flag { long, short, value, help, ignored: false }
}

const fn ignored(long: &'static str, value: Option<&'static str>) -> Flag {
    Flag { long, short: None, value, help: "accepted, without effect", ignored: true }
}

const FLAGS: &[Flag] = &[
    flag("json", None, None, "Print JSON"),
    flag("actor", None, Some("NAME"), "Act as NAME (also BD_ACTOR)"),
    flag("quiet", Some('q'), None, "No talk on stderr but errors"),
    flag("verbose", Some('v'), None, "More talk on stderr"),
    flag("no-color", None, None, "No colours (also NO_COLOR)"),
    flag("no-pager", None, None, "Print long output directly"),
    flag("readonly", None, None, "Refuse to change anything"),
    flag("directory", Some('C'), Some("DIR"), "Run as if started in DIR"),
    flag("db", None, Some("PATH"), "The store, if it is one of this repository (also BEADS_DIR)"),
    flag("version", Some('V'), None, "Print the version"),
    ignored("no-daemon", None),
    ignored("no-auto-flush", None),
    ignored("no-auto-import", None),
    ignored("allow-stale", None),
    ignored("lock-timeout", Some("TIME")),
    ignored("sandbox", None),
    ignored("no-db", None),
    ignored("dolt-auto-commit", Some("MODE")),
    ignored("profile", None),
    ignored("global", None),
];

fn named(arg: &str) -> Option<&'static Flag> {
    let name = arg.split('=').next().unwrap_or(arg);
    FLAGS.iter().find(|f| name.strip_prefix("--") == Some(f.long) || f.short.is_some_and(|s| name == format!("-{s}")))
}

/// True if a word is a global flag.
pub fn is_one(arg: &str) -> bool {
    named(arg).is_some()
}

/// True if a word is a global flag whose value is the next word.
pub fn takes_value(arg: &str) -> bool {
    !arg.contains('=') && named(arg).is_some_and(|f| f.value.is_some())
}

/// What the global flags said.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    /// Print JSON.
    pub json: bool,
    /// Act as somebody.
    pub actor: Option<String>,
    /// Less talk.
    pub quiet: bool,
    /// More talk.
    pub verbose: bool,
    /// No colours.
    pub no_color: bool,
    /// No pager.
    pub no_pager: bool,
    /// Change nothing.
    pub readonly: bool,
    /// Where to run.
    pub directory: Option<String>,
    /// A path that a caller believes to be the store.
    pub db: Option<String>,
    /// Print the version.
    pub version: bool,
    /// As they were typed before the verb.
    typed: Vec<String>,
}

/// Takes the global flags that stand before the verb off a command line; the rest begins with the verb.
///
/// # Errors
/// A flag that is none (exit 2).
pub fn split(args: &[String]) -> Result<(Globals, &[String])> {
    let mut globals = Globals::default();
    let mut at = 0;
    while let Some(arg) = args.get(at).filter(|a| a.starts_with('-') && a.len() > 1) {
        if arg == "--help" || arg == "-h" {
            return Ok((globals, &[]));
        }
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg.as_str(), None),
        };
        let Some(flag) = named(name) else {
            return Err(Error::usage(format!("there is no flag `{}` before a command", name.escape_debug()))
                .hint("`bd help` shows the commands"));
        };
        globals.typed.push(arg.clone());
        at += 1;
        let value = match (flag.value, inline) {
            (Some(_), None) => {
                let value = args.get(at).ok_or_else(|| Error::usage(format!("{name} needs a value")))?;
                globals.typed.push(value.clone());
                at += 1;
                Some(value.as_str())
            }
            (_, inline) => inline,
        };
        if flag.long == "version" {
            globals.version = true;
        } else if flag.long == "verbose" {
            globals.verbose = true;
        } else if flag.long == "json" {
            globals.json = value != Some("false");
        }
    }
    Ok((globals, &args[at..]))
}

impl Globals {
    /// The flags from before the verb, to be parsed with the verb's own arguments.
    pub fn before_args(&self) -> Vec<String> {
        self.typed.clone()
    }

    /// What the whole line said.
    pub fn merged(self, m: &ArgMatches) -> Self {
        let on = |name: &str| m.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false);
        let text = |name: &str| m.try_get_one::<String>(name).ok().flatten().cloned();
        Self {
            json: on("json"),
            actor: text("actor"),
            quiet: on("quiet"),
            verbose: on("verbose"),
            no_color: on("no-color"),
            no_pager: on("no-pager"),
            readonly: on("readonly"),
            directory: text("directory"),
            db: text("db"),
            version: on("version"),
            typed: self.typed,
        }
    }
}

/// Adds the global flags to the command of a verb. Where the verb has a flag of that name, the verb's own counts.
pub fn add_to(mut command: Command) -> Command {
    let longs: Vec<String> = command.get_arguments().filter_map(|a| a.get_long().map(str::to_owned)).collect();
    let shorts: Vec<char> = command.get_arguments().filter_map(Arg::get_short).collect();
    for flag in FLAGS {
        if longs.iter().any(|l| l == flag.long) {
            continue;
        }
        let mut arg =
            Arg::new(flag.long).long(flag.long).global(true).help(flag.help).hide(flag.ignored).help_heading("Global options");
        if let Some(short) = flag.short.filter(|s| !shorts.contains(s)) {
            arg = arg.short(short);
        }
        arg = match flag.value {
            Some(value) => arg.value_name(value).action(ArgAction::Set).overrides_with(flag.long),
            // `--json=true` is what some clients write.
            None => arg
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_parser(clap::value_parser!(bool))
                .action(ArgAction::Set)
                .hide_possible_values(true)
                .value_name("")
                .overrides_with(flag.long),
        };
        command = command.arg(arg);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn flags_before_and_after_the_verb() {
        let line = words("--json -C dir --no-daemon list --actor ann --lock-timeout 3s x");
        let (globals, rest) = split(&line).unwrap();
        assert_eq!(rest[0], "list");
        let command = add_to(Command::new("list").arg(Arg::new("x").num_args(0..)));
        let all = std::iter::once("list".to_owned()).chain(globals.before_args()).chain(rest[1..].iter().cloned());
        let m = command.try_get_matches_from(all).unwrap();
        let globals = globals.merged(&m);
        assert!(globals.json && !globals.quiet && !globals.readonly);
        assert_eq!((globals.directory.as_deref(), globals.actor.as_deref()), (Some("dir"), Some("ann")));
        assert_eq!(m.get_many::<String>("x").unwrap().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn unknown_flags_and_missing_values_are_refused() {
        for bad in ["--nonsense list", "-Z", "--actor"] {
            assert!(split(&words(bad)).is_err(), "{bad}");
        }
        assert!(split(&[]).unwrap().1.is_empty());
    }
}
