//! The whole way from a file to a recipe. Sources are written here; real ones are compared in tests/gt.

mod compose;
mod control;
mod errors;
mod forms;
mod limits;
mod overlay;
mod props;
mod values;

use super::*;
use std::collections::BTreeMap;

/// A library whose first folder has these files.
fn library(files: &[(&str, &str)]) -> (tempfile::TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let env = bd::env::Env::new("/".into(), BTreeMap::new());
    let library = Library::of(&env, None).with_folder(dir.path(), "");
    (dir, library)
}

fn vars(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// What the formula `f` comes to.
fn resolved(files: &[(&str, &str)], given: &[(&str, &str)]) -> Resolved {
    let (_dir, library) = library(files);
    library.resolve("f", &vars(given)).unwrap_or_else(|e| panic!("{e}"))
}

/// `f.toml` with a head, what it comes to.
fn of(body: &str) -> Resolved {
    resolved(&[("f.toml", &format!("formula = \"f\"\n{body}"))], &[])
}

/// What is wrong with `f.toml`.
fn wrong(body: &str) -> Problems {
    wrong_files(&[("f.toml", &format!("formula = \"f\"\n{body}"))], &[])
}

fn wrong_files(files: &[(&str, &str)], given: &[(&str, &str)]) -> Problems {
    let (_dir, library) = library(files);
    *library.resolve("f", &vars(given)).expect_err("a problem")
}

/// Each step as `id <- need, need`.
fn lines(resolved: &Resolved) -> Vec<String> {
    let line = |s: &Step| if s.needs.is_empty() { s.id.clone() } else { format!("{} <- {}", s.id, s.needs.join(", ")) };
    resolved.recipe.steps.iter().map(line).collect()
}

/// Steps of these names, each needing what stands behind it: `a`, `b a`.
fn steps(all: &[&str]) -> String {
    all.iter()
        .map(|line| {
            let mut words = line.split(' ');
            let id = words.next().unwrap();
            let needs: Vec<String> = words.map(|w| format!("\"{w}\"")).collect();
            format!("[[steps]]\nid = \"{id}\"\ntitle = \"Title of {id}\"\nneeds = [{}]\n", needs.join(", "))
        })
        .collect()
}

#[test]
fn the_shipped_formulas_have_no_problem_and_no_warning() {
    let (_dir, library) = library(&[]);
    for name in Library::built_in_names() {
        let resolved = library.examine(name, &BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"));
        assert!(resolved.warnings.is_empty(), "{name}: {:?}", resolved.warnings);
        assert_eq!((resolved.tier, resolved.recipe.name.as_str()), (Tier::BuiltIn, name));
        assert!(!resolved.foreign_commands && resolved.kind.is_whole());
    }
    assert_eq!(library.list().len(), Library::built_in_names().count());
}

#[test]
fn the_digest_is_of_the_sources_and_the_values() {
    let parent = ("p.toml", "formula = \"p\"\n[vars]\nx = \"1\"\n[[steps]]\nid = \"a\"\n");
    let child = ("f.toml", "formula = \"f\"\nextends = [\"p\"]\n");
    let digest = |files: &[(&str, &str)], given: &[(&str, &str)]| resolved(files, given).recipe.digest;
    let one = digest(&[parent, child], &[]);
    assert_eq!(one.len(), 64);
    assert_eq!(one, digest(&[parent, child], &[("x", "1")]), "a default that is given is no difference");
    assert_ne!(one, digest(&[parent, child], &[("x", "2")]));
    assert_ne!(one, digest(&[("p.toml", &format!("{}# a comment\n", parent.1)), child], &[]));
    assert_ne!(one, digest(&[parent, ("f.toml", &format!("{} ", child.1))], &[]));
}

#[test]
fn the_project_stands_before_the_user_and_the_user_before_the_built_in() {
    let top = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let put = |root: &std::path::Path, version: &str| {
        std::fs::create_dir_all(root.join(FOLDER)).unwrap();
        let text = format!("formula = \"release\"\nversion = \"{version}\"\n[[steps]]\nid = \"a\"\n");
        std::fs::write(root.join(FOLDER).join("release.toml"), text).unwrap();
    };
    let env = bd::env::Env::new("/".into(), vars(&[("HOME", home.path().to_str().unwrap())]));
    let found = || {
        let resolved = Library::of(&env, Some(top.path())).examine("release", &BTreeMap::new()).unwrap();
        (resolved.tier, resolved.path, resolved.recipe.version)
    };
    assert_eq!(found(), (Tier::BuiltIn, "built-in:release.toml".into(), "1".into()));
    put(home.path(), "user");
    assert_eq!(found(), (Tier::User, "~/.beads/formulas/release.toml".into(), "user".into()));
    put(top.path(), "project");
    assert_eq!(found(), (Tier::Project, ".beads/formulas/release.toml".into(), "project".into()));
    let no_home = bd::env::Env::new("/".into(), BTreeMap::new());
    assert_eq!(Library::of(&no_home, None).list().len(), 5);
}

#[cfg(unix)]
#[test]
fn a_link_of_the_project_is_not_followed_and_what_is_no_file_is_not_read() {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join(FOLDER);
    std::fs::create_dir_all(folder.join("dir.toml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("f.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.toml")).unwrap();
    let env = bd::env::Env::new("/".into(), BTreeMap::new());
    let library = Library::of(&env, Some(top.path()));
    for name in ["f", "zero"] {
        let problems = library.examine(name, &BTreeMap::new()).unwrap_err();
        assert!(problems.to_string().contains("a link is not followed"), "{problems}");
    }
    assert!(library.examine("dir", &BTreeMap::new()).unwrap_err().to_string().contains("there is no formula"));
    let outside = Library::of(&env, None).with_folder(&folder, "x");
    assert!(outside.examine("zero", &BTreeMap::new()).unwrap_err().to_string().contains("not a file"));
}
