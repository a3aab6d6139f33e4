use crate::gate::Status;
use crate::gate::lab::{Lab, gate};

#[test]
fn only_success_has_passed() {
    let lab = Lab::new();
    let of = |run: &str| lab.says(&gate(&format!("kind = \"external\"\nrun = '''{run}'''")));
    let said =
        |status: &str| of(&format!("echo working; echo '{{\"status\":\"{status}\",\"url\":\"https://ci.example/1\"}}'; echo"));
    let passed = said("success");
    assert_eq!(
        (passed.status, passed.why.as_str(), passed.advice.as_str()),
        (Status::Pass, "it reports success", "See https://ci.example/1")
    );
    assert!(passed.tail.starts_with("working"), "{}", passed.tail);
    for word in ["failure", "failed", "error", "timed_out"] {
        let answer = said(word);
        assert_eq!((answer.status, answer.why), (Status::Fail, format!("it reports {word}")));
        assert_eq!(answer.advice, "See https://ci.example/1");
    }
    for word in ["pending", "skipped", "succes"] {
        let answer = said(word);
        assert_eq!((answer.status, answer.why), (Status::Fail, format!("it has not passed yet: it reports {word}")));
        assert_eq!(answer.advice, "Wait for it, then ask again; see https://ci.example/1");
    }
    let bare = of("echo '{\"status\":\"success\"}'");
    assert_eq!((bare.status, bare.advice.as_str()), (Status::Pass, ""));
    let no_url = of("echo '{\"status\":\"success\",\"url\":\"\"}'");
    assert_eq!((no_url.status, no_url.advice.as_str()), (Status::Pass, ""));
}

#[test]
fn what_it_says_counts_only_with_exit_0_and_as_its_last_line() {
    let lab = Lab::new();
    let of = |run: &str| lab.says(&gate(&format!("kind = \"external\"\nrun = '''{run}'''")));
    let liar = of("echo '{\"status\":\"success\"}'; exit 4");
    assert_eq!((liar.status, liar.why.as_str()), (Status::Error, "it exited with 4, whatever it says"));
    for run in ["echo '{\"status\":\"success\"}'; echo done", "true"] {
        let mute = of(run);
        assert_eq!(
            (mute.status, mute.why.as_str()),
            (Status::Error, "its last line is no JSON with a `status` (it exited with 0)")
        );
        assert!(!mute.advice.is_empty());
    }
    let lost = of("no-such-program-anywhere");
    assert_eq!(lost.status, Status::Error);
    assert!(
        lost.why.starts_with("it exited with 127: a program was not found") && lost.tail.contains("no-such-program"),
        "{lost:?}"
    );
}
