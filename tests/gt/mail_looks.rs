//! What looks at mail find and whom the directory names, from what is kept as from the mail and the beads themselves.

use bd_tests::{Sandbox, Work};
use serde_json::Value;

/// The files that mail and the directory are kept in.
fn forget(work: &Work) {
    for file in ["gt-mail", "gt-mail-seen", "gt-people"] {
        let _was_not_there = std::fs::remove_file(work.beads_dir().join("cache").join(file));
    }
}

/// What a look says, from what is kept; the same is said without.
fn look(work: &Work, args: &[&str]) -> Value {
    work.gt(&[&["mail"], args, &["--json"]].concat()).ok();
    let kept = work.gt(&[&["mail"], args, &["--json"]].concat()).json();
    forget(work);
    assert_eq!(kept, work.gt(&[&["mail"], args, &["--json"]].concat()).json(), "{args:?}");
    kept
}

fn ids(messages: &Value) -> Vec<String> {
    messages.as_array().expect("a list").iter().map(|m| m["id"].as_str().expect("an id").to_owned()).collect()
}

fn town(sandbox: &Sandbox, name: &str) -> Work {
    let work = sandbox.repo(name).acting_as("ann");
    work.bd(&["init"]).ok();
    let config = work.read(".beads/config.toml");
    work.write(".beads/config.toml", format!("{config}\n[users]\nknown = [\"ann\", \"bob\", \"Öznur\"]\n"));
    work.commit_all("Who is who");
    work
}

#[test]
fn words_are_found_in_every_script_and_what_was_redacted_is_not() {
    let sandbox = Sandbox::new();
    let ann = town(&sandbox, "words");
    let bob = ann.acting_as("bob");
    for (from, to, subject, body) in [
        (&ann, "@bob", "Plain words", "Two questions\nare open"),
        (&bob, "@ann", "Straße und GRÖSSE", "Ein großes ẞ, ein İ, ein ı und ein K"),
        (&bob, "@ann", "ΟΔΟΣ ΣΑΣ", "ΣΊΓΜΑΣ\nΤΈΛΟΣ, Σ."),
        (&ann, "self", "日本語", "全部 OK ﬁn"),
        (&bob, "@bob", "Only bob's", "questions that ann did not get"),
        (&bob, "@Öznur", "Dated", "SECRET questions"),
        (&ann, "@bob", "Gone", "The secret Straße"),
    ] {
        from.gt(&["mail", "send", to, "-s", subject, "-m", body]).ok();
    }
    let gone = ids(&look(&ann, &["search", "secret", "gone"]));
    ann.gt(&["mail", "redact", &gone[0]]).ok();
    assert!(ids(&look(&ann, &["search", "secret", "gone"])).is_empty());
    assert_eq!(ids(&look(&ann, &["search", "REDACTED"])), gone);
    let everything = look(&ann, &["search", "--all", "a"]).as_array().expect("a list").clone();
    assert_eq!(everything.len(), 7, "every message has this letter somewhere");
    let text = |m: &Value, key: &str| m[key].as_str().expect("a text").to_owned();
    for words in [
        "questions",
        "QUESTIONS ann",
        "straße",
        "STRASSE",
        "STRAßE",
        "größe",
        "ẞ",
        "ß",
        "i̇",
        "İ",
        "ı",
        "k",
        "K",
        "οδος",
        "ΟΔΟΣ",
        "οδοσ",
        "σας",
        "ΣΑΣ",
        "σίγμας",
        "τέλος",
        "τέλοσ",
        "σ",
        "ς",
        "Σ",
        "日本",
        "全部 ok",
        "ﬁ",
        "FI",
        "öznur",
        "ÖZNUR",
        "@bob bob",
        "redacted",
        "open plain",
        "open nothing",
        "are open",
        "\u{a0}two\u{2003}plain ",
        "s,",
    ] {
        let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let fits = |m: &&Value| {
            let to: Vec<&str> = m["to"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            let whole =
                [text(m, "subject"), text(m, "from"), text(m, "by"), to.join(" "), text(m, "body")].join("\n").to_lowercase();
            wanted.iter().all(|w| whole.contains(w.as_str()))
        };
        let found: Vec<String> = everything.iter().filter(fits).map(|m| text(m, "id")).collect();
        assert_eq!(ids(&look(&ann, &["search", "--all", words])), found, "{words}");
        let mine = |m: &&Value| text(m, "by") == "ann" || m["recipients"].as_array().is_some_and(|r| r.contains(&"ann".into()));
        let found: Vec<String> = everything.iter().filter(fits).filter(mine).map(|m| text(m, "id")).collect();
        assert_eq!(ids(&look(&ann, &["search", words])), found, "{words}, ann's");
    }
    ann.gt(&["mail", "search", " ", "\u{2003}"]).fails(2);
}

#[test]
fn what_was_sent_is_open_until_somebody_acknowledges_it() {
    let sandbox = Sandbox::new();
    let ann = town(&sandbox, "sent");
    let bob = ann.acting_as("bob");
    for n in 0..3 {
        ann.gt(&["mail", "send", "@bob", "-s", &format!("Number {n}")]).ok();
        bob.gt(&["mail", "send", "@ann", "-s", &format!("Other {n}")]).ok();
    }
    let subjects = |m: &Value| -> Vec<String> {
        m.as_array().expect("a list").iter().map(|m| m["subject"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(subjects(&look(&ann, &["sent"])), ["Number 2", "Number 1", "Number 0"]);
    bob.gt(&["mail", "ack", "2"]).ok();
    assert_eq!(subjects(&look(&ann, &["sent", "--open"])), ["Number 2", "Number 0"]);
    assert_eq!(subjects(&look(&bob, &["sent", "--open"])), ["Other 2", "Other 1", "Other 0"]);
    assert!(ann.gt(&["mail", "sent"]).ok().contains("(acknowledged by bob)"));
    bob.gt(&["mail", "reply", "1", "-m", "Yes"]).ok();
    assert_eq!(subjects(&look(&ann, &["thread", "1"])), ["Number 2", "Re: Number 2"]);
    let reply = look(&ann, &["peek"]);
    assert_eq!(reply["subject"], "Re: Number 2");
    let id = reply["id"].as_str().expect("an id");
    for part in [id, &id[18..], &id.to_uppercase()[16..]] {
        assert_eq!(look(&ann, &["peek", part])["id"], id, "{part}");
    }
    // The first time leaves a mark, and the answer has it at once.
    assert_eq!(ann.gt(&["mail", "read", id, "--json"]).json()["read"], true);
    assert_eq!(look(&ann, &["read", id])["read"], true);
    assert_eq!(look(&bob, &["peek", id])["read"], false);
    ann.gt(&["mail", "read", id, "--undo"]).ok();
    assert_eq!(look(&ann, &["read", id, "--readonly"])["read"], false, "a look leaves no mark");
    let none = ann.gt(&["mail", "peek", "99"]);
    assert!(none.code() == 2 && none.stderr().contains("the inbox has no row 99"), "{none}");
    let none = ann.gt(&["mail", "thread", "zzzzzzzz"]);
    assert!(none.code() == 2 && none.stderr().contains("there is no message `zzzzzzzz`"), "{none}");
}

#[test]
fn the_directory_names_everybody_as_he_was_first_spelled() {
    let sandbox = Sandbox::new();
    let ann = town(&sandbox, "people");
    let bead = ann.create("One", &["--assignee", "Kim"]);
    let other = ann.create("Two", &["--assignee", "KIM"]);
    ann.create("Three", &["--assignee", "api/Toast"]);
    let first = bead.clone().min(other.clone());
    let agents = |w: &Work| -> Vec<String> {
        let all = look(w, &["directory"]);
        all.as_array()
            .expect("a list")
            .iter()
            .filter(|a| a["kind"] == "agent")
            .map(|a| a["address"].as_str().unwrap_or("").to_owned())
            .collect()
    };
    assert!(agents(&ann).contains(&"api/Toast".to_owned()));
    // Whoever is named first, in beads as they come, in mail, in commits: with and without what is kept the same.
    let toast = ann.acting_as("api/TOAST");
    for (who, args) in [
        (&ann, vec!["update", bead.as_str(), "--assignee", "api/crew/Joe"]),
        (&ann, vec!["update", &other, "--assignee", "api/crew/JOE"]),
        (&ann, vec!["update", &first, "--assignee", "api/toast"]),
        (&ann, vec!["update", &other, "--assignee", ""]),
        (&toast, vec!["claim", &other]),
        (&toast, vec!["close", &other]),
        (&ann, vec!["create", "Four", "--assignee", "api/crew/joe"]),
        (&ann, vec!["update", &first, "--assignee", "api/crew/jOE"]),
        (&ann, vec!["undo", &first]),
        (&ann, vec!["delete", &bead]),
        (&ann, vec!["create", "Here only", "--ephemeral", "--assignee", "api/crew/here"]),
    ] {
        let done = who.bd(&args);
        assert!(done.code() <= 7, "{args:?}: {done}");
        agents(&ann);
    }
    ann.acting_as("api/crew/writer").gt(&["mail", "send", "self", "-s", "Words"]).ok();
    assert!(agents(&ann).contains(&"api/crew/writer".to_owned()), "who wrote a letter is known");
    assert!(look(&ann, &["directory", "crew"]).as_array().is_some_and(|all| !all.is_empty()));
}
