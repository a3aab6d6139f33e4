//! Cases by hand: each is one that a careless overlay gets wrong.

use super::super::testing::START;
use super::{agree, commit_files, sealed};
use crate::model::{BeadId, Claim, DepType, Edge, Kind, Value, format_time, parse_time};
use crate::store::tests::{Lab, create, set};
use crate::store::{STATE_REF, Store};
use std::collections::BTreeMap;

fn link(store: &Store, from: &BeadId, to: &str, kind: DepType, meta: Option<&str>) {
    store
        .write(|tx| {
            let mut event = tx.event(from, Kind::LINK)?;
            event.links = vec![Edge { meta: meta.and_then(Value::from_json), ..Edge::new(to, kind.clone()) }];
            tx.push(event);
            Ok(())
        })
        .unwrap();
}

fn put(store: &Store, id: &BeadId, field: &str, value: Value) {
    store
        .write(|tx| {
            let mut event = tx.event(id, Kind::SET)?.setting(field, value.clone());
            event.on = tx.bead(id)?.unwrap().heads([field]);
            tx.push(event);
            Ok(())
        })
        .unwrap();
}

#[test]
fn blockers_that_open_close_and_move_reach_everything_below() {
    let lab = Lab::new();
    let ids: Vec<BeadId> = (0..8).map(|n| create(&lab.store(), &format!("bead {n}"))).collect();
    let name = |n: usize| ids[n].as_str().to_owned();
    agree(&lab.store());
    link(&lab.store(), &ids[1], &name(0), DepType::PARENT_CHILD, None);
    link(&lab.store(), &ids[2], &name(1), DepType::PARENT_CHILD, None);
    link(&lab.store(), &ids[0], &name(3), DepType::BLOCKS, None);
    agree(&lab.store());
    set(&lab.store(), &ids[3], "status", "closed");
    agree(&lab.store());
    set(&lab.store(), &ids[3], "status", "open");
    link(&lab.store(), &ids[4], &name(0), DepType::WAITS_FOR, Some(r#"{"gate":"any-children"}"#));
    link(&lab.store(), &ids[5], &name(3), DepType::WAITS_FOR, Some(&format!(r#"{{"spawner_id":"{}"}}"#, name(0))));
    agree(&lab.store());
    set(&lab.store(), &ids[1], "status", "closed");
    agree(&lab.store());
    link(&lab.store(), &ids[6], &name(3), DepType::CONDITIONAL_BLOCKS, None);
    put(&lab.store(), &ids[3], "outcome", Value::text("failed"));
    set(&lab.store(), &ids[3], "status", "closed");
    agree(&lab.store());
    put(&lab.store(), &ids[0], "deleted", Value::of(&true));
    agree(&lab.store());
    put(&lab.store(), &ids[0], "deleted", Value::of(&false));
    link(&lab.store(), &ids[0], &name(2), DepType::PARENT_CHILD, None);
    agree(&lab.store());
}

#[test]
fn dates_and_leases_are_judged_with_the_callers_clock() {
    let lab = Lab::new();
    let ids: Vec<BeadId> = (0..6).map(|n| create(&lab.store(), &format!("bead {n}"))).collect();
    let at = |hours: i64| format_time(jiff::Timestamp::from_millisecond(START + hours * super::HOUR).unwrap());
    link(&lab.store(), &ids[1], ids[0].as_str(), DepType::PARENT_CHILD, None);
    put(&lab.store(), &ids[0], "defer_until", Value::text(&at(1)));
    put(&lab.store(), &ids[1], "defer_until", Value::text(&at(-1)));
    put(&lab.store(), &ids[2], "status", Value::text("deferred"));
    put(&lab.store(), &ids[3], "status", Value::text("in_progress"));
    let claim = Claim { holder: Some(crate::model::Actor::new("bob")), epoch: 1, until: parse_time(&at(1)) };
    put(&lab.store(), &ids[3], "claim", Value::of(&claim));
    put(&lab.store(), &ids[4], "claim", Value::of(&Claim { until: None, ..claim.clone() }));
    agree(&lab.store());
    put(&lab.store(), &ids[0], "defer_until", Value::null());
    put(&lab.store(), &ids[4], "claim", Value::of(&Claim { holder: None, ..claim }));
    agree(&lab.store());
}

#[test]
fn a_name_that_was_missing_is_found_when_it_comes() {
    let lab = Lab::new();
    let first = create(&lab.store(), "waits for one that is to come");
    let coming = BeadId::new("bd-coming").unwrap();
    link(&lab.store(), &first, coming.as_str(), DepType::BLOCKS, None);
    link(&lab.store(), &first, "external:x:y", DepType::RELATED, None);
    std::fs::remove_file(lab.beads_dir().join("cache").join("base")).unwrap();
    agree(&lab.store());
    let make = |title: &str| {
        lab.store()
            .write(|tx| {
                tx.push(tx.event(&coming, Kind::CREATE)?.setting("title", Value::text(title)));
                Ok(())
            })
            .unwrap();
    };
    let second = create(&lab.store(), "and so does this");
    link(&lab.store(), &second, coming.as_str(), DepType::BLOCKS, None);
    agree(&lab.store());
    make("here");
    agree(&lab.store());
    assert!(lab.store().snapshot().unwrap().sources_of(&coming).unwrap().len() == 2);
    set(&lab.store(), &coming, "status", "closed");
    agree(&lab.store());
}

#[test]
fn many_beads_and_names_that_share_their_beginnings() {
    let lab = Lab::new();
    let name = |n: usize| BeadId::new(&format!("{}-0000{:08}", ["bd", "hq-cv", "x"][n % 3], n * 7)).unwrap();
    let batch = |range: std::ops::Range<usize>| {
        lab.store()
            .write(|tx| {
                for n in range.clone() {
                    let event = tx.event(&name(n), Kind::CREATE)?.setting("title", Value::text(&format!("bead {n}")));
                    tx.push(event.setting("priority", Value::of(&(n % 5))));
                }
                Ok(())
            })
            .unwrap();
    };
    batch(0..150);
    agree(&lab.store());
    batch(150..230);
    agree(&lab.store());
    for text in ["0000", "bd-0000", "cv-00000", "hq", "bd-", "nothing", "0000000000"] {
        let told = |s: crate::store::Snapshot| s.resolve(text).map_err(|e| (e.message, e.hints));
        let full = crate::store::Snapshot::in_full(&lab.store()).unwrap();
        assert_eq!(told(lab.store().snapshot().unwrap()), told(full), "{text}");
    }
}

#[test]
fn a_redaction_leaves_no_copy_of_the_text_in_the_cache() {
    let lab = Lab::new();
    let id = create(&lab.store(), "the password is hunter2");
    create(&lab.store(), "another");
    agree(&lab.store());
    let holds = |lab: &Lab| {
        let entries = std::fs::read_dir(lab.beads_dir().join("cache")).unwrap();
        entries.into_iter().any(|e| memchr::memmem::find(&std::fs::read(e.unwrap().path()).unwrap(), b"hunter2").is_some())
    };
    assert!(holds(&lab));
    let secret = lab.store().snapshot().unwrap().events(&id).unwrap()[0].clone();
    lab.store()
        .write(|tx| {
            let mut event = tx.event(&id, Kind::REDACT)?;
            event.ids = vec![secret.event.id];
            tx.push(event);
            Ok(())
        })
        .unwrap();
    agree(&lab.store());
    assert!(!holds(&lab), "no copy is left");
    // A stale clone brings the line back.
    lab.git(&["remote", "add", "origin", "file:///nowhere"]);
    drop(lab.store().snapshot().unwrap());
    let (name, bytes) = sealed(std::slice::from_ref(&secret.line));
    commit_files(&lab.store(), "refs/remotes/origin/beads", &BTreeMap::from([(name.state_path("events"), Some(bytes))]));
    agree(&lab.store());
    assert!(!holds(&lab), "and none comes back");
    // A change of a bead with a redaction needs no new image.
    let image = || std::fs::read(lab.beads_dir().join("cache").join("base")).unwrap()[..64].to_vec();
    let known = image();
    set(&lab.store(), &id, "title", "harmless");
    agree(&lab.store());
    assert_eq!(image(), known);
}

#[test]
fn local_beads_the_quarantine_and_a_lost_ref_change_what_is_known() {
    let lab = Lab::new();
    let id = create(&lab.store(), "shared");
    lab.store()
        .write(|tx| {
            let local = tx.mint(None)?;
            let event = tx.event(&local, Kind::CREATE)?.setting("title", Value::text("stays here"));
            tx.push(event.setting("ephemeral", Value::of(&true)));
            Ok(())
        })
        .unwrap();
    agree(&lab.store());
    let other = create(&lab.store(), "another");
    agree(&lab.store());
    let list = lab.git(&["ls-tree", "-r", STATE_REF]);
    let words: Vec<&str> = list.lines().last().unwrap().split_whitespace().collect();
    std::fs::create_dir_all(lab.beads_dir().join("quarantine")).unwrap();
    std::fs::write(lab.beads_dir().join("quarantine").join("index"), format!("{} {} -\n", words[2], words[3])).unwrap();
    agree(&lab.store());
    std::fs::remove_file(lab.beads_dir().join("quarantine").join("index")).unwrap();
    lab.git(&["update-ref", "-d", STATE_REF]);
    agree(&lab.store());
    std::fs::remove_file(lab.beads_dir().join("journal")).unwrap();
    agree(&lab.store());
    let snapshot = lab.store().snapshot().unwrap();
    assert!(snapshot.bead(&id).unwrap().is_none() && snapshot.bead(&other).unwrap().is_none(), "what is gone is not remembered");
}

#[test]
fn a_torn_record_of_the_overlay_is_cut_by_the_next_writer() {
    let lab = Lab::new();
    let id = create(&lab.store(), "first");
    drop(lab.store().snapshot().unwrap());
    create(&lab.store(), "second");
    let path = lab.beads_dir().join("cache").join("overlay");
    let whole = std::fs::read(&path).unwrap();
    for cut in [whole.len() - 1, whole.len() - 40, 17] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        agree(&lab.store());
        set(&lab.store(), &id, "title", &format!("after {cut}"));
        agree(&lab.store());
    }
    assert_eq!(lab.store().snapshot().unwrap().ids().unwrap().len(), 2, "nothing came of the torn record");
}
