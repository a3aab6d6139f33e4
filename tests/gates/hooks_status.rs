//! `bd hooks status`: a proof, not a list of files.

use crate::kit::{Kit, OURS, program};
use bd_tests::Sandbox;
use std::os::unix::fs::PermissionsExt;

// goal: G1 tier1
#[test]
fn canaries_come_back_from_every_guard_and_wake_nobody_else() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    kit.hooks("install").ok();
    let state = kit.work.user_state();
    let json = kit.work.gate_cmd(&["hooks", "status", "--json"]).run().json();
    assert_eq!((json["reached"].as_bool(), json["installed"].as_bool()), (Some(true), Some(true)), "{json}");
    assert_eq!(json["hooks"].as_array().map(Vec::len), Some(OURS.len()));
    let how: Vec<&str> = json["canaries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["hook"] == "pre-commit")
        .filter_map(|c| c["how"].as_str())
        .collect();
    assert_eq!(how, ["as you stand", "with a minimal PATH", "without HOME"]);
    assert!(json["hooks"][0]["chains"].as_str().is_some_and(|c| c.ends_with("hooks-before-bd/pre-commit")), "{json}");
    assert_eq!(kit.ran().0, Vec::<String>::new(), "a hook of the user ran");
    assert_eq!(kit.work.user_state(), state);
}

// goal: G1 tier1
#[test]
fn every_way_of_not_being_reached_is_told() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    let hook = kit.work.path(".git/hooks/pre-commit");
    let told = |why: &str| {
        let out = kit.hooks("status");
        assert_eq!(out.code(), 1, "{out}");
        assert!(out.stdout().contains(why), "`{why}` is not in\n{out}");
        kit.install();
    };
    told("not installed");
    std::fs::remove_file(&hook).unwrap();
    told("there is no such file");
    program(&hook, "#!/bin/sh\nexit 0\n");
    told("is not ours");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    // What is not executable is not replaced by a link to the same bytes: install makes it a program again.
    told("may not execute");
    std::fs::remove_file(kit.work.path(".git/hooks-before-bd/on")).unwrap();
    told("cut off");
    kit.foreign(&kit.work.path(".husky/_/pre-commit"), "");
    kit.work.git(&["config", "core.hooksPath", ".husky/_"]).ok();
    told("not installed");
    std::fs::remove_dir_all(kit.work.path(".git/bd-hooks/run")).unwrap();
    told("there is no such file");
    // A setting that counts for more than ours.
    kit.work.git(&["config", "extensions.worktreeConfig", "true"]).ok();
    kit.work.git(&["config", "--worktree", "core.hooksPath", ".husky/_"]).ok();
    kit.hooks("status").fails(1);
    let out = kit.hooks("install");
    assert!(out.fails(2).stderr().contains("config.worktree"), "{out}");
}

#[test]
fn a_hook_that_never_gets_to_us_loses_its_canary() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    kit.install();
    // The program that was recorded is gone, and the one on the PATH is found as one stands, not with a minimal PATH.
    let hook = kit.work.path(".git/hooks/pre-commit");
    let text = std::fs::read_to_string(&hook).unwrap();
    let gone = sandbox.path("gone/bd-gate").display().to_string();
    let known = sandbox.bin().join("bd-gate").display().to_string();
    std::fs::write(&hook, text.replace(&known, &gone)).unwrap();
    let out = kit.hooks("status");
    assert!(out.code() == 1 && out.stdout().contains("with a minimal PATH"), "{out}");
    assert!(!out.stdout().contains("as you stand"), "{out}");
    // A shim that was edited into nothing.
    std::fs::write(&hook, "#!/bin/sh\n# bd-gate hook 1 pre-commit\nexit 0\n").unwrap();
    let out = kit.hooks("status");
    assert!(out.code() == 1 && out.stdout().contains("nobody refused the canary"), "{out}");
    // And one that fails for a reason of its own.
    std::fs::write(&hook, "#!/bin/sh\n# bd-gate hook 1 pre-commit\necho broken >&2\nexit 3\n").unwrap();
    let out = kit.hooks("status");
    assert!(out.code() == 1 && out.stdout().contains("broken"), "{out}");
}
