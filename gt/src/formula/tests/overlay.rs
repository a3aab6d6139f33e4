//! Overlays: replace, append, skip, and what is wrong in them.

use super::super::overlay::FOLDER as OVERLAYS;
use super::*;

const BASE: &str = "formula = \"f\"\n[vars]\nwho = \"ann\"\n[[steps]]\nid = \"a\"\ndescription = \"First\"\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n[[steps]]\nid = \"c\"\nneeds = [\"b\"]\n";

/// A project and a home with the formula `f` in the project, and these overlays.
fn project(own: Option<&str>, top: Option<&str>, user: Option<&str>) -> (tempfile::TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let (tree, home) = (dir.path().join("tree"), dir.path().join("home"));
    std::fs::create_dir_all(tree.join(FOLDER)).unwrap();
    std::fs::write(tree.join(FOLDER).join("f.toml"), BASE).unwrap();
    for (folder, text) in
        [(tree.join(".beads").join(OVERLAYS), own), (tree.join(OVERLAYS), top), (home.join(".beads").join(OVERLAYS), user)]
    {
        if let Some(text) = text {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("f.toml"), text).unwrap();
        }
    }
    let env = bd::env::Env::new("/".into(), BTreeMap::from([("HOME".to_owned(), home.display().to_string())]));
    let library = Library::of(&env, Some(&tree));
    (dir, library)
}

const SKIP: &str = "[[step-overrides]]\nstep_id = \"b\"\nmode = \"skip\"\n";

#[test]
fn steps_are_replaced_appended_to_and_left_out() {
    let text = format!(
        "[[step-overrides]]\nstep_id = \"a\"\nmode = \"append\"\ndescription = \"Ask {{{{who}}}}\"\n{SKIP}[[step-overrides]]\nstep_id = \"c\"\nmode = \"replace\"\ndescription = \"All of it\"\n"
    );
    let (_dir, library) = project(Some(&text), None, None);
    let made = library.resolve("f", &BTreeMap::new()).unwrap();
    assert_eq!(lines(&made), ["a", "c <- a"], "who needed it begins after what it needed");
    assert_eq!(made.recipe.steps[0].description, "First\n\nAsk ann");
    assert_eq!(made.recipe.steps[1].description, "All of it");
    let shown = &made.recipe.extra["overlay"];
    assert_eq!((&shown["path"], &shown["skipped"][0]), (&".beads/formula-overlays/f.toml".into(), &"b".into()));
    assert!(made.warnings.iter().any(|w| w.message.contains("leaves out b")), "{:?}", made.warnings);
    let (_dir, plain) = project(None, None, None);
    let plain = plain.resolve("f", &BTreeMap::new()).unwrap();
    assert_ne!(plain.recipe.digest, made.recipe.digest, "another recipe has another digest");
    assert!(!plain.recipe.extra.contains_key("overlay"));
}

#[test]
fn the_nearest_takes_the_place_of_the_others() {
    let other = "[[step-overrides]]\nstep_id = \"a\"\nmode = \"skip\"\n";
    for (own, top, user, want) in [
        (Some(SKIP), Some(other), Some(other), ["a", "c <- a"]),
        (None, Some(SKIP), Some(other), ["a", "c <- a"]),
        (None, None, Some(other), ["b", "c <- b"]),
    ] {
        let (_dir, library) = project(own, top, user);
        assert_eq!(lines(&library.resolve("f", &BTreeMap::new()).unwrap()), want);
    }
}

#[test]
fn a_step_that_is_not_there_is_said_and_what_is_wrong_has_its_place() {
    let (_dir, library) = project(Some("[[step-overrides]]\nstep_id = \"bb\"\nmode = \"skip\"\n"), None, None);
    let made = library.resolve("f", &BTreeMap::new()).unwrap();
    assert_eq!(lines(&made).len(), 3);
    assert!(made.warnings.iter().any(|w| w.message.contains("no step `bb`") && w.at.is_some()), "{:?}", made.warnings);
    for (text, want, line) in [
        ("[[step-overrides]]\nstep_id = \"a\"\nmode = \"drop\"\n", "there is no mode `drop`", 3),
        ("[[step-overrides]]\nmode = \"skip\"\n", "no `step_id`", 1),
        ("[[step-overrides]]\nstep_id = \"a\"\n", "no `mode`", 1),
        ("[[step-overrides]]\nstep_id = \"a\"\nmode = \"append\"\n", "no `description`", 1),
        ("[[step-overrides\n", "not TOML", 1),
        ("step-overrides = 3\n", "a list of tables", 1),
    ] {
        let (_dir, library) = project(Some(text), None, None);
        let problems = library.resolve("f", &BTreeMap::new()).expect_err("a problem");
        let first = &problems.errors[0];
        assert!(first.message.contains(want), "{text}: {problems}");
        let at = first.at.as_ref().unwrap();
        assert_eq!((at.path.as_str(), at.line), (".beads/formula-overlays/f.toml", line), "{text}");
    }
}
