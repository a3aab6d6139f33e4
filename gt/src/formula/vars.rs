//! The values of variables.

use super::job::Job;
use super::model::{Formula, Var};
use super::problem::meant;
use std::collections::BTreeMap;

/// The longest value.
const LONGEST: usize = 64 * 1024;

/// The value of one variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// `None` = it has none; in a text it is empty, or stays as it is where a formula is only looked at.
    pub text: Option<String>,
    /// True if somebody gave it, false if it is the default.
    pub given: bool,
    pub required: bool,
}

pub(super) type Values = BTreeMap<String, Given>;

/// Why a value cannot be that of a variable.
pub(super) fn fits(var: &Var, value: &str) -> Result<(), String> {
    if value.len() > LONGEST {
        return Err("is longer than 64 KiB".to_owned());
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Err("has a control character".to_owned());
    }
    if !var.choices.is_empty() && !var.choices.iter().any(|c| c == value) {
        return Err(format!("is none of {}", var.choices.join(", ")));
    }
    if let Some(pattern) = &var.pattern {
        let fits = regex::Regex::new(&pattern.text).is_ok_and(|r| r.is_match(value));
        if !fits {
            return Err(format!("does not match `{}`", pattern.text));
        }
    }
    let fits = match var.sort.as_deref() {
        Some("int" | "integer") => value.parse::<i64>().is_ok(),
        Some("number" | "float") => value.parse::<f64>().is_ok_and(f64::is_finite),
        Some("bool" | "boolean") => matches!(value, "true" | "false"),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("is no {}", var.sort.as_deref().unwrap_or_default())) }
}

/// The values for a formula; what is wrong with those that were given is in the log.
pub(super) fn values(job: &mut Job<'_>, formula: &Formula) -> Values {
    let mut out = Values::new();
    for (name, var) in &formula.vars {
        let given = job.given.get(name).cloned();
        if let Some(value) = given.as_deref().filter(|v| !v.is_empty() || var.required) {
            if let Err(why) = fits(var, value) {
                job.log.error(var.at, format!("the value that was given for `{name}` {why}"));
            }
        }
        let is_given = given.is_some();
        out.insert(name.clone(), Given { text: given.or_else(|| var.default.clone()), given: is_given, required: var.required });
    }
    for name in job.given.keys().filter(|n| !formula.vars.contains_key(*n)) {
        let help = meant(name, formula.vars.keys().map(String::as_str)).unwrap_or_else(|| known(formula));
        job.log.error(None, format!("the formula `{}` has no variable `{}`", formula.name, name.escape_debug())).help(help);
    }
    for (name, var) in &formula.vars {
        let has = |name: &String| out.get(name).and_then(|v| v.text.as_deref()).is_some_and(|t| !t.is_empty());
        let unless = !var.unless.is_empty() && !var.unless.iter().any(has);
        if has(name) || !(var.required || unless) {
            continue;
        }
        if let Some(value) = out.get_mut(name) {
            value.required = true;
        }
        // Of several of which one is enough, the first speaks for all.
        let spoken = unless
            && var.unless.iter().any(|other| other < name && formula.vars.get(other).is_some_and(|o| o.unless.contains(name)));
        if job.strict && !spoken {
            let others: String = var.unless.iter().map(|o| format!(" or `{o}`")).collect();
            let about = if var.description.is_empty() { String::new() } else { format!(": {}", one_line(&var.description)) };
            job.log.error(var.at, format!("a value is needed for `{name}`{others}{about}")).help(format!("--var {name}=VALUE"));
        }
    }
    out
}

fn known(formula: &Formula) -> String {
    let names: Vec<&str> = formula.vars.keys().map(String::as_str).take(20).collect();
    if names.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", names.join(", ")) }
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(100).collect()
}
