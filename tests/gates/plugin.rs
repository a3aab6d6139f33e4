//! What `bd` hands over to the plugin, and what stays its own.

use bd_tests::{Sandbox, Work};

fn with_store(sandbox: &Sandbox) -> Work {
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    work
}

/// A plugin that prints what it was given and ends with 4.
fn fake_plugin(sandbox: &Sandbox) {
    let path = sandbox.bin().join("bd-gate");
    std::fs::remove_file(&path).expect("the link to the real one");
    let script = "#!/bin/sh\necho \"args: $*\"\necho \"dir: $PWD index: $GIT_INDEX_FILE\"\necho said >&2\nexit 4\n";
    std::fs::write(&path, script).expect("a plugin");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("its mode");
}

#[test]
fn a_range_goes_to_the_plugin_with_environment_and_exit_code_and_waits_do_not() {
    let sandbox = Sandbox::new();
    let work = with_store(&sandbox);
    fake_plugin(&sandbox);
    for (typed, given) in [
        (vec!["gate", "check", "main..HEAD", "--json"], "args: gate check main..HEAD --json"),
        (vec!["gate", "check", "--staged"], "args: gate check --staged"),
        (vec!["--json", "gate", "check", "--all"], "args: --json gate check --all"),
        (vec!["wait", "waive", "x", "--reason", "two words"], "args: gate waive x --reason two words"),
        (vec!["gate", "list", "--rules"], "args: gate list --rules"),
        (vec!["hooks", "install"], "args: hooks install"),
        (vec!["help", "gate", "waive"], "args: gate waive --help"),
        (vec!["gate", "show", "no-sleep", "--json"], "args: gate show no-sleep --json"),
    ] {
        let out = work.cmd(&typed).env("GIT_INDEX_FILE", "theirs").run();
        out.fails(4);
        assert!(out.stdout().starts_with(&format!("{given}\n")), "{typed:?}: {}", out.stdout());
        assert!(out.stdout().contains("index: theirs"), "{}", out.stdout());
    }
    let below = work.path("deep");
    std::fs::create_dir_all(&below).expect("a folder");
    let out = work.bd(&["-C", "deep", "gate", "list"]);
    assert!(out.stdout().contains(&format!("dir: {}", below.display())), "{}", out.stdout());
    for ours in [vec!["gate", "check"], vec!["gate", "check", "--dry-run", "--json"], vec!["gate", "list", "--json"]] {
        let out = work.bd(&ours);
        out.ok();
        assert!(!out.stdout().contains("args:"), "{ours:?}: {}", out.stdout());
    }
}

#[test]
fn upstreams_waits_keep_their_words_beside_the_gates() {
    let sandbox = Sandbox::new();
    let work = with_store(&sandbox);
    let held = work.create("Held up", &[]);
    let wait = work.bd(&["gate", "create", "--blocks", &held, "--title", "Release is out", "--json"]).json();
    let id = wait["id"].as_str().expect("an id").to_owned();
    let list = work.bd(&["gate", "list", "--json"]).json();
    assert_eq!(list.as_array().map(Vec::len), Some(1), "the array of waits and nothing else: {list}");
    assert_eq!(list[0]["id"], id.as_str());
    let gates = work.bd(&["gate", "list", "--rules", "--json"]).json();
    assert!(gates.as_array().expect("an array").iter().any(|g| g["id"] == "no-sleep"), "{gates}");
    assert!(!gates.to_string().contains(&id));
    let people = work.bd(&["gate", "list"]);
    assert!(people.stdout().contains("Release is out") && people.stdout().contains("no-sleep"), "{}", people.stdout());
    assert!(work.bd(&["gate", "show", &id]).stdout().contains("Release is out"));
    assert!(work.bd(&["gate", "show", "no-sleep"]).stdout().contains("built in"));
    work.bd(&["gate", "show", "no-such-thing"]).fails(2);
    work.bd(&["gate", "resolve", &id]).ok();
    assert_eq!(work.bd(&["gate", "list", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn without_the_plugin_it_is_said_what_is_missing_and_waits_work() {
    let sandbox = Sandbox::new();
    let work = with_store(&sandbox);
    std::fs::remove_file(sandbox.bin().join("bd-gate")).expect("the link");
    let before = work.user_state();
    for line in
        [vec!["gate", "check", "--staged"], vec!["gate", "waivers"], vec!["hooks", "status"], vec!["gate", "list", "--rules"]]
    {
        let out = work.bd(&line);
        out.fails(2);
        assert!(out.stderr().contains("bd-gate") && out.stderr().contains("not installed"), "{line:?}: {}", out.stderr());
        assert_eq!(out.stdout(), "", "{line:?}");
    }
    let json = work.bd(&["gate", "check", "--staged", "--json"]);
    json.fails(2);
    assert!(json.stderr().contains("\"hint\""), "{}", json.stderr());
    work.bd(&["gate", "list"]).ok();
    work.bd(&["gate", "check"]).ok();
    assert_eq!(work.user_state(), before);
}

#[test]
fn beside_bd_comes_first() {
    let sandbox = Sandbox::new();
    let work = with_store(&sandbox);
    let dir = sandbox.path("installed");
    std::fs::create_dir(&dir).expect("a folder");
    let real = sandbox.bin().join("bd").canonicalize().expect("the binary");
    std::fs::copy(real, dir.join("bd")).expect("a copy of bd");
    std::fs::write(dir.join("bd-gate"), "#!/bin/sh\necho beside\n").expect("a plugin");
    std::fs::set_permissions(dir.join("bd-gate"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("its mode");
    let out = sandbox.program_in(&dir.join("bd"), work.dir(), "ann", &["gate", "waivers"]).run();
    assert_eq!(out.stdout(), "beside\n");
    assert_ne!(work.bd(&["gate", "waivers"]).stdout(), "beside\n");
}
