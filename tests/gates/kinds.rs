//! Each kind that asks somebody: it blocks, it cannot find out and blocks, it takes too long and blocks.

use bd_tests::{Output, Sandbox, Work};

/// A repository with something staged, and these gates.
fn asked(gates: &str) -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    work.write(".beads/gates.toml", gates);
    work.write("src.txt", "code\n");
    work.git(&["add", "src.txt"]).ok();
    (sandbox, work)
}

fn gate(kind: &str, more: &str) -> String {
    format!("[[gate]]\nid = \"mine\"\nkind = \"{kind}\"\nwhen = [\"commit\"]\n{more}\n")
}

fn check(work: &Work) -> Output {
    work.gate_cmd(&["gate", "check", "--staged", "--gate", "mine", "--trust-commands", "--json"]).run()
}

/// What the one gate said: its status, and all of it.
fn said(output: &Output) -> (String, serde_json::Value) {
    let json: serde_json::Value = serde_json::from_str(output.stdout()).unwrap_or_else(|e| panic!("{e}: {}", output.snapshot()));
    let verdict = find(&json).unwrap_or_else(|| panic!("no verdict of `mine` in {json}")).clone();
    (verdict["status"].as_str().unwrap_or_default().to_owned(), verdict)
}

fn find(json: &serde_json::Value) -> Option<&serde_json::Value> {
    match json {
        serde_json::Value::Object(map) if map.get("gate").is_some_and(|g| g == "mine") && map.contains_key("status") => Some(json),
        serde_json::Value::Object(map) => map.values().find_map(find),
        serde_json::Value::Array(all) => all.iter().find_map(find),
        _ => None,
    }
}

/// A gate, what it says, the exit code, and a word of the reason.
fn says(kind: &str, more: &str, status: &str, code: i32, why: &str) {
    let (_sandbox, work) = asked(&gate(kind, more));
    let before = work.user_state();
    let output = check(&work);
    assert_eq!(output.code(), code, "{more}: {}", output.snapshot());
    let (said, verdict) = said(&output);
    assert_eq!(said, status, "{more}: {verdict}");
    let reason = verdict["why"].as_str().unwrap_or_default();
    assert!(reason.contains(why), "{more}: {reason}");
    assert_eq!(work.user_state(), before, "a check changes nothing of the user's");
}

#[test]
fn a_command_passes_by_its_exit_code_or_its_report_and_by_nothing_else() {
    says("command", "run = \"exit 0\"", "pass", 0, "no report was read");
    says("command", "run = \"exit 3\"", "fail", 4, "it exited with 3");
    says("command", "run = \"no-such-program-anywhere\"", "error", 4, "was not found");
    says("command", "run = \"kill -9 $$\"", "error", 4, "signal 9");
    says("command", "run = \"printf '1..1\\\\nok 1\\\\n'\"\nreport = \"tap\"", "pass", 0, "1 of 1 tests passed");
    says(
        "command",
        "run = \"printf '1..1\\\\nok 1\\\\n'; exit 2\"\nreport = \"tap\"",
        "fail",
        4,
        "although none of 1 tests failed",
    );
    says("command", "run = \"printf '1..1\\\\nnot ok 1\\\\n'\"\nreport = \"tap\"", "fail", 4, "although it exited with 0");
    says("command", "run = \"printf '1..2\\\\nok 1\\\\n'\"\nreport = \"tap\"", "error", 4, "its plan is 2 tests");
    says("command", "run = \"echo 1..0\"\nreport = \"tap\"", "error", 4, "no test ran");
    says("command", "run = \"true\"\nreport = \"junit:out/*.xml\"", "error", 4, "was written");
}

#[test]
fn a_report_that_an_earlier_run_left_does_not_count() {
    let report = "<testsuite name='a' tests='1'><testcase name='x'/></testsuite>";
    let text = gate(
        "command",
        &format!("run = \"test -f stop || {{ mkdir -p out; echo \\\"{report}\\\" > out/r.xml; }}\"\nreport = \"junit:out/*.xml\""),
    );
    let (_sandbox, work) = asked(&text);
    assert_eq!(said(&check(&work)).0, "pass");
    work.write("stop", "");
    work.write("src.txt", "other code\n");
    work.git(&["add", "src.txt"]).ok();
    let (status, verdict) = said(&check(&work));
    let why = verdict["why"].as_str().unwrap_or_default();
    assert!(status == "error" && why.contains("left of earlier ones"), "{verdict}");
}

#[test]
fn a_judge_answers_in_json_or_has_not_answered() {
    let judge = |text: &str| format!("run = '''{text}'''");
    says("judge", &judge(r#"echo '{"verdict":"pass","reason":"fine"}'"#), "pass", 0, "fine");
    says("judge", &judge(r#"echo '{"verdict":"fail","reason":"no tests","findings":[]}'"#), "fail", 4, "no tests");
    says("judge", &judge("echo LGTM"), "error", 4, "cannot be read");
    says("judge", &judge(r#"echo '{"verdict":"maybe","reason":"x"}'"#), "error", 4, "maybe");
    says("judge", &judge(r#"echo '{"verdict":"pass","reason":" "}'"#), "error", 4, "no reason");
    says("judge", &judge(r#"echo '{"verdict":"pass","reason":"x"}'; exit 1"#), "error", 4, "exited with 1");
    says("judge", &judge("no-such-program-anywhere"), "error", 4, "was not found");
}

#[test]
fn a_judge_is_told_what_is_judged() {
    let (sandbox, work) =
        asked(&gate("judge", "run = 'cat > \"$OUT\"; echo \"{\\\"verdict\\\":\\\"pass\\\",\\\"reason\\\":\\\"read\\\"}\"'"));
    let out = sandbox.path("question.json");
    work.gate_cmd(&["gate", "check", "--staged", "--gate", "mine", "--trust-commands"]).env("OUT", &out).run().ok();
    let question: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!((&question["gate"], &question["when"]), (&"mine".into(), &"commit".into()));
    let diff = question["diff"].as_str().unwrap_or_default();
    assert!(diff.contains("+++ src.txt") && diff.contains("+code") && !diff.contains("README"), "{diff}");
}

#[test]
fn something_outside_has_passed_only_if_it_says_success() {
    let external = |json: &str| format!("run = '''echo talk; echo '{json}' '''");
    says("external", &external(r#"{"status":"success","url":"https://ci.example.test/1"}"#), "pass", 0, "success");
    says("external", &external(r#"{"status":"failure"}"#), "fail", 4, "failure");
    for word in ["pending", "skipped", "cancelled", "neutral", "something-new"] {
        says("external", &external(&format!(r#"{{"status":"{word}"}}"#)), "fail", 4, "not passed yet");
    }
    says("external", &external("success"), "error", 4, "no JSON");
    says("external", &external(r#"{"state":"success"}"#), "error", 4, "no JSON");
    says("external", "run = '''echo '{\"status\":\"success\"}'; exit 1'''", "error", 4, "exited with 1");
    says("external", "run = \"no-such-program-anywhere\"", "error", 4, "was not found");
}

#[test]
fn a_budget_that_is_used_up_stops_with_an_exit_code_of_its_own() {
    let (_sandbox, work) = asked(&gate("budget", "usage = \"usage.jsonl\"\nlimits = { tokens = 1000 }"));
    let ask = |usage: Option<&str>| {
        usage.iter().for_each(|text| work.write("usage.jsonl", text));
        let output = check(&work);
        (output.code(), said(&output).0)
    };
    assert_eq!(ask(None), (4, "error".to_owned()), "no file is no answer");
    assert_eq!(ask(Some("{\"tokens\":900}\n")), (0, "pass".to_owned()));
    assert_eq!(ask(Some("{\"tokens\":900}\n{\"tokens\":200}\n")), (5, "fail".to_owned()));
    assert_eq!(ask(Some("{\"tokens\":900}\n{\"tok")), (4, "error".to_owned()));
    assert_eq!(ask(Some("{\"cost\":1}\n")), (4, "error".to_owned()));
}

#[test]
fn a_person_is_waited_for() {
    let (_sandbox, work) = asked(&gate("human", ""));
    let output = check(&work);
    let (status, verdict) = said(&output);
    assert_eq!((output.code(), status.as_str()), (4, "fail"), "{verdict}");
    assert!(verdict["why"].as_str().unwrap_or_default().contains("waits for a person"), "{verdict}");
}

#[test]
fn each_kind_stops_a_real_commit_and_lets_the_next_one_through() {
    let budget = "usage = \"usage.jsonl\"\nlimits = { tokens = 10 }";
    for (kind, no, yes) in [
        ("command", "run = \"exit 1\"", "run = \"exit 0\""),
        ("judge", "run = \"echo no\"", "run = '''echo '{\"verdict\":\"pass\",\"reason\":\"fine\"}' '''"),
        ("external", "run = '''echo '{\"status\":\"pending\"}' '''", "run = '''echo '{\"status\":\"success\"}' '''"),
        ("budget", budget, budget),
        ("human", "", "action = \"warn\""),
    ] {
        let (_sandbox, work) = asked(&gate(kind, no));
        let hook = "#!/bin/sh\nexec bd-gate gate check --staged --gate mine --trust-commands\n";
        work.write(".git/hooks/pre-commit", hook);
        std::fs::set_permissions(work.path(".git/hooks/pre-commit"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        work.write("usage.jsonl", "{\"tokens\":11}\n");
        work.write("README.md", "# Changed, and not in this commit\n");
        let (head, before) = (work.rev("HEAD"), work.user_state());
        let refused = work.git(&["commit", "--message", "Refused", "--", "src.txt"]);
        assert!(!refused.succeeded(), "{kind}: {}", refused.snapshot());
        assert!(refused.stderr().contains("mine") || refused.stdout().contains("mine"), "{kind}: {}", refused.snapshot());
        assert_eq!((work.rev("HEAD"), work.user_state()), (head.clone(), before), "{kind}: nothing was committed or changed");
        work.write(".beads/gates.toml", gate(kind, yes));
        work.write("usage.jsonl", "{\"tokens\":9}\n");
        work.git(&["commit", "--quiet", "--message", "Let through", "--", "src.txt"]).ok();
        assert_ne!(work.rev("HEAD"), head, "{kind}");
        assert_eq!(work.read("README.md"), "# Changed, and not in this commit\n");
    }
}
