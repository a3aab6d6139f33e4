//! `gt molecule create` and `gt formula pour`: a molecule from a formula.

use super::print;
use crate::convoy;
use crate::formula::{Library, Resolved};
use crate::molecule::beads::Beads;
use crate::molecule::change::Change;
use crate::molecule::compute;
use crate::molecule::inputs::{self, Inputs};
use crate::molecule::pour::{Pour, pour};
use crate::molecule::{load, names, texts, validate};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use bd::store::Store;
use clap::{ArgMatches, Args as _};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const SUB: Sub = Sub {
    name: "create",
    aliases: &[],
    about: "Pour a formula into a molecule of a convoy: its steps become beads, in one commit",
    args: Args::augment_args,
    run,
    example: "gt molecule create --formula tdd-feature --name day3-workflow-refs --convoy soc2-audit-trail --owner @lea",
    codes: &[4, 6, 7],
    shape: Some(print::poured_schema),
};

#[derive(clap::Args)]
struct Args {
    /// The formula
    #[arg(long, value_name = "NAME")]
    formula: Option<String>,
    /// What the molecule is called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    more: More,
}

/// What both commands take.
#[derive(clap::Args)]
pub(in crate::cli) struct More {
    /// The convoy it is for
    #[arg(long, value_name = "ID")]
    convoy: Option<String>,
    /// A document, or a molecule file (TOML) that names several
    #[arg(long, value_name = "FILE")]
    inputs: Option<String>,
    /// Who decides over its checkpoints: @user
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// The team that works on it
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// How long it is thought to take, for people
    #[arg(long, value_name = "TEXT")]
    duration: Option<String>,
    /// A value for a variable of the formula; more than once
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
    /// Molecules that have to be completed first
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    requires: Vec<String>,
    /// How many tests there are now, for what is told later
    #[arg(long, value_name = "N")]
    tests_before: Option<u32>,
    /// Only say what would be poured
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    create(ctx, args.formula.as_deref(), args.name.as_deref(), args.more)
}

/// Resolves, looks at the convoy, pours and says what there is now.
///
/// # Errors
/// A formula that is none, a name that is taken or none, a convoy that is not there.
pub(in crate::cli) fn create(ctx: &mut Ctx<'_, '_>, formula: Option<&str>, name: Option<&str>, more: More) -> Result<()> {
    let store = ctx.store()?;
    let given = more.inputs.as_deref().map(|path| inputs::read(&store, path)).transpose()?.unwrap_or_default();
    let name = name.map(str::to_owned).or_else(|| given.name.clone());
    let name = name.ok_or_else(|| Error::usage("the molecule needs a name").hint("--name NAME"))?;
    names::check("molecule", &name)?;
    let (pour_of, resolved) = plan(ctx, &store, &given, formula, &name, &more)?;
    for warning in &resolved.warnings {
        ctx.ui.warn(&warning.to_string());
    }
    if more.dry_run {
        return dry(ctx, &pour_of, &resolved);
    }
    let convoy = pour_of.convoy.clone();
    let (id, waits) = ctx.write(|tx| {
        let id = pour(tx, &pour_of)?;
        if let Some(convoy) = &convoy {
            convoy::track(tx, convoy, &id)?;
        }
        // A formula that begins with a checkpoint asks at once.
        let first = pour_of.recipe.steps.iter().any(|s| s.needs.is_empty() && s.kind == crate::formula::StepKind::Checkpoint);
        if first {
            Change::new(tx, id.clone()).end()?;
        }
        let waits = match tx.bead(&id)?.filter(|_| !pour_of.requires.is_empty()) {
            Some(molecule) => {
                let beads = Beads { molecule, steps: Vec::new(), missing: Vec::new() };
                compute::waits_for(&beads, |id| tx.bead(id))?
            }
            None => Vec::new(),
        };
        Ok((id, waits))
    })?;
    if ctx.ui.is_json() {
        let snapshot = ctx.snapshot()?;
        return ctx.ui.json(&print::object(&load(&snapshot, &id, ctx.env.now())?));
    }
    // What was poured is known: reading it back would be half of the cost of a large one.
    say(ctx, &store, &pour_of, &waits, more.duration.as_deref())
}

fn plan(
    ctx: &mut Ctx<'_, '_>,
    store: &Store,
    given: &Inputs,
    formula: Option<&str>,
    name: &str,
    more: &More,
) -> Result<(Pour, Resolved)> {
    let snapshot = ctx.snapshot()?;
    let convoy = more.convoy.clone().or_else(|| given.convoy.clone());
    let file = match &convoy {
        Some(id) => {
            convoy::find(store, &snapshot, id)?;
            convoy::file_of(store, id)?
        }
        None => None,
    };
    let planned = file.as_ref().and_then(|f| f.molecule(name));
    let formula = formula.map(str::to_owned).or_else(|| given.formula.clone()).or_else(|| planned.and_then(|p| p.formula.clone()));
    let formula =
        formula.ok_or_else(|| Error::usage("the molecule needs a formula").hint("--formula NAME; `gt formula list` shows them"))?;
    let mut vars: BTreeMap<String, String> = given.vars.clone();
    for text in &more.vars {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("`{}` gives no value", text.escape_debug())).hint("--var NAME=VALUE"))?;
        vars.insert(key.trim().to_owned(), value.to_owned());
    }
    let top = store.git().paths().work_dir.clone();
    let library = Library::of(store.env(), top.as_deref());
    let resolved = library.resolve(&formula, &vars)?;
    resolved.must_be_whole()?;
    let mut requires = more.requires.clone();
    if let Some(file) = &file {
        let poured = |id: &str| {
            let bead = names::molecule(store.config().prefix(), id)?;
            Ok::<bool, Error>(snapshot.bead(&bead)?.is_some())
        };
        for id in convoy::requires_of(file, name) {
            // Done before there was a store: nothing to wait for.
            let done = file.molecule(&id).is_some_and(convoy::Planned::is_completed) && !poured(&id)?;
            if !done && !requires.contains(&id) {
                requires.push(id);
            }
        }
    }
    for id in &requires {
        names::check("molecule", id)?;
        let known = file.as_ref().is_some_and(|f| f.molecule(id).is_some());
        if !known && snapshot.bead(&names::molecule(store.config().prefix(), id)?)?.is_none() {
            return Err(Error::usage(format!("`{name}` requires `{id}`, and there is no such molecule"))
                .hint("`gt molecule list --all` shows them"));
        }
    }
    let team = more.team.clone().or_else(|| given.team.clone()).or_else(|| planned.and_then(|p| p.team.clone()));
    if let (Some(team), Some(file)) = (&team, &file) {
        known_team(store, team, &file.teams.involved)?;
    }
    let owner = more.owner.clone().or_else(|| given.owner.clone()).or_else(|| planned.and_then(|p| p.owner.clone()));
    let owner = owner.or_else(|| file.as_ref().and_then(|f| f.owner.clone()));
    let mut scope = given.scope.clone();
    if let Some(duration) = &more.duration {
        scope.insert("duration".to_owned(), json!(duration));
    }
    let mut recipe = resolved.recipe.clone();
    if let Some(file) = &file {
        convoy::ask_of(file, &mut recipe.progression);
    }
    let pour = Pour {
        recipe,
        name: name.to_owned(),
        convoy,
        owner: owner.map(|o| if o.starts_with('@') || o.contains('/') { o } else { format!("@{o}") }),
        team,
        inputs: given.documents.clone(),
        scope,
        requires,
        tests_before: more.tests_before,
    };
    Ok((pour, resolved))
}

/// A team of a convoy that names its teams is one of them, or one of the configuration.
fn known_team(store: &Store, team: &str, involved: &[String]) -> Result<()> {
    let key = crate::mail::team_key(team);
    if involved.is_empty() || involved.iter().any(|t| crate::mail::team_key(t) == key) {
        return Ok(());
    }
    let directory = crate::mail::Directory::of_config(store)?;
    directory.resolve(&texts::team_address(team)).map(drop)
}

fn dry(ctx: &mut Ctx<'_, '_>, pour: &Pour, resolved: &Resolved) -> Result<()> {
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"dry_run": true, "name": pour.name, "convoy": pour.convoy, "requires": pour.requires,
            "owner": pour.owner, "team": pour.team, "recipe": resolved.recipe}));
    }
    ctx.ui.line(format!("Would pour {} v{} into {}", resolved.recipe.name, resolved.recipe.version, pour.name))?;
    for step in &resolved.recipe.steps {
        let needs = if step.needs.is_empty() { String::new() } else { format!("  needs {}", step.needs.join(", ")) };
        ctx.ui.line(format!("  {}{needs}", step.id))?;
    }
    Ok(())
}

fn say(ctx: &mut Ctx<'_, '_>, store: &Store, poured: &Pour, waits: &[String], duration: Option<&str>) -> Result<()> {
    let (recipe, name) = (&poured.recipe, &poured.name);
    // A range counts with its upper end, as in the ETA.
    let short = |most: u32| match (most / 60, most % 60) {
        (0, m) => format!("{m}m"),
        (h, 0) => format!("{h}h"),
        (h, m) => format!("{h}h {m}m"),
    };
    ctx.ui.line(format!("✅ Molecule created: {name}"))?;
    ctx.ui.line(format!("📋 Formula: {} v{}", recipe.name, recipe.version))?;
    let planned = duration.map(|d| format!(" (planned: {})", crate::molecule::handin::one_line(d))).unwrap_or_default();
    ctx.ui.line(format!("⏱️  Estimated Duration: {}{planned}", short(recipe.estimate().max)))?;
    if let Some(first) = recipe.steps.first() {
        let time = first.estimate.map(|e| format!(" ({})", short(e.max))).unwrap_or_default();
        ctx.ui.line(format!("🔍 First Step: {}{time}", first.id))?;
    }
    ctx.ui.line(format!("🚨 Checkpoints: {} human approvals required", recipe.checkpoints().count()))?;
    if !waits.is_empty() {
        ctx.ui.line(format!("⏳ Waits for: {}", waits.join(", ")))?;
    }
    let commands = validate::commands_of(recipe.steps.iter());
    if commands.is_empty() && recipe.steps.iter().any(validate::asks_for_tests) {
        ctx.ui.warn(&format!(
            "its steps ask for tests, and no command runs them: `gt molecule upgrade {name} --var NAME=COMMAND` names one"
        ));
    }
    if !validate::is_trusted(store, &commands)? {
        ctx.ui.line(format!("Next: gt molecule trust {name}   # its commands run only after you have seen them"))?;
    }
    ctx.ui.line(format!("Next: gt molecule next {name} --claim"))
}
