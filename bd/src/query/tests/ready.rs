use super::super::*;
use super::{NOW, graph, row};
use crate::model::DepType;

/// The deciding rule and the whole sentence of every bead.
fn said(graph: &Graph) -> Vec<(String, &'static str, String)> {
    let ask = Ask::at(NOW);
    let mut memo = Memo::new();
    (0..graph.len())
        .map(|i| {
            let told = explain(graph, i, &ask);
            assert_eq!(told.is_ready(), is_ready(graph, i, &ask, &mut memo), "{}", graph.name(i));
            assert_eq!(told.is_blocked(), is_blocked(graph, i, &nothing_shipped, &mut memo), "{}", graph.name(i));
            (graph.name(i).into_owned(), told.rule.name(), told.sentence(graph))
        })
        .collect()
}

fn rules(graph: &Graph) -> Vec<(String, &'static str)> {
    said(graph).into_iter().map(|(id, rule, _)| (id, rule)).collect()
}

fn rule_of(graph: &Graph, id: &str) -> &'static str {
    rules(graph).into_iter().find(|(name, _)| name == id).unwrap().1
}

#[test]
fn a_bead_by_itself() {
    let mut template = row("template");
    template.template = true;
    let mut wisp = row("wisp");
    wisp.ephemeral = true;
    let mut gate = row("gate");
    gate.issue_type = "gate".into();
    let mut contested = row("contested").held(None);
    contested.contested = true;
    let mut later = row("later");
    later.defer_until = Some(NOW + 1);
    let mut over = row("over").with_status("deferred");
    over.defer_until = Some(NOW);
    let g = graph([
        row("open"),
        row("closed").with_status("closed"),
        row("shipped").with_status("shipped"),
        row("odd").with_status("odd"),
        row("review").with_status("review"),
        row("stuck").with_status("blocked"),
        row("ice").with_status("deferred"),
        row("pin").with_status("pinned"),
        row("work").with_status("in_progress"),
        row("running").with_status("in_progress").held(Some(NOW + 1)),
        row("dead").with_status("in_progress").held(Some(NOW)),
        row("hooked").with_status("hooked").held(Some(NOW - 1)),
        row("reviewed").with_status("review").held(Some(NOW - 1)),
        row("mine").held(None),
        template,
        wisp,
        gate,
        contested,
        later,
        over,
    ]);
    for (id, want) in [
        ("open", "ready"),
        ("closed", "closed"),
        ("shipped", "closed"),
        ("odd", "ready"),
        ("review", "status-wip"),
        ("stuck", "status-blocked"),
        ("ice", "deferred"),
        ("pin", "pinned"),
        ("work", "in-progress"),
        ("running", "claimed"),
        ("dead", "lease-expired"),
        ("hooked", "lease-expired"),
        ("reviewed", "status-wip"),
        ("mine", "claimed"),
        ("template", "template"),
        ("wisp", "ephemeral"),
        ("gate", "type"),
        ("contested", "contested"),
        ("later", "deferred-until"),
        ("over", "deferral-over"),
    ] {
        assert_eq!(rule_of(&g, id), want, "{id}");
    }
    assert_eq!(blocked(&g, &nothing_shipped), [g.find("stuck").unwrap()]);
    let everything = Ask { ephemeral: true, any_type: true, deferred: true, ..Ask::at(NOW) };
    let ids: Vec<_> = ready(&g, &everything).into_iter().map(|i| g.name(i)).collect();
    assert_eq!(ids, ["dead", "gate", "hooked", "ice", "later", "odd", "open", "over", "wisp"]);
}

#[test]
fn every_blocking_type() {
    let mut failed = row("failed").with_status("closed");
    failed.failed = true;
    let checkpoint = |id: &str, status: &str| {
        let mut row = row(id).with_status(status);
        (row.issue_type, row.undecided) = ("checkpoint".to_owned(), true);
        row
    };
    let mut gone = row("gone");
    gone.deleted = true;
    let g = graph([
        row("open"),
        row("done").with_status("closed"),
        row("shipped").with_status("shipped"),
        row("review").with_status("review"),
        failed,
        gone,
        row("a1").edge(DepType::BLOCKS, "open"),
        row("a2").edge(DepType::BLOCKS, "done"),
        row("a3").edge(DepType::BLOCKS, "shipped"),
        row("a4").edge(DepType::BLOCKS, "review"),
        row("a5").edge(DepType::BLOCKS, "nowhere"),
        row("a6").edge(DepType::BLOCKS, "gone"),
        row("c1").edge(DepType::CONDITIONAL_BLOCKS, "open"),
        row("c2").edge(DepType::CONDITIONAL_BLOCKS, "done"),
        row("c3").edge(DepType::CONDITIONAL_BLOCKS, "failed"),
        row("c4").edge(DepType::CONDITIONAL_BLOCKS, "gone"),
        row("t").edge(DepType::TRACKS, "open"),
        row("u").edge(DepType::new("parent_child").unwrap(), "a1"),
        row("x").edge(DepType::BLOCKS, "external:web:login"),
        row("self").edge(DepType::BLOCKS, "self"),
        checkpoint("two", "closed"),
        checkpoint("asked", "open"),
        row("k1").edge(DepType::BLOCKS, "two"),
        row("k2").edge(DepType::BLOCKS, "asked"),
        row("k3").edge(DepType::TRACKS, "two"),
    ]);
    for (id, want) in [
        ("a1", "blocks"),
        ("a2", "ready"),
        ("a3", "ready"),
        ("a4", "blocks"),
        ("a5", "ready"),
        ("a6", "ready"),
        ("c1", "conditional-open"),
        ("c2", "conditional-succeeded"),
        ("c3", "ready"),
        ("c4", "ready"),
        ("t", "ready"),
        ("u", "ready"),
        ("x", "external"),
        ("self", "ready"),
        ("k1", "undecided"),
        ("k2", "blocks"),
        ("k3", "ready"),
    ] {
        assert_eq!(rule_of(&g, id), want, "{id}");
    }
    let dangling = |id: &str| explain(&g, g.find(id).unwrap(), &Ask::at(NOW)).dangling;
    assert_eq!(dangling("a5"), [(EdgeKind::Blocks, "nowhere".to_owned())]);
    assert_eq!(dangling("a6"), [(EdgeKind::Blocks, "gone".to_owned())]);
    assert!(dangling("a1").is_empty() && dangling("x").is_empty());
    let shipped = Ask { external: &|c| c == "external:web:login", ..Ask::at(NOW) };
    assert!(is_ready(&g, g.find("x").unwrap(), &shipped, &mut Memo::new()));
}

#[test]
fn waits_for_children() {
    let any = |id: &str| {
        let mut r = row(id).edge(DepType::WAITS_FOR, "epic");
        r.edges[0].wait = Some(Wait { spawner: None, any: true });
        r
    };
    let child = |id: &str| row(id).edge(DepType::PARENT_CHILD, "epic");
    let wait = || row("all").edge(DepType::WAITS_FOR, "epic");
    let none = graph([row("epic"), wait(), any("any")]);
    assert_eq!((rule_of(&none, "all"), rule_of(&none, "any")), ("ready", "waits-for-any"));
    let open = graph([row("epic"), wait(), any("any"), child("k1"), child("k2")]);
    assert_eq!((rule_of(&open, "all"), rule_of(&open, "any")), ("waits-for-all", "waits-for-any"));
    let half = graph([row("epic"), wait(), any("any"), child("k1").with_status("closed"), child("k2")]);
    assert_eq!((rule_of(&half, "all"), rule_of(&half, "any")), ("waits-for-all", "ready"));
    assert!(said(&half).iter().any(|(id, _, text)| id == "all" && text == "it waits for k2 to be closed"));
    // A step of the epic that waits for its siblings does not wait for itself.
    let own = graph([row("epic"), wait().edge(DepType::PARENT_CHILD, "epic"), child("k1").with_status("closed")]);
    assert_eq!(rule_of(&own, "all"), "ready");
    let mut named = wait();
    named.edges[0].wait = Some(Wait { spawner: Some("other".into()), any: false });
    let spawner = graph([row("epic"), row("other"), named, child("k1"), row("k2").edge(DepType::PARENT_CHILD, "other")]);
    assert!(said(&spawner).iter().any(|(id, _, text)| id == "all" && text == "it waits for k2 to be closed"));
}

#[test]
fn children_inherit_at_any_depth_and_rings_end() {
    let mut rows = vec![row("blocker"), row("p0").edge(DepType::BLOCKS, "blocker")];
    rows.extend((1..3000).map(|n| row(&format!("p{n}")).edge(DepType::PARENT_CHILD, &format!("p{}", n - 1))));
    let g = graph(rows);
    let last = g.find("p2999").unwrap();
    assert_eq!(blocked(&g, &nothing_shipped).len(), 3000);
    let told = explain(&g, last, &Ask::at(NOW));
    assert_eq!(told.sentence(&g), "its ancestor p0 is blocked: blocker blocks it and is not closed (p0)");
    assert_eq!(told.blockers[0].distance, 2999);

    let ring = graph([
        row("a").edge(DepType::PARENT_CHILD, "b"),
        row("b").edge(DepType::PARENT_CHILD, "a"),
        row("c").edge(DepType::PARENT_CHILD, "a"),
        row("d").edge(DepType::BLOCKS, "e"),
        row("e").edge(DepType::BLOCKS, "d"),
    ]);
    assert_eq!(rules(&ring).iter().map(|r| r.1).collect::<Vec<_>>(), ["ready", "ready", "ready", "blocks", "blocks"]);
}

#[test]
fn a_parent_passes_on_dependencies_and_dates_but_not_its_own_state() {
    let mut put_off = row("off");
    put_off.defer_until = Some(NOW + 9);
    let child = |id: &str, of: &str| row(id).edge(DepType::PARENT_CHILD, of);
    let g = graph([
        put_off,
        child("off1", "off"),
        child("off2", "off1"),
        row("stuck").with_status("blocked"),
        child("stuck1", "stuck"),
        row("epic"),
        child("epic1", "epic"),
        row("over").with_status("closed").edge(DepType::BLOCKS, "epic"),
        child("over1", "over"),
    ]);
    for (id, want) in [
        ("off1", "ancestor-deferred"),
        ("off2", "ancestor-deferred"),
        ("stuck1", "ready"),
        ("epic", "ready"),
        ("epic1", "ready"),
        ("over1", "ready"),
    ] {
        assert_eq!(rule_of(&g, id), want, "{id}");
    }
    assert!(said(&g).iter().any(|(id, _, text)| id == "off2" && text == "its ancestor off is put off"));
}
