//! All that is wrong with a program: in what is written, in what is evaluated, and between objects.
//!
//! Problems come in the order of the files, each once, and never depend on the order of evaluation.

use std::collections::BTreeSet;
use std::ops::Range;

mod given;

use salsa::Database as _;
use syntax::NodeKind;

use crate::account::{too_much, within};
use crate::allow::useless;
use crate::cross::crossed;
use crate::db::{Database, Instance, Item, ItemKind, Module, Origin, Program};
use crate::derive::derived;
use crate::diagnostic::{self, Diagnostic};
use crate::edges::edges;
use crate::elaborate::elaborate;
use crate::eval::twice::SAME_KEY;
use crate::limits::{ENOUGH, WRITTEN};
use crate::misnamed::misnamed;
use crate::parallel;
use crate::parse::parsed;
use crate::policies::{concerned, policies};
use crate::problem::{Code, Place, Problem, Severity};
use crate::reach::is_elsewhere;
use crate::recursion::{calls_itself, recursion};
use crate::resolve::{bases, brought};
use crate::rules;
use crate::tested::named_twice;
use crate::told::{Found, at_most, doubles_told_once, merged};
use crate::twice::{bound_twice, declared_twice, is_of_one_binding};
use crate::unmade::{refused_unmade, unmade};
use crate::unreadable::{
    is_apart, is_of_unread, is_unread_declaration, is_within, stands_on_unread, unread,
};
use crate::unused::unused;
use crate::validate::validate;
use crate::workspace::{Loaded, Workspace};

pub use given::problems_of_given;

/// Everything that is wrong with a program, and with the tests in its files as they are written.
pub fn problems(workspace: &Workspace, loaded: &Loaded) -> Vec<Diagnostic> {
    problems_by(workspace, loaded, Work::problems)
}

/// What withholds the output of a program: a test cannot.
pub fn problems_of_output(workspace: &Workspace, loaded: &Loaded) -> Vec<Diagnostic> {
    problems_by(workspace, loaded, Work::problems_of_output)
}

fn problems_by(
    workspace: &Workspace,
    loaded: &Loaded,
    of: fn(&Work, &Database, Program) -> Vec<Found>,
) -> Vec<Diagnostic> {
    let Some(program) = loaded.program else {
        return diagnostics(workspace, loaded, Vec::new(), Between::default());
    };
    let db = workspace.db();
    let found = within(db, program, |program| {
        let work: Vec<Work> = work(db, program, &loaded.modules);
        let search = |db: &Database, work: &[Work]| {
            db.unwind_if_revision_cancelled();
            let found: Vec<(&Work, Vec<Found>)> =
                work.iter().map(|work| (work, of(work, db, program))).collect();
            let weight = found.iter().map(|(work, found)| work.weight(found)).sum::<usize>();
            (found.into_iter().flat_map(|(_, found)| found).collect::<Vec<_>>(), weight)
        };
        let weight = |(_, weight): &(Vec<Found>, usize)| *weight;
        let (found, cut) = parallel::in_order_up_to(db, &work, search, weight, ENOUGH);
        let mut found: Vec<Vec<Found>> = found.into_iter().map(|(found, _)| found).collect();
        if cut {
            return (found.into_iter().flatten().collect(), Between { cut, ..Between::default() });
        }
        found.extend(known_last(db, program));
        let of_unit = |unit: &Item| [validate(db, program, *unit), derived(db, program, *unit)];
        let reports = units(db, program).iter().flat_map(of_unit);
        found.push(refused_unmade(db, program, &loaded.modules, reports));
        // After all items, whose facts it reads: asked for at once with them, it would wait for each.
        let between = parallel::in_order(db, &[program], |db, _| {
            let mut found = crossed(db, program).problems.clone();
            found.extend_from_slice(useless(db, program));
            found.extend_from_slice(rules::named_twice(db, program));
            found
        });
        let untold = crossed(db, program).untold;
        (found.into_iter().flatten().collect(), Between { problems: between.concat(), untold, cut })
    });
    match found {
        Some((found, between)) => diagnostics(workspace, loaded, found, between),
        None => too_much(workspace, loaded, program),
    }
}

/// What is wrong with what is derived, and with the objects of those who derive.
fn known_last(db: &Database, program: Program) -> Vec<Vec<Found>> {
    let all = units(db, program);
    let deriving: Vec<Item> =
        all.iter().copied().filter(|unit| validate(db, program, *unit).derives).collect();
    prepare(db, program, &deriving);
    parallel::in_order(db, &deriving, |db, units| {
        let mut found: Vec<Found> = Vec::new();
        for unit in units {
            let report = derived(db, program, *unit);
            found.extend(news(db, &report.problems).cloned().map(Found::from));
            if concerned(db, program, *unit) {
                let of_rules = policies(db, program, *unit).problems.iter().cloned();
                found.extend(of_rules.map(Found::from));
            }
        }
        found
    })
}

/// Finds the edges of all items, on all cores: each derivation would wait for every one of them.
pub(crate) fn prepare(db: &Database, program: Program, deriving: &[Item]) {
    if deriving.is_empty() {
        return;
    }
    parallel::in_order(db, units(db, program), |db, units| {
        for unit in units.iter().filter(|unit| unit.kind(db) != ItemKind::Check) {
            edges(db, program, *unit);
        }
    });
}

/// What is wrong between the items of a program.
#[derive(Default)]
pub(crate) struct Between {
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub untold: usize,
    /// So much is wrong that what is behind it was not looked at.
    pub cut: bool,
}

/// All that was found, in the order of the files.
pub(crate) fn diagnostics(
    workspace: &Workspace,
    loaded: &Loaded,
    found: Vec<Found>,
    between: Between,
) -> Vec<Diagnostic> {
    let mut diagnostics = loaded.problems.clone();
    let Between { problems, untold: unseen, cut } = between;
    let between = doubles_told_once(&problems);
    let found = merged(workspace.db(), &loaded.modules, found).into_iter().chain(between);
    let (found, untold) = at_most(found.collect());
    let untold = untold + unseen;
    diagnostics.extend(found.into_iter().map(|found| found.diagnostic(workspace)));
    // What is wrong may be the name by which something was to be used, or what a rule would have found something in.
    if diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.retain(|diagnostic| diagnostic.code != "E0417");
    } else {
        let mut unused = unused(workspace.db(), &loaded.modules);
        unused.extend(unmade(workspace.db(), &loaded.modules));
        unused.extend(misnamed(workspace.db(), &loaded.modules));
        diagnostics.extend(unused.iter().map(|problem| diagnostic::diagnostic(workspace, problem)));
    }
    let paths: Vec<&str> =
        loaded.modules.iter().map(|module| module.path(workspace.db())).collect();
    diagnostic::sort(&mut diagnostics, |path| {
        paths.iter().position(|p| *p == path).unwrap_or(paths.len())
    });
    if untold > 0 || cut {
        let message = match (untold, cut) {
            (_, false) => format!("and {untold} more"),
            (0, true) => "so much is wrong that not all was looked at".to_owned(),
            (_, true) => format!("and {untold} more, and not all was looked at"),
        };
        let mut last = Diagnostic::error(505, None, message);
        last.severity = Severity::Note;
        diagnostics.push(last);
    }
    diagnostics
}

/// A part of the search for problems.
pub(crate) enum Work {
    /// What is written in an item.
    Item(Item),
    /// What the `use` items of a file bring, and what is declared twice in it.
    Module(Module),
    /// What an item's value is; of the units of the built files, which come first, `own` is true.
    Unit { item: Item, number: usize, own: bool },
}

pub(crate) fn work(db: &Database, program: Program, modules: &[Module]) -> Vec<Work> {
    let mut work: Vec<Work> = modules.iter().map(|module| Work::Module(*module)).collect();
    work.extend(modules.iter().flat_map(|module| module.items(db)).map(|item| Work::Item(*item)));
    let own = units_of(db, program.root(db)).len();
    let units = units(db, program).iter().enumerate();
    work.extend(units.map(|(at, item)| Work::Unit { item: *item, number: at, own: at < own }));
    work
}

impl Work {
    /// How much the errors that were found here weigh, see [`ENOUGH`].
    pub(crate) fn weight(&self, found: &[Found]) -> usize {
        let errors = found.iter().filter(|found| found.problem.severity == Severity::Error).count();
        errors * if matches!(self, Work::Unit { .. }) { 1 } else { WRITTEN }
    }

    /// The problems that withhold the output. What a test says cannot: only what is no text of the language.
    pub(crate) fn problems_of_output(&self, db: &Database, program: Program) -> Vec<Found> {
        match *self {
            Work::Item(item) if item.kind(db) == ItemKind::Test => {
                unread(db, item).into_iter().map(Found::from).collect()
            }
            Work::Module(module) => of_module(db, module).map(Found::from).collect(),
            _ => self.problems(db, program),
        }
    }

    pub(crate) fn problems(&self, db: &Database, program: Program) -> Vec<Found> {
        match *self {
            Work::Item(item) => written(db, item).iter().cloned().map(Found::from).collect(),
            Work::Module(module) => {
                let tests = named_twice(db, module).iter().cloned();
                of_module(db, module).chain(tests).map(Found::from).collect()
            }
            Work::Unit { item, .. } => {
                let report = validate(db, program, item);
                let mut found: Vec<Found> =
                    news(db, &report.problems).cloned().map(Found::from).collect();
                if !report.derives && concerned(db, program, item) {
                    let of_rules = policies(db, program, item).problems.iter().cloned();
                    found.extend(of_rules.map(Found::from));
                }
                found
            }
        }
    }
}

/// What `use` items bring wrongly, and what is declared twice.
fn of_module(db: &Database, module: Module) -> impl Iterator<Item = Problem> {
    // What cannot be read of a `use` says nothing about the module that it names.
    let is_read = |problem: &&Problem| {
        problem.code != Code::E(104) || unread(db, problem.place.item).is_empty()
    };
    let brought = brought(db, module).problems.iter().filter(is_read);
    brought.chain(declared_twice(db, module)).cloned()
}

/// Of the problems of a unit those that say something new.
pub(crate) fn news<'p>(
    db: &'p dyn salsa::Database,
    problems: &'p [Problem],
) -> impl Iterator<Item = &'p Problem> {
    let twice = bound_twice(db, problems);
    problems.iter().filter(move |problem| match problem.code {
        // Within one pair of braces it is seen as it is written.
        Code::E(401) => !written(db, problem.place.item).iter().any(|written| {
            // A key that was to be computed is the same for all elements.
            unreadable(written) && problem.label == SAME_KEY
                || written.problem.code == problem.code && written.problem.place == problem.place
                || written.problem.code == Code::E(116)
                    && is_of_one_binding(db, problem, &written.problem)
        }),
        // What is bound twice is set again, too.
        Code::E(402) => {
            let again = |(item, nodes): &(Item, Range<u32>)| {
                *item == problem.place.item && nodes.contains(&problem.place.node)
            };
            // Nor is it worth setting again to what it cannot be.
            let is_nothing = |written: &Written| {
                matches!(written.problem.code, Code::E(203 | 223))
                    && is_of_one_binding(db, problem, &written.problem)
            };
            !twice.iter().any(again)
                && !is_of_unread(db, problem)
                && !written(db, problem.place.item).iter().any(is_nothing)
        }
        // What a layer overrides is in the file below, which is not there.
        Code::E(403) => {
            !is_without_base(db, problem.place.item.module(db))
                && !is_of_unread(db, problem)
                && !stands_on_unread(db, problem.place.item)
        }
        Code::E(408 | 410) => {
            let item = problem.place.item;
            let is_same = |written: &Written| {
                written.problem.code == problem.code && written.problem.place == problem.place
            };
            !is_of_unread(db, problem)
                && !stands_on_unread(db, item)
                && !written(db, item).iter().any(is_same)
        }
        // What is of the wrong kind is not told to change what it cannot be either.
        Code::E(404) => !written(db, problem.place.item)
            .iter()
            .any(|written| written.problem.severity == Severity::Error),
        // That a function which calls itself does not end is known from how it is written.
        Code::E(504) => !calls_itself(db, problem.place.item),
        // Neither is it news that something is missing in what cannot be read in full.
        Code::E(202 | 307) => {
            let item = problem.place.item;
            // Of what was meant to add to a record, and sets it, all else is missing.
            let set_again = |other: &Problem| {
                other.code == Code::E(402) && is_of_one_binding(db, other, problem)
            };
            !written(db, item).iter().any(unreadable)
                && !problems.iter().any(set_again)
                && !is_without_base(db, item.module(db))
                && !stands_on_unread(db, item)
                && !problem.related.iter().any(|label| is_unread_declaration(db, label.place))
        }
        _ => !is_of_unread(db, problem),
    })
}

/// A problem of what is written. Syntax knows its place more exactly than by a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    pub problem: Problem,
    /// In the item's text.
    pub range: Option<Range<usize>>,
}

/// What is wrong with an item as it is written, whether or not anything evaluates it. One memo for all kinds of such
/// problems, because looking at memos is what an edit costs.
#[salsa::tracked(returns(deref))]
pub fn written(db: &dyn salsa::Database, item: Item) -> Vec<Written> {
    if item.module(db).origin(db) == Origin::Data {
        let found = elaborate(db, item).problems.iter();
        return found.map(|p| Written { problem: p.clone(), range: None }).collect();
    }
    let mut problems = unread(db, item);
    let text = item.text(db);
    let breaks: Vec<usize> = match problems.is_empty() {
        true => Vec::new(),
        false => text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect(),
    };
    let line = |offset: usize| breaks.partition_point(|at| *at < offset);
    let mut holes: Vec<usize> =
        problems.iter().filter_map(|problem| Some(problem.range.as_ref()?.start)).collect();
    holes.sort_unstable();
    let mut unread: Vec<Range<usize>> = problems.iter().filter_map(|p| p.range.clone()).collect();
    unread.sort_unstable_by_key(|range| range.start);
    let is_in_unread = |node: syntax::Node<'_>| {
        let start = node.range().start;
        let before = unread.partition_point(|range| range.start <= start).checked_sub(1);
        before.and_then(|at| unread.get(at)).is_some_and(|range| range.contains(&start))
    };
    let parsed = parsed(db, item);
    // Where nothing tells the end of a brace that is never closed, nothing behind it stands where it was meant to.
    let is_missing = |place: Place| {
        parsed.tree().node(place.node).is_some_and(|node| node.kind() == NodeKind::Missing)
    };
    let unclosed = problems
        .iter()
        .filter(|written| written.problem.code == Code::E(3) && is_missing(written.problem.place));
    let unclosed = unclosed.filter_map(|written| Some(written.range.as_ref()?.start)).min();
    let more = elaborate(db, item).problems.iter().chain(recursion(db, item));
    // What else seems wrong with a line that cannot be read may only follow from that.
    let more = more.filter(|problem| {
        if holes.is_empty() || problem.place.item != item {
            return true;
        }
        let Some(node) = parsed.tree().node(problem.place.node) else { return true };
        // Of all that cannot be read the nearest on both sides tells enough: there may be as many as problems.
        let behind = holes.partition_point(|hole| *hole < node.range().start);
        let nearest = || holes.iter().skip(behind.saturating_sub(1)).take(2).copied();
        // Nor is there an entry of which a part is missing.
        let is_hole =
            |part: syntax::Node<'_>| matches!(part.kind(), NodeKind::Missing | NodeKind::Junk);
        let mut around = std::iter::once(node).chain(node.ancestors());
        let entry = around.find(|around| around.kind() == NodeKind::Binding);
        if is_within(node, nearest())
            || is_in_unread(node)
            || entry.is_some_and(|entry| entry.children().any(is_hole))
            || unclosed.is_some_and(|from| node.range().start > from)
        {
            return false;
        }
        let at = line(node.range().start);
        nearest().filter(|hole| line(*hole) == at).all(|hole| is_apart(text, node, hole))
    });
    problems.extend(more.map(|problem| Written { problem: problem.clone(), range: None }));
    // A habit of another language is told once a line.
    problems.dedup_by(|next, before| {
        let starts = [&*before, &*next].map(|written| written.range.as_ref().map(|r| r.start));
        let [Some(first), Some(second)] = starts else { return false };
        next.problem.code == Code::E(2)
            && next.problem.help.is_some()
            && next.problem.help == before.problem.help
            && line(first) == line(second)
    });
    problems
}

/// Whether a module lies on files that are not there. Asked for each of many problems.
#[salsa::tracked]
fn is_without_base(db: &dyn salsa::Database, module: Module) -> bool {
    bases(db, module).is_empty()
        && module.items(db).iter().any(|item| item.kind(db) == ItemKind::Overlay)
}

/// Whether it is a mistake of syntax.
fn unreadable(written: &Written) -> bool {
    written.range.is_some()
}

/// The name in an item's declaration.
pub(crate) fn name_place(db: &dyn salsa::Database, item: Item) -> Place {
    use NodeKind as K;
    let parsed = parsed(db, item);
    let entry = parsed.tree().entry();
    let name =
        entry.children().find(|node| matches!(node.kind(), K::Name | K::Path)).unwrap_or(entry);
    Place { item, node: name.id() }
}

/// The items whose values are evaluated in full: of all that bind one name, the one that stands for them. Those of the
/// built stack come first, in the order of its files, then those of the files it uses.
#[salsa::tracked(returns(deref))]
pub fn units(db: &dyn salsa::Database, program: Program) -> Vec<Item> {
    let root = program.root(db);
    let others = program
        .instances(db)
        .iter()
        .filter(|(module, instance)| *instance != root && module.origin(db) == Origin::File)
        .map(|(_, instance)| *instance);
    let mut seen = BTreeSet::new();
    let mut units = Vec::new();
    for instance in std::iter::once(root).chain(others) {
        if seen.insert((instance.base(db), instance.overlays(db).to_vec())) {
            units.extend(units_of(db, instance));
        }
    }
    units
}

/// The units of one stack of files.
#[salsa::tracked(returns(deref))]
pub fn units_of(db: &dyn salsa::Database, instance: Instance) -> Vec<Item> {
    // A `let` is its file's own.
    let mut seen: BTreeSet<(Option<Module>, &str)> = BTreeSet::new();
    let own = |item: Item| (item.kind(db) == ItemKind::Let).then(|| item.module(db));
    let modules = std::iter::once(instance.base(db)).chain(instance.overlays(db).iter().copied());
    let mut units = Vec::new();
    for item in modules.flat_map(|module| module.items(db).iter().copied()) {
        match item.kind(db) {
            ItemKind::Binding | ItemKind::Input | ItemKind::Let | ItemKind::Set
                if is_elsewhere(db, item) || !seen.insert((own(item), item.name(db))) => {}
            ItemKind::Binding
            | ItemKind::Input
            | ItemKind::Let
            | ItemKind::Set
            | ItemKind::Check => units.push(item),
            _ => {}
        }
    }
    units
}
