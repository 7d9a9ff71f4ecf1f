//! What several programs say of names that nothing uses: a file of inputs has readers in some of them, and is a program
//! itself, in which it has none.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::unused::CODE;
use crate::workspace::{Loaded, Workspace};

/// Whether it says that nothing uses a name. Of several programs that hold a file, all must say so.
pub fn is_unread(found: &Diagnostic) -> bool {
    found.code == CODE.to_string()
}

/// What is said of names that nothing uses, until all programs were asked.
#[derive(Default)]
pub struct Unread {
    /// How many programs hold a file.
    holders: BTreeMap<Arc<str>, usize>,
    told: BTreeMap<(Arc<str>, usize, String), (Diagnostic, usize)>,
}

impl Unread {
    /// Keeps what one program says of it.
    pub fn keep(&mut self, workspace: &Workspace, loaded: &Loaded, found: &mut Vec<Diagnostic>) {
        for source in loaded.modules.iter().filter_map(|module| workspace.source(*module)) {
            *self.holders.entry(source.path.clone()).or_default() += 1;
        }
        found.retain(|diagnostic| {
            let Some(span) = diagnostic.span.as_ref().filter(|_| is_unread(diagnostic)) else {
                return true;
            };
            let key = (span.file.clone(), span.range.start, diagnostic.message.clone());
            self.told.entry(key).or_insert_with(|| (diagnostic.clone(), 0)).1 += 1;
            false
        });
    }

    /// What all programs say that hold the file, in the order of the files' names.
    pub fn of_all(self) -> Vec<Diagnostic> {
        let all = self.told.into_iter();
        let by_all = all.filter(|((file, ..), (_, told))| self.holders.get(file) == Some(told));
        by_all.map(|(_, (diagnostic, _))| diagnostic).collect()
    }
}
