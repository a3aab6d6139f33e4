use crate::diff::What;
use crate::gate::kinds::{Run, answers, is_within};
use crate::gate::lab::{Lab, answer_of, gate};
use crate::gate::{Ask, Status};
use crate::scan::RuleSet;
use bd::model::BeadId;
use std::collections::BTreeMap;

const SHOW: &str = "kind = \"command\"\nrun = \"env | grep ^GATE_ | sort; exit 1\"";

/// The `GATE_` variables that a program sees.
fn seen(ask: &Ask<'_>) -> BTreeMap<String, String> {
    let answer = answer_of(&gate(SHOW), ask);
    answer.tail.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

#[test]
fn a_program_is_told_what_is_judged_and_inherits_none_of_it() {
    let lab = Lab::new();
    let (from, to) = (lab.oid("HEAD"), lab.commit("a", "1\n"));
    let top = lab.dir().display().to_string();
    let plain = seen(&lab.ask(&What::Staged, &[]));
    let keys: Vec<&str> = plain.keys().map(String::as_str).collect();
    assert_eq!(keys, ["GATE_ID", "GATE_TOP", "GATE_WHEN", "GATE_WITHIN", "GATE_WORK_TREE"]);
    assert_eq!((plain["GATE_ID"].as_str(), plain["GATE_WHEN"].as_str()), ("g", "push"));
    assert!(plain["GATE_TOP"].ends_with("/r") && plain["GATE_WORK_TREE"].ends_with("/r"));
    assert_eq!(plain["GATE_WITHIN"], format!("g {top}/.git"));

    let what = What::Range { from: Some(from), to };
    let bead = BeadId::new("bd-1").unwrap();
    let ranged = seen(&Ask { bead: Some(&bead), ..lab.ask(&what, &[]) });
    assert_eq!((&ranged["GATE_BASE"], &ranged["GATE_HEAD"]), (&from.to_string(), &to.to_string()));
    assert_eq!(ranged["GATE_BEAD"], "bd-1");
    // From nothing on: there is no base, and none of an outer gate's.
    let outer =
        lab.env_with(&[("GATE_BASE", "x"), ("GATE_HEAD", "y"), ("GATE_BEAD", "z"), ("GATE_ID", "o"), ("GATE_WITHIN", "o /x")]);
    let what = What::Range { from: None, to };
    let inner = seen(&Ask { env: &outer, ..lab.ask(&what, &[]) });
    assert!(!inner.contains_key("GATE_BASE") && !inner.contains_key("GATE_BEAD"), "{inner:?}");
    assert_eq!((inner["GATE_HEAD"].clone(), inner["GATE_ID"].as_str()), (to.to_string(), "g"));
    assert_eq!(inner["GATE_WITHIN"], "o /x");
    let two =
        answer_of(&gate("kind = \"command\"\nrun = 'echo \"$GATE_WITHIN\"; exit 1'"), &Ask { env: &outer, ..lab.ask(&what, &[]) });
    assert_eq!(two.tail, format!("o /x\ng {top}/.git"));
    // A canary's variables come last.
    let vars = BTreeMap::from([("GATE_ID".to_owned(), "canary".to_owned())]);
    let ask = lab.ask(&What::Staged, &[]);
    let canary = answers(&[&gate(SHOW)], &ask, Run { vars: &vars }, &RuleSet::built_in()).remove(0);
    assert!(canary.tail.contains("GATE_ID=canary"), "{}", canary.tail);
}

#[test]
fn a_gate_knows_when_its_own_program_asks_it() {
    let lab = Lab::new();
    let g = gate(SHOW);
    let within = |text: &str| {
        let env = lab.env_with(&[("GATE_WITHIN", text)]);
        is_within(&g, &Ask { env: &env, ..lab.ask(&What::Staged, &[]) })
    };
    let git = lab.dir().join(".git");
    assert!(within(&format!("g {}", git.display())) && within(&format!("o /x\ng {}", git.display())));
    assert!(!within("") && !within("g /elsewhere") && !within(&format!("other {}", git.display())));
    assert!(!is_within(&g, &lab.ask(&What::Staged, &[])));
}

#[test]
fn what_could_not_say_anything_is_an_error_with_its_reason() {
    let lab = Lab::new();
    let of = |keys: &str| lab.says(&gate(&format!("kind = \"command\"\n{keys}")));
    lab.write("plain", "no program\n");
    for (keys, why, advice) in [
        ("run = \"exit 127\"", "it exited with 127: a program was not found", "Install it"),
        ("run = \"./plain\"", "it exited with 126: a program cannot be run", "Install it"),
        ("run = \"echo last words; kill -9 $$\"", "it was ended by signal 9", ""),
        ("run = \"while :; do :; done\"\ntimeout = \"1s\"", "it did not end within 1 s, and was ended", "longer `timeout`"),
    ] {
        let answer = of(keys);
        assert!(answer.status == Status::Error && answer.why.starts_with(why), "{keys}: {answer:?}");
        assert!(answer.advice.contains(advice) && answer.advice.is_empty() == advice.is_empty(), "{keys}: {}", answer.advice);
    }
    assert_eq!(of("run = \"echo last words; kill -9 $$\"").tail, "last words");
    let gone = lab.dir().join("gone");
    let nowhere = answer_of(&gate(SHOW), &Ask { top: &gone, ..lab.ask(&What::Staged, &[]) });
    assert!(nowhere.status == Status::Error && nowhere.why.contains("is no folder"), "{nowhere:?}");
}

#[test]
fn the_end_of_the_output_is_shown_and_no_more() {
    let lab = Lab::new();
    let tail = |run: &str| lab.says(&gate(&format!("kind = \"command\"\nrun = '''{run}'''"))).tail;
    let numbered = tail("i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo $i; done");
    let lines: Vec<&str> = numbered.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[59]), (60, "41", "100"));
    // By bytes: 6 KiB, whole lines.
    let wide = tail("i=0; while [ $i -lt 20 ]; do i=$((i+1)); printf '%01023d\\n' $i; done");
    assert_eq!(wide.lines().count(), 6);
    assert_eq!(tail("echo; echo a; echo; echo b; echo"), "a\n\nb");
    // Before the end too, as far as it is kept: much more is left out in the middle.
    let long = tail("i=0; while [ $i -lt 70 ]; do i=$((i+1)); printf '%04000d\\n' $i; done; echo end");
    assert!(long.ends_with("end"), "{}", long.len());
}

#[test]
fn a_text_of_the_program_is_one_short_line() {
    let lab = Lab::new();
    lab.write("said.json", &format!("{{\"verdict\":\"fail\",\"reason\":\" a\\n\\tb {}\"}}", "c".repeat(600)));
    let answer = lab.says(&gate("kind = \"judge\"\nrun = \"cat said.json\""));
    assert!(answer.why.starts_with("a b ccc") && answer.why.chars().count() == 500, "{}", answer.why);
}
