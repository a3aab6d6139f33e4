//! The whole way from a file to a recipe. Sources are written here; real ones are compared in tests/gt.

use super::*;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn library(files: &[(&str, &str)]) -> (tempfile::TempDir, Library) {
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

#[test]
fn the_shipped_formulas_have_no_problem_and_no_warning() {
    let (_dir, library) = library(&[]);
    for name in Library::built_in_names() {
        let resolved = library.examine(name, &BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"));
        assert!(resolved.warnings.is_empty(), "{name}: {:?}", resolved.warnings);
        assert_eq!((resolved.tier, resolved.recipe.name.as_str()), (Tier::BuiltIn, name));
        assert!(!resolved.foreign_commands);
    }
    assert_eq!(library.list().len(), Library::built_in_names().count());
    let _ = (vars(&[]), Path::new(""));
}
