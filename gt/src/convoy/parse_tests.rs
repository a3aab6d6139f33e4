use super::super::requires_of;
use super::*;

const LEDGER: &str = include_str!("../../../tests/gt/convoys/ledger-trail.toml");

#[test]
fn a_file_as_people_write_it() {
    let file = parse("c.toml", LEDGER).unwrap();
    assert_eq!(file.id.as_deref(), Some("ledger-trail"));
    assert_eq!(file.timeline.total_days, Some(8));
    assert_eq!(file.teams.involved.len(), 7);
    assert_eq!(file.molecules.len(), 6);
    assert_eq!(file.molecules[0].pass_rate, Some(100.0));
    assert_eq!(file.molecules[2].start_date.as_deref(), Some("2026-01-06"));
    assert_eq!(file.molecules[3].parallel.len(), 2);
    assert_eq!(file.molecules[5].more["scope"]["event_types_minimum"], 9);
    assert_eq!((file.risks.len(), file.lessons.len(), file.handoffs.len()), (1, 1, 3));
    assert_eq!(file.quality_gates.human_checkpoints, Some(4));
    assert_eq!(file.coordination["patterns"]["plan_checkpoint"], "A person approves the plan before anything is built");
    assert!(file.extra.is_empty(), "{:?}", file.extra);
    assert_eq!(file.dangling(), [("day3-settlement-refs", "day4-failures")]);
    let [warning] = file.warnings.as_slice() else { panic!("{:?}", file.warnings) };
    assert_eq!((warning.line, warning.wrong), (107, Wrong::Need));
    assert!(warning.hint.contains("day4-5-failures"), "{warning:?}");
}

#[test]
fn what_must_come_first() {
    let file = parse("c.toml", LEDGER).unwrap();
    let requires = |id: &str| requires_of(&file, id);
    assert!(requires("day1-intake-fields").is_empty());
    assert_eq!(requires("day3-settlement-refs"), ["day2-rates-from-two-sides"]);
    assert_eq!(requires("day4-5-failures"), ["day3-settlement-refs"]);
    assert_eq!(requires("day7-8-whole-story"), ["day3-settlement-refs", "day4-5-failures", "day6-limits"]);
    assert_eq!(requires("day4-failures"), ["day3-settlement-refs"], "not in the file, and the file says what blocks it");
    assert!(requires("nobody").is_empty());
    let by_blocks =
        parse("c", "[[molecules]]\nid='a'\n[molecules.dependencies]\nblocks=['b','a']\n[[molecules]]\nid='b'\n").unwrap();
    assert_eq!(requires_of(&by_blocks, "b"), ["a"]);
    assert!(requires_of(&by_blocks, "a").is_empty(), "nothing waits for itself");
}

#[test]
fn odd_values_are_warnings_and_count_as_missing() {
    let text = "name = 7\nowner = []\n[timeline]\ntotal_days = \"eight\"\nstart_date = 2026-01-04\n[teams]\ninvolved_teams = 'one'\n\
                [[molecules]]\nid = 'a'\nnovel = { x = nan, y = [1, 2.5] }\n[molecules.deliverables]\ntest_pass_rate = '85%'\n";
    let file = parse("c", text).unwrap();
    assert_eq!((file.name.as_deref(), file.owner.as_deref(), file.timeline.total_days), (Some("7"), None, None));
    assert_eq!(file.timeline.start_date.as_deref(), Some("2026-01-04"));
    assert_eq!(file.teams.involved, ["one"]);
    assert_eq!(file.molecules[0].pass_rate, Some(85.0));
    assert_eq!(file.molecules[0].more["novel"]["y"][1], 2.5);
    assert_eq!(file.warnings.iter().map(|w| w.line).collect::<Vec<_>>(), [2, 4]);
    assert!(parse("c", "").unwrap().molecules.is_empty());
    let inline = parse("c", "molecules = [{id = 'a'}, {id = 'b', dependencies = {requires = ['a']}}]").unwrap();
    assert_eq!(requires_of(&inline, "b"), ["a"]);
}

#[test]
fn what_cannot_be_used_says_where() {
    let table = [
        ("a = 1\nb = = 2\n", 2, "expected"),
        ("convoy_id = '../../etc'\n", 1, "cannot name a convoy"),
        ("[[molecules]]\nname = 'x'\n", 1, "no `id`"),
        ("[[molecules]]\nid = 'a/b'\n", 2, "cannot name a molecule"),
        ("[[molecules]]\nid = 'a'\n\n[[molecules]]\nid = 'a'\n", 5, "the first is in line 2"),
    ];
    for (text, line, why) in table {
        let Problems(all) = parse("c.toml", text).unwrap_err();
        assert_eq!(all[0].line, line, "{text}");
        let shown = all[0].to_string();
        assert!(shown.contains('^') && (shown.contains(why) || why == "expected"), "{shown}");
    }
    let long = format!("name = '{}'\n", "x".repeat(MAX_FILE));
    assert!(parse("c", &long).is_err());
    // A long text is no reason to refuse a file.
    let megabyte = format!("[[risks]]\ndescription = '{}'\n", "x".repeat(1 << 20));
    assert_eq!(parse("c", &megabyte).unwrap().risks[0].description.as_ref().map(String::len), Some(1 << 20));
}
