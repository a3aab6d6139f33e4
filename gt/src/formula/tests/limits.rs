//! Sizes.

use super::*;
use std::fmt::Write as _;

#[test]
fn a_long_file_and_a_long_text_are_refused() {
    let big = format!("formula = \"f\"\n# {}\n[[steps]]\nid = \"a\"\n", "x".repeat(1024 * 1024));
    assert!(wrong_files(&[("f.toml", &big)], &[]).to_string().contains("f.toml: longer than 1 MiB"));
    let text = |n: usize| format!("[[steps]]\nid = \"a\"\ndescription = \"{}\"\n", "x".repeat(n));
    let problems = wrong(&text(256 * 1024 + 1));
    assert!(problems.to_string().contains("`description` is longer than 256 KiB") && problems.to_string().len() < 1000);
    assert_eq!(of(&text(256 * 1024)).recipe.steps[0].description.len(), 256 * 1024);
}

#[test]
fn text_that_is_no_text() {
    let (dir, library) = library(&[]);
    for bytes in [&b"\xff\xfe\x00"[..], b"formula = \"f\xc3\"\n", b"\x00", b"PK\x03\x04", b""] {
        std::fs::write(dir.path().join("f.toml"), bytes).unwrap();
        assert!(library.resolve("f", &BTreeMap::new()).is_err());
    }
    std::fs::write(dir.path().join("f.toml"), "\u{feff}formula = \"f\"\r\n[[steps]]\r\nid = \"a\"\r\nneeds = [\"x\"]\r\n").unwrap();
    let text = library.resolve("f", &BTreeMap::new()).unwrap_err().to_string();
    assert!(
        text.contains("f.toml:4:10: step `a` needs unknown step: x\n  |\n4 | needs = [\"x\"]\n"),
        "a mark at the beginning, lines of another system: {text}"
    );
}

#[test]
fn deep_nesting_ends() {
    let deep = format!("formula = \"f\"\nx = {}1{}\n[[steps]]\nid = \"a\"\n", "[".repeat(70), "]".repeat(70));
    assert!(wrong_files(&[("f.toml", &deep)], &[]).to_string().contains("f.toml:2"));
    let json = format!("{{\"formula\": \"f\", \"x\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(wrong_files(&[("f.formula.json", &json)], &[]).to_string().contains("deep"));
    let mut children = String::from("[[steps]]\nid = \"c\"\n");
    for depth in 1..14 {
        let _ = write!(children, "[[steps{}]]\nid = \"c{depth}\"\n", ".children".repeat(depth));
    }
    assert!(wrong(&children).to_string().contains("nested more than 8 deep"));
}

#[test]
fn texts_that_multiply_end() {
    let many = "{target.description}".repeat(10_000);
    let template = format!("formula = \"e\"\n[[template]]\nid = \"{{target}}.x\"\ndescription = \"{many}\"\n");
    let body = format!("formula = \"f\"\n[[steps]]\nid = \"a\"\ndescription = \"{}\"\nexpand = \"e\"\n", "y".repeat(200_000));
    let text = wrong_files(&[("e.toml", &template), ("f.toml", &body)], &[]).to_string();
    assert!(text.contains("longer than 256 KiB"), "{text}");
    let mut body = format!("formula = \"f\"\n[vars]\nx = \"{}\"\n", "z".repeat(60_000));
    for n in 0..400 {
        let _ = write!(body, "[[steps]]\nid = \"s{n}\"\ndescription = \"{{{{x}}}}\"\n");
    }
    let text = wrong_files(&[("f.toml", &body)], &[]).to_string();
    assert!(text.contains("16 MiB"), "{}", &text[..300]);
    let nested =
        "[[steps]]\nid = \"a\"\nloop = { count = 200, body = [{ id = \"b\", loop = { count = 200, body = [{ id = \"c\" }] } }] }\n";
    assert!(wrong(nested).to_string().contains("more than 10000 steps"));
}

#[test]
fn a_thousand_steps_and_ten_thousand_are_linear() {
    let chain = |n: usize| {
        let mut body = String::from("formula = \"f\"\n");
        for at in 0..n {
            let needs = if at == 0 { String::new() } else { format!("needs = [\"s{}\"]\n", at - 1) };
            let _ = write!(body, "[[steps]]\nid = \"s{at}\"\ntitle = \"Move {at}\"\nkind = \"checkpoint\"\n{needs}");
        }
        body
    };
    let time = |n: usize| {
        let body = chain(n);
        let (_dir, library) = library(&[("f.toml", &body)]);
        let made = library.resolve("f", &BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(made.recipe.steps.len(), n);
    };
    time(1025);
    let back = chain(9000).replace("kind = \"checkpoint\"", "on_fail = \"s7\"");
    let (_dir, library) = library(&[("f.toml", &back)]);
    let problems = library.resolve("f", &BTreeMap::new()).unwrap_err();
    assert_eq!(problems.errors.len(), 8, "s7 comes before all but itself and the seven before it");
    time(9999);
    let text = wrong(&chain(10_001).replace("formula = \"f\"\n", "")).to_string();
    assert!(text.contains("more than 10000 steps"), "{text}");
}

#[test]
fn many_of_anything_take_no_longer_than_they_are_long() {
    let many = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<String>();
    let step = "[[steps]]\nid = \"a\"\n";
    let keys = of(&format!("{step}{}", many(60_000, &|n| format!("k{n} = 1\n"))));
    assert_eq!((keys.warnings.len(), keys.recipe.steps[0].extra.len()), (50, 60_000));
    let bodies = [
        format!("extends = [{}]\n", many(60_000, &|_| "\"nobody\",".to_owned())),
        format!("{step}outputs = [\"{}\"]\n", many(60_000, &|n| format!("{{{{a{n}}}}} "))[..250_000].to_owned()),
        format!("{step}needs = [{}]\n", many(60_000, &|n| format!("\"x{n}\","))),
        format!("{step}{}", many(10_000, &|n| format!("[[compose.bond_points]]\nid = \"b{n}\"\nafter_step = \"q\"\n"))),
        format!("{step}{}", many(10_000, &|n| format!("[[compose.map]]\nselect = \"*{n}*\"\nwith = \"q\"\n"))),
        format!("{step}{}", many(10_000, &|n| format!("[[compose.expand]]\ntarget = \"q{n}\"\nwith = \"q\"\n"))),
        format!("{} = 1\n{step}", vec!["a"; 200_000].join(".")),
    ];
    for body in bodies {
        let problems = wrong(&body);
        assert!(problems.errors.len() <= 50 && problems.to_string().len() < 50_000, "{:.200}", problems.to_string());
    }
}

#[test]
fn a_checkpoint_is_not_expanded_away() {
    let with = ("e.toml", "formula = \"e\"\n[[template]]\nid = \"{target}.x\"\n");
    let body = |keys: &str| format!("formula = \"f\"\n[[steps]]\nid = \"a\"\nexpand = \"e\"\n{keys}\n");
    let text = wrong_files(&[with, ("f.toml", &body("requires_human_approval = true"))], &[]).to_string();
    assert!(text.contains("`a` is a checkpoint and cannot be expanded"), "{text}");
    let made = resolved(&[with, ("f.toml", &body("mandatory = true"))], &[]);
    assert!(made.warnings[0].message.contains("what `a` validates is replaced"), "{:?}", made.warnings);
}

#[test]
fn ten_thousand_mistakes_are_told_in_short() {
    let mut body = String::new();
    for at in 0..10_000 {
        let _ = write!(body, "[[steps]]\nid = \"s{at}\"\nneeds = [\"x{at}\"]\n");
    }
    let problems = wrong(&body);
    assert_eq!(problems.errors.len(), 50);
    assert!(problems.to_string().ends_with("and 9950 more"), "{}", problems.more);
}
