//! Bodies of many names, of which one can be found without going through them.

use crate::code::{Body, Entry, EntryKind, Key};

/// Entries that are gone through more quickly than they are looked up.
const FEW: usize = 64;

/// The entries of a body that bind something, by their names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named(Box<[u32]>);

impl Named {
    /// `None` where there are few, or where something must be evaluated to know what they bind.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        if entries.len() <= FEW || !entries.iter().all(is_written_out) {
            return None;
        }
        let bound = |&at: &u32| name(entries, at).is_some();
        let mut named: Vec<u32> = (0..u32::try_from(entries.len()).ok()?).filter(bound).collect();
        // Those of one name stay in the order in which they are written.
        named.sort_by_key(|&at| name(entries, at));
        Some(Self(named.into()))
    }
}

impl Body {
    /// Whether what it binds is known without evaluating anything, and without going through many entries.
    pub fn is_written_out(&self) -> bool {
        let few = || self.entries.len() <= FEW && self.entries.iter().all(is_written_out);
        !self.partial && (self.named.is_some() || few())
    }

    /// The entries that bind a name, in the order in which they are written.
    pub fn binding<'b>(&'b self, wanted: &str) -> impl Iterator<Item = &'b Entry> {
        let named: &'b [u32] = self.named.as_ref().map_or(&[], |named| &named.0);
        let start = named.partition_point(|&at| name(&self.entries, at) < Some(wanted));
        let found = named.get(start..).unwrap_or_default().iter();
        let found = found.filter_map(|&at| self.entries.get(at as usize));
        let all: &'b [Entry] = if self.named.is_some() { &[] } else { &self.entries };
        let binds = move |entry: &&Entry| entry.name() == Some(wanted);
        found.take_while(binds).chain(all.iter().filter(binds))
    }
}

impl Entry {
    /// The name that it binds, where it is written out.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            EntryKind::Set { key, .. }
            | EntryKind::Block { key, .. }
            | EntryKind::Unset { key }
            | EntryKind::Lost { key } => match key {
                Key::Static { name, .. } => Some(name),
                Key::Computed(_) => None,
            },
            _ => None,
        }
    }
}

fn name(entries: &[Entry], at: u32) -> Option<&str> {
    entries.get(at as usize)?.name()
}

/// Whether it binds a name that is written out, or nothing at all.
fn is_written_out(entry: &Entry) -> bool {
    let binds_none = matches!(
        entry.kind,
        EntryKind::Check { .. } | EntryKind::Allow { .. } | EntryKind::Statement(_)
    );
    binds_none || entry.name().is_some()
}
