//! What evaluating a whole program takes, and where that ends.
//!
//! An evaluation enters what it took into the account of its program, in units of [`limits::UNIT`] steps or
//! [`limits::UNIT_BYTES`] bytes; what takes less is free, so that a program of ten thousand ordinary services owes next to
//! nothing. While a program is judged, evaluations stop where its account passes [`limits::UNITS`], and the program has
//! one error instead of all that they would have found. Whatever else is asked of a program is bounded by itself.
//!
//! Whether a program takes too much must depend on its text alone. What a workspace knows of a program was evaluated in
//! the course of many edits, and entered whenever it was, so that its account holds at least what all of it takes: as
//! long as it is within the bound, so is the program. Past it the program is evaluated once more, as one of which
//! nothing is known, and that decides.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use salsa::{Durability, Setter as _};

use crate::db::{Database, Item, Module, Program};
use crate::diagnostic::Diagnostic;
use crate::limits::{self, UNIT, UNITS};
use crate::parallel::on_deep_stack;
use crate::problems::{Between, Work, diagnostics, work};
use crate::read::UnderWay;
use crate::told::Found;
use crate::workspace::{Loaded, Workspace};

/// What the evaluations of one program took.
#[derive(Debug, Default)]
pub struct Account {
    units: AtomicU64,
    /// With what was forgotten since.
    ever: AtomicU64,
    /// What of it each item took.
    of_items: Mutex<FxHashMap<Item, u64>>,
    /// Somebody judges the program, which is held for that long.
    judged: AtomicBool,
    judging: Mutex<()>,
    /// The same program again, to be evaluated as one of which nothing is known.
    blank: Mutex<Vec<Program>>,
    under_way: Arc<UnderWay>,
}

impl Account {
    /// Enters some units for an item. False where the program takes more than it may.
    pub fn enter(&self, item: Item, units: u64) -> bool {
        *locked(&self.of_items).entry(item).or_default() += units;
        self.ever.fetch_add(units, Ordering::Relaxed);
        let before = self.units.fetch_add(units, Ordering::Relaxed);
        before.saturating_add(units) <= UNITS || !self.judged.load(Ordering::Relaxed)
    }

    /// Whether the program is known to take more than it may, by who judges it.
    pub fn stops(&self) -> bool {
        self.is_over() && self.judged.load(Ordering::Relaxed)
    }

    /// The reads of the program that are under way.
    pub(crate) fn under_way(&self) -> &Arc<UnderWay> {
        &self.under_way
    }

    /// Whether so much was entered that what is known of the program had better be forgotten before the next question,
    /// so that few questions are answered twice.
    fn is_due(&self) -> bool {
        self.units() > UNITS / 2
    }

    /// To be called where nothing is known of the program any more.
    fn clear(&self) {
        self.units.store(0, Ordering::Relaxed);
        locked(&self.of_items).clear();
    }

    /// Steps that were ever entered.
    pub(crate) fn ever(&self) -> u64 {
        self.ever.load(Ordering::Relaxed).saturating_mul(UNIT)
    }

    fn units(&self) -> u64 {
        self.units.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.units() > UNITS
    }

    fn units_of(&self, item: Item) -> u64 {
        locked(&self.of_items).get(&item).copied().unwrap_or_default()
    }
}

/// What a mutex guards. Whoever held it may have been unwound by a pending write, which leaves nothing half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets evaluations stop at the bound while it lives. Two judges of one program would count what both of them do.
struct Judging<'a> {
    account: &'a Account,
    _held: MutexGuard<'a, ()>,
}

impl<'a> Judging<'a> {
    fn new(account: &'a Account) -> Self {
        let held = locked(&account.judging);
        account.judged.store(true, Ordering::Relaxed);
        Self { account, _held: held }
    }
}

impl Drop for Judging<'_> {
    fn drop(&mut self) {
        self.account.judged.store(false, Ordering::Relaxed);
    }
}

/// What `run` finds by evaluating a program; `None` where that takes more than a program may.
pub(crate) fn within<R>(db: &Database, program: Program, run: impl Fn(Program) -> R) -> Option<R> {
    let account = program.account(db);
    let _judging = Judging::new(account);
    let before = account.units();
    if !account.is_over() {
        let found = run(program);
        if !account.is_over() {
            return Some(found);
        }
        if before == 0 {
            return None;
        }
    }
    let blank = blank(db, program);
    let account = blank.account(db);
    let _judging = Judging::new(account);
    let found = run(blank);
    (!account.is_over()).then_some(found)
}

/// The same program, as one of which nothing is known.
fn blank(db: &Database, program: Program) -> Program {
    let mut known = locked(&program.account(db).blank);
    let unused = |blank: &&Program| blank.account(db).units() == 0;
    if let Some(blank) = known.iter().find(unused) {
        return *blank;
    }
    let instances = program.instances(db).clone();
    let blank = Program::builder(program.main(db), program.root(db), instances, Default::default())
        .durability(Durability::MEDIUM)
        .new(db);
    known.push(blank);
    blank
}

/// Forgets what is known of a program if its account is due. To be called between two questions.
pub(crate) fn settle(db: &mut Database, program: Program) {
    let account = program.account(db).clone();
    let blank = locked(&account.blank).clone();
    if account.is_due() {
        forget(db, program);
    }
    for blank in blank {
        if blank.account(db).units() > 0 {
            forget(db, blank);
        }
    }
}

/// Forgets what is known of a program, so that what it takes from now on depends on no question that was asked before.
pub(crate) fn afresh(db: &mut Database, program: Program) {
    settle(db, program);
    forget(db, program);
}

/// The units that the evaluations of a program have taken so far, and those that judged it as one of which nothing was
/// known.
pub(crate) fn taken(db: &Database, program: Program) -> u64 {
    let account = program.account(db);
    let blank = locked(&account.blank).clone();
    let of = |account: &Account| account.ever.load(Ordering::Relaxed);
    of(account) + blank.iter().map(|blank| of(blank.account(db))).sum::<u64>()
}

fn forget(db: &mut Database, program: Program) {
    // Every evaluation asks for the root, so that none outlives this.
    let root = program.root(db);
    program.set_root(db).to(root);
    program.account(db).clear();
}

/// Makes the programs that are evaluated in place of this one what it is.
pub(crate) fn follow(db: &mut Database, program: Program) {
    let blank = locked(&program.account(db).blank).clone();
    for blank in blank {
        let (root, instances) = (program.root(db), program.instances(db).clone());
        if blank.root(db) != root {
            blank.set_root(db).to(root);
        }
        if *blank.instances(db) != instances {
            blank.set_instances(db).to(instances);
        }
    }
}

/// What is wrong with a program that takes too much: that, and what is written.
pub(crate) fn too_much(
    workspace: &Workspace,
    loaded: &Loaded,
    program: Program,
) -> Vec<Diagnostic> {
    let db = workspace.db();
    let work: Vec<Work> = work(db, program, &loaded.modules);
    let written = work.iter().filter(|work| !matches!(work, Work::Unit { .. }));
    let mut found: Vec<Found> = Vec::new();
    let mut weight = 0;
    for work in written {
        let more = work.problems(db, program);
        weight += work.weight(&more);
        found.extend(more);
        if weight > limits::ENOUGH {
            break;
        }
    }
    let between = Between { cut: weight > limits::ENOUGH, ..Between::default() };
    let mut found = diagnostics(workspace, loaded, found, between);
    let message = format!("evaluating this program takes more than {} steps", UNITS * UNIT);
    let top = workspace.top(program.main(db));
    let mut error = match heaviest(db, program, &loaded.modules, &work) {
        Some((item, units)) => {
            let mut error = Diagnostic::error(505, workspace.head(item), message);
            error.label = format!("this takes {} of them", units * UNIT);
            error
                .related
                .extend(top.map(|top| (top, "all that this stands on and uses counts".to_owned())));
            error
        }
        None => Diagnostic::error(505, top, message),
    };
    error
        .notes
        .push(format!("{} bytes that values take count as {UNIT} steps", limits::UNIT_BYTES));
    error.help = Some("look for loops within loops here; or let it be several programs".to_owned());
    found.insert(0, error);
    found
}

/// Of the items that a program evaluates first, and of those that they read, the one that takes most, and how many units.
/// They are evaluated one by one, in the order of the files, so that it is the same one each time; and not all of them,
/// because that took too much.
fn heaviest(
    db: &Database,
    program: Program,
    modules: &[Module],
    work: &[Work],
) -> Option<(Item, u64)> {
    let blank = blank(db, program);
    let account = blank.account(db);
    on_deep_stack(|| {
        for work in work.iter().filter(|work| matches!(work, Work::Unit { .. })) {
            work.problems(db, blank);
            if account.units() > UNITS / 4 {
                break;
            }
        }
    });
    let items = modules.iter().flat_map(|module| module.items(db)).copied();
    let units = items.map(|item| (item, account.units_of(item)));
    units.fold(None, |most, (item, units)| match most {
        Some((_, known)) if known >= units => most,
        _ => (units > 0).then_some((item, units)).or(most),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn units_of_a_program() {
        let mut files = Memory::default();
        files.write("app.dep", "x = 1\n");
        let mut workspace = Workspace::default();
        let loaded = workspace.load(&files, "app.dep", &[]);
        let (db, program) = (workspace.db(), loaded.program.unwrap());
        let item = *loaded.modules.first().unwrap().items(db).first().unwrap();
        // What is entered, in two parts, by a program that is judged, and by the same one as nothing is known of it.
        let judged = |units: u64| {
            within(db, program, |program| {
                let account = program.account(db);
                account.clear();
                (account.enter(item, UNITS - 1), account.enter(item, units - (UNITS - 1)))
            })
        };
        assert_eq!(judged(UNITS), Some((true, true)));
        assert_eq!(judged(UNITS + 1), None);
    }
}
