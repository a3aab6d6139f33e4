//! Verdicts that were recorded, and what of them is taken again.

use super::lab::{Lab, definitions};
use super::*;
use crate::diff::What;
use bd::git::Oid;
use bd::model::BeadId;
use bd::store::Store;

const GATE: &str = "[[gate]]\nid = \"g\"\nkind = \"command\"\nrun = \"true\"\nwhen = [\"push\", \"land\"]\n";
const CI: Options<'static> = Options { waivers: &NoWaivers, trust_commands: true, only: &[], reuse: true };

struct Case<'a> {
    lab: &'a Lab,
    store: &'a Store,
    bead: Option<&'a BeadId>,
    when: When,
    code: Option<Oid>,
}

impl Case<'_> {
    fn asked(&self, text: &str) -> Outcome {
        let off: String = parse(None, Vec::new())
            .unwrap()
            .gates
            .iter()
            .map(|g| format!("[[gate]]\nid = \"{}\"\naction = \"off\"\n", g.id))
            .collect();
        let what = What::Staged;
        let ask = Ask { store: Some(self.store), bead: self.bead, when: self.when, code: self.code, ..self.lab.ask(&what, &[]) };
        evaluate(&definitions(&format!("{text}{off}")), &ask, &CI).unwrap()
    }

    /// The cache of this clone forgets; what was recorded stays.
    fn forget(&self) {
        let _ = std::fs::remove_dir_all(self.lab.dir().join(".git/beads/cache/gates"));
    }

    fn is_reused(&self) -> bool {
        self.forget();
        self.asked(GATE).verdicts()[0].reused
    }
}

#[test]
fn a_verdict_is_recorded_with_its_moment_and_read_back() {
    let lab = Lab::new();
    let store = lab.store();
    let bead = BeadId::new("bd-1").unwrap();
    let code = Oid::from_bytes(&[7; 20]);
    let on = Case { lab: &lab, store: &store, bead: Some(&bead), when: When::Land, code };
    let outcome = on.asked(GATE);
    record(&store, Some(&bead), &outcome).unwrap();
    let none = Case { bead: None, when: When::Push, code: None, ..on };
    let other = none.asked(GATE);
    record(&store, None, &other).unwrap();
    let snapshot = store.snapshot().unwrap();
    let all = recorded(&snapshot, Some(&bead)).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].when, all[0].by.as_str(), &all[0].verdict), (Some(When::Land), "ann", &outcome.verdicts()[0]));
    let free = recorded(&snapshot, None).unwrap();
    assert_eq!((free.len(), free[0].when, free[0].verdict.code.as_deref()), (1, Some(When::Push), None));
    assert!(is_recorded(When::Push, Some(&bead)) && is_recorded(When::Land, None) && !is_recorded(When::Push, None));
    let before = std::fs::read(lab.dir().join(".git/beads/journal")).unwrap_or_default();
    record(&store, None, &Outcome::new(Vec::new(), When::Push, None, true)).unwrap();
    assert_eq!(std::fs::read(lab.dir().join(".git/beads/journal")).unwrap_or_default(), before, "nothing to say, nothing written");
}

#[test]
fn a_person_is_no_gate() {
    let lab = Lab::new();
    let store = lab.store();
    let verdict = bd::ops::verdicts::Verdict { gate: "g".into(), status: "pass".into(), ..Default::default() };
    store.write(|tx| bd::ops::verdicts::record(tx, bd::model::Kind::ACCEPT, None, &verdict)).unwrap();
    assert_eq!(recorded(&store.snapshot().unwrap(), None).unwrap(), []);
}

#[test]
fn what_this_clones_user_recorded_is_taken_again_and_at_land_and_of_others_nothing() {
    let lab = Lab::new();
    let store = lab.store();
    let code = Oid::from_bytes(&[7; 20]);
    let push = Case { lab: &lab, store: &store, bead: None, when: When::Push, code };
    assert!(!push.is_reused());
    record(&store, None, &push.asked(GATE)).unwrap();
    assert!(push.is_reused(), "recorded by its own user");
    assert!(!Case { when: When::Land, ..push }.is_reused(), "at land only what this clone found out itself");
    let bob = lab.store_of("bob");
    assert!(!Case { store: &bob, ..push }.is_reused(), "what somebody else recorded is a claim");
    let elsewhere = BeadId::new("bd-9").unwrap();
    assert!(!Case { bead: Some(&elsewhere), ..push }.is_reused());
    assert!(!Case { code: Oid::from_bytes(&[8; 20]), ..push }.is_reused());
    // The last word counts: a flaky pass after a clean one takes it back.
    let later = |actor: &str, hour: u8| lab.store_with(&[("BD_ACTOR", actor), ("BD_NOW", &format!("2099-01-01T0{hour}:00:00Z"))]);
    let clean = push.asked(GATE).verdicts()[0].clone();
    let say = |store: &Store, verdict: Verdict| record(store, None, &Outcome::new(vec![verdict], When::Push, code, true)).unwrap();
    say(&later("ann", 1), Verdict { flaky: true, ..clean.clone() });
    assert!(!push.is_reused());
    say(&later("ann", 2), clean.clone());
    assert!(push.is_reused(), "until it passes anew");
    say(&later("bob", 3), Verdict { flaky: true, ..clean });
    assert!(push.is_reused(), "what others say takes nothing back either");
}

#[test]
fn a_pass_is_kept_for_its_own_gate_and_tool_and_the_oldest_go() {
    let lab = Lab::new();
    let store = lab.store();
    let code = Oid::from_bytes(&[7; 20]);
    let push = Case { lab: &lab, store: &store, bead: None, when: When::Push, code };
    let verdict = |text: &str| push.asked(text).verdicts()[0].clone();
    let command = verdict(GATE);
    let own = bd::ops::verdicts::TOOL;
    assert_eq!(command.tool, format!("{own} {}-{}", std::env::consts::OS, std::env::consts::ARCH));
    let human = verdict("[[gate]]\nid = \"g\"\nkind = \"human\"\nwhen = [\"push\"]\n");
    assert_eq!(human.tool, own);
    // Two gates that differ in nothing but their text have files of their own.
    let folder = lab.dir().join(".git/beads/cache/gates");
    let passes = || {
        std::fs::read_dir(&folder)
            .unwrap()
            .filter(|e| !e.as_ref().unwrap().file_name().to_string_lossy().starts_with("latest"))
            .count()
    };
    push.forget();
    verdict(GATE);
    verdict(&GATE.replace("\"true\"", "\"true \""));
    assert_eq!(passes(), 2);
    for n in 0..499 {
        let file = folder.join(format!("old-{n}.json"));
        std::fs::write(&file, "{}").unwrap();
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(n);
        std::fs::File::options().append(true).open(file).unwrap().set_modified(at).unwrap();
    }
    // With the word on the last check there are 502, and after one more pass 503.
    verdict(&GATE.replace("\"true\"", "\"true  \""));
    let left = std::fs::read_dir(&folder).unwrap().count();
    assert!((500..=501).contains(&left), "{left}");
    assert!(!folder.join("old-0.json").exists() && !folder.join("old-2.json").exists() && folder.join("old-498.json").exists());
    assert!(verdict(GATE).reused, "the young ones stay");
}
