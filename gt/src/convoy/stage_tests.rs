use super::*;

fn node(id: &str, needs: &[&str]) -> Node {
    let needs = needs.iter().map(|n| Need { id: (*n).into(), shown: (*n).into(), outside: Outside::Nothing }).collect();
    Node { id: id.into(), shown: id.into(), needs, ..Node::default() }
}

fn kinds(plan: &Plan) -> Vec<(Weight, &'static str, String)> {
    plan.findings.iter().map(|f| (f.weight, f.kind, f.members.join(" "))).collect()
}

#[test]
fn waves_follow_what_waits_for_what() {
    let found = plan(&[node("a", &[]), node("b", &["a"]), node("c", &["a"]), node("d", &["b", "c"]), node("e", &["a", "d"])]);
    assert_eq!(found.waves, [vec!["a"], vec!["b", "c"], vec!["d"], vec!["e"]]);
    assert!(found.findings.is_empty() && found.is_launchable());
    let closed = Node { closed: true, ..node("a", &[]) };
    assert_eq!(plan(&[closed, node("b", &["a"])]).waves, [["b"]], "what is closed holds nothing up");
}

#[test]
fn containers_are_no_work_and_hand_on_what_waits() {
    let epic = Node { container: true, ..node("epic", &[]) };
    let part = |id: &str, needs: &[&str]| Node { part_of: Some("epic".into()), ..node(id, needs) };
    let found = plan(&[epic, part("x", &[]), part("y", &["x"]), node("after", &["epic"])]);
    assert_eq!(found.waves, [["x"], ["y"], ["after"]]);
    assert!(found.findings.is_empty(), "{found:?}");
}

#[test]
fn circles_are_errors_and_hide_nothing_else() {
    let found =
        plan(&[node("a", &["b"]), node("b", &["c"]), node("c", &["a"]), node("d", &["a"]), node("e", &[]), node("f", &["e"])]);
    assert_eq!(kinds(&found), [(Weight::Error, "cycle", "a b c a".into())]);
    assert_eq!(found.findings[0].text, "these wait for one another: a -> b -> c -> a");
    assert_eq!(found.waves, [["e"], ["f"]]);
    assert!(!found.is_launchable());
    let itself = plan(&[node("a", &["a"])]);
    assert_eq!(kinds(&itself), [(Weight::Error, "cycle", "a a".into())]);
    let two = plan(&[node("a", &["b"]), node("b", &["a"]), node("c", &["d"]), node("d", &["c", "a"])]);
    assert_eq!(kinds(&two).len(), 2);
}

#[test]
fn everything_else_that_is_found() {
    let outside = |id: &str, outside| Need { id: id.into(), shown: id.into(), outside };
    let mut a = node("a", &["b"]);
    a.needs.extend([
        outside("o", Outside::Open),
        outside("w", Outside::Wait),
        outside("external:p:c", Outside::External),
        outside("d", Outside::Dangling),
        outside("done", Outside::Nothing),
    ]);
    let nodes = [
        a,
        Node { contested: true, put_off: true, ..node("b", &[]) },
        Node { no_formula: true, ..node("lone", &[]) },
        Node { missing: true, ..node("gone", &["a"]) },
        Node { closed: true, missing: false, contested: true, ..node("old", &[]) },
    ];
    let found = plan(&nodes);
    let mut expected = vec![
        (Weight::Error, "missing", "gone".to_owned()),
        (Weight::Warning, "blocked", "a".to_owned()),
        (Weight::Warning, "contested", "b".to_owned()),
        (Weight::Warning, "dangling", "a".to_owned()),
        (Weight::Warning, "deferred", "b".to_owned()),
        (Weight::Warning, "external", "a".to_owned()),
        (Weight::Warning, "gated", "a".to_owned()),
        (Weight::Warning, "no-formula", "lone".to_owned()),
        (Weight::Warning, "orphan", "lone".to_owned()),
    ];
    expected.sort();
    assert_eq!(kinds(&found), expected);
    assert_eq!(kinds(&plan(&[])), [(Weight::Error, "empty", String::new())]);
    let closed = Node { closed: true, ..node("a", &[]) };
    assert_eq!(kinds(&plan(&[closed])), [(Weight::Warning, "empty", String::new())]);
    assert!(plan(&[node("a", &[]), node("b", &[])]).findings.is_empty(), "nothing is tied, so nothing is odd");
}

#[test]
fn a_long_chain_is_no_trouble() {
    let names: Vec<String> = (0..5000).map(|n| format!("n{n:05}")).collect();
    let nodes: Vec<Node> = names
        .iter()
        .enumerate()
        .map(|(n, id)| node(id, &n.checked_sub(1).map(|b| names[b].as_str()).into_iter().collect::<Vec<_>>()))
        .collect();
    assert_eq!(plan(&nodes).waves.len(), 5000);
}
