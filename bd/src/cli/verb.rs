//! The table of verbs.

use super::Ctx;
use super::globals;
pub(super) use super::sub::parsed;
use super::sub::{Sub, with_subs};
use super::{
    batch, blocked, children, claim, close, comment, comments, completions, config, conflicts, create, delete, dep, doctor, export,
    find as finding, history, import, init, label, list, note, prime, q, ready, release, remember, reopen, restore, schema, setup,
    show, stats, trust, undo, update,
};
use super::{diff, pack, redact, ride, status, sync, verify};
use crate::error::{Error, Result};
use crate::query::nearest;
use clap::{ArgMatches, Command};

/// Where a verb stands in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Finding and doing work.
    Work,
    /// Changing beads.
    Edit,
    /// Looking.
    Look,
    /// With others, and with other tools.
    Share,
    /// The store itself.
    Store,
    /// Smaller ones, and what others call things: shown where all are asked for.
    More,
}

impl Group {
    /// All, in the order of the help.
    pub const ALL: [Self; 6] = [Self::Work, Self::Edit, Self::Look, Self::Share, Self::Store, Self::More];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Work => "Work",
            Self::Edit => "Change beads",
            Self::Look => "Look",
            Self::Share => "Share",
            Self::Store => "The store",
            Self::More => "More",
        }
    }
}

/// One verb.
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Names that work as well.
    pub aliases: &'static [&'static str],
    /// Where it stands in the help.
    pub group: Group,
    /// One line.
    pub about: &'static str,
    /// Adds its arguments.
    pub args: fn(Command) -> Command,
    /// The verbs below it, where it has a table of them.
    pub subs: &'static [Sub],
    /// Does it.
    pub run: fn(&mut Ctx<'_, '_>, &ArgMatches) -> Result<()>,
}

impl Verb {
    /// Its whole command as a verb of `bd`, global flags included.
    pub fn command(&self) -> Command {
        self.command_of("bd")
    }

    /// Its whole command as a verb of a program, global flags included.
    pub fn command_of(&self, program: &str) -> Command {
        self.command_with(program, self.subs)
    }

    /// As [`Verb::command_of`] for a line that goes on with these words: where the first one names a verb below this one, the others
    /// are left out, since making the arguments of a dozen verbs takes longer than most of them run.
    pub(super) fn command_for(&self, program: &str, line: &[String]) -> Command {
        let typed = line.first().and_then(|word| self.subs.iter().position(|sub| sub.is_called(word)));
        self.command_with(program, typed.and_then(|at| self.subs.get(at..=at)).unwrap_or(self.subs))
    }

    fn command_with(&self, program: &str, subs: &'static [Sub]) -> Command {
        let command = Command::new(self.name).bin_name(format!("{program} {}", self.name));
        let command = if subs.is_empty() { command } else { with_subs(subs, command) };
        // Arguments that are shared bring a line of their own: the verb's stands.
        let command = (self.args)(command).about(self.about).long_about(None);
        // What upstream's clients type, and the examples, are about bd's own verbs.
        let command =
            if program == "bd" { super::compat::flags::accept(self.name, with_example(self.name, command)) } else { command };
        globals::add_to(any_value(command)).disable_help_subcommand(true)
    }
}

/// Ends a command's help, and that of its subcommands, with its example.
fn with_example(path: &str, command: Command) -> Command {
    let command = command.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name());
        with_example(&path, sub)
    });
    let Some(example) = super::examples::of(path) else { return command };
    let more = command.get_after_help().map(|more| format!("{more}\n\n")).unwrap_or_default();
    command.after_help(format!("{more}Example:\n  {}", example.line))
}

/// Lets an option take whatever follows it, as upstream's clients expect: `-d "- a list"`, `--notes "-1"`.
fn any_value(command: Command) -> Command {
    let takes_one = |a: &clap::Arg| {
        matches!(a.get_action(), clap::ArgAction::Set | clap::ArgAction::Append)
            && !a.is_positional()
            && a.get_num_args().is_none_or(|n| n.min_values() == 1 && n.max_values() == 1)
    };
    command.mut_args(|a| if takes_one(&a) { a.allow_hyphen_values(true) } else { a }).mut_subcommands(any_value)
}

/// Every verb, in the order of the help.
pub static VERBS: &[Verb] = &[
    // Work
    ready::VERB,
    claim::VERB,
    close::VERB,
    release::VERB,
    create::VERB,
    q::VERB,
    // Change beads
    update::VERB,
    comment::VERB,
    note::VERB,
    dep::VERB,
    label::VERB,
    reopen::VERB,
    delete::VERB,
    restore::VERB,
    undo::VERB,
    batch::VERB,
    // Look
    show::VERB,
    list::VERB,
    finding::SEARCH,
    finding::QUERY,
    finding::COUNT,
    blocked::VERB,
    children::VERB,
    comments::VERB,
    history::VERB,
    conflicts::VERB,
    diff::VERB,
    status::VERB,
    stats::VERB,
    // Memories and agents
    remember::REMEMBER,
    remember::MEMORIES,
    remember::RECALL,
    remember::FORGET,
    prime::VERB,
    setup::VERB,
    // Share
    sync::VERB,
    ride::VERB,
    import::VERB,
    export::VERB,
    // The store
    init::VERB,
    config::VERB,
    doctor::VERB,
    verify::VERB,
    pack::VERB,
    trust::VERB,
    redact::VERB,
    schema::VERB,
    completions::VERB,
];

/// What stands before a text that begins with a hyphen, so that clap does not take it for flags (a private-use character).
pub(super) const SHIELD: char = '\u{e0bd}';

/// Shields texts that stand where a `TITLE` or `TEXT` does: what begins with a hyphen and has blanks (`- a list`,
/// `--force is no flag here`) is never a flag. Values of options need no shield, they may be anything.
pub(super) fn shield(command: &Command, args: Vec<String>) -> Vec<String> {
    let text = |a: &clap::Arg| a.get_value_names().is_some_and(|names| names.iter().any(|n| n == "TITLE" || n == "TEXT"));
    if !command.get_arguments().any(|a| a.is_positional() && text(a)) {
        return args;
    }
    let takes_value = |word: &str| {
        let fits = |a: &&clap::Arg| match word.strip_prefix("--") {
            Some(long) => a.get_long() == Some(long) || a.get_all_aliases().is_some_and(|all| all.contains(&long)),
            None => word.len() == 2 && word.starts_with('-') && a.get_short() == word.chars().nth(1),
        };
        command.get_arguments().filter(|a| a.is_allow_hyphen_values_set()).any(|a| fits(&a))
    };
    let mut value = false;
    let each = |word: String| {
        let is_text = !value && word.starts_with('-') && has_blank_name(&word);
        value = !value && takes_value(&word);
        if is_text { format!("{SHIELD}{word}") } else { word }
    };
    args.into_iter().map(each).collect()
}

/// True if what would be the name of a flag has a blank in it.
fn has_blank_name(word: &str) -> bool {
    word.split('=').next().unwrap_or_default().contains(char::is_whitespace)
}

/// What a command line takes: `words` name a verb and perhaps its subcommand, `flag` (with its dashes) one of its flags.
/// `None` = it is not taken, `Some(false)` = it is taken without effect (and hidden), `Some(true)` = it is taken.
/// With an empty flag: whether there is such a command.
pub fn takes(words: &[&str], flag: &str) -> Option<bool> {
    let (name, rest) = words.split_first()?;
    let expanded = super::compat::shorthand::expand(name, &[]);
    let mut words = expanded.unwrap_or_else(|| vec![(*name).to_owned()]);
    words.extend(rest.iter().map(|w| (*w).to_owned()));
    if words[0] == "help" {
        return Some(true);
    }
    let mut command = find(&words[0])?.command();
    command.build();
    for word in words[1..].iter().take_while(|w| !w.starts_with('-')) {
        command = command.find_subcommand(word)?.clone();
    }
    if flag.is_empty() {
        return Some(true);
    }
    let fits = |a: &&clap::Arg| match flag.strip_prefix("--") {
        Some(long) => a.get_long() == Some(long) || a.get_all_aliases().is_some_and(|all| all.contains(&long)),
        None => flag
            .strip_prefix('-')
            .and_then(|f| f.chars().next())
            .is_some_and(|short| a.get_short() == Some(short) || a.get_all_short_aliases().is_some_and(|all| all.contains(&short))),
    };
    command.get_arguments().find(fits).map(|a| !a.is_hide_set())
}

/// Every verb, the smaller ones last.
pub fn all() -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().chain(super::compat::VERBS)
}

/// The verb of a name or alias.
pub fn find(name: &str) -> Option<&'static Verb> {
    all().find(|v| v.name == name).or_else(|| all().find(|v| v.aliases.contains(&name)))
}

/// The error for a word that is no verb: the nearest names, exit 2.
pub fn unknown(name: &str) -> Error {
    if let Some(error) = super::compat::replaced::error(name) {
        return error;
    }
    let known = all().flat_map(|v| std::iter::once(v.name).chain(v.aliases.iter().copied()));
    let near = nearest(name, known, 3);
    let error = Error::usage(format!("there is no command `{}`", name.escape_debug()));
    match near.as_slice() {
        [] => error.hint("`bd help` shows the commands"),
        near => error.hint(format!("Did you mean {}?", near.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_begin_with_a_hyphen_and_a_mistyped_flag_is_no_text() {
        let parse = |line: &[&str]| {
            let command = find("create").unwrap().command();
            let line = shield(&command, line.iter().map(|w| (*w).to_owned()).collect());
            command.try_get_matches_from(std::iter::once("create".to_owned()).chain(line))
        };
        let text = |m: &ArgMatches, name: &str| m.get_one::<String>(name).cloned().unwrap_or_default();
        for (line, title, description) in [
            (vec!["- a list", "-d", "- of two"], "- a list", "- of two"),
            (vec!["-p1", "--force is text", "--description=-x y"], "--force is text", "-x y"),
            (vec!["-d", "--json", "-pP0", "title"], "title", "--json"),
        ] {
            let m = parse(&line).unwrap();
            assert_eq!((text(&m, "title").as_str(), text(&m, "description").as_str()), (title, description), "{line:?}");
        }
        assert!(parse(&["--frce", "title"]).is_err() && parse(&["title", "-Z"]).is_err());
    }

    #[test]
    fn every_command_can_be_built_and_names_are_unique() {
        let mut names: Vec<&str> = all().flat_map(|v| std::iter::once(v.name).chain(v.aliases.iter().copied())).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "a name stands twice");
        for verb in all() {
            verb.command().debug_assert();
            assert!(!verb.about.ends_with('.'), "{}", verb.name);
        }
        assert!(unknown("craete").hints[0].contains("`create`"));
        assert!(find("nothing").is_none());
    }
}
