//! Every place that changes the disk, and a kill at each.

mod corner;
mod covered;
mod flow;
mod flow_rows;
mod kill;
mod looks;
mod power;
mod pruning;
mod repair;
mod source;
mod special;
mod stage;

// goal: P2 T24 tier1
#[test]
fn every_call_that_changes_something_stands_between_two_failpoints() {
    let (bare, calls) = source::scan(&bd_tests::repository_root());
    assert!(calls > 20, "only {calls} changing calls were found: the search is broken");
    let list: Vec<String> = bare.iter().map(|b| format!("{}: no failpoint {} it: {}", b.place, b.side, b.text)).collect();
    assert!(list.is_empty(), "\n{}", list.join("\n"));
}
