//! Edges as people write them.

use super::super::words;
use crate::error::{Error, Result};
use crate::model::{BeadId, DepType, Edge, Value};
use crate::store::Tx;

/// An edge that is asked for: the type and the text that names its target.
#[derive(Clone, Debug, PartialEq)]
pub struct DepSpec {
    /// The type.
    pub kind: DepType,
    /// A bead's name, as typed, or `external:<project>:<capability>`.
    pub to: String,
    /// What comes with the edge.
    pub meta: Option<Value>,
}

impl DepSpec {
    /// An edge of a type.
    pub fn new(kind: DepType, to: &str) -> Self {
        Self { kind, to: to.to_owned(), meta: None }
    }

    /// An edge that waits for the children of `spawner`; `gate` is `all-children` or `any-children`.
    ///
    /// # Errors
    /// Another gate (exit 2).
    pub fn waits_for(spawner: &str, gate: Option<&str>) -> Result<Self> {
        let meta = match gate {
            None | Some("all-children") => None,
            Some(gate @ "any-children") => Some(Value::of(&serde_json::json!({"metadata": format!("{{\"gate\":\"{gate}\"}}")}))),
            Some(other) => {
                return Err(Error::usage(format!("`{}` is no gate of a waits-for", other.escape_debug()))
                    .hint("all-children or any-children"));
            }
        };
        Ok(Self { kind: DepType::WAITS_FOR, to: spawner.to_owned(), meta })
    }

    /// The edge, with its target's whole name.
    ///
    /// # Errors
    /// No such bead, a deleted one, or an external name that is none.
    pub fn resolve(&self, tx: &Tx<'_>) -> Result<Edge> {
        let to = if let Some(rest) = self.to.strip_prefix("external:") {
            let fits = rest.split_once(':').is_some_and(|(p, c)| !p.is_empty() && !c.is_empty())
                && !self.to.contains(|c: char| c.is_control() || c.is_whitespace());
            if !fits || self.to.len() > BeadId::MAX {
                return Err(
                    Error::usage(format!("`{}` names nothing", self.to.escape_debug())).hint("external:<project>:<capability>")
                );
            }
            self.to.clone()
        } else {
            let id = tx.resolve(&self.to)?;
            if tx.bead(&id)?.is_some_and(|b| b.is_deleted()) {
                return Err(Error::usage(format!("`{id}` is deleted")).hint("`bd restore` brings a deleted bead back"));
            }
            id.as_str().to_owned()
        };
        Ok(Edge { to, kind: self.kind.clone(), meta: self.meta.clone() })
    }
}

/// Reads `type:id,type:id,id` (without a type: `blocks`).
///
/// # Errors
/// An unknown type, or a part that names nothing (exit 2).
pub fn parse_deps(texts: &[String]) -> Result<Vec<DepSpec>> {
    let mut out = Vec::new();
    for part in texts.iter().flat_map(|t| t.split(',')).map(str::trim).filter(|p| !p.is_empty()) {
        let (kind, to) = match part.split_once(':') {
            Some(("external", _)) | None => (DepType::BLOCKS, part),
            Some((kind, to)) => (words::dep_type(kind)?, to.trim()),
        };
        if to.is_empty() {
            return Err(
                Error::usage(format!("`{}` names no bead", part.escape_debug())).hint("type:id, e.g. discovered-from:bd-a3f8")
            );
        }
        out.push(DepSpec::new(kind, to));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_dependencies() {
        let specs = parse_deps(&["discovered-from:bd-1, bd-2".into(), "external:p:c,blocks:external:p:d".into()]).unwrap();
        let shown: Vec<String> = specs.iter().map(|s| format!("{} {}", s.kind.as_str(), s.to)).collect();
        assert_eq!(shown, ["discovered-from bd-1", "blocks bd-2", "blocks external:p:c", "blocks external:p:d"]);
        assert!(parse_deps(&["block:bd-1".into()]).is_err());
        assert!(parse_deps(&["blocks:".into()]).is_err());
        assert!(parse_deps(&[]).unwrap().is_empty());
        assert!(DepSpec::waits_for("bd-1", Some("some")).is_err());
    }
}
