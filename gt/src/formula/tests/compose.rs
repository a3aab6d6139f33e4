//! What formulas do to each other.

use super::*;

const RULE_OF_TWO: (&str, &str) = (
    "two.toml",
    r#"formula = "two"
[[template]]
id = "{target}.first"
title = "First: {target.title}"
description = "About {target.description} with {tool} and {{tool}}"
[[template]]
id = "{target}.second"
needs = ["{target}.first"]
[vars]
tool = "a pen"
"#,
);

fn shiny() -> (&'static str, String) {
    let body = steps(&["design", "implement design", "review implement", "test review", "submit test"]);
    (
        "shiny.formula.toml",
        format!("formula = \"shiny\"\ntype = \"workflow\"\nversion = 1\n{body}[vars.feature]\nrequired = true\n"),
    )
}

#[test]
fn parents_come_first_and_a_childs_values_win() {
    let files = [
        ("a.toml", "formula = \"a\"\n[vars]\nx = \"of a\"\ny = \"of a\"\n[[steps]]\nid = \"one\"\ntitle = \"{{x}} {{y}}\"\n"),
        ("b.toml", "formula = \"b\"\nextends = \"a\"\n[[steps]]\nid = \"two\"\n"),
        (
            "f.toml",
            "formula = \"f\"\nextends = [\"a\", \"b\"]\n[vars]\ny = \"of f\"\n[[steps]]\nid = \"three\"\nneeds = [\"one\"]\n",
        ),
    ];
    let resolved = resolved(&files, &[]);
    assert_eq!(lines(&resolved), ["one", "two", "three <- one"], "a parent of two parents comes once");
    assert_eq!(resolved.recipe.steps[0].title, "of a of f");
    assert_eq!(resolved.sources.iter().map(|s| s.path.as_str()).collect::<Vec<_>>(), ["f.toml", "a.toml", "b.toml"]);
}

#[test]
fn an_enterprise_is_nine_steps_and_their_way_goes_through_the_expansion() {
    let shiny = shiny();
    let five: String = (0..5)
        .map(|n| {
            format!(
                "[[template]]\nid = \"{{target}}.r{n}\"\n{}",
                if n > 0 { format!("needs = [\"{{target}}.r{}\"]\n", n - 1) } else { String::new() }
            )
        })
        .collect();
    let files = [
        ("shiny.formula.toml", shiny.1.as_str()),
        ("five.toml", &format!("formula = \"five\"\n{five}")),
        (
            "f.toml",
            "formula = \"f\"\nextends = [\"shiny\"]\n[compose]\n[[compose.expand]]\ntarget = \"implement\"\nwith = \"five\"\n",
        ),
    ];
    let resolved = resolved(&files, &[("feature", "x")]);
    let want = [
        "design",
        "implement.r0 <- design",
        "implement.r1 <- implement.r0",
        "implement.r2 <- implement.r1",
        "implement.r3 <- implement.r2",
        "implement.r4 <- implement.r3",
        "review <- implement.r4",
        "test <- review",
        "submit <- test",
    ];
    assert_eq!(lines(&resolved), want);
}

#[test]
fn an_aspect_stands_before_and_after_and_on_the_way() {
    let shiny = shiny();
    let audit = r#"formula = "audit"
type = "aspect"
[[advice]]
target = "implement"
[advice.around]
[[advice.around.before]]
id = "{step.id}-pre"
title = "Before {step.title}"
[[advice.around.after]]
id = "{step.id}-post"
[[advice]]
target = "sub*"
[[advice.before]]
id = "{step.id}-pre"
[[pointcuts]]
glob = "implement"
"#;
    let files = [
        ("shiny.formula.toml", shiny.1.as_str()),
        ("audit.toml", audit),
        ("f.toml", "formula = \"f\"\nextends = [\"shiny\"]\n[compose]\naspects = [\"audit\"]\n"),
    ];
    let made = resolved(&files, &[("feature", "x")]);
    let want = [
        "design",
        "implement-pre <- design",
        "implement <- implement-pre",
        "implement-post <- implement",
        "review <- implement-post",
        "test <- review",
        "submit-pre <- test",
        "submit <- submit-pre",
    ];
    assert_eq!(lines(&made), want);
    assert_eq!(made.recipe.steps[1].title, "Before Title of implement");
    // Alone it is shown on steps that stand for those it is about.
    let (_dir, library) = library(&files);
    let alone = library.examine("audit", &BTreeMap::new()).unwrap();
    assert_eq!(lines(&alone), ["implement-pre", "implement <- implement-pre", "implement-post <- implement", "target"]);
    assert_eq!(alone.must_be_whole().unwrap_err().kind.exit_code(), 2);
}

#[test]
fn two_aspects_and_a_point_cut() {
    let aspect = |name: &str, cut: &str| {
        format!(
            "formula = \"{name}\"\n[[advice]]\n[[advice.before]]\nid = \"{{step.id}}-{name}\"\n[[advice.after]]\nid = \"{{step.id}}-after-{name}\"\n[[pointcuts]]\n{cut}\n"
        )
    };
    let (one, two) = (aspect("one", "label = \"risky\""), aspect("two", "type = \"bug\"\nglob = \"a*\""));
    let body = "formula = \"f\"\n[[steps]]\nid = \"a\"\nlabels = [\"risky\"]\ntype = \"bug\"\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\ntype = \"bug\"\n[compose]\naspects = [\"one\", \"two\"]\n";
    let made = resolved(&[("one.toml", &one), ("two.toml", &two), ("f.toml", body)], &[]);
    let want = ["a-one", "a-two <- a-one", "a <- a-two", "a-after-two <- a", "a-after-one <- a-after-two", "b <- a-after-one"];
    assert_eq!(lines(&made), want);
}

#[test]
fn values_of_an_expansion() {
    let body = "formula = \"f\"\n[[steps]]\nid = \"a\"\ndescription = \"the {{thing}}\"\nexpand = \"two\"\nexpand_vars = { tool = \"{{thing}}\" }\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n[vars]\nthing = \"moon\"\n[compose]\n[[compose.map]]\nselect = \"b*\"\nwith = \"two\"\n";
    let made = resolved(&[RULE_OF_TWO, ("f.toml", body)], &[]);
    assert_eq!(lines(&made), ["a.first", "a.second <- a.first", "b.first <- a.second", "b.second <- b.first"]);
    assert_eq!(made.recipe.steps[0].description, "About the moon with moon and moon");
    assert_eq!(made.recipe.steps[0].title, "First: a", "a step without a title is named by its id");
    assert_eq!(made.recipe.steps[2].description, "About  with a pen and a pen");
}

#[test]
fn a_template_may_keep_the_name_of_its_step() {
    let keep =
        "formula = \"keep\"\n[[template]]\nid = \"{target}\"\n[[template]]\nid = \"{target}-check\"\nneeds = [\"{target}\"]\n";
    let body = format!(
        "formula = \"f\"\n{}[[steps]]\nid = \"d\"\nneeds = [\"c\"]\non_fail = {{ goto = \"b\" }}\n[compose]\n[[compose.expand]]\ntarget = \"b\"\nwith = \"keep\"\n[[compose.expand]]\ntarget = \"b-check\"\nwith = \"keep\"\n",
        steps(&["a", "b a", "c b"])
    );
    let made = resolved(&[("keep.toml", keep), ("f.toml", &body)], &[]);
    let want = ["a", "b <- a", "b-check <- b", "b-check-check <- b-check", "c <- b-check-check", "d <- c"];
    assert_eq!(lines(&made), want, "a later rule is about what an earlier one made");
    assert_eq!(made.recipe.steps[5].on_fail, Some(OnFail { goto: "b".into(), derived: false }));
}

#[test]
fn branches_gates_hooks() {
    let body = format!(
        "{}[compose]\n[[compose.branch]]\nfrom = \"a\"\nsteps = [\"b\", \"c\"]\njoin = \"d\"\n[[compose.gate]]\nbefore = \"d\"\ncondition = \"tests.status == 'complete'\"\n[[compose.bond_points]]\nid = \"p\"\nafter_step = \"c\"\n[[compose.hooks]]\ntrigger = \"label:x\"\nattach = \"other\"\nat = \"p\"\n",
        steps(&["a", "b", "c", "d"])
    );
    let made = of(&body);
    assert_eq!(lines(&made), ["a", "b <- a", "c <- a", "d <- b, c"]);
    assert_eq!(made.recipe.steps[3].extra["gate"]["condition"], "tests.status == 'complete'");
    assert_eq!(made.recipe.extra["compose"]["bond_points"][0]["after_step"], "c");
    let bad = body
        .replace("after_step = \"c\"", "after_step = \"cc\"")
        .replace("at = \"p\"", "at = \"q\"")
        .replace("\"b\", \"c\"", "\"b\", \"x\"");
    let text = wrong(&bad).to_string();
    for part in ["there is no step `cc`", "there is no bond point `q`", "there is no step `x`"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_gate_for_a_person_is_a_checkpoint_before_the_step() {
    let made = of(
        "[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\ntitle = \"Ship\"\nneeds = [\"a\"]\ngate = { type = \"human\", timeout = \"3h\" }\n[[steps]]\nid = \"c\"\ngate = { type = \"timer\", timeout = \"1h\" }\n",
    );
    assert_eq!(lines(&made), ["a", "gate-b <- a", "b <- gate-b", "c"]);
    let gate = &made.recipe.steps[1];
    assert_eq!((gate.kind, gate.title.as_str(), gate.timeout.as_deref()), (StepKind::Checkpoint, "Approve: Ship", Some("3h")));
    assert!(gate.blocking && made.recipe.steps[3].extra.contains_key("gate"));
}

#[test]
fn legs_and_a_synthesis() {
    let body = r#"type = "convoy"
agent = "any"
[inputs.pr]
required_unless = ["branch"]
[inputs.branch]
required_unless = ["pr"]
[output]
directory = "out"
leg_pattern = "{{.leg.id}}.md"
synthesis = "all.md"
[presets.light]
legs = ["a"]
[prompts]
base = "{{.leg.description}} {{if .x}}y{{end}}"
[[legs]]
id = "a"
title = "Look at {{.pr}}"
focus = "one thing"
[[legs]]
id = "b"
agent = "other"
description = "text"
[synthesis]
title = "Together"
"#;
    let made = resolved(&[("f.toml", &format!("formula = \"f\"\n{body}"))], &[("pr", "7")]);
    assert_eq!(lines(&made), ["a", "b", "synthesis <- a, b"]);
    let step = &made.recipe.steps[0];
    assert_eq!((step.title.as_str(), step.description.as_str(), step.parallel), ("Look at 7", "one thing", true));
    assert_eq!(step.outputs, ["out/a.md"]);
    assert_eq!((&step.extra["agent"], &made.recipe.steps[1].extra["agent"]), (&"any".into(), &"other".into()));
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let problems = wrong(body);
    assert_eq!(problems.errors.len(), 1, "one of two is enough, and is asked for once: {problems}");
    assert!(problems.to_string().contains("a value is needed for `branch` or `pr`"), "{problems}");
    let some = body.replace("title = \"Together\"", "title = \"Together\"\ndepends_on = [\"b\"]");
    assert_eq!(lines(&resolved(&[("f.toml", &format!("formula = \"f\"\n{some}"))], &[("branch", "x")]))[2], "synthesis <- b");
}

#[test]
fn chains_that_lead_back() {
    let child = |name: &str, of: &str| format!("formula = \"{name}\"\nextends = [\"{of}\"]\n");
    let problems = wrong_files(&[("f.toml", &child("f", "g")), ("g.toml", &child("g", "h")), ("h.toml", &child("h", "f"))], &[]);
    let text = problems.to_string();
    assert!(text.contains("h.toml:2:12: circular extends chain: f -> g -> h -> f"), "{text}");
    let own = wrong_files(&[("f.toml", &child("f", "f"))], &[]);
    assert!(own.to_string().contains("circular extends chain: f -> f"), "{own}");
    let each = "formula = \"e\"\n[[template]]\nid = \"{target}.x\"\nexpand = \"e\"\n";
    let problems = wrong_files(&[("e.toml", each), ("f.toml", "formula = \"f\"\n[[steps]]\nid = \"a\"\nexpand = \"e\"\n")], &[]);
    assert!(problems.to_string().contains("expansions that use each other"), "{problems}");
}
