//! Commands that mend something: killed at each step, given again, they end where the whole command ends.

use crate::kill::Scenario;
use crate::stage::{Stage, age};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Kills a command at each failpoint that it passes, gives it again, and looks whether all that was whole is there.
fn mends(scenario: Scenario) {
    let stage = Stage::new();
    let args = scenario(&stage);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let before = stage.lines();
    stage.passed();
    stage.act(&args, "", None).ok();
    let passed = stage.passed();
    let whole: BTreeSet<String> = stage.lines();
    let mut seen = BTreeSet::new();
    let mut kills = 0;
    for point in passed.iter().filter(|p| seen.insert(p.as_str())) {
        let story = format!("`bd {}` killed at {point}", args.join(" "));
        stage.put_back();
        let killed = stage.act(&args, "", Some(point));
        assert_eq!(killed.code(), 128 + 6, "{story}: it was not killed\n{killed}");
        kills += 1;
        age_locks(&stage);
        // With other ids: what was promised before the kill stays, and is refused to be made twice.
        stage.ann.bd(&args).ok();
        let now = stage.lines();
        let lost: Vec<&String> = before.intersection(&whole).filter(|l| !now.contains(*l)).collect();
        assert!(lost.is_empty(), "{story}: lost {lost:?}");
        stage.ann.bd(&["create", "It goes on"]).ok();
        let doctor = stage.ann.bd(&["doctor"]);
        assert!(doctor.succeeded(), "{story}\n{doctor}");
        let fsck = stage.ann.git(&["fsck", "--no-dangling", "--no-progress"]);
        assert!(fsck.succeeded(), "{story}\n{fsck}");
        assert!(!stage.ann.exists(".git/index.lock"), "{story}");
        stage.passed();
    }
    assert!(kills > 1, "{kills} kills: {passed:?}");
}

/// A lock of a dead process is respected for ten seconds; here they have passed.
fn age_locks(stage: &Stage) {
    age(&stage.ann.common_dir().join("refs/beads/state.lock"));
}

fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(|w| (*w).to_owned()).collect()
}

fn state_ref(stage: &Stage) -> PathBuf {
    stage.ann.common_dir().join("refs/beads/state")
}

fn object(stage: &Stage, rev: &str) -> PathBuf {
    let id = stage.ann.rev(rev);
    stage.ann.common_dir().join("objects").join(&id[..2]).join(&id[2..])
}

fn deleted_ref(stage: &Stage) -> Vec<String> {
    stage.ann.git(&["update-ref", "-d", "refs/beads/state"]).ok();
    std::fs::create_dir_all(state_ref(stage)).expect("packing refs leaves empty folders");
    let lock = stage.ann.common_dir().join("refs/beads/state.lock");
    std::fs::write(lock, "").expect("a lock of a dead process");
    age_locks(stage);
    stage.keep();
    words(&["create", "After the ref was deleted"])
}

fn shortened_ref(stage: &Stage) -> Vec<String> {
    stage.ann.git(&["update-ref", "refs/beads/state", "refs/beads/state~2"]).ok();
    // The journal is gone as well: the next record makes the file, and its name durable.
    std::fs::remove_file(stage.ann.beads_dir().join("journal")).expect("a journal");
    stage.keep();
    words(&["create", "After the ref was set back"])
}

fn empty_objects(stage: &Stage) -> Vec<String> {
    for path in ["refs/beads/state", "refs/beads/state^{tree}"].map(|rev| object(stage, rev)) {
        std::fs::remove_file(&path).and_then(|()| std::fs::write(&path, "")).expect("a loose object");
    }
    stage.keep();
    words(&["create", "After a power loss"])
}

fn empty_ref(stage: &Stage) -> Vec<String> {
    std::fs::write(state_ref(stage), "").expect("a loose ref");
    stage.keep();
    words(&["create", "After a power loss"])
}

fn torn_journal(stage: &Stage) -> Vec<String> {
    let journal = stage.ann.beads_dir().join("journal");
    let mut bytes = std::fs::read(&journal).expect("a journal");
    bytes.extend_from_slice(b"rec events/torn 400 00");
    std::fs::write(&journal, bytes).expect("it can be written");
    std::fs::remove_dir_all(stage.ann.beads_dir().join("marks")).expect("marks");
    std::fs::write(stage.ann.common_dir().join("gc.pid"), "1 elsewhere").expect("a gc that runs");
    stage.keep();
    words(&["create", "After a torn record"])
}

fn hollow_tracking(stage: &Stage) -> Vec<String> {
    std::fs::remove_file(object(stage, "refs/remotes/origin/beads")).expect("a loose commit");
    std::fs::remove_file(object(stage, "refs/beads/state^{tree}")).expect("a loose tree");
    stage.keep();
    words(&["create", "After a prune"])
}

fn after_a_gc(stage: &Stage) -> Vec<String> {
    let marks = stage.ann.beads_dir().join("marks");
    std::fs::write(marks.join("collected"), "").expect("a mark");
    stage.keep();
    words(&["list"])
}

fn old_and_unpublished(stage: &Stage) -> Vec<String> {
    stage.ann.git(&["config", "beads.share", "false"]).ok();
    std::fs::write(stage.ann.beads_dir().join("marks/untidy"), "").expect("a mark");
    // What gix leaves of a killed write.
    let left = stage.ann.common_dir().join("objects/.tmpAbC123");
    std::fs::write(&left, "").expect("git's folder can be written");
    let file = std::fs::File::options().write(true).open(&left).expect("it is there");
    let then = file.metadata().and_then(|m| m.modified()).expect("a time") - std::time::Duration::from_secs(7200);
    file.set_modified(then).expect("its time can be set");
    stage.keep();
    words(&["sync"])
}

fn background(stage: &Stage) -> Vec<String> {
    let synced = stage.ann.beads_dir().join("marks/synced");
    let text = std::fs::read_to_string(&synced).expect("a sync point");
    let tip = text.split(' ').next().expect("its tip");
    std::fs::write(&synced, format!("{tip} 9 .\n")).expect("it can be written");
    // Publishing is off: what is packed in the background does not hang on it.
    stage.ann.git(&["config", "beads.share", "false"]).ok();
    stage.keep();
    words(&["sync", "--background"])
}

fn damaged(stage: &Stage) -> Vec<String> {
    stage.ann.create("One more", &[]);
    let journal = stage.ann.beads_dir().join("journal");
    let mut bytes = std::fs::read(&journal).expect("a journal");
    let at = bytes.iter().position(|b| *b == b'{').expect("an event");
    bytes[at] = b'#';
    std::fs::write(&journal, bytes).expect("it can be written");
    // A file of the state ref with a line that somebody's merge spoiled.
    let files = stage.ann.git(&["ls-tree", "-r", "--name-only", "refs/beads/state"]).ok().to_owned();
    spoil(stage, files.lines().last().expect("a file"));
    stage.ann.bd(&["create", "Refused"]).fails(9);
    stage.keep();
    words(&["doctor", "--fix"])
}

/// Puts a line before the others of a file of the state ref.
pub fn spoil(stage: &Stage, name: &str) {
    let old = stage.ann.git(&["show", &format!("refs/beads/state:{name}")]).ok().to_owned();
    let blob = stage.ann.git_cmd(&["hash-object", "-w", "--stdin"]).stdin(format!("<<<<<<<\n{old}")).run().line();
    put(stage, &blob, &[name]);
}

/// Puts an object under these names on the state ref, as somebody's hand would.
pub fn put(stage: &Stage, blob: &str, names: &[&str]) {
    let index = stage.sandbox.path("tmp/index");
    let git = |args: &[&str]| stage.ann.git_cmd(args).env("GIT_INDEX_FILE", &index).run().ok().trim().to_owned();
    git(&["read-tree", "refs/beads/state"]);
    for name in names {
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{name}")]);
    }
    let tree = git(&["write-tree"]);
    let commit = git(&["commit-tree", "-p", "refs/beads/state", "-m", "bad", &tree]);
    git(&["update-ref", "refs/beads/state", &commit]);
}

macro_rules! mends {
    ($($name:ident: $scenario:ident;)*) => {
        /// What is killed here.
        pub const ALL: &[(&str, Scenario)] = &[$((stringify!($name), $scenario)),*];
        $(
        // goal: T24 tier1
        #[test]
        fn $name() {
            mends($scenario);
        }
        )*
    };
}

mends! {
    a_deleted_ref_is_made_again: deleted_ref;
    a_shortened_ref_is_made_again: shortened_ref;
    empty_objects_are_made_again: empty_objects;
    an_empty_ref_is_made_again: empty_ref;
    a_torn_record_is_cut: torn_journal;
    a_hollow_tracking_ref_is_dropped: hollow_tracking;
    what_a_gc_took_is_looked_for: after_a_gc;
    old_unpublished_records_are_noted: old_and_unpublished;
    the_background_packs_where_nothing_is_published: background;
    damage_is_set_aside: damaged;
}

// goal: T24 tier1
#[test]
fn setup_is_old_or_new() {
    let stage = Stage::new();
    let settings = stage.ann.path(".claude/settings.json");
    stage.ann.write(".claude/settings.json", "{\"mine\": true}\n");
    stage.keep();
    let old = stage.ann.read(".claude/settings.json");
    stage.passed();
    stage.act(&["setup", "claude"], "", None).ok();
    let passed = stage.passed();
    let new = stage.ann.read(".claude/settings.json");
    assert!(new.contains("mine") && new.contains("bd prime"), "{new}");
    assert!(passed.iter().any(|p| p == "setup.rename.after"), "{passed:?}");
    for point in passed.iter().filter(|p| p.starts_with("setup.")) {
        stage.put_back();
        assert_eq!(stage.act(&["setup", "claude"], "", Some(point)).code(), 128 + 6, "{point}");
        let now = std::fs::read_to_string(&settings).expect("the file stands");
        assert!(now == old || now == new, "killed at {point}: {now}");
        stage.act(&["setup", "claude"], "", None).ok();
        assert_eq!(stage.ann.read(".claude/settings.json"), new);
        stage.act(&["setup", "claude", "--remove"], "", None).ok();
        assert!(!stage.ann.read(".claude/settings.json").contains("bd prime"));
    }
}
