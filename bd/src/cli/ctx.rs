//! What a verb works with.

use super::globals::Globals;
use crate::config::View;
use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Actor;
use crate::ops::view::{self, Written};
use crate::store::{Batch, Snapshot, Store, Tx};
use crate::ui::{Look, Printer};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The environment, the printer, and the store once it is needed.
pub struct Ctx<'p, 'o> {
    /// The outside world.
    pub env: Arc<Env>,
    /// What the global flags said.
    pub globals: Globals,
    /// Output.
    pub ui: &'p mut Printer<'o>,
    /// What went wrong with one of several things and was already said.
    pub failed: Option<ErrorKind>,
    /// What a plugin ended with that a verb started to add its part.
    pub(super) plugin_code: Option<u8>,
    /// True once a mutation was made.
    wrote: bool,
    store: Option<Rc<Store>>,
    /// The batch that mutations join while `bd batch` runs.
    batch: Rc<RefCell<Option<Batch>>>,
}

impl<'p, 'o> Ctx<'p, 'o> {
    /// Takes what the global flags say into account.
    ///
    /// # Errors
    /// `-C` names no folder.
    pub fn new(mut env: Env, globals: Globals, ui: &'p mut Printer<'o>) -> Result<Self> {
        if let Some(dir) = &globals.directory {
            let dir = env.cwd.join(dir);
            env.cwd = dir.canonicalize().map_err(|e| Error::io(&dir, &e))?;
        }
        let look = ui.look;
        ui.look = Look {
            json: globals.json,
            quiet: globals.quiet,
            verbose: globals.verbose,
            colour: look.colour && !globals.no_color,
            colour_err: look.colour_err && !globals.no_color,
            pager: !globals.no_pager,
        };
        if globals.no_pager {
            ui.no_pager();
        }
        Ok(Self {
            env: Arc::new(env),
            globals,
            ui,
            failed: None,
            plugin_code: None,
            wrote: false,
            store: None,
            batch: Rc::default(),
        })
    }

    /// The store, opened once.
    ///
    /// # Errors
    /// As [`Store::open`]; a `--db` or `BEADS_DIR` that names another store.
    pub fn store(&mut self) -> Result<Rc<Store>> {
        self.open(Store::open)
    }

    /// The store, whether or not there is anything in it yet: for what brings something in.
    ///
    /// # Errors
    /// As [`Store::attach`]; a `--db` or `BEADS_DIR` that names another store.
    pub fn attached_store(&mut self) -> Result<Rc<Store>> {
        self.open(|env| {
            let git = Arc::from(crate::git::open(&env)?);
            let store = Store::attach(env, git)?;
            store.mend()?;
            Ok(store)
        })
    }

    fn open(&mut self, open: impl FnOnce(Arc<Env>) -> Result<Store>) -> Result<Rc<Store>> {
        if let Some(store) = &self.store {
            return Ok(Rc::clone(store));
        }
        self.find_named_store();
        let mut store = open(Arc::clone(&self.env))?;
        self.check_named_store(&store)?;
        if let Some(actor) = &self.globals.actor {
            store.act_as(Actor::new(actor));
        }
        let store = Rc::new(store);
        self.store = Some(Rc::clone(&store));
        Ok(store)
    }

    /// The same environment, flags, store and batch with another printer: for one line of a batch.
    pub(super) fn nested<'q, 'r>(&self, ui: &'q mut Printer<'r>) -> Ctx<'q, 'r> {
        Ctx {
            env: Arc::clone(&self.env),
            globals: self.globals.clone(),
            ui,
            failed: None,
            plugin_code: None,
            wrote: false,
            store: self.store.clone(),
            batch: Rc::clone(&self.batch),
        }
    }

    /// True while the mutations of a batch are collected.
    pub(super) fn in_batch(&self) -> bool {
        self.batch.borrow().is_some()
    }

    /// From here on every mutation joins one batch (see [`Store::begin`]).
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub(super) fn begin_batch(&mut self) -> Result<()> {
        let batch = self.store()?.begin()?;
        *self.batch.borrow_mut() = Some(batch);
        Ok(())
    }

    /// Makes the batch durable; how many events it holds.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub(super) fn commit_batch(&mut self) -> Result<usize> {
        let Some(batch) = self.batch.borrow_mut().take() else { return Ok(0) };
        let events = batch.len();
        let store = self.store()?;
        store.commit(batch)?;
        self.wrote = true;
        crate::sync::maintain::after_write(&store);
        Ok(events)
    }

    /// Forgets the batch; how many events it would have written.
    pub(super) fn drop_batch(&mut self) -> usize {
        self.batch.borrow_mut().take().map_or(0, |b| b.len())
    }

    /// The store to look at or repair, also where there is no state or the configuration names none.
    ///
    /// # Errors
    /// No repository, or a configuration that cannot be read.
    pub(super) fn store_for_repair(&mut self) -> Result<Rc<Store>> {
        self.find_named_store();
        let git: Arc<dyn crate::git::Git> = Arc::from(crate::git::open(&self.env)?);
        let mut store = Store::attach(Arc::clone(&self.env), git)?;
        if let Some(actor) = &self.globals.actor {
            store.act_as(Actor::new(actor));
        }
        Ok(Rc::new(store))
    }

    /// What is known now.
    ///
    /// # Errors
    /// As [`Store::snapshot`].
    pub fn snapshot(&mut self) -> Result<Snapshot> {
        self.store()?.snapshot()
    }

    /// Runs a mutation (see [`Store::write`]).
    ///
    /// # Errors
    /// What the mutation returns; `--readonly`.
    pub fn write<T>(&mut self, make: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        self.writable()?;
        let store = self.store()?;
        if let Some(batch) = self.batch.borrow_mut().as_mut() {
            return store.step(batch, make);
        }
        let out = store.write(make)?;
        self.wrote = true;
        crate::sync::maintain::after_write(&store);
        Ok(out)
    }

    /// Writes the view where the project wants it: after each mutation, or after each sync. A view that cannot be
    /// written fails no command: what it shows is durable elsewhere.
    pub(super) fn refresh_view(&mut self, synced: bool) {
        let Some(store) = self.store.clone().filter(|_| self.wrote || synced) else { return };
        let due = match store.config().view() {
            View::Off => false,
            View::Sync => synced,
            View::Each => true,
        };
        if !due {
            return;
        }
        match view::refresh(&store) {
            Ok(Written::Tracked) => {
                self.ui.warn(&format!("git tracks {}, so the view was not written there", view::PATH));
            }
            Ok(Written::Foreign) => {
                self.ui.warn(&format!(
                    "another program changed {0}; it was left alone. `bd import {0}` takes its changes over",
                    view::PATH
                ));
            }
            Ok(Written::Nowhere | Written::Unchanged | Written::Done) => {}
            Err(error) => self.ui.warn(&format!("the view {} was not written: {error}", view::PATH)),
        }
    }

    /// Refuses under `--readonly`.
    ///
    /// # Errors
    /// The flag is set (exit 2).
    pub fn writable(&self) -> Result<()> {
        if self.globals.readonly {
            return Err(Error::usage("this command changes something, and --readonly was asked for"));
        }
        Ok(())
    }

    /// Milliseconds since 1970, as this command's clock says.
    pub fn now(&self) -> i64 {
        self.env.now().as_millisecond()
    }

    /// Says what went wrong with one of several things, and remembers it for the exit code.
    pub fn fail(&mut self, about: &str, error: &Error) {
        self.ui.error(error, Some(about));
        self.failed.get_or_insert(error.kind);
    }

    /// Says what the store found and mended on the way.
    pub fn tell_notices(&mut self) {
        for notice in self.store.as_ref().map(|s| s.take_notices()).unwrap_or_default() {
            self.ui.warn(&notice);
        }
    }

    /// `--db`, `BEADS_DIR` and `BEADS_DB`, where one is set.
    fn named_store(&self) -> Option<(String, PathBuf)> {
        let named = self.globals.db.clone().map(|p| ("--db".to_owned(), p));
        let var = |name: &str| self.env.var(name).map(|p| (name.to_owned(), p.to_owned()));
        let (how, path) = named.or_else(|| var("BEADS_DIR")).or_else(|| var("BEADS_DB")).or_else(|| var("BD_DB"))?;
        let path = self.env.cwd.join(path);
        // A database file stands for the folder that it is (or would be) in.
        let folder = match path.file_name() {
            Some(name) if name == ".beads" || name == "beads" || path.is_dir() => path,
            _ => path.parent().map_or(path.clone(), Path::to_owned),
        };
        Some((how, folder))
    }

    /// Outside of any repository a named store says which repository is meant.
    fn find_named_store(&mut self) {
        let Some((_, folder)) = self.named_store() else { return };
        let Err(crate::git::GitError::NotARepository(_)) = crate::git::open(&self.env) else { return };
        if let (Some(above), Some(env)) = (folder.parent().filter(|p| p.is_dir()), Arc::get_mut(&mut self.env)) {
            above.clone_into(&mut env.cwd);
        }
    }

    fn check_named_store(&self, store: &Store) -> Result<()> {
        let Some((how, folder)) = self.named_store() else { return Ok(()) };
        let paths = store.git().paths();
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = real(&folder);
        let own = paths.tree_dir().is_some_and(|dir| real(&dir) == folder) || real(&paths.beads_dir()) == folder;
        // Another worktree's `.beads` is the same store.
        let shares = || {
            let vars = self.env.vars().clone();
            let above = folder.parent()?.to_owned();
            let other = crate::git::open(&Env::new(above, vars)).ok()?;
            Some(folder.file_name()? == ".beads" && real(&other.paths().common_dir) == real(&paths.common_dir))
        };
        if own || shares() == Some(true) {
            return Ok(());
        }
        Err(Error::usage(format!("{how} names {}, which is no store of this repository", folder.display()))
            .hint("The store is found from the folder one stands in: go there, or use -C"))
    }
}
