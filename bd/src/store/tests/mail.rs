use super::{Lab, create, set};
use crate::model::{BeadId, Event, EventId, Kind, MAIL_BEAD};
use crate::store::{Journal, Place, STATE_REF, Store, Tx};

fn message(tx: &Tx<'_>, text: &str) -> Event {
    let mut event = tx.event(&BeadId::new(MAIL_BEAD).unwrap(), Kind::new("mail")).unwrap();
    event.text = Some(text.to_owned());
    event
}

fn send(store: &Store, text: &str) -> EventId {
    store
        .write(|tx| {
            let event = message(tx, text);
            let id = event.id;
            tx.push_mail(event);
            Ok(id)
        })
        .unwrap()
}

fn texts(lab: &Lab) -> Vec<String> {
    let mail = lab.store().snapshot().unwrap().mail().unwrap();
    mail.iter().map(|m| m.event.text.clone().unwrap_or_default()).collect()
}

#[test]
fn mail_and_events_are_one_commit_and_beads_see_nothing_of_it() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    let store = lab.store();
    store
        .write(|tx| {
            tx.push(tx.event(&id, Kind::SET)?.setting("title", crate::model::Value::text("renamed")));
            tx.push_mail(message(tx, "hello"));
            Ok(())
        })
        .unwrap();
    assert_eq!(lab.git(&["rev-list", "--count", STATE_REF]), "2");
    let paths = lab.git(&["diff-tree", "-r", "--name-only", &format!("{STATE_REF}^"), STATE_REF]);
    let streams: Vec<&str> = paths.lines().filter_map(|p| p.split('/').nth(1)).collect();
    assert_eq!(streams, ["events", "mail"]);
    let records = Journal::new(&lab.beads_dir()).read().unwrap().records;
    let order: Vec<&str> = records.iter().skip(1).filter_map(|r| r.path.split('/').next()).collect();
    assert_eq!(order, ["mail", "events"], "the mail stands first");
    let snapshot = lab.store().snapshot().unwrap();
    assert!(snapshot.is_cached(), "what the mutation added was taken in");
    assert_eq!(snapshot.ids().unwrap(), [id.clone()]);
    assert_eq!(lab.store().snapshot_in_full().unwrap().ids().unwrap(), [id]);
    let mail = snapshot.mail().unwrap();
    assert_eq!((mail.len(), mail[0].place), (1, Place::State));
    assert!(lab.store().is_committed());
}

#[test]
fn mail_alone_is_committed_and_the_cache_goes_on() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    send(&lab.store(), "one");
    set(&lab.store(), &id, "title", "renamed");
    send(&lab.store(), "two");
    assert_eq!(texts(&lab), ["one", "two"]);
    let snapshot = lab.store().snapshot().unwrap();
    assert!(snapshot.is_cached());
    assert_eq!(snapshot.must(&id).unwrap().title(), "renamed");
    assert_eq!(lab.git(&["rev-list", "--count", STATE_REF]), "4");
}

#[test]
fn mail_that_only_the_journal_has_is_read_and_committed_by_the_next() {
    let lab = Lab::new();
    send(&lab.store(), "one");
    let lock = lab.repo.join(".git/refs/beads/state.lock");
    std::fs::write(&lock, "").unwrap();
    send(&lab.store(), "two");
    let mail = lab.store().snapshot().unwrap().mail().unwrap();
    assert_eq!(mail.iter().map(|m| m.place).collect::<Vec<_>>(), [Place::State, Place::Journal]);
    std::fs::remove_file(&lock).unwrap();
    send(&lab.store(), "three");
    assert_eq!(texts(&lab), ["one", "two", "three"]);
    lab.git(&["update-ref", "-d", STATE_REF]);
    assert_eq!(texts(&lab), ["one", "two", "three"], "the journal has them all");
}

#[test]
fn the_index_is_a_help_and_no_truth() {
    let lab = Lab::new();
    let all: Vec<String> = (0..40).map(|n| format!("message {n}")).collect();
    for text in &all {
        send(&lab.store(), text);
    }
    let index = lab.beads_dir().join("cache/mail");
    assert_eq!(texts(&lab), all);
    let whole = std::fs::read(&index).unwrap();
    assert_eq!(texts(&lab), all);
    send(&lab.store(), "last");
    assert_eq!(texts(&lab).len(), 41);
    assert_eq!(std::fs::read(&index).unwrap(), whole, "one more is no reason to write it anew");
    for harm in
        [whole[..whole.len() - 1].to_vec(), [&whole[..100], b"x", &whole[101..]].concat(), Vec::new(), b"bdmail1\n".to_vec()]
    {
        std::fs::write(&index, harm).unwrap();
        assert_eq!(texts(&lab).len(), 41);
        assert_ne!(std::fs::read(&index).unwrap(), b"", "it was made anew");
    }
}

#[test]
fn a_redacted_message_is_a_stub_wherever_the_redaction_is() {
    for in_mail in [true, false] {
        let lab = Lab::new();
        let secret = send(&lab.store(), "hunter2");
        send(&lab.store(), "fine");
        lab.store()
            .write(|tx| {
                let mut event = tx.event(&BeadId::new(MAIL_BEAD)?, Kind::REDACT)?;
                event.ids = vec![secret];
                if in_mail {
                    tx.push_mail(event)
                } else {
                    tx.push(event)
                }
                Ok(())
            })
            .unwrap();
        let mail = lab.store().snapshot().unwrap().mail().unwrap();
        assert!(mail[0].event.is_stub() && mail[0].event.id == secret);
        assert!(mail.iter().all(|m| !m.line.contains("hunter2")));
        assert_eq!(mail[1].event.text.as_deref(), Some("fine"));
    }
}

#[test]
fn a_batch_gives_all_of_its_mail_or_none() {
    let lab = Lab::new();
    let store = lab.store();
    let mut batch = store.begin().unwrap();
    let push = |tx: &mut Tx<'_>| {
        tx.push_mail(message(tx, "kept"));
        Ok(())
    };
    store.step(&mut batch, push).unwrap();
    let failed = store.step(&mut batch, |tx| {
        tx.push_mail(message(tx, "not made"));
        Err::<(), _>(crate::error::Error::usage("no"))
    });
    assert!(failed.is_err());
    store.commit(batch).unwrap();
    assert_eq!(texts(&lab), ["kept"]);
}
