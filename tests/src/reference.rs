//! docs/reference/commands.md and the pages below it, a page a group, made from the command line itself: every command with its flags, its other names, its exit
//! codes and an example.

use bd::cli::examples::{self, COMMON};
use bd::cli::{Group, SHAPES, UNSHAPED, all, whole_command};
use clap::{Arg, ArgAction, Command};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Where the first page stands.
const PAGE: &str = "docs/reference/commands.md";

const HEAD: &str = "# Commands

Generated from the command lines of `bd` and `gt` (`cargo run -p bd-tests --bin reference`; `.ci/run docs` fails where it is stale). The names and
flags that are only accepted for upstream's clients are in [compatibility](../compat.md); [exit codes](exit-codes.md) are one
table, and `bd query` has a [language](query.md). `bd schema COMMAND` and `gt schema COMMAND` print the JSON Schema of a command's `--json`.

";

/// The pages with their paths, and what is wrong with the sources: a command without an example.
pub fn render() -> (Vec<(String, String)>, Vec<String>) {
    let mut index = HEAD.to_owned();
    let mut pages = Vec::new();
    let mut wrong = Vec::new();
    let mut whole = whole_command();
    whole.build();
    globals(&mut index, &whole);
    for group in Group::ALL {
        let name = group.title().to_lowercase().replace(' ', "-");
        let mut page =
            format!("# {}\n\nGenerated; what every command takes is [here](../commands.md#every-command).\n\n", group.title());
        let _ = write!(index, "## {}\n\n| | |\n|---|---|\n", group.title());
        for verb in all().filter(|v| v.group == group) {
            if let Some(command) = whole.find_subcommand(verb.name) {
                let _ = writeln!(index, "| [{0}](commands/{name}.md#{0}) | {1} |", verb.name, verb.about);
                one(&mut page, &mut wrong, command, verb.name, verb.aliases, 2);
            }
        }
        index.push('\n');
        pages.push((format!("docs/reference/commands/{name}.md"), format!("{}\n", page.trim_end())));
    }
    gates(&mut index, &mut pages, &mut wrong);
    workflow(&mut index, &mut pages, &mut wrong);
    pages.push((PAGE.to_owned(), format!("{}\n", index.trim_end())));
    (pages, wrong)
}

/// The verbs of the plugin bd-gate: a page of their own.
fn gates(index: &mut String, pages: &mut Vec<(String, String)>, wrong: &mut Vec<String>) {
    let mut page = "# Gates and hooks\n\nGenerated; what every command takes is [here](../commands.md#every-command). These are done by the \
        plugin `bd-gate`, which `bd` calls; waits (`bd gate create`, `bd gate resolve`, `bd gate check` without a range) are [bd's own](more.md#gate).\n\n"
        .to_owned();
    index.push_str("## Gates and hooks\n\n| | |\n|---|---|\n");
    for verb in bd_gate::cli::VERBS {
        let mut command = verb.command();
        command.build();
        for sub in command.get_subcommands().filter(|s| !s.is_hide_set() && s.get_name() != "help") {
            let path = format!("{} {}", verb.name, sub.get_name());
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(index, "| [{path}](commands/gates.md#{}) | {about} |", path.replace(' ', "-"));
            match bd_gate::cli::subs(verb.name).iter().find(|s| s.name == sub.get_name()) {
                Some(known) => {
                    let schema = known.shape.map(|_| format!("bd gate schema {}", path.trim_start_matches("gate ")));
                    of_table(&mut page, sub, "bd", &path, 2, (known.example, known.codes, schema));
                }
                None => one(&mut page, wrong, sub, &path, &[], 2),
            }
        }
    }
    index.push('\n');
    pages.push(("docs/reference/commands/gates.md".to_owned(), format!("{}\n", page.trim_end())));
}

/// The verbs of `gt`: a page for each that has verbs below it, one for the others.
fn workflow(index: &mut String, pages: &mut Vec<(String, String)>, wrong: &mut Vec<String>) {
    let generated = "Generated; what every command takes is [here](../commands.md#every-command).";
    let mut look = format!("# gt: what to do, what is going on, the store\n\n{generated}\n\n");
    index.push_str("## gt: workflow\n\n| | |\n|---|---|\n");
    for verb in gt::cli::VERBS {
        let mut command = verb.command_of("gt");
        command.build();
        let subs = gt::cli::subs(verb.name);
        if subs.is_empty() {
            let _ = writeln!(index, "| [gt {0}](commands/gt-look.md#gt-{0}) | {1} |", verb.name, verb.about);
            match gt::cli::TOLD.iter().find(|t| t.name == verb.name) {
                Some(told) => {
                    let schema = told.shape.map(|_| format!("gt schema {}", told.name));
                    of_table(&mut look, &command, "gt", verb.name, 2, (told.example, told.codes, schema));
                }
                None => wrong.push(format!("`gt {}` has no example (gt/src/cli/mod.rs)", verb.name)),
            }
            continue;
        }
        let file = format!("gt-{}.md", verb.name);
        let also = if verb.aliases.is_empty() { String::new() } else { format!(" Also `gt {}`.", verb.aliases.join("`, `gt ")) };
        let mut page = format!("# gt {}\n\n{}.{also} {generated}\n\n", verb.name, verb.about);
        for sub in subs {
            let path = format!("{} {}", verb.name, sub.name);
            let _ = writeln!(index, "| [gt {path}](commands/{file}#gt-{}) | {} |", path.replace(' ', "-"), sub.about);
            match command.find_subcommand(sub.name) {
                Some(command) => {
                    let schema = sub.shape.map(|_| format!("gt schema {path}"));
                    of_table(&mut page, command, "gt", &path, 2, (sub.example, sub.codes, schema));
                }
                None => wrong.push(format!("`gt {path}` is in its table and not in the command")),
            }
        }
        pages.push((format!("docs/reference/commands/{file}"), format!("{}\n", page.trim_end())));
    }
    index.push('\n');
    pages.push(("docs/reference/commands/gt-look.md".to_owned(), format!("{}\n", look.trim_end())));
}

/// A command that a table tells about: its example, its exit codes, the line that prints its schema.
fn of_table(out: &mut String, command: &Command, program: &str, path: &str, level: usize, told: (&str, &[u8], Option<String>)) {
    let (example, codes, schema) = told;
    head(out, command, program, path, &[], level);
    let _ = write!(out, "Example: `{example}`");
    if !codes.is_empty() {
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        let _ = write!(out, " · exit codes besides: {}", codes.join(", "));
    }
    if let Some(schema) = schema {
        let _ = write!(out, " · `--json`: `{schema}`");
    }
    out.push_str("\n\n");
}

/// What every command takes: told once.
fn globals(out: &mut String, whole: &Command) {
    out.push_str("## Every command\n\n");
    let first = whole.get_subcommands().next();
    let flags: Vec<&Arg> =
        first.into_iter().flat_map(Command::get_arguments).filter(|a| is_global(a) && !a.is_hide_set()).collect();
    options(out, &flags);
    let codes: Vec<String> = COMMON.iter().map(u8::to_string).collect();
    let _ = writeln!(out, "Exit codes that every command has: {}; each command names the others.\n", codes.join(", "));
}

fn is_global(arg: &Arg) -> bool {
    arg.get_help_heading() == Some("Global options") || matches!(arg.get_id().as_str(), "help" | "version")
}

/// The heading, the usage and the flags.
fn head(out: &mut String, command: &Command, program: &str, path: &str, aliases: &[&str], level: usize) {
    let named = if program == "bd" { path.to_owned() } else { format!("{program} {path}") };
    let _ = write!(out, "{} {named}\n\n", "#".repeat(level));
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = write!(out, "{about}.");
    let visible: Vec<&str> = command.get_visible_aliases().collect();
    let names: Vec<String> = aliases.iter().chain(&visible).map(|n| format!("`{n}`")).collect();
    if !names.is_empty() {
        let _ = write!(out, " Also {}.", names.join(", "));
    }
    out.push_str("\n\n");
    let usage = command.clone().bin_name(format!("{program} {path}")).render_usage().to_string();
    let usage: Vec<&str> = usage.trim().trim_start_matches("Usage:").lines().map(str::trim).collect();
    let _ = write!(out, "```text\n{}\n```\n\n", usage.join("\n").replace("[=<>]", ""));
    let own: Vec<&Arg> = command.get_arguments().filter(|a| !is_global(a) && !a.is_hide_set()).collect();
    options(out, &own);
}

fn one(out: &mut String, wrong: &mut Vec<String>, command: &Command, path: &str, aliases: &[&str], level: usize) {
    head(out, command, "bd", path, aliases, level);
    match examples::of(path) {
        Some(example) => {
            let _ = write!(out, "Example: `{}`", example.line);
            let codes: BTreeSet<u8> = example.codes.iter().copied().collect();
            if !codes.is_empty() {
                let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
                let _ = write!(out, " · exit codes besides: {}", codes.join(", "));
            }
            if let Some((_, what)) = UNSHAPED.iter().find(|(name, _)| *name == path) {
                let _ = write!(out, " · prints {what}");
            } else if let Some((_, shape)) = SHAPES.iter().find(|(name, _)| *name == path) {
                let _ = write!(out, " · `--json`: {}", shape.about());
            }
            out.push_str("\n\n");
        }
        None => wrong.push(format!("`bd {path}` has no example (bd/src/cli/examples.rs)")),
    }
    for sub in command.get_subcommands().filter(|s| !s.is_hide_set() && s.get_name() != "help") {
        one(out, wrong, sub, &format!("{path} {}", sub.get_name()), &[], level + 1);
    }
}

fn options(out: &mut String, args: &[&Arg]) {
    if args.is_empty() {
        return;
    }
    out.push_str("| | |\n|---|---|\n");
    for arg in args {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let mut help = help.replace('|', "\\|").replace('<', "&lt;");
        let default: Vec<String> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
        if !default.is_empty() && !arg.is_hide_default_value_set() && arg.get_action().takes_values() {
            let _ = write!(help, " (default: `{}`)", default.join(","));
        }
        let _ = writeln!(out, "| {} | {help} |", spelled(arg));
    }
    out.push('\n');
}

/// `-n` `--limit N`, or the name of a positional.
fn spelled(arg: &Arg) -> String {
    let value = arg.get_value_names().map(|names| names.join(" ")).unwrap_or_default();
    if arg.is_positional() {
        let many = if matches!(arg.get_action(), ArgAction::Append) { "…" } else { "" };
        return format!("`{value}{many}`");
    }
    let takes = arg.get_action().takes_values() && !value.is_empty();
    let value = if takes { format!(" {value}") } else { String::new() };
    let mut names = Vec::new();
    names.extend(arg.get_short().map(|s| format!("`-{s}`")));
    names.extend(arg.get_long().map(|l| format!("`--{l}{value}`")));
    names.extend(arg.get_visible_aliases().into_iter().flatten().map(|a| format!("`--{a}`")));
    names.join(" ")
}
