//! `[vars]` and `[inputs]`.

use super::super::model::Var;
use super::super::names::is_variable;
use super::super::node::{Data, Entry};
use super::super::problem::Log;
use super::fields;
use std::collections::BTreeMap;

const KEYS: &[&str] =
    &["description", "required", "default", "enum", "pattern", "type", "required_unless", "choices", "options", "example"];

pub(super) fn read(log: &mut Log, entry: &Entry, into: &mut BTreeMap<String, Var>) {
    for field in fields::table(log, entry) {
        if !is_variable(&field.key) {
            log.error(field.key_at, format!("`{}` is no name for a variable", field.key.escape_debug()))
                .help("a letter or `_` first, then letters, digits, `_` and `-`");
            continue;
        }
        if into.contains_key(&field.key) {
            log.error(field.key_at, format!("the variable `{}` is declared twice", field.key));
            continue;
        }
        let mut var = Var { at: field.key_at, ..Var::default() };
        match &field.value.data {
            Data::Table(entries) => one(log, entries, &mut var),
            _ => var.default = fields::scalar(log, field),
        }
        if var.required && var.default.is_some() {
            log.error(field.key_at, format!("the variable `{}` is required and has a default", field.key))
                .help("keep one of the two");
        }
        check_default(log, &field.key, &var);
        into.insert(field.key.clone(), var);
    }
}

fn one(log: &mut Log, entries: &[Entry], var: &mut Var) {
    for entry in entries {
        match entry.key.as_str() {
            "description" => var.description = fields::text(log, entry).unwrap_or_default(),
            "required" => var.required = fields::truth(log, entry),
            "default" => var.default = fields::scalar(log, entry),
            "enum" | "choices" | "options" => {
                let Data::List(items) = &entry.value.data else {
                    fields::refs(log, entry);
                    continue;
                };
                var.choices = items.iter().filter_map(super::super::node::Node::scalar).collect();
                if var.choices.is_empty() {
                    log.error(entry.value.at, format!("`{}` has no value to choose", entry.key));
                }
            }
            "pattern" => {
                var.pattern = fields::words(log, entry);
                let pattern = var.pattern.as_ref().map(|p| regex::Regex::new(&p.text));
                if let Some(Err(e)) = pattern {
                    let why = e.to_string();
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    log.error(entry.value.at, format!("`pattern` is no regular expression: {why}"));
                }
            }
            "type" => {
                var.sort = fields::text(log, entry);
                let known = ["string", "text", "int", "integer", "number", "float", "bool", "boolean"];
                if var.sort.as_deref().is_some_and(|t| !known.contains(&t)) {
                    log.warn(entry.value.at, "this type is not known; every text is taken");
                    var.sort = None;
                }
            }
            "required_unless" => var.unless = fields::texts(log, entry),
            "example" => {}
            _ => fields::unknown(log, entry, "a variable", KEYS),
        }
    }
}

fn check_default(log: &mut Log, name: &str, var: &Var) {
    let Some(default) = var.default.as_deref().filter(|d| !d.is_empty()) else { return };
    if let Err(why) = super::super::vars::fits(var, default) {
        log.error(var.at, format!("the default of `{name}` {why}"));
    }
}
