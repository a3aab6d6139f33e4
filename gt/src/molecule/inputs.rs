//! What a molecule is poured with: documents, or a molecule file (reference gastown.md 3.6, per-molecule input file).

use bd::error::{Error, Result};
use bd::store::{STATE_REF, Store};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// The largest molecule file in bytes.
const MAX_FILE: u64 = 1 << 20;

/// What was said about a molecule before it is poured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// `molecule_id`
    pub name: Option<String>,
    /// `formula`
    pub formula: Option<String>,
    /// `convoy`
    pub convoy: Option<String>,
    /// `owner`
    pub owner: Option<String>,
    /// `team`
    pub team: Option<String>,
    /// `[vars]`
    pub vars: BTreeMap<String, String>,
    /// Pairs of path and blob id.
    pub documents: Vec<(String, String)>,
    /// The file, as written.
    pub scope: Map<String, Value>,
}

/// Reads `--inputs`: a Markdown document, or a TOML file that names its documents.
///
/// # Errors
/// No such file in the working tree, or a TOML file that does not parse (exit 2, with its line).
pub fn read(store: &Store, path: &str) -> Result<Inputs> {
    let shown = inside(store, path)?;
    let top = top(store)?;
    let file = top.join(&shown);
    let is_toml = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    if !is_toml {
        return Ok(Inputs { documents: vec![document(store, &shown)?], ..Inputs::default() });
    }
    if file.metadata().is_ok_and(|m| m.len() > MAX_FILE) {
        return Err(Error::usage(format!("{shown} is larger than {MAX_FILE} bytes")));
    }
    let text = std::fs::read_to_string(&file).map_err(|e| Error::io(&file, &e))?;
    let table: Map<String, Value> =
        toml_edit::de::from_str(&text).map_err(|e| Error::usage(format!("{shown}: {}", e.to_string().trim())))?;
    let mut out = Inputs { documents: vec![document(store, &shown)?], ..Inputs::default() };
    let text = |key: &str| -> Result<Option<String>> {
        match table.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Error::usage(format!("{shown}: `{key}` is a text"))),
        }
    };
    out.name = text("molecule_id")?;
    out.formula = text("formula")?;
    out.convoy = text("convoy")?;
    out.owner = text("owner")?;
    out.team = text("team")?;
    if let Some(vars) = table.get("vars") {
        let vars = vars.as_object().ok_or_else(|| Error::usage(format!("{shown}: `vars` is a table")))?;
        let plain = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        out.vars = vars.iter().map(|(k, v)| (k.clone(), plain(v))).collect();
    }
    let docs = table.get("inputs").and_then(|i| i.get("authoritative_docs")).and_then(Value::as_array);
    for doc in docs.into_iter().flatten().filter_map(Value::as_str) {
        // A document that is named and not there is a gap that the compliance report names.
        if let Ok(shown) = inside(store, doc) {
            out.documents.push(document(store, &shown)?);
        } else {
            out.documents.push((crate::molecule::handin::one_line(doc), String::new()));
        }
    }
    let known = ["inputs", "scope", "team_coordination", "validation", "quality_gates", "created", "version"];
    out.scope = table.into_iter().filter(|(k, _)| known.contains(&k.as_str())).collect();
    Ok(out)
}

fn top(store: &Store) -> Result<std::path::PathBuf> {
    store.git().paths().work_dir.clone().ok_or_else(|| Error::usage("a bare repository has no working tree to read inputs from"))
}

/// A path from the top of the working tree, of a file that is in it.
fn inside(store: &Store, path: &str) -> Result<String> {
    let wrong = |why: &str| Error::usage(format!("`{}` cannot be an input: {why}", path.escape_debug()));
    let top = top(store)?.canonicalize().map_err(|e| wrong(&e.to_string()))?;
    let tried = [store.env().cwd.join(path), top.join(path)];
    let found = tried.iter().find_map(|p| p.canonicalize().ok()).ok_or_else(|| wrong("there is no such file"))?;
    let below = found.strip_prefix(&top).map_err(|_| wrong("it is outside of the working tree"))?;
    if !found.is_file() || below.components().any(|c| !matches!(c, Component::Normal(_))) {
        return Err(wrong("it is no file of the working tree"));
    }
    Ok(below.to_str().ok_or_else(|| wrong("its name is not UTF-8"))?.replace('\\', "/"))
}

fn document(store: &Store, path: &str) -> Result<(String, String)> {
    let file = top(store)?.join(Path::new(path));
    let bytes = std::fs::read(&file).map_err(|e| Error::io(&file, &e))?;
    let like = [STATE_REF, "HEAD"].iter().find_map(|r| store.git().tip(r).ok().flatten());
    let blob = like.and_then(|like| bd::git::blob_id(like, &bytes)).map(|id| id.to_string()).unwrap_or_default();
    Ok((path.to_owned(), blob))
}
