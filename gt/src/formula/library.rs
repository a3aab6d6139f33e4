//! Where formulas are found, and what they come to.

use super::builtin;
use super::job::Job;
use super::model::{Formula, Kind};
use super::names::unsafe_name;
use super::overlay;
use super::problem::{Diagnostic, Log, Problems, meant};
use super::read;
use super::recipe::Recipe;
use super::resolve;
use super::source::{Place, Source, hex};
use super::tier::Tier;
use bd::env::Env;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How long a file may be, in bytes.
pub const MAX_FILE: u64 = 1024 * 1024;
/// Where a project keeps its formulas, from the top of the working tree.
pub const FOLDER: &str = ".beads/formulas";
/// How files of formulas end, in the order in which they are looked for.
const ENDINGS: [&str; 3] = [".toml", ".formula.toml", ".formula.json"];

/// The places in which formulas are looked for.
#[derive(Clone, Debug, Default)]
pub struct Library {
    shelves: Vec<Shelf>,
}

/// A folder of formulas.
#[derive(Clone, Debug)]
struct Shelf {
    tier: Tier,
    folder: PathBuf,
    /// How its files are shown, before their names.
    shown: String,
    /// The one file of a name that was named itself.
    exact: Option<(String, String)>,
}

impl Shelf {
    fn new(tier: Tier, folder: PathBuf, shown: String) -> Self {
        Self { tier, folder, shown, exact: None }
    }
}

/// One formula of the library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name by which it is found.
    pub name: String,
    /// Where it comes from.
    pub tier: Tier,
    /// Its file, as it is shown.
    pub path: String,
    /// What it is for; `None` where it cannot be read.
    pub kind: Option<Kind>,
    /// The first line of its description.
    pub description: String,
    /// How many steps it comes to; `None` where something is wrong with it.
    pub steps: Option<usize>,
    /// What is wrong with it, in one line.
    pub problem: Option<String>,
}

/// A variable of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// True if it must be given.
    pub required: bool,
    /// Its value here: given, or the default.
    pub value: Option<String>,
    /// What it may be; empty = anything.
    pub choices: Vec<String>,
}

/// A file that a recipe was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where it comes from.
    pub tier: Tier,
    /// The file, as it is shown; of a project the path from the top of the working tree.
    pub path: String,
    /// SHA-256 of its bytes, in hex, as `bd trust` knows it.
    pub digest: String,
}

/// A formula with everything applied.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The steps and everything that a molecule keeps.
    pub recipe: Recipe,
    /// What the formula is for. Only a workflow or a convoy is poured; of the others the recipe is an example.
    pub kind: Kind,
    /// Where it was found.
    pub tier: Tier,
    /// Its file, as it is shown.
    pub path: String,
    /// What is odd in it.
    pub warnings: Vec<Diagnostic>,
    /// All files that it is made of, itself first.
    pub sources: Vec<Origin>,
    /// Its variables.
    pub variables: Vec<Variable>,
    /// SHA-256 (hex) of its commands, with the steps that run them: what must be trusted before one of them runs, wherever
    /// [`Self::foreign_commands`] is true. `None` = it has no commands.
    pub trusted_commands_digest: Option<String>,
    /// True if some command came with the repository, or was given as a value: it runs only where it is trusted.
    pub foreign_commands: bool,
}

impl Resolved {
    /// Refuses what is only a part of formulas.
    ///
    /// # Errors
    /// An expansion or an aspect (exit 2).
    pub fn must_be_whole(&self) -> bd::error::Result<()> {
        if self.kind.is_whole() {
            return Ok(());
        }
        let how = if self.kind == Kind::Aspect { "[compose] aspects" } else { "[[compose.expand]]" };
        Err(bd::error::Error::usage(format!("`{}` is of the type {}: a part of formulas", self.recipe.name, self.kind.as_str()))
            .hint(format!("A workflow uses it with `{how}`")))
    }
}

impl Library {
    /// The library of a working tree (its top; `None` outside of one): its own formulas, the user's, the built-in ones.
    pub fn of(env: &Env, top: Option<&Path>) -> Self {
        let project = top.map(|top| Shelf::new(Tier::Project, top.join(FOLDER), FOLDER.to_owned()));
        let user = env.home().map(|home| Shelf::new(Tier::User, home.join(FOLDER), format!("~/{FOLDER}")));
        Self { shelves: project.into_iter().chain(user).collect() }
    }

    /// The same, with one more folder before the others: `shown` stands before the names of its files.
    #[must_use]
    pub fn with_folder(&self, folder: &Path, shown: &str) -> Self {
        self.with(Shelf::new(Tier::File, folder.to_owned(), shown.trim_end_matches('/').to_owned()))
    }

    /// The same, with one file before the others, whose neighbours it may use; and the name that the file has there.
    /// `shown` is the file as it was named.
    ///
    /// # Errors
    /// The file is not there, or does not end as files of formulas do (exit 2).
    pub fn with_file(&self, path: &Path, shown: &str) -> bd::error::Result<(Self, String)> {
        let file = path.file_name().and_then(|f| f.to_str()).unwrap_or_default();
        let Some(name) = stem(file) else {
            return Err(bd::error::Error::usage(format!("`{}` is no file of a formula", shown.escape_debug()))
                .hint("They end in .toml, .formula.toml or .formula.json"));
        };
        if !is_there(path) {
            return Err(bd::error::Error::usage(format!("there is no file `{}`", shown.escape_debug())));
        }
        let folder = path.parent().unwrap_or(path).to_owned();
        let before = shown.strip_suffix(file).unwrap_or_default().trim_end_matches('/');
        let before = if before.is_empty() && shown.starts_with('/') { "/" } else { before };
        // A file of the project stays one.
        let own = self.shelves.iter().find(|s| same(&s.folder, &folder)).map(|s| (s.tier, s.shown.clone()));
        let (tier, before) = own.unwrap_or((Tier::File, before.to_owned()));
        let mut shelf = Shelf::new(tier, folder, before);
        shelf.exact = Some((name.to_owned(), file.to_owned()));
        Ok((self.with(shelf), name.to_owned()))
    }

    fn with(&self, shelf: Shelf) -> Self {
        Self { shelves: std::iter::once(shelf).chain(self.shelves.iter().cloned()).collect() }
    }

    /// All formulas by name; of several of one name the one that is used.
    pub fn list(&self) -> Vec<Entry> {
        self.names().into_iter().map(|name| self.entry(&name)).collect()
    }

    /// The folders in which it looks, the first one first, with what is shown before the names of their files.
    pub fn folders(&self) -> impl Iterator<Item = (Tier, &Path, &str)> {
        self.shelves.iter().map(|s| (s.tier, s.folder.as_path(), s.shown.as_str()))
    }

    /// The names of all formulas.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = builtin::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
        for shelf in &self.shelves {
            for entry in std::fs::read_dir(&shelf.folder).into_iter().flatten().flatten() {
                let file = entry.file_name();
                let stem = file.to_str().and_then(stem).filter(|s| unsafe_name(s).is_none());
                names.extend(stem.filter(|_| entry.path().is_file()).map(str::to_owned));
            }
        }
        names
    }

    /// Files in its folders that end as those of formulas do and whose names cannot be those of formulas.
    pub fn strange_files(&self) -> Vec<String> {
        let mut out = Vec::new();
        for shelf in &self.shelves {
            for entry in std::fs::read_dir(&shelf.folder).into_iter().flatten().flatten() {
                let file = entry.file_name().to_string_lossy().into_owned();
                if stem(&file).is_some_and(|s| unsafe_name(s).is_some()) {
                    out.push(format!("{}/{file}", shelf.shown));
                }
            }
        }
        out.sort();
        out
    }

    fn entry(&self, name: &str) -> Entry {
        let given = BTreeMap::new();
        let mut job = Job::new(self, &given, false);
        let made = resolve::resolve(&mut job, name);
        let formula = job.formula(name, None);
        let source = job.log.sources.first();
        let first = |text: &str| text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default().to_owned();
        let (tier, path) = source.map_or_else(
            || self.find(name).map_or((Tier::BuiltIn, String::new()), |f| (f.tier, f.shown)),
            |s| (s.tier, s.path.clone()),
        );
        let steps = made.map(|m| m.recipe.steps.len()).filter(|_| !job.log.failed());
        Entry {
            name: name.to_owned(),
            tier,
            path,
            kind: formula.as_ref().map(|f| f.kind),
            description: formula.as_ref().map(|f| first(&f.description)).unwrap_or_default(),
            steps,
            problem: job.log.errors.first().map(|e| e.message.clone()),
        }
    }

    /// Resolves a formula with values for its variables: what is poured.
    ///
    /// # Errors
    /// Everything that is wrong in it, with places; no formula of this name; a value that is missing, wrong or unknown.
    pub fn resolve(&self, name: &str, vars: &BTreeMap<String, String>) -> Result<Resolved, Box<Problems>> {
        self.resolved(name, vars, true)
    }

    /// The same for looking at it: values that are required may be missing, their places stay as they are written.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn examine(&self, name: &str, vars: &BTreeMap<String, String>) -> Result<Resolved, Box<Problems>> {
        self.resolved(name, vars, false)
    }

    fn resolved(&self, name: &str, vars: &BTreeMap<String, String>, strict: bool) -> Result<Resolved, Box<Problems>> {
        let mut job = Job::new(self, vars, strict);
        let made = resolve::resolve(&mut job, name);
        let log = job.log;
        let (Some(made), false) = (made, log.failed()) else {
            return Err(Box::new(log.into_problems(name)));
        };
        let sources: Vec<Origin> =
            log.sources.iter().map(|s| Origin { tier: s.tier, path: s.path.clone(), digest: s.digest.clone() }).collect();
        let variables = made.summaries.into_iter().map(|(name, given, var)| Variable {
            name,
            description: var.description,
            required: given.required,
            value: given.text,
            choices: var.choices,
        });
        let (tier, path) = sources.first().map_or((Tier::BuiltIn, String::new()), |s| (s.tier, s.path.clone()));
        Ok(Resolved {
            kind: made.kind,
            tier,
            path,
            warnings: log.warnings,
            sources,
            variables: variables.collect(),
            trusted_commands_digest: commands_digest(&made.recipe),
            foreign_commands: made.foreign_commands,
            recipe: made.recipe,
        })
    }

    /// Reads the formula of a name into a log.
    pub(super) fn read(&self, log: &mut Log, name: &str, at: Option<Place>) -> Option<Formula> {
        if let Some(why) = unsafe_name(name) {
            log.error(at, format!("`{}` is no name for a formula: {why}", name.escape_debug()));
            return None;
        }
        let Some(found) = self.find(name) else {
            let names = self.names();
            let help = meant(name, names.iter().map(String::as_str)).unwrap_or_else(|| "`gt formula list` shows them".to_owned());
            log.error(at, format!("there is no formula `{name}`")).help(help);
            return None;
        };
        let text = match found.text() {
            Ok(text) => text,
            Err(why) => {
                log.error(at, format!("{}: {why}", found.shown));
                return None;
            }
        };
        let source = log.add(Source::new(found.shown.clone(), found.tier, text));
        if let Some(other) = &found.second {
            log.warn(None, format!("{} is used, {other} is not", found.shown));
        }
        read::read(log, source, name)
    }

    /// Reads the overlay of a formula into a log, where there is one: the project's (beside its formulas, or where Gas Town has
    /// them: at the top), else the user's. The first takes the place of the others.
    pub(super) fn overlay(&self, log: &mut Log, name: &str) -> Option<u32> {
        for shelf in &self.shelves {
            let beside =
                shelf.folder.parent().map(|p| (p.join(overlay::FOLDER), format!("{}/{}", up(&shelf.shown), overlay::FOLDER)));
            let top = shelf.folder.parent().and_then(Path::parent).filter(|_| shelf.tier == Tier::Project);
            let top = top.map(|p| (p.join(overlay::FOLDER), overlay::FOLDER.to_owned()));
            for (folder, shown) in beside.into_iter().chain(top) {
                let path = folder.join(format!("{name}.toml"));
                if shelf.tier == Tier::File || !is_there(&path) {
                    continue;
                }
                let shown = format!("{shown}/{name}.toml");
                let found = Found { tier: shelf.tier, shown: shown.clone(), place: Ok(path), second: None };
                match found.text() {
                    Ok(text) => return Some(log.add(Source::new(shown, shelf.tier, text))),
                    Err(why) => {
                        log.error(None, format!("{shown}: {why}"));
                        return None;
                    }
                }
            }
        }
        None
    }

    /// The file of a formula, or the built-in one.
    fn find(&self, name: &str) -> Option<Found> {
        for shelf in &self.shelves {
            let exact = shelf.exact.iter().filter(|(n, _)| n == name).map(|(_, file)| file.clone());
            let is_exact = shelf.exact.as_ref().is_some_and(|(n, _)| n == name);
            let usual = ENDINGS.iter().filter(|_| !is_exact).map(|end| format!("{name}{end}"));
            let mut there = exact.chain(usual).filter(|f| is_there(&shelf.folder.join(f)));
            if let Some(file) = there.next() {
                let shown = |file: &str| if shelf.shown.is_empty() { file.to_owned() } else { format!("{}/{file}", shelf.shown) };
                return Some(Found {
                    tier: shelf.tier,
                    shown: shown(&file),
                    place: Ok(shelf.folder.join(&file)),
                    second: there.next().map(|f| shown(&f)),
                });
            }
        }
        let text = builtin::text(name)?;
        Some(Found { tier: Tier::BuiltIn, shown: format!("built-in:{name}.toml"), place: Err(text), second: None })
    }

    /// The built-in text of a formula.
    pub fn built_in(name: &str) -> Option<&'static str> {
        builtin::text(name)
    }

    /// The names of the formulas that ship.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        builtin::ALL.iter().map(|(name, _)| *name)
    }

    /// The name of the formula in a file, by the name of the file; `None` if it is no file of a formula.
    pub fn name_of(file: &str) -> Option<&str> {
        stem(file)
    }
}

fn commands_digest(recipe: &Recipe) -> Option<String> {
    let mut hash = Sha256::new();
    let mut any = false;
    for step in &recipe.steps {
        for command in &step.validation_commands {
            any = true;
            hash.update(format!("{} {}\n{command}\n", step.id, command.len()).as_bytes());
        }
    }
    any.then(|| hex(hash.finalize()))
}

struct Found {
    tier: Tier,
    shown: String,
    place: Result<PathBuf, &'static str>,
    /// Another file of the same name beside it.
    second: Option<String>,
}

impl Found {
    fn text(&self) -> Result<String, String> {
        let path = match &self.place {
            Ok(path) => path,
            Err(text) => return Ok((*text).to_owned()),
        };
        let meta = std::fs::symlink_metadata(path).map_err(|e| e.to_string())?;
        // What came with a repository must not lead out of it.
        if meta.is_symlink() && self.tier == Tier::Project {
            return Err("a link is not followed".to_owned());
        }
        let meta = std::fs::metadata(path).map_err(|e| e.to_string())?;
        if !meta.is_file() {
            return Err("not a file".to_owned());
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        if bytes.len() as u64 > MAX_FILE {
            return Err("longer than 1 MiB".to_owned());
        }
        String::from_utf8(bytes).map_err(|e| format!("not UTF-8 (byte {})", e.utf8_error().valid_up_to()))
    }
}

fn same(a: &Path, b: &Path) -> bool {
    let real = |p: &Path| p.canonicalize().ok();
    a == b || real(a).is_some_and(|a| real(b) == Some(a))
}

/// The folder above, as it is shown.
fn up(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(above, _)| above)
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|m| !m.is_dir())
}

fn stem(file: &str) -> Option<&str> {
    let stem = ENDINGS.iter().rev().find_map(|end| file.strip_suffix(end))?;
    (!stem.is_empty()).then_some(stem)
}
