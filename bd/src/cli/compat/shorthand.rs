//! Names that stand for a longer line.

/// One such name.
#[derive(Debug)]
pub struct Shorthand {
    /// The word.
    pub name: &'static str,
    /// The line it stands for, for people.
    pub stands_for: &'static str,
    expand: fn(&[String]) -> Vec<String>,
}

/// All of them.
pub static ALL: &[Shorthand] = &[
    Shorthand { name: "tag", stands_for: "label add ID LABEL", expand: |rest| line(&["label", "add"], rest) },
    Shorthand { name: "assign", stands_for: "update ID --assignee WHO", expand: |rest| flag_second("--assignee", rest) },
    Shorthand { name: "priority", stands_for: "update ID --priority P", expand: |rest| flag_second("--priority", rest) },
    Shorthand { name: "link", stands_for: "dep add ID OTHER", expand: |rest| line(&["dep", "add"], rest) },
    Shorthand { name: "graph", stands_for: "dep tree ID", expand: graph },
    Shorthand { name: "todo", stands_for: "list, create TITLE, close ID", expand: todo },
    Shorthand { name: "find-duplicates", stands_for: "duplicates", expand: |rest| line(&["duplicates"], rest) },
    Shorthand { name: "human", stands_for: "help", expand: |rest| line(&["help"], rest) },
    Shorthand { name: "context", stands_for: "info", expand: |rest| line(&["info"], rest) },
];

/// The line that a word stands for, with what followed it.
pub fn expand(name: &str, rest: &[String]) -> Option<Vec<String>> {
    if matches!(name, "dep" | "deps" | "depend") {
        return dep_blocks(rest);
    }
    ALL.iter().find(|s| s.name == name).map(|s| (s.expand)(rest))
}

/// `dep BLOCKER --blocks BLOCKED`: a flag where every other form has a word.
fn dep_blocks(rest: &[String]) -> Option<Vec<String>> {
    let is_flag = |w: &String| w == "-b" || w == "--blocks" || w.starts_with("--blocks=");
    let word = rest.iter().find(|w| !w.starts_with('-'))?;
    let is_word = ["add", "remove", "rm", "list", "tree", "cycles", "relate", "unrelate", "blocks"].contains(&word.as_str());
    (!is_word && rest.iter().any(is_flag)).then(|| line(&["dep", "blocks"], rest))
}

fn line(words: &[&str], rest: &[String]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).chain(rest.iter().cloned()).collect()
}

/// `update`, with the flag in front of the second word that is no flag.
fn flag_second(flag: &str, rest: &[String]) -> Vec<String> {
    let mut out = line(&["update"], &[]);
    let (mut plain, mut value) = (0, false);
    for word in rest {
        let is_flag = word.starts_with('-') && word.len() > 1;
        if !is_flag && !value {
            plain += 1;
            if plain == 2 {
                out.push(flag.to_owned());
            }
        }
        value = is_flag && matches!(word.as_str(), "--actor" | "--db" | "-C" | "--directory" | "--lock-timeout");
        out.push(word.clone());
    }
    out
}

fn graph(rest: &[String]) -> Vec<String> {
    match rest.first().map(String::as_str) {
        Some("check") => line(&["dep", "cycles"], &rest[1..]),
        _ => line(&["dep", "tree"], rest),
    }
}

fn todo(rest: &[String]) -> Vec<String> {
    match rest.first().map(String::as_str) {
        Some("add") => line(&["create"], &rest[1..]),
        Some("done") => line(&["close"], &rest[1..]),
        Some("list") => line(&["list", "--type", "task"], &rest[1..]),
        _ => line(&["list", "--type", "task"], rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        expand(&words[0], &words[1..]).unwrap_or_default().join(" ")
    }

    #[test]
    fn each_stands_for_its_line() {
        for (typed, meant) in [
            ("tag bd-1 net --json", "label add bd-1 net --json"),
            ("assign bd-1 ann", "update bd-1 --assignee ann"),
            ("assign --json bd-1 --actor bob ann", "update --json bd-1 --actor bob --assignee ann"),
            ("priority bd-1 0", "update bd-1 --priority 0"),
            ("link bd-1 bd-2 --type related", "dep add bd-1 bd-2 --type related"),
            ("graph check", "dep cycles"),
            ("graph bd-1 --json", "dep tree bd-1 --json"),
            ("todo add x", "create x"),
            ("todo done bd-1", "close bd-1"),
            ("todo", "list --type task"),
            ("human", "help"),
            ("dep bd-1 --blocks bd-2 --json", "dep blocks bd-1 --blocks bd-2 --json"),
            ("dep bd-1 -b bd-2", "dep blocks bd-1 -b bd-2"),
        ] {
            assert_eq!(of(typed), meant);
        }
        assert_eq!(expand("list", &[]), None, "a command is no shorthand");
        assert_eq!(of("dep add bd-1 --blocked-by bd-2"), "", "a word is no bead");
    }

    #[test]
    fn no_shorthand_hides_a_command() {
        for s in ALL {
            assert!(super::super::super::verb::find(s.name).is_none(), "{}", s.name);
        }
    }
}
