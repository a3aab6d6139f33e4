use super::*;

fn town() -> Directory {
    let mut out = Directory { me: "ann".into(), overseer: Some("Jo Gil".into()), ..Directory::default() };
    out.rigs.insert("api".into());
    out.team("gateway", None).members.extend(["ann".into(), "bob".into()]);
    out.team("workflowexecution", Some(&"@kim".to_owned()));
    out.groups.insert("leads".into(), vec!["ann".into(), "@gateway".into(), "mayor/".into()]);
    out.groups.insert("loop".into(), vec!["group:loop".into()]);
    out.channels.insert("news".into(), vec!["bob".into()]);
    for name in ["ann", "bob", "@kim", "Jo Gil", "api/polecats/toast", "api/crew/joe", "api/witness", "unknown", "", "@gateway"] {
        out.know(name);
    }
    out
}

fn who(address: &str) -> Vec<String> {
    town().resolve(address).unwrap_or_else(|e| panic!("{address}: {e}")).members.into_iter().collect()
}

#[test]
fn addresses_of_all_kinds_find_their_readers() {
    for (address, members) in [
        ("@ann", vec!["ann"]),
        ("bob", vec!["bob"]),
        ("Jo Gil", vec!["jo-gil"]),
        ("--human", vec!["jo-gil"]),
        ("overseer", vec!["jo-gil"]),
        ("--self", vec!["ann"]),
        ("mayor/", vec!["mayor"]),
        ("deacon/", vec!["deacon"]),
        ("api/witness", vec!["api/witness"]),
        ("api/refinery", vec!["api/refinery"]),
        ("api/toast", vec!["api/toast"]),
        ("api/polecats/toast", vec!["api/toast"]),
        ("polecats/toast", vec!["api/toast"]),
        ("crew/joe", vec!["api/crew/joe"]),
        ("api/crew/joe", vec!["api/crew/joe"]),
        ("api/", vec!["api/crew/joe", "api/toast", "api/witness"]),
        ("@crew/api", vec!["api/crew/joe"]),
        ("@polecats/api", vec!["api/toast"]),
        ("@witnesses", vec!["api/witness"]),
        ("@gateway", vec!["ann", "bob"]),
        ("@gateway-team", vec!["ann", "bob"]),
        ("@workflow-execution-team", vec!["kim"]),
        ("group:leads", vec!["ann", "bob", "mayor"]),
        ("leads", vec!["ann", "bob", "mayor"]),
        ("channel:news", vec!["bob"]),
    ] {
        assert_eq!(who(address), members, "{address}");
    }
    assert_eq!(who("@town").len(), 7);
}

#[test]
fn a_team_without_members_is_received_by_the_owner_and_says_so() {
    let found = town().resolve("@workflowexecution").unwrap();
    assert!(found.for_team && found.address == "@workflowexecution");
    assert!(!town().resolve("@gateway").unwrap().for_team);
}

#[test]
fn nobody_is_refused_with_the_nearest() {
    let hint = |address: &str| {
        let error = town().resolve(address).unwrap_err();
        assert_eq!(error.kind.exit_code(), 2, "{address}");
        error.hints.join(" ")
    };
    assert!(hint("@gatewy").contains("@gateway"));
    assert!(hint("bbo").contains("@bob"));
    assert!(hint("api/toost").contains("api/toast") || hint("api/toost").contains("api/polecats/toast"));
    assert!(hint("@zzzzzzzz").contains("gt mail directory"));
    for bad in
        ["nowhere/witness", "@crew/api2", "group:nix", "channel:nix", "team:nix", "user:gateway", "group:loop", "a,b", "queue:q"]
    {
        hint(bad);
    }
}

#[test]
fn a_name_that_means_two_is_refused_with_both_ways() {
    let mut town = town();
    town.users.insert("gateway".into(), "gateway".into());
    let error = town.resolve("@gateway").unwrap_err();
    assert!(error.hints.join(" ").contains("`user:gateway` or `team:gateway`"), "{:?}", error.hints);
    assert_eq!(town.resolve("user:gateway").unwrap().members.len(), 1);
    assert_eq!(town.resolve("team:gateway").unwrap().members.len(), 2);
}
