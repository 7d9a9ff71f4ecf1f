//! What an editor needs besides the command: copies that are read while others write, and files that come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::db::{Database, Item, ItemKind, Module, Origin};
use crate::workspace::{Files, Workspace};

/// What `run` gives, unless a change of the workspace made it give up.
pub fn unless_interrupted<R>(run: impl FnOnce() -> R + std::panic::UnwindSafe) -> Option<R> {
    salsa::Cancelled::catch(run).ok()
}

/// Unwinds where what is asked is of no more use. A token that a query has not seen before it ended is forgotten then.
pub(super) fn unless_stopped(db: &Database, stopped: &AtomicBool) {
    if stopped.load(Ordering::Relaxed) {
        salsa::Database::cancellation_token(db).cancel();
        salsa::Database::unwind_if_revision_cancelled(db);
    }
}

/// Makes what is computed on one copy of a workspace give up, and nothing else.
#[derive(Clone, Debug)]
pub struct Stopper {
    token: salsa::CancellationToken,
    stopped: Arc<AtomicBool>,
}

impl Stopper {
    /// What is being computed is unwound at the next query that it asks for; what was not begun is when it is.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.token.cancel();
    }
}

impl Workspace {
    /// What stops that which is asked of this copy. Threads that it starts finish what they are at.
    pub fn stopper(&self) -> Stopper {
        let token = salsa::Database::cancellation_token(&self.db);
        Stopper { token, stopped: self.stopped.clone() }
    }

    /// A copy to ask questions of on another thread. It shares the texts, knows of no program, and must be gone before
    /// the next change is made here: a change waits for it, and what it is computing is unwound.
    pub fn snapshot(&self) -> Self {
        Self {
            sources: self.sources.clone(),
            files: BTreeMap::new(),
            gone: BTreeMap::new(),
            data: BTreeMap::new(),
            folders: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            programs: BTreeMap::new(),
            packaged: BTreeSet::new(),
            texts: self.texts.clone(),
            asked: None,
            stopped: Arc::default(),
            db: self.db.clone(),
        }
    }

    /// Makes whoever computes something on a copy give up, and waits until all copies are gone.
    pub fn interrupt(&mut self) {
        salsa::Database::trigger_cancellation(&mut self.db);
    }

    /// Whether a file was loaded, by its path as the user writes it.
    pub fn knows(&self, path: &str) -> bool {
        self.source_of(path).is_some()
    }

    /// The modules of all files that were loaded, in the order of their paths.
    pub fn modules(&self) -> Vec<Module> {
        let files =
            self.sources.all().filter(|source| source.module.origin(&self.db) == Origin::File);
        let mut files: Vec<_> = files.map(|source| (&source.path, source.module)).collect();
        files.sort();
        files.into_iter().map(|(_, module)| module).collect()
    }

    /// The item of a file that holds an offset of its text, and the offset in the item's text. Behind the last token of
    /// an item, up to the next one, it is the one before.
    pub fn item_at(&self, path: &str, offset: usize) -> Option<(Item, usize)> {
        let source = self.source_of(path)?;
        let (item, range) = source.at(offset)?;
        Some((item, (offset - range.start).min(range.len())))
    }

    /// Forgets a file that is there no more, so that the next load finds it missing; or that is another one now, where
    /// [`Workspace::edit`] cannot say so because it was read in another way.
    pub fn vanished(&mut self, files: &dyn Files, path: &str) {
        let canonical = files.canonical(path);
        let of_path: Vec<Module> = self.sources.at(path).collect();
        let known = self
            .files
            .iter()
            .find(|(known, module)| canonical.as_ref() == Some(known) || of_path.contains(module));
        if let Some((known, module)) = known.map(|(known, module)| (known.clone(), *module)) {
            self.files.remove(&known);
            if let Some(source) = Arc::make_mut(&mut self.sources).remove(module) {
                self.gone.insert(known, source);
            }
        }
        let gone: Vec<(ItemKind, String)> = self
            .data
            .iter()
            .filter(|(_, item)| of_path.contains(&item.module(&self.db)))
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            if let Some(item) = self.data.remove(&key) {
                let module = item.module(&self.db);
                Arc::make_mut(&mut self.sources).remove(module);
            }
        }
        self.retry();
    }

    /// A file that is there again, with a new text.
    pub(super) fn returned(&mut self, canonical: &str, text: String) -> Option<Module> {
        let mut source = self.gone.remove(canonical)?;
        Arc::make_mut(&mut source).edit(&mut self.db, text);
        let module = source.module;
        Arc::make_mut(&mut self.sources).insert(source);
        self.files.insert(canonical.to_owned(), module);
        Some(module)
    }
}
