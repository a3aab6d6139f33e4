//! Variables and their values.

use super::*;

const BODY: &str = "formula = \"f\"\n[vars.who]\nrequired = true\ndescription = \"Whom it is for\"\n[vars.how]\ndefault = \"slow\"\nenum = [\"slow\", \"fast\"]\n[vars.n]\ntype = \"int\"\npattern = '^\\d$'\n[vars]\nplain = 3\n[[steps]]\nid = \"a-{{how}}\"\ntitle = \"For {{who}}, {{ how }}, {{plain}}, [{{n}}] {{{who}}} ${{ x.y }} {{#if who}}\"\n";

fn with(given: &[(&str, &str)]) -> Result<Resolved, Box<Problems>> {
    let (_dir, library) = library(&[("f.toml", BODY)]);
    library.resolve("f", &vars(given))
}

#[test]
fn values_are_put_in_once() {
    let made = with(&[("who", "{{how}} {{x}} $(rm)")]).unwrap();
    let step = &made.recipe.steps[0];
    assert_eq!(step.title, "For {{how}} {{x}} $(rm), slow, 3, [] {{{who}}} ${{ x.y }} {{#if who}}", "a value is no template");
    assert_eq!(step.id, "a-slow");
    assert_eq!(made.recipe.vars, vars(&[("who", "{{how}} {{x}} $(rm)"), ("how", "slow"), ("plain", "3")]));
}

#[test]
fn what_is_missing_unknown_or_wrong() {
    let table: [(&[(&str, &str)], &str); 9] = [
        (&[], "f.toml:2:7: a value is needed for `who`: Whom it is for"),
        (&[("who", "")], "a value is needed for `who`"),
        (&[("who", "x"), ("hwo", "y")], "the formula `f` has no variable `hwo`"),
        (&[("who", "x"), ("how", "quick")], "is none of slow, fast"),
        (&[("who", "x"), ("n", "12")], "does not match"),
        (&[("who", "x"), ("n", "x")], "does not match"),
        (&[("who", "a\u{1b}[2J")], "has a control character"),
        (&[("who", "x"), ("\u{1b}", "y")], "has no variable `\\u{1b}`"),
        (&[("who", "x"), ("n", "٣")], "is no int"),
    ];
    for (given, want) in table {
        let text = with(given).unwrap_err().to_string();
        assert!(text.contains(want), "{given:?}: {text}");
    }
    let long = "x".repeat(70_000);
    assert!(with(&[("who", &long)]).unwrap_err().to_string().contains("longer than 64 KiB"));
}

#[test]
fn looking_needs_no_values_and_leaves_their_places() {
    let (_dir, library) = library(&[("f.toml", BODY)]);
    let made = library.examine("f", &BTreeMap::new()).unwrap();
    assert!(made.recipe.steps[0].title.starts_with("For {{who}}, slow, 3, []"));
    assert_eq!(
        made.variables.iter().map(|v| (v.name.as_str(), v.required)).collect::<Vec<_>>(),
        [("how", false), ("n", false), ("plain", false), ("who", true)]
    );
    let text = library.examine("f", &vars(&[("how", "quick")])).unwrap_err().to_string();
    assert!(text.contains("is none of"), "a value that is given is looked at all the same: {text}");
}

#[test]
fn a_value_that_is_a_name_is_held_against_the_rule_for_names() {
    let body = "formula = \"f\"\n[vars]\nx = \"a\"\n[[steps]]\nid = \"s-{{x}}\"\n[[steps]]\nid = \"t\"\nneeds = [\"s-{{x}}\"]\n";
    let made = resolved(&[("f.toml", body)], &[("x", "b")]);
    assert_eq!(lines(&made), ["s-b", "t <- s-b"]);
    let text = wrong_files(&[("f.toml", body)], &[("x", "/../../b")]).to_string();
    assert!(text.contains("no name for a step"), "{text}");
}

#[test]
fn a_value_is_no_part_of_a_command_unless_it_is_one_word() {
    let body = |command: &str| {
        format!("formula = \"f\"\n[vars]\nx = \"\"\n[[steps]]\nid = \"a\"\nblocking = true\nvalidation_commands = ['{command}']\n")
    };
    let made = |command: &str, value: &str| {
        let (_dir, library) = library(&[("f.toml", &body(command))]);
        library.resolve("f", &vars(&[("x", value)]))
    };
    let commands = |r: Resolved| r.recipe.steps[0].validation_commands.clone();
    assert_eq!(commands(made("make {{x}}", "test-all/v1.2").unwrap()), ["make test-all/v1.2"]);
    assert_eq!(
        commands(made(" {{x}} ", "make test && echo ok").unwrap()),
        [" make test && echo ok "],
        "a whole command may be one"
    );
    let none = made("{{x}}", "").unwrap();
    assert_eq!((none.recipe.steps[0].kind, none.trusted_commands_digest), (StepKind::Work, None), "an empty command is none");
    for evil in ["a; rm -rf x", "$(id)", "`id`", "a b", "'", "\"", "--force", "a\nb", "*", "~x", "a|b", "a>b", "ü"] {
        for command in ["make {{x}}", "make \"{{x}}\"", "{{x}}{{x}}"] {
            let text = made(command, evil).unwrap_err().to_string();
            assert!(text.contains("cannot be a part of a command"), "{evil:?} {text}");
        }
    }
}

#[test]
fn whose_commands_they_are() {
    let (_dir, library) = library(&[("f.toml", "formula = \"f\"\n[[steps]]\nid = \"a\"\nvalidation_commands = [\"make\"]\n")]);
    let own = library.examine("f", &BTreeMap::new()).unwrap();
    assert!(own.foreign_commands, "they came with a file");
    let ours = library.examine("integration-test-full-validation", &BTreeMap::new()).unwrap();
    assert!(!ours.foreign_commands && ours.trusted_commands_digest.is_some());
    let given = vars(&[("unit_test_command", "rm -rf /")]);
    let theirs = library.examine("integration-test-full-validation", &given).unwrap();
    assert!(theirs.foreign_commands, "a value that somebody gave");
    assert_ne!(ours.trusted_commands_digest, theirs.trusted_commands_digest);
}
