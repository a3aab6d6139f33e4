//! Many processes at once, and the user beside them.

use bd_tests::{Options, Output, Sandbox, Work, setting};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

const BEADS: usize = 25;
const PROCESSES: usize = 50;
/// After how many commands of all processes the user commits, collects garbage and checks out.
const USER_EVERY: [usize; 3] = [10, 200, 10];

/// What the processes were promised.
#[derive(Default)]
struct Promised {
    /// Titles of beads that a create acknowledged, with their ids.
    created: BTreeMap<String, String>,
    /// Comments that were acknowledged, by bead.
    comments: BTreeSet<(String, String)>,
    /// Labels that were added and never removed, by bead.
    labels: BTreeSet<(String, String)>,
    /// What went wrong.
    wrong: Vec<String>,
}

fn number(name: &str, default: usize) -> usize {
    setting(name).and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// One command of one process. Two in three write.
fn command(work: &Work, beads: &[String], process: usize, n: usize, promised: &Mutex<Promised>) {
    let pick = (process * 7919 + n * 104_729) % 1_000;
    let bead = &beads[(process * 31 + n * 17) % beads.len()];
    let unique = format!("{process}-{n}");
    let run = |args: &[&str]| work.cmd(args).free_running().run();
    let tell = |f: &dyn Fn(&mut Promised)| f(&mut promised.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    let good = |out: &Output, allowed: &[i32]| {
        if !allowed.contains(&out.code()) {
            tell(&|p| p.wrong.push(out.to_string()));
        }
        out.succeeded()
    };
    match pick % 12 {
        0 => {
            let title = format!("Made by {unique}");
            let out = run(&["create", &title, "--json"]);
            if good(&out, &[0]) {
                let id = out.json()["id"].as_str().unwrap_or("").to_owned();
                tell(&|p| {
                    let _new = p.created.insert(title.clone(), id.clone());
                });
            }
        }
        1..=3 => {
            let text = format!("comment {unique}");
            if good(&run(&["comment", bead, &text]), &[0]) {
                tell(&|p| {
                    let _new = p.comments.insert((bead.clone(), text.clone()));
                });
            }
        }
        4 | 5 => {
            let label = format!("l{unique}");
            if good(&run(&["label", "add", bead, &label]), &[0]) {
                tell(&|p| {
                    let _new = p.labels.insert((bead.clone(), label.clone()));
                });
            }
        }
        6 => {
            good(&run(&["update", bead, "--title", &format!("Title {unique}")]), &[0]);
        }
        // Somebody else may hold it: that is an answer.
        7 => {
            good(&run(&["claim", bead]), &[0, 3, 6]);
        }
        8 => {
            good(&run(&["ready", "--json"]), &[0]);
        }
        9 => {
            good(&run(&["show", bead, "--json"]), &[0]);
        }
        10 => {
            good(&run(&["list", "--all", "--limit", "0", "--json"]), &[0]);
        }
        _ => {
            good(&run(&["update", bead, "--priority", &(n % 5).to_string()]), &[0]);
        }
    }
}

/// The user works on: nothing of theirs may fail because of us. `git gc` and `git commit` take turns: the one removes an
/// emptied object folder under the other that is about to write there, without us too.
fn user_loop(work: &Work, which: usize, ticks: &Receiver<()>, done: &[AtomicUsize; 3], turn: &Mutex<()>, wrong: &Mutex<Promised>) {
    let my_turn = || turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut n = 0;
    // One command for all ticks that came meanwhile.
    while ticks.recv().is_ok() {
        while ticks.try_recv().is_ok() {}
        n += 1;
        let out = match which {
            0 => {
                work.write("work.txt", format!("{n}\n"));
                let _turn = my_turn();
                work.git_cmd(&["commit", "--quiet", "--all", "--message", "The user's commit"]).free_running().run()
            }
            1 => {
                let _turn = my_turn();
                work.git_cmd(&["gc", "--quiet"]).free_running().run()
            }
            _ => {
                let branch = if n % 2 == 0 { "wt-other" } else { "wt-third" };
                work.git_cmd(&["checkout", "--quiet", branch]).free_running().run()
            }
        };
        if !out.succeeded() {
            wrong
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .wrong
                .push(format!("the user's own command failed:\n{out}"));
        }
        done[which].fetch_add(1, Ordering::SeqCst);
    }
}

// goal: P3 T20 T10 tier1 flake=low
#[test]
fn fifty_processes_lose_nothing_and_disturb_nobody() {
    let commands = number("CONCURRENCY_COMMANDS", 100);
    // The lock is waited for as long as the work of all others can take on a slow machine.
    let sandbox = Options { env: vec![("BD_LOCK_TIMEOUT".into(), "120".into())], ..Options::default() }.build();
    let main = sandbox.repo("main");
    main.write("work.txt", "0\n");
    main.commit_all("A file to work on");
    main.bd(&["init"]).ok();
    main.git(&["branch", "wt-other"]).ok();
    let trees = [main.clone(), main.worktree("second", "wt-second"), main.worktree("third", "wt-third")];
    let beads: Vec<String> = (0..BEADS).map(|n| main.create(&format!("Bead {n}"), &[])).collect();

    let promised = Mutex::new(Promised::default());
    let (done, turn) = ([const { AtomicUsize::new(0) }; 3], Mutex::new(()));
    std::thread::scope(|scope| {
        let mut ticks = Vec::new();
        for (which, tree) in trees.iter().enumerate() {
            let (tick, listen) = channel();
            ticks.push(tick);
            let (done, turn, promised) = (&done, &turn, &promised);
            scope.spawn(move || user_loop(tree, which, &listen, done, turn, promised));
        }
        for process in 0..PROCESSES {
            let (trees, beads, promised, ticks) = (&trees, &beads, &promised, ticks.clone());
            scope.spawn(move || {
                let work = trees[process % trees.len()].acting_as(&format!("agent-{process}"));
                for n in 0..commands {
                    command(&work, beads, process, n, promised);
                    for (tick, every) in ticks.iter().zip(USER_EVERY) {
                        if (process * commands + n).is_multiple_of(every) {
                            let _heard = tick.send(());
                        }
                    }
                }
            });
        }
    });
    let promised = promised.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(promised.wrong.is_empty(), "{} commands failed:\n{}", promised.wrong.len(), promised.wrong.join("\n"));
    for (count, what) in done.iter().zip(["commit", "gc", "checkout"]) {
        assert!(count.load(Ordering::SeqCst) >= 3, "the user hardly came to {what}");
    }
    check_kept(&main, &beads, &promised);
}

fn check_kept(main: &Work, beads: &[String], promised: &Promised) {
    let list = main.bd(&["list", "--all", "--limit", "0", "--json"]).json();
    let listed: BTreeMap<&str, &str> =
        list.as_array().into_iter().flatten().filter_map(|b| Some((b["id"].as_str()?, b["title"].as_str()?))).collect();
    for (title, id) in &promised.created {
        assert_eq!(listed.get(id.as_str()), Some(&title.as_str()), "a created bead is missing");
    }
    assert_eq!(listed.len(), beads.len() + promised.created.len(), "more beads than were made");
    let (mut comments, mut labels) = (BTreeSet::new(), BTreeSet::new());
    for id in beads {
        let bead = main.show(id);
        let texts = bead["comments"].as_array().into_iter().flatten().filter_map(|c| c["text"].as_str());
        comments.extend(texts.map(|t| (id.clone(), t.to_owned())));
        let own = bead["labels"].as_array().into_iter().flatten().filter_map(|l| l.as_str());
        labels.extend(own.map(|l| (id.clone(), l.to_owned())));
    }
    let lost: Vec<_> = promised.comments.difference(&comments).collect();
    assert!(lost.is_empty(), "lost comments: {lost:?}");
    assert_eq!(comments.len(), promised.comments.len(), "comments that nobody made");
    let lost: Vec<_> = promised.labels.difference(&labels).collect();
    assert!(lost.is_empty(), "lost labels: {lost:?}");
    let fsck = main.git(&["fsck", "--no-dangling", "--no-progress"]);
    assert!(fsck.succeeded(), "{fsck}");
    let log = main.git(&["log", "--format=%an", "wt-second", "main", "wt-third", "wt-other", "--", ".beads/events"]);
    assert_eq!(log.ok(), "", "events got into the user's branches");
    for left in ["refs/beads/state.lock", "packed-refs.lock", "index.lock"] {
        assert!(!main.common_dir().join(left).exists(), "{left} is left behind");
    }
}

// goal: T20 tier0
#[test]
fn a_reader_sees_a_whole_state_at_every_instant() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("main");
    work.bd(&["init"]).ok();
    let bead = work.create("The first", &[]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut most, mut looks) = (0, 0);
            while !stop.load(Ordering::SeqCst) || looks == 0 {
                let list = work.cmd(&["list", "--all", "--limit", "0", "--json"]).free_running().run();
                let count = list.json().as_array().map_or(0, Vec::len);
                assert!(count >= most, "{count} beads after {most}");
                // A batch is whole or not there.
                assert_eq!((count - 1) % 3, 0, "half a batch is seen");
                most = count;
                looks += 1;
            }
        });
        std::thread::scope(|writers| {
            for writer in 0..4 {
                let (work, bead) = (&work, &bead);
                writers.spawn(move || {
                    for n in 0..8 {
                        let script = format!(
                            "create \"a{writer}.{n}\"\ncreate \"b{writer}.{n}\"\ncreate \"c{writer}.{n}\"\ncomment {bead} x\n"
                        );
                        work.cmd(&["batch"]).free_running().stdin(script).run().ok();
                    }
                });
            }
        });
        stop.store(true, Ordering::SeqCst);
        reader.join().expect("the reader");
    });
    assert_eq!(work.bd(&["list", "--all", "--limit", "0", "--json"]).json().as_array().map(Vec::len), Some(1 + 4 * 8 * 3));
}
