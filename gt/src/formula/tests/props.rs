//! Whatever a file holds, nothing panics; whatever comes out is in order.

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

const SAMPLE: &str = include_str!("../../../../formulas/integration-test-full-validation.toml");
const LOOPS: &str = "formula = \"f\"\nextends = [\"release\"]\n[vars.n]\ndefault = \"3\"\nenum = [\"3\"]\n[[steps]]\nid = \"l\"\nloop = { range = \"1..{n}\", var = \"i\", body = [{ id = \"x{i}\", needs = [] }, { id = \"y\", needs = [\"x{i}\"] }] }\ncondition = \"{{n}} == 3\"\n[[steps]]\nid = \"m\"\nneeds = [\"l\"]\nwaits_for = \"children-of(m)\"\non_fail = { goto = \"l\" }\n[[steps.children]]\nid = \"c\"\n[compose]\naspects = [\"a\"]\n[[compose.map]]\nselect = \"*\"\nwith = \"f\"\n[[advice]]\ntarget = \"*\"\nbefore = { id = \"{step.id}-b\" }\n";
const JSON: &str = "{\"formula\": \"f\", \"vars\": {\"x\": 1, \"y\": {\"required\": true}}, \"legs\": [{\"id\": \"a\", \"title\": \"{{.leg.id}}\"}], \"synthesis\": {\"title\": \"{{y}}\", \"depends_on\": [\"a\"]}, \"steps\": [{\"id\": \"b\", \"expand\": \"e\"}], \"template\": [{\"id\": \"{target}.x\"}]}";

/// Resolves bytes as a file, both ways; checks the order of what comes out.
fn hold(name: &str, bytes: &[u8]) {
    let (dir, library) = library(&[]);
    std::fs::write(dir.path().join(name), bytes).unwrap();
    let given = vars(&[("n", "3"), ("version", "1.2.3")]);
    for made in [library.examine("f", &BTreeMap::new()), library.resolve("f", &given)] {
        match made {
            Ok(made) => in_order(&made),
            Err(problems) => {
                assert!(!problems.errors.is_empty() && !problems.to_string().is_empty());
                assert!(!problems.to_string().contains('\u{1b}'));
            }
        }
    }
    assert_eq!(library.list().len(), 6);
}

fn in_order(made: &Resolved) {
    let mut seen = HashSet::new();
    for step in &made.recipe.steps {
        assert!(step.needs.iter().all(|n| seen.contains(n.as_str())), "{} needs what comes later", step.id);
        assert!(step.on_fail.as_ref().is_none_or(|b| seen.contains(b.goto.as_str())), "{} goes back to what is later", step.id);
        assert!(!step.title.is_empty());
        assert!(seen.insert(step.id.as_str()), "{} twice", step.id);
    }
}

/// Cuts, doubles and replaces pieces of a text.
fn mutated(text: &str, changes: &[(u16, u8, u8)]) -> Vec<u8> {
    let words: [&[u8]; 16] =
        [b"\"", b"[", b"]", b"{", b"}", b"{{", b"}}", b"=", b"\n", b"[[steps]]\n", b"\"l\"", b"a", b"9", b"\xff", b"\x1b", b"."];
    let mut bytes = text.as_bytes().to_vec();
    for (at, how, what) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = *at as usize % bytes.len();
        let end = (at + *what as usize).min(bytes.len());
        match how % 4 {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.splice(at..at, words[*what as usize % words.len()].iter().copied()).for_each(drop),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece).for_each(drop);
            }
            _ => bytes[at] = *what,
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        hold("f.toml", &bytes);
        hold("f.formula.json", &bytes);
    }

    #[test]
    fn mutated_formulas(changes in prop::collection::vec((any::<u16>(), any::<u8>(), any::<u8>()), 1..6), which in 0..3_usize) {
        let (name, text) = [("f.toml", SAMPLE), ("f.toml", LOOPS), ("f.formula.json", JSON)][which];
        hold(name, &mutated(text, &changes));
    }

    #[test]
    fn random_graphs(needs in prop::collection::vec(prop::collection::vec(0..14_usize, 0..3), 1..12), drops in any::<u16>(), parents in any::<u16>()) {
        let mut body = String::from("formula = \"f\"\n[vars]\nno = \"\"\n");
        for (at, needs) in needs.iter().enumerate() {
            let list: Vec<String> = needs.iter().map(|n| format!("\"s{n}\"")).collect();
            let condition = if drops >> at & 1 == 1 { "condition = \"{{no}}\"\n" } else { "" };
            let table = if at > 0 && parents >> at & 1 == 1 { "[[steps.children]]" } else { "[[steps]]" };
            body += &format!("{table}\nid = \"s{at}\"\nneeds = [{}]\n{condition}requires_human_approval = {}\n", list.join(","), at % 3 == 0);
        }
        hold("f.toml", body.as_bytes());
    }

    #[test]
    fn what_has_no_circle_resolves(needs in prop::collection::vec(prop::collection::vec(0..40_usize, 0..4), 1..40)) {
        let body: String = needs.iter().enumerate().map(|(at, needs)| {
            let list: Vec<String> = needs.iter().filter(|n| **n < at).map(|n| format!("\"s{n}\"")).collect();
            format!("[[steps]]\nid = \"s{at}\"\nneeds = [{}]\n", list.join(","))
        }).collect();
        let made = of(&body);
        in_order(&made);
        let ids: Vec<String> = (0..needs.len()).map(|n| format!("s{n}")).collect();
        prop_assert_eq!(made.recipe.steps.iter().map(|s| s.id.clone()).collect::<Vec<_>>(), ids);
    }
}
