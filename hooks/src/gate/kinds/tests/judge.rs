use crate::Severity;
use crate::diff::What;
use crate::gate::lab::{Lab, answer_of, gate};
use crate::gate::{Answer, Ask, Gate, Status};
use bd::model::BeadId;

/// A judge that keeps the question and says yes.
fn listens(more: &str) -> Gate {
    gate(&format!(
        "kind = \"judge\"\nabout = \"Is it good?\"\nrun = '''cat > ../question; echo '{{\"verdict\":\"pass\",\"reason\":\"fine\"}}' '''\n{more}"
    ))
}

fn question(lab: &Lab, gate: &Gate, ask: &Ask<'_>) -> serde_json::Value {
    let answer = answer_of(gate, ask);
    assert_eq!((answer.status, answer.why.as_str()), (Status::Pass, "fine"), "{answer:?}");
    serde_json::from_slice(&std::fs::read(lab.dir().join("../question")).unwrap()).unwrap()
}

#[test]
fn a_judge_is_told_the_change_and_who_made_it() {
    let lab = Lab::new();
    lab.commit("old.txt", "one\ntwo\nthree\n");
    let from = lab.commit("gone.txt", "bye\n");
    lab.run(&["mv", "old.txt", "new.txt"]);
    std::fs::remove_file(lab.dir().join("gone.txt")).unwrap();
    lab.write("new.txt", "one\n2\nthree\n");
    let to = lab.commit("fresh.txt", "hello\n");
    let what = What::Range { from: Some(from), to };
    let files = lab.changes(&what);
    let bead = BeadId::new("bd-1").unwrap();
    let authors = ["ann".to_owned()];
    let ask = Ask { bead: Some(&bead), authors: &authors, ..lab.ask(&what, &files) };
    let q = question(&lab, &listens(""), &ask);
    assert_eq!(
        (&q["schema"], &q["gate"], &q["about"], &q["when"]),
        (&1.into(), &"g".into(), &"Is it good?".into(), &"push".into())
    );
    assert_eq!((q["base"].as_str(), q["head"].as_str()), (Some(from.to_string().as_str()), Some(to.to_string().as_str())));
    assert_eq!((q["bead"].as_str(), &q["authors"]), (Some("bd-1"), &serde_json::json!(["ann"])));
    assert_eq!(q["left_out"], serde_json::json!([]));
    let diff = q["diff"].as_str().unwrap();
    for line in ["--- /dev/null\n+++ fresh.txt\n", "--- gone.txt\n+++ /dev/null\n", "-two\n+2\n", "+hello\n", "-bye\n", " one\n"] {
        assert!(diff.contains(line), "{line}\n{diff}");
    }
    let removed = |path: &str| q["paths"].as_array().unwrap().iter().find(|p| p["path"] == path).map(|p| p["removed"] == true);
    assert_eq!((removed("gone.txt"), removed("fresh.txt"), removed("new.txt")), (Some(true), Some(false), Some(false)));
    let moved = q["paths"].as_array().unwrap().iter().find(|p| p["path"] == "new.txt").unwrap();
    assert_eq!(moved["was"], "old.txt");
    assert!(diff.contains("--- old.txt\n+++ new.txt\n"), "{diff}");

    let narrow = question(&lab, &listens("paths = [\"fresh*\"]"), &ask);
    assert_eq!(narrow["paths"].as_array().unwrap().len(), 1);
    assert!(!narrow["diff"].as_str().unwrap().contains("gone"));
    // Without a range nothing is said of one; of a whole tree no differences are shown.
    let all = What::All;
    let files = lab.changes(&all);
    let q = question(&lab, &listens(""), &lab.ask(&all, &files));
    assert!(q["base"].is_null() && q["head"].is_null() && q["bead"].is_null());
    assert_eq!((q["diff"].as_str(), q["left_out"].as_array().unwrap().len()), (Some(""), files.len()));
}

#[test]
fn what_is_too_large_or_no_text_is_named_and_not_shown() {
    let lab = Lab::new();
    let from = lab.oid("HEAD");
    let line = "0123456789012345678901234567890123456789012345678901234567890123\n";
    lab.write("a-large.txt", &line.repeat(3000));
    lab.write("b-larger.txt", &line.repeat(3000));
    lab.write("c-huge.txt", &line.repeat(17_000));
    lab.write("d-nul.txt", "a\0b\n");
    std::os::unix::fs::symlink("a-large.txt", lab.dir().join("e-link")).unwrap();
    let to = lab.commit("z-small.txt", "small\n");
    let what = What::Range { from: Some(from), to };
    let files = lab.changes(&what);
    let q = question(&lab, &listens(""), &lab.ask(&what, &files));
    assert_eq!(q["left_out"], serde_json::json!(["b-larger.txt", "c-huge.txt", "d-nul.txt", "e-link"]));
    let diff = q["diff"].as_str().unwrap();
    assert!(diff.contains("+++ a-large.txt") && diff.contains("+small\n") && diff.len() < 256 << 10);
}

/// What a judge's words mean.
fn said(lab: &Lab, more: &str, text: &str, code: i32) -> Answer {
    lab.write("said.json", text);
    lab.says(&gate(&format!("kind = \"judge\"\nrun = \"cat said.json; exit {code}\"\n{more}")))
}

#[test]
fn only_a_whole_answer_with_a_reason_counts() {
    let lab = Lab::new();
    let passed = said(&lab, "", "{\"verdict\":\"pass\",\"reason\":\"all\\n is well.\"}", 0);
    assert_eq!((passed.status, passed.why.as_str(), passed.findings.len()), (Status::Pass, "all is well", 0));
    assert!(!passed.tail.is_empty());
    for code in [0, 3] {
        assert_eq!(said(&lab, "", "{\"verdict\":\"fail\",\"reason\":\"no\"}", code).status, Status::Fail, "{code}");
    }
    for (text, code, why) in [
        ("{\"verdict\":\"pass\",\"reason\":\"yes\"}", 3, "it says pass, and exited with 3"),
        ("{\"verdict\":\"pass\",\"reason\":\" \"}", 0, "it gives no reason"),
        ("{\"verdict\":\"fail\",\"reason\":\"\"}", 0, "it gives no reason"),
        ("{\"verdict\":\"maybe\",\"reason\":\"hm\"}", 0, "its verdict is `maybe`"),
        ("yes", 2, "its answer cannot be read: expected value at line 1 column 1 (it exited with 2)"),
    ] {
        let answer = said(&lab, "", text, code);
        assert_eq!((answer.status, answer.why.as_str()), (Status::Error, why), "{text}");
    }
    let endless = lab.says(&gate("kind = \"judge\"\nrun = \"head -c 3000000 /dev/zero | tr '\\\\0' x\""));
    assert!(endless.status == Status::Error && endless.why.starts_with("its answer is too long"), "{}", endless.why);
    assert!(endless.advice.contains("verdict"));
    // Longer than a screen, and still read.
    let long = said(&lab, "", &format!("{{\"verdict\":\"fail\",\"reason\":\"{}\"}}", "word ".repeat(40_000)), 0);
    assert_eq!(long.status, Status::Fail);
}

#[test]
fn its_findings_have_a_place_and_a_severity() {
    let lab = Lab::new();
    let text = "{\"verdict\":\"fail\",\"reason\":\"two\",\"findings\":[{\"path\":\"a.rs\",\"line\":7,\"message\":\"bad\",\"advice\":\"mend\",\"severity\":\"low\"},{\"path\":\"b.rs\",\"message\":\"worse\"}]}";
    let found = said(&lab, "", text, 0).findings;
    let told: Vec<_> =
        found.iter().map(|f| (f.path.as_str(), f.line, f.column, f.severity, f.message.as_str(), f.advice.as_str())).collect();
    assert_eq!(told, [("a.rs", 7, 1, Severity::Low, "bad", "mend"), ("b.rs", 1, 1, Severity::High, "worse", "")]);
    assert_eq!(found[0].rule, "g");
    let ours = said(&lab, "severity = \"critical\"", text, 0).findings;
    assert!(ours.iter().all(|f| f.severity == Severity::Critical));
    let place = "{\"path\":\"a\",\"message\":\"m\"}";
    let many = format!("{{\"verdict\":\"fail\",\"reason\":\"r\",\"findings\":[{}]}}", vec![place; 201].join(","));
    assert_eq!(said(&lab, "", &many, 0).findings.len(), 200);
}
