//! Children, loops, conditions.

use super::*;

#[test]
fn a_loop_is_its_turns_one_after_the_other() {
    let made = of(
        "[[steps]]\nid = \"a\"\n[[steps]]\nid = \"l\"\nneeds = [\"a\"]\n[steps.loop]\ncount = 2\n[[steps.loop.body]]\nid = \"x\"\n[[steps.loop.body]]\nid = \"y\"\nneeds = [\"x\"]\n[[steps]]\nid = \"z\"\nneeds = [\"l\"]\n",
    );
    assert_eq!(
        lines(&made),
        ["a", "l.iter1.x <- a", "l.iter1.y <- l.iter1.x", "l.iter2.x <- l.iter1.y", "l.iter2.y <- l.iter2.x", "z <- l.iter2.y"]
    );
}

#[test]
fn a_range_counts_and_its_number_has_a_name() {
    let body = "[vars]\nn = \"2\"\n[[steps]]\nid = \"move\"\n[steps.loop]\nrange = \"1..2^{n}\"\nvar = \"m\"\n[[steps.loop.body]]\nid = \"m{m}\"\ntitle = \"Move {m} of {{n}}\"\n[[steps]]\nid = \"end\"\nneeds = [\"move\"]\n";
    let made = of(body);
    assert_eq!(lines(&made)[..2], ["move.iter1.m1", "move.iter2.m2 <- move.iter1.m1"]);
    assert_eq!((made.recipe.steps.len(), made.recipe.steps[3].title.as_str()), (5, "Move 4 of 2"));
    let none = of(&body
        .replace("1..2^{n}", "1..{n}-2")
        .replace("id = \"move\"\n", "id = \"first\"\n[[steps]]\nid = \"move\"\nneeds = [\"first\"]\n"));
    assert_eq!(lines(&none), ["first", "end <- first"], "no turn: who needs the loop needs what it needs");
}

#[test]
fn loops_in_loops() {
    let made = of(
        "[[steps]]\nid = \"l\"\n[steps.loop]\ncount = 2\nvar = \"i\"\n[[steps.loop.body]]\nid = \"k\"\n[steps.loop.body.loop]\nrange = \"1..{i}\"\n[[steps.loop.body.loop.body]]\nid = \"x\"\n",
    );
    assert_eq!(
        lines(&made),
        ["l.iter1.k.iter1.x", "l.iter2.k.iter1.x <- l.iter1.k.iter1.x", "l.iter2.k.iter2.x <- l.iter2.k.iter1.x"]
    );
}

#[test]
fn until_is_one_turn_that_goes_back_to_its_beginning() {
    let made = of(
        "[[steps]]\nid = \"l\"\n[steps.loop]\nuntil = \"step.status == 'complete'\"\nmax = 3\n[[steps.loop.body]]\nid = \"x\"\n[[steps.loop.body]]\nid = \"y\"\nneeds = [\"x\"]\n",
    );
    let last = &made.recipe.steps[1];
    assert!(made.warnings.iter().any(|w| w.message.contains("`until` is asked by nobody")), "{:?}", made.warnings);
    assert_eq!((last.id.as_str(), last.on_fail.as_ref().map(|b| b.goto.as_str())), ("l.iter1.y", Some("l.iter1.x")));
    assert_eq!((&last.extra["loop"]["max"], &last.extra["loop"]["from"]), (&3.into(), &"l.iter1.x".into()));
}

#[test]
fn wrong_loops() {
    let table = [
        ("count = 0", "one turn or more"),
        ("count = \"x\"", "`x` is no number"),
        ("count = 20000", "10000 turns at most"),
        ("count = 10000", "more than 10000 steps"),
        ("range = \"1\"", "`range` is `LOW..HIGH`"),
        ("range = \"1..9^99\"", "too large"),
        ("range = \"-9223372036854775807..9223372036854775807\"", "10000 turns at most"),
        ("count = 1\nrange = \"1..2\"", "one of `count`, `range` and `until`"),
        ("max = 3", "`max` goes with `until`"),
        ("count = [1]", "a text or a number, not a list"),
    ];
    for (keys, want) in table {
        let problems = wrong(&format!("[[steps]]\nid = \"l\"\n[steps.loop]\n{keys}\n[[steps.loop.body]]\nid = \"x\"\n"));
        assert!(problems.to_string().contains(want), "{keys}: {problems}");
    }
    assert!(wrong("[[steps]]\nid = \"l\"\nloop = { count = 2 }\n").to_string().contains("a loop has a `body`"));
}

#[test]
fn children_wait_with_their_parent_and_who_needs_it_waits_for_them() {
    let made = of(
        "[[steps]]\nid = \"a\"\n[[steps]]\nid = \"epic\"\nneeds = [\"a\"]\n[[steps.children]]\nid = \"x\"\n[[steps.children]]\nid = \"y\"\nneeds = [\"x\"]\n[[steps.children.children]]\nid = \"deep\"\n[[steps]]\nid = \"b\"\nneeds = [\"epic\"]\nwaits_for = \"all-children\"\n[[steps]]\nid = \"c\"\nwaits_for = \"children-of(y)\"\n",
    );
    let want = ["a", "epic <- a", "x <- a", "y <- x", "deep <- x", "b <- epic, y, deep", "c <- deep, y"];
    assert_eq!(lines(&made), want);
    let parents: Vec<Option<&str>> = made.recipe.steps.iter().map(|s| s.parent.as_deref()).collect();
    assert_eq!(parents, [None, None, Some("epic"), Some("epic"), Some("y"), None, None]);
    assert_eq!(made.recipe.steps[5].labels, ["gate:all-children"]);
    assert_eq!(made.recipe.steps[6].waits_for.as_deref(), Some("children-of(y)"));
    let text = wrong("[[steps]]\nid = \"a\"\nwaits_for = \"children-of(nobody)\"\n[[steps]]\nid = \"b\"\nwaits_for = \"some\"\n")
        .to_string();
    assert!(text.contains("needs unknown step: nobody") && text.contains("`waits_for` is"), "{text}");
}

#[test]
fn a_step_whose_condition_does_not_hold_hands_its_needs_on() {
    let body = "[vars]\nmode = \"quick\"\nextra = \"\"\n[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\ncondition = \"{{mode}} == full\"\n[[steps.children]]\nid = \"b1\"\n[[steps]]\nid = \"c\"\nneeds = [\"b\"]\ncondition = \"{{extra}}\"\n[[steps]]\nid = \"d\"\nneeds = [\"c\", \"a\"]\ncondition = \"!{{extra}}\"\n";
    assert_eq!(lines(&of(body)), ["a", "d <- a"]);
    let full = resolved(&[("f.toml", &format!("formula = \"f\"\n{body}"))], &[("mode", "full"), ("extra", "1")]);
    assert_eq!(lines(&full), ["a", "b <- a", "b1 <- a", "c <- b, b1"]);
    let text = wrong("[[steps]]\nid = \"a\"\ncondition = \"{{nope}}\"\n[[steps]]\nid = \"b\"\ncondition = \"x > 1\"\n").to_string();
    assert!(text.contains("unknown variable `nope`") && text.contains("this condition is not understood"), "{text}");
}

#[test]
fn a_way_back_through_what_is_left_out_is_an_error() {
    let body = "[vars]\nx = \"\"\n[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\ncondition = \"{{x}}\"\n[[steps]]\nid = \"c\"\nneeds = [\"b\"]\non_fail = { goto = \"b\" }\n";
    assert!(wrong(body).to_string().contains("no earlier step of `c`"));
}

#[test]
fn the_order_is_that_of_the_file_except_for_needs() {
    let made = of(&steps(&["d c", "a", "c b", "b", "e d a"]));
    assert_eq!(lines(&made), ["a", "b", "c <- b", "d <- c", "e <- d, a"]);
}
