//! What is kept of computed views changes no answer: every look says the same with it, without it, after it was harmed, and while
//! others look and change.

use crate::clocks::{APPROVE, at, open};
use crate::kit::{RUN, apdc, pour_recipe};
use bd_tests::{Rng, Sandbox, Work, setting};
use std::path::PathBuf;

/// The files of views beside the cache.
const FILES: [&str; 10] = [
    "gt-molecules",
    "gt-convoys",
    "gt-held",
    "gt-files",
    "gt-formulas",
    "gt-mail",
    "gt-mail-seen",
    "gt-people",
    "gt-feed",
    "gt-ids",
];

/// Every look that is answered from views.
const LOOKS: &[&[&str]] = &[
    &["status", "--json"],
    &["status"],
    &["prime"],
    &["hook"],
    &["ready", "--json"],
    &["doctor", "--json"],
    &["molecule", "list", "--all", "--json"],
    &["molecule", "list"],
    &["molecule", "status", "day2-b", "--steps"],
    &["molecule", "next", "day1-a"],
    &["molecule", "history", "day2-b", "--json"],
    &["log", "day1-a", "--json"],
    &["log", "day2-b"],
    &["feed", "--json"],
    &["feed", "--limit", "3"],
    &["feed", "--limit", "300"],
    &["checkpoint", "list", "--json"],
    &["checkpoint", "list", "day1-a"],
    &["checkpoint", "show", "day1-a", "analysis-checkpoint", "--json"],
    &["convoy", "list", "--all", "--json"],
    &["convoy", "show", "trail", "--json"],
    &["convoy", "status", "trail", "--json"],
    &["convoy", "status", "trail"],
    &["convoy", "health", "trail", "--json"],
    &["convoy", "health", "trail"],
    &["convoy", "graph", "trail", "--json"],
    &["convoy", "graph", "trail"],
    &["convoy", "stage", "trail", "--dry-run", "--json"],
    &["convoy", "stage", "day1-a", "day2-b", "--dry-run", "--json"],
    &["convoy", "show", "no-trail"],
    &["mail", "inbox", "--all", "--json"],
    &["mail", "check", "--inject"],
    &["mail", "sent"],
    &["mail", "sent", "--open", "--json"],
    &["mail", "search", "news", "--json"],
    &["mail", "search", "words", "self"],
    &["mail", "search", "W", "--all"],
    &["mail", "directory", "--json"],
    &["mail", "directory", "a"],
    &["mail", "thread", "1"],
    &["mail", "peek", "1", "--json"],
    &["mail", "peek"],
    &["formula", "list", "--json"],
    &["compliance", "trace", "--json"],
];

fn folder(work: &Work) -> PathBuf {
    work.beads_dir().join("cache")
}

fn forget(work: &Work) {
    for file in FILES {
        let _was_not_there = std::fs::remove_file(folder(work).join(file));
    }
}

/// What the looks of a clone say at a time: everything that is printed, and how they end.
fn looks(work: &Work, now: &str) -> Vec<String> {
    let one = |args: &&[&str]| {
        let out = work.gt_cmd(args).now(now).run();
        format!("{args:?}: {}\n{}{}", out.code(), out.stdout(), out.stderr())
    };
    LOOKS.iter().map(one).collect()
}

/// Every molecule says the same in the list and alone, from what is kept, and from its beads as a transition reads them.
fn assert_lists_as_alone(work: &Work, now: &str, what: &str) {
    let listed = at(work, now, &["molecule", "list", "--all", "--limit", "0", "--json"]).json();
    let listed = listed.as_array().expect("molecules");
    assert!(!listed.is_empty(), "{what}");
    let snapshot = crate::kit::store(work).snapshot().expect("a snapshot");
    for one in listed {
        let (name, bead) = (one["name"].as_str().expect("a name"), one["bead"].as_str().expect("a bead"));
        let bead = bd::model::BeadId::new(bead).expect("a bead's name");
        let view = gt::molecule::load(&snapshot, &bead, now.parse().expect("a time")).expect("a molecule");
        assert_eq!(*one, serde_json::to_value(gt::cli::molecule::print::object(&view)).expect("JSON"), "{what}: {name} at {now}");
        assert_eq!(*one, at(work, now, &["molecule", "next", name, "--json"]).json(), "{what}: {name} at {now}");
        assert_eq!(*one, at(work, now, &["molecule", "status", name, "--json"]).json(), "{what}: {name} at {now}");
    }
}

/// A convoy is for a look, of which what is kept decides, what it is for a mutation, which reads the beads.
fn assert_looks_as_it_is(work: &Work, now: &str, what: &str) {
    let (store, now) = (crate::kit::store(work), now.parse().expect("a time"));
    let snapshot = store.snapshot().expect("a snapshot");
    let convoy = gt::views::Convoys::load(&snapshot).and_then(|all| all.find(&store, &snapshot, "trail")).expect("a convoy");
    let mut files = gt::views::Files::open(&store);
    let scene = gt::convoy::Scene::load(&store, &snapshot, "trail", now);
    let file = files.convoy(&store, &gt::convoy::path_of(&convoy));
    assert_eq!(scene.as_ref().err().map(ToString::to_string), file.as_ref().err().map(ToString::to_string), "{what}");
    let (Ok(scene), Ok(file)) = (scene, file) else { return };
    let molecules = gt::views::Molecules::load(&snapshot, now).expect("molecules");
    let look = molecules.look(convoy, file).expect("a look");
    assert_eq!(format!("{:?}", look.convoy), format!("{:?}", scene.convoy), "{what}");
    assert_eq!(format!("{:?}", look.board), format!("{:?}", scene.board), "{what}");
    assert_eq!(format!("{:?}", look.plain), format!("{:?}", scene.members.plain), "{what}");
    let nodes = [look.nodes(&store, &snapshot), scene.nodes(&store, &snapshot)].map(|n| format!("{:?}", n.expect("nodes")));
    assert_eq!(nodes[0], nodes[1], "{what}");
}

/// Two clones with a molecule each in one convoy, and a letter.
fn project(sandbox: &Sandbox) -> [Work; 2] {
    let remote = sandbox.remote("origin");
    let one = remote.clone_as("one").acting_as("wes");
    one.write("run-tests.sh", RUN);
    one.write("tests/one.t", "test 1 = 1\n");
    one.bd(&["init", "--prefix", "app", "--publish"]).ok();
    one.commit_all("A project");
    one.git(&["push", "-q", "-u", "origin", "HEAD:main"]).ok();
    one.gt(&["convoy", "create", "--id", "trail", "--name", "The trail", "--owner", "@lea"]).ok();
    one.commit_all("The convoy");
    one.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    pour_recipe(&one, apdc(), "day1-a", &[]);
    let plain = |title: &str| one.bd(&["create", title, "--json"]).json()["id"].as_str().expect("an id").to_owned();
    let (held, waits) = (plain("Held by somebody"), plain("Waits for that"));
    one.bd(&["dep", "add", &waits, &held]).ok();
    one.gt(&["convoy", "add", "trail", "day1-a", &held, &waits]).ok();
    one.gt(&["mail", "send", "self", "-s", "First", "-m", "Words"]).ok();
    one.bd(&["sync"]).ok();
    let other = remote.clone_as("other").acting_as("ona");
    other.bd(&["sync"]).ok();
    pour_recipe(&other, apdc(), "day2-b", &["day1-a"]);
    other.bd(&["sync"]).ok();
    one.bd(&["sync"]).ok();
    [one, other]
}

/// Something happens, or is refused.
fn change(works: &[Work; 2], rng: &mut Rng, now: &str) {
    let work = &works[rng.below(2)];
    let actor = rng.one_of(&["wes", "ona", "lea", "kim"]);
    let work = &work.acting_as(actor);
    let molecule = rng.one_of(&["day1-a", "day2-b"]);
    let json = work.gt_cmd(&["molecule", "status", molecule, "--json"]).now(now).run();
    // An undo may have taken back that it was poured.
    let json = if json.code() == 0 { json.json() } else { serde_json::Value::Null };
    let open: Vec<String> = json["open_steps"]
        .as_array()
        .map(|all| all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let step = open.first().cloned().unwrap_or_else(|| "analysis".to_owned());
    let bead = json["bead"].as_str().unwrap_or_default().to_owned();
    let gt = |args: &[&str]| work.gt_cmd(args).now(now).run().code();
    let bd = |args: &[&str]| work.cmd(args).now(now).run().code();
    let code = match rng.below(24) {
        0..=3 => gt(&["molecule", "advance", molecule, &step, "--note", "done"]),
        4..=6 => gt(&["checkpoint", "approve", molecule, &step]),
        7 => gt(&["checkpoint", "reject", molecule, &step, "--reason", "no"]),
        8 => gt(&["checkpoint", "reopen", molecule, &step, "--reason", "again"]),
        9 => gt(&["molecule", rng.one_of(&["pause", "resume"]), molecule]),
        10 => gt(&["molecule", "next", molecule, "--claim"]),
        11 => gt(&["molecule", "update", molecule, "--note", "it goes on"]),
        12 => bd(&["undo", &bead]),
        13 => bd(&["update", &bead, "--status", rng.one_of(&["closed", "open"])]),
        14 => bd(&["create", "Found on the way", "--assignee", rng.one_of(&[actor, "Wes", "ONA", "api/Toast", "api/toast"])]),
        15 => gt(&["mail", "send", rng.one_of(&["@wes", "@ona"]), "-s", "News", "-m", "Words", "--priority", "urgent"]),
        16 => gt(&["mail", rng.one_of(&["read", "archive", "ack", "redact"]), "1"]),
        17 => gt(&["convoy", rng.one_of(&["add", "remove"]), "trail", rng.one_of(&["day1-a", "day2-b"])]),
        18 => {
            let text = "formula = \"own\"\nversion = \"1\"\n\n[[steps]]\nid = \"a\"\ntitle = \"A\"\n";
            work.write(".beads/formulas/own.toml", text.repeat(1 + rng.below(2)));
            0
        }
        19 => {
            let file = ".beads/convoys/trail/convoy.toml";
            let text = if work.exists(file) { work.read(file) } else { String::new() };
            let more = rng.one_of(&[
                "\n[[molecules]]\nid = \"day3-planned\"\n",
                "\n[[molecules]]\nid = \"day4-planned\"\nformula = \"own\"\nend_date = \"2026-03-01\"\n",
                "\n[[molecules]]\nid = \"day2-b\"\nend_date = \"2026-02-28\"\n\n[molecules.dependencies]\nrequires = [\"day1-a\"]\n",
                "\n[timeline]\nestimated_end_date = \"2026-02-27\"\n",
            ]);
            work.write(file, text + more);
            0
        }
        20 => {
            let ahead =
                rng.one_of(&["2026-03-01T22:00:00Z", "2026-03-04T00:00:00Z", "2026-06-01T00:00:00Z", "2040-01-01T00:00:00Z"]);
            at(work, ahead, &["checkpoint", "comment", molecule, &step, "--text", "By another clock"]).code()
        }
        21 => at(work, "2026-02-25T00:00:00Z", &["molecule", "advance", molecule, &step, "--note", "done"]).code(),
        _ => works.iter().map(|w| w.bd(&["sync"]).code()).max().unwrap_or_default(),
    };
    assert!(code <= 7, "{code}");
}

#[test]
fn every_look_says_the_same_with_and_without_what_is_kept() {
    let number = |name: &str, usual: usize| setting(name).and_then(|v| v.parse().ok()).unwrap_or(usual);
    let first = number("GT_FIRST", 0);
    for seed in first..first + number("GT_SEEDS", 1) {
        let sandbox = Sandbox::new();
        let works = project(&sandbox);
        let mut rng = Rng::new(seed as u64);
        for turn in 0..number("GT_TURNS", 14) {
            // Deadlines pass and leases end while nothing is written.
            let now = format!("2026-03-{:02}T{:02}:00:00Z", 1 + turn / 8, turn % 8 * 3);
            change(&works, &mut rng, &now);
            let work = &works[turn % 2];
            let later = format!("2026-03-{:02}T{:02}:59:00Z", 1 + turn / 8, turn % 8 * 3 + 2);
            for now in ["2026-01-01T00:00:00Z", &now, &later] {
                assert_lists_as_alone(work, now, &format!("seed {seed}, turn {turn}"));
                assert_looks_as_it_is(work, now, &format!("seed {seed}, turn {turn}"));
            }
            let kept = looks(work, &now);
            let kept_later = looks(work, &later);
            forget(work);
            assert_eq!(kept_later, looks(work, &later), "seed {seed}, turn {turn}, later");
            forget(work);
            assert_eq!(kept, looks(work, &now), "seed {seed}, turn {turn}");
        }
    }
}

// goal: W4 W15 tier1
#[test]
fn what_other_clocks_said_expires_a_checkpoint_in_a_list_as_in_a_decision() {
    const CLOCKS: [&str; 7] = [
        "2020-01-01T00:00:00Z",
        "2026-02-27T00:00:00Z",
        "2026-03-01T12:00:00Z",
        "2026-03-01T13:59:59Z",
        "2026-03-01T14:00:00Z",
        "2026-03-03T00:00:00Z",
        "2041-01-01T00:00:00Z",
    ];
    // Who says something and when, and whether that expires the checkpoint for a clock that is behind.
    for (who, when, expires) in [
        ("kim", "2026-03-01T13:30:00Z", false),
        ("kim", "2026-03-01T15:00:00Z", true),
        ("wes", "2026-03-20T00:00:00Z", true),
        ("kim", "2026-03-20T00:00:00Z", false),
        ("odd", "2040-01-01T00:00:00Z", false),
    ] {
        let sandbox = Sandbox::new();
        let (wes, lea) = open(&sandbox);
        let what = format!("{who} at {when}");
        let all = || CLOCKS.iter().for_each(|now| assert_lists_as_alone(&lea, now, &what));
        let stands = |now: &str| {
            let listed = at(&lea, now, &["checkpoint", "list", "--json"]).json();
            let of_one = at(&lea, now, &["checkpoint", "list", "m", "--json"]).json();
            assert_eq!(listed, of_one, "{what}: {now}");
            listed[0]["state"].as_str().unwrap_or_default().to_owned()
        };
        let now = "2026-03-01T13:00:00Z";
        all();
        assert_eq!(stands(now), "open", "{what}: nothing was said");
        // What was kept is of the moment before this.
        at(&wes.acting_as(who), when, &["checkpoint", "comment", "m", "look", "--text", "Is this open?"]).ok();
        let moment = std::fs::read(folder(&lea).join("gt-molecules")).expect("a view");
        all();
        assert_ne!(moment, std::fs::read(folder(&lea).join("gt-molecules")).expect("a view"), "{what}: it is kept anew");
        for now in [now, "2026-02-27T00:00:00Z"] {
            assert_eq!(stands(now), if expires { "expired" } else { "open" }, "{what}: {now}");
        }
        let state = at(&lea, now, &["molecule", "list", "--json"]).json()[0]["state"].clone();
        assert_eq!(state, if expires { "paused" } else { "awaiting_checkpoint" }, "{what}");
        assert_eq!(at(&lea, now, &["status", "--json"]).json()["due"], expires, "{what}");
        // The decision agrees.
        let decided = at(&lea, now, APPROVE);
        assert_eq!(decided.code(), if expires { 3 } else { 0 }, "{what}: {decided}");
        all();
    }
}

#[test]
fn the_feed_is_right_where_more_happened_than_is_kept() {
    // What stands in front is all that is kept where nobody asked for more.
    feeds_of(130, &["1", "20", "100"]);
    // More than is kept at all.
    feeds_of(1_050, &["100", "101", "300", "1000", "1001", "20"]);
}

fn feeds_of(beads: usize, limits: &[&str]) {
    let sandbox = Sandbox::new();
    let work = crate::kit::repository(&sandbox, "lone").acting_as("wes");
    let batch = |lines: Vec<String>| work.cmd(&["batch"]).stdin(lines.join("\n")).run().ok().to_owned();
    let _made = batch((0..beads).map(|n| format!("create \"Bead {n}\"")).collect());
    let listed = work.bd(&["list", "--json", "--limit", "0"]).json();
    let listed = listed.as_array().expect("beads");
    let mut ids: Vec<&str> = listed.iter().map(|b| b["id"].as_str().expect("an id")).collect();
    let newest = work.gt(&["feed", "--limit", "100", "--json"]).json()[99]["about"].as_str().expect("a bead").to_owned();
    ids.sort_by_key(|id| !newest.starts_with(id));
    let feeds = || -> Vec<String> {
        let one = |limit: &&str| work.gt(&["feed", "--limit", limit, "--json"]).ok().to_owned();
        limits.iter().map(one).collect()
    };
    let many = |verb: &str, at: std::ops::Range<usize>| ids[at].iter().map(|id| verb.replace("ID", id)).collect::<Vec<_>>();
    let turns = [
        Vec::new(),
        many("close ID", 40..43),
        // What is gone makes room for what was too old to be kept.
        many("delete ID", 0..30),
        many("comment ID \"once more\"", 60..64),
        many("delete ID", 40..41),
        many("restore ID", 0..30),
        many("update ID --title Other", 0..beads - 1),
    ];
    feeds();
    for (turn, lines) in turns.into_iter().enumerate() {
        if !lines.is_empty() {
            let _done = batch(lines);
        }
        let kept = feeds();
        forget(&work);
        assert_eq!(kept, feeds(), "turn {turn} of {beads}");
    }
}

#[test]
fn the_feed_is_exact_where_many_beads_changed_at_one_moment_and_refuses_what_is_no_event() {
    let sandbox = Sandbox::new();
    let work = crate::kit::repository(&sandbox, "lone").acting_as("wes");
    let script: String = (0..120).map(|n| format!("create \"Bead {n}\"\n")).collect();
    let _made = work.cmd(&["batch"]).stdin(script).run().ok().to_owned();
    let feed = |limit: &str| work.gt(&["feed", "--limit", limit, "--json"]).json().as_array().expect("events").clone();
    let ids = |feed: &[serde_json::Value]| feed.iter().map(|e| e["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>();
    let all = ids(&feed("200"));
    assert_eq!(all.len(), 120);
    for limit in [1, 5, 100] {
        assert_eq!(ids(&feed(&limit.to_string())), all[120 - limit..], "{limit}");
    }
    let some = work.bd(&["list", "--json", "--limit", "0"]).json()[3]["id"].as_str().expect("an id").to_owned();
    work.bd(&["comment", &some, "hey"]).ok();
    let kept = feed("100");
    forget(&work);
    assert_eq!(kept, feed("100"));
    let after = work.gt(&["feed", "--since", &all[117].to_ascii_lowercase(), "--json"]).json();
    assert_eq!(after.as_array().map(Vec::len), Some(3), "{after}");
    for text in ["2026-02-01", "tomorrow", ""] {
        assert!(work.gt(&["feed", "--since", text]).fails(2).stderr().contains("is no event's name"), "{text}");
    }
    // A view under another's name is none.
    work.gt(&["convoy", "create", "--id", "trail", "--name", "The trail"]).ok();
    let convoys = work.gt(&["convoy", "list", "--json"]);
    work.gt(&["molecule", "list"]).ok();
    std::fs::copy(folder(&work).join("gt-molecules"), folder(&work).join("gt-convoys")).expect("a view");
    assert_eq!(work.gt(&["convoy", "list", "--json"]).stdout(), convoys.ok());
}

#[test]
fn what_is_kept_is_made_anew_where_it_was_harmed_or_cannot_be_written() {
    let sandbox = Sandbox::new();
    let [work, _] = project(&sandbox);
    let now = "2026-03-01T10:00:00Z";
    let wanted = looks(&work, now);
    assert!(
        ["gt-molecules", "gt-convoys", "gt-held", "gt-mail", "gt-people"].iter().all(|f| folder(&work).join(f).exists()),
        "views are kept"
    );
    let mut rng = Rng::new(7);
    for file in FILES.iter().filter(|f| folder(&work).join(f).exists()) {
        let path = folder(&work).join(file);
        let whole = std::fs::read(&path).expect("a file");
        let mut flipped = whole.clone();
        let at = rng.below(flipped.len());
        flipped[at] ^= 1 << rng.below(8);
        let mut version = whole.clone();
        version[6] ^= 1;
        for harmed in [whole[..whole.len() / 2].to_vec(), Vec::new(), flipped, version, b"something else entirely".to_vec()] {
            std::fs::write(&path, harmed).expect("harm");
            assert_eq!(looks(&work, now), wanted, "{file}");
        }
        assert!(path.exists(), "{file} is made anew");
        // A folder in its place: nothing can be written there.
        std::fs::remove_file(&path).expect("gone");
        std::fs::create_dir_all(path.join("in the way")).expect("a folder");
        assert_eq!(looks(&work, now), wanted, "{file} cannot be written");
        std::fs::remove_dir_all(&path).expect("gone");
        // A pipe, which nobody writes into.
        work.sandbox().program_in("mkfifo".as_ref(), work.dir(), "wes", &[path.to_str().expect("text")]).run().ok();
        assert_eq!(looks(&work, now), wanted, "{file} is a pipe");
    }
    // Without the image there is no moment to remember, and where it cannot be made either everything is read in full.
    std::fs::remove_dir_all(folder(&work)).expect("gone");
    std::fs::write(folder(&work), "in the way").expect("a file");
    assert_eq!(looks(&work, now), wanted, "no cache at all");
}

#[test]
fn many_look_at_once_while_somebody_writes() {
    let sandbox = Sandbox::new();
    let [work, _] = project(&sandbox);
    let now = "2026-03-01T10:00:00Z";
    for turn in 0..4 {
        forget(&work);
        let at_once = (0..8).map(|n| LOOKS[(turn * 8 + n) % LOOKS.len()]);
        let running: Vec<_> = at_once.map(|args| (args[0], work.gt_cmd(args).now(now).spawn())).collect();
        work.gt_cmd(&["molecule", "update", "day1-a", "--note", &format!("turn {turn}")]).now(now).run().ok();
        for (noun, one) in running {
            let out = one.wait();
            // A convoy that is not well, or that is not there, is an answer too.
            assert!(out.code() == 0 || noun == "convoy" && out.code() <= 2, "{out}");
        }
        let kept = looks(&work, now);
        forget(&work);
        assert_eq!(kept, looks(&work, now), "turn {turn}");
    }
}

/// What is kept of how a molecule looks at a glance is what its steps say, at any time, whichever clock looked before.
// goal: W15 tier1
#[test]
fn a_molecule_stands_where_its_steps_say_whatever_the_clock() {
    let sandbox = Sandbox::new();
    let wes = crate::kit::repository(&sandbox, "lone").acting_as("wes");
    let two = "[[steps]]\nid = \"work\"\ntitle = \"Work\"\n[[steps]]\nid = \"look\"\ntitle = \"Look\"\nneeds = [\"work\"]\nrequires_human_approval = true\ntimeout = \"2h\"\n";
    wes.write(".beads/formulas/f.toml", format!("formula = \"f\"\nversion = 1\n{two}"));
    let lea = wes.acting_as("lea");
    for name in ["done", "open", "gone"] {
        lea.gt(&["formula", "pour", "f", "--name", name, "--owner", "@lea"]).ok();
    }
    wes.gt(&["molecule", "next", "open", "--claim"]).ok();
    for name in ["done", "open"] {
        at(&wes, "2026-03-01T12:00:00Z", &["molecule", "advance", name, "work", "--note", "done"]).ok();
    }
    at(&lea, "2026-03-01T12:30:00Z", &["checkpoint", "approve", "done", "look"]).ok();
    lea.gt(&["molecule", "cancel", "gone", "--reason", "not needed"]).ok();
    assert_eq!(crate::kit::state(&wes, "done"), "completed");
    let snapshot = crate::kit::store(&wes).snapshot().expect("a snapshot");
    let mut seen = std::collections::BTreeSet::new();
    let clocks =
        ["2020-01-01T00:00:00Z", "2026-03-01T12:31:00Z", "2026-03-01T13:59:59Z", "2026-03-01T15:00:00Z", "2040-01-01T00:00:00Z"];
    for now in clocks.iter().chain(clocks.iter().rev()) {
        let molecules = gt::views::Molecules::load(&snapshot, now.parse().expect("a time")).expect("molecules");
        let front: Vec<String> = molecules.all().map(|glance| format!("{glance:?}")).collect();
        let whole = |glance: gt::molecule::Glance<'_>| {
            let fresh = molecules.whole(glance.poured.bead, |brief| format!("{:?}", gt::molecule::Glance::from(brief)));
            fresh.expect("a molecule")
        };
        let steps: Vec<String> = molecules.all().map(whole).collect();
        assert_eq!((front.len(), &front), (3, &steps), "{now}");
        seen.extend(front);
    }
    // Only the one that waits for a decision looked different at different times.
    assert_eq!(seen.len(), 4, "{seen:#?}");
}
