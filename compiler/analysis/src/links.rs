//! What a derivation may know of the rest of a program: which components stand at the other ends of the edges of its
//! own, and where all objects lie.
//!
//! It is told nothing but names, labels and ports, and by component: an edit that changes none of these for the
//! neighbours of a component leaves what is asked here equal, and derives nothing anew. Of a program in which something
//! is wrong nothing is told, because half of a graph would say that the rest is not there.

use std::collections::BTreeMap;

use kube::facts::{ContainerPort, Detail, Facts, ServicePort, TargetPort};
use kube::tree::Tree;

use crate::db::{Item, ItemKind, Program};
use crate::edges::{At, Handle, Reads, at, edges};
use crate::eval::Eval;
use crate::eval::member::segments;
use crate::eval::value::{Kind, Rec, Value};
use crate::path::push_name;
use crate::problems::{units, units_of};
use crate::reached::{ObjectAt, Reached, facts_of};
use crate::read::Path;
use crate::render::emit;

/// What a component is to others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct End {
    /// Its own name, or else that under which it is bound.
    pub name: Box<str>,
    /// Where its objects live; empty where they are in none.
    pub namespace: Box<str>,
    pub pods: Vec<Pods>,
    /// The ports by which Services of its own lead to pods.
    pub services: Vec<ServicePort>,
    /// It makes an object by which requests come in from outside.
    pub entrance: bool,
}

/// The pods of one workload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pods {
    /// The labels by which they are found: what a workload selects them by does not change from version to version.
    pub labels: Vec<(String, String)>,
    pub ports: Vec<ContainerPort>,
}

/// The other ends of the edges of a component.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Links {
    /// Those that read its handles.
    pub dependents: Vec<Link>,
    /// Those whose handles it reads.
    pub dependencies: Vec<Link>,
}

/// One end of an edge: a component, or of one with several workloads, the pods of one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The component.
    pub of: At,
    pub name: Box<str>,
    pub namespace: Box<str>,
    /// `None` where it has no pods.
    pub labels: Option<Vec<(String, String)>>,
    /// The ports by which the edge goes, of whoever is read.
    pub ports: Vec<ContainerPort>,
    /// This program does not make it.
    pub external: bool,
    /// Requests come in by it from outside, from pods that nobody here knows.
    pub entrance: bool,
}

/// Kinds by which requests come in from outside: what is done with them is somebody else's, such as a controller's.
const ENTRANCES: [&str; 6] =
    ["Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/// What the components that are reachable are to others.
pub(crate) fn ends<'a>(eval: &Eval<'a>, reached: &Reached<'a>) -> Vec<(At, End)> {
    let mut tree = Tree::default();
    let written = emit(eval, &reached.objects, &mut tree);
    let facts: Vec<(Option<&'a Rec<'a>>, Facts)> = reached
        .objects
        .iter()
        .zip(&written)
        .filter_map(|(object, at)| {
            Some((object.component, facts_of(eval.db, object, &tree, at.node)?))
        })
        .collect();
    let mut ends = Vec::new();
    for component in &reached.components {
        let record = component.record;
        let Some(at) = at(record) else { continue };
        let own = facts.iter().filter(|(of, _)| of.is_some_and(|of| std::ptr::eq(of, record)));
        let mut end = End { name: own_name(eval, record, &at), ..End::default() };
        for (_, facts) in own {
            let namespace = &facts.identity.namespace;
            end.entrance |= ENTRANCES.contains(&&*facts.identity.kind);
            match &facts.detail {
                Detail::Workload(workload) => {
                    let selected = workload.selector.as_ref().map(|selector| &selector.labels);
                    let labels = selected.filter(|labels| !labels.is_empty());
                    let ports = workload.containers.iter().flat_map(|container| &container.ports);
                    end.pods.push(Pods {
                        labels: labels.unwrap_or(&workload.labels).clone(),
                        ports: ports.cloned().collect(),
                    });
                    // Where its pods live is what others need to know.
                    end.namespace = namespace.as_str().into();
                }
                Detail::Service(service) => end.services.extend(service.ports.iter().cloned()),
                _ => {}
            }
            if end.namespace.is_empty() {
                end.namespace = namespace.as_str().into();
            }
        }
        ends.push((at, end));
    }
    ends
}

/// The `name` of a component, or else that under which it is bound.
fn own_name<'a>(eval: &Eval<'a>, record: &'a Rec<'a>, at: &At) -> Box<str> {
    if let Kind::Schema(info, _) = record.kind
        && info.field("name").is_some()
        && let Some(slot) = eval.slot(record, "name")
        && let Value::Str(name) = eval.whnf(eval.force(record, slot))
    {
        return name.into();
    }
    let mut name = at.item.name(eval.db).to_owned();
    segments(&at.path).for_each(|part| push_name(&mut name, part));
    name.into()
}

/// Who reads whom, and which units know more of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Index {
    /// For each component those that read it, in the order of the source.
    readers: BTreeMap<At, Vec<At>>,
    /// The unit in which a component is.
    homes: BTreeMap<At, Item>,
    /// The unit that makes a component, or declares it as external, and whether it is one of the built files.
    ends: BTreeMap<At, (Item, bool)>,
}

/// Nothing, where something is wrong with a unit.
#[salsa::tracked]
fn index(db: &dyn salsa::Database, program: Program) -> Option<Index> {
    let own = units_of(db, program.root(db)).len();
    let mut index = Index::default();
    for (number, unit) in values(db, program) {
        let edges = edges(db, program, unit);
        if !edges.sound {
            return None;
        }
        for reads in &edges.components {
            index.homes.insert(reads.of.clone(), unit);
            for (to, _) in &reads.handles {
                let readers = index.readers.entry(to.clone()).or_default();
                if readers.last() != Some(&reads.of) {
                    readers.push(reads.of.clone());
                }
            }
        }
        for (at, _) in &edges.ends {
            index.ends.insert(at.clone(), (unit, number < own));
        }
    }
    Some(index)
}

/// The units that have a value, with their numbers.
fn values(db: &dyn salsa::Database, program: Program) -> impl Iterator<Item = (usize, Item)> + '_ {
    let all = units(db, program).iter().copied().enumerate();
    all.filter(|(_, unit)| unit.kind(db) != ItemKind::Check)
}

/// The other ends of the edges of the component at a path of an item; `None` where they are not known, because something
/// is wrong with the program.
#[salsa::tracked]
pub fn links<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    item: Item,
    path: Path<'db>,
) -> Option<Links> {
    let index = index(db, program).as_ref()?;
    let own = At { item, path: path.text(db).into() };
    let reads = |of: &At| -> Option<&'db Reads> {
        let home = index.homes.get(of)?;
        edges(db, program, *home).components.iter().find(|reads| reads.of == *of)
    };
    let end = |of: &At| -> Option<(&'db End, bool)> {
        let (unit, made_here) = index.ends.get(of)?;
        let (_, end) = edges(db, program, *unit).ends.iter().find(|(at, _)| at == of)?;
        Some((end, *made_here))
    };
    let is_external = |of: &At, made: bool| !made || reads(of).is_some_and(|reads| reads.external);
    let mut links = Links::default();
    for reader in index.readers.get(&own).into_iter().flatten() {
        // What is not made at all, such as what a `let` hides, asks for nothing.
        let Some((there, made)) = end(reader) else { continue };
        let handles = handles_of(reads(reader), &own);
        let ports = end(&own).map_or_else(Vec::new, |(own, _)| ports(own, &own.pods, &handles));
        let external = is_external(reader, made);
        links.dependents.extend(of_end(reader, there, external, |_| ports.clone()));
    }
    let mut read: Vec<&At> = Vec::new();
    for (to, _) in reads(&own).map_or(&[][..], |reads| &reads.handles) {
        if read.contains(&to) {
            continue;
        }
        read.push(to);
        let Some((there, made)) = end(to) else { continue };
        let handles = handles_of(reads(&own), to);
        let external = is_external(to, made);
        let of_pods = |pods: &[Pods]| ports(there, pods, &handles);
        links.dependencies.extend(of_end(to, there, external, of_pods));
    }
    Some(links)
}

fn handles_of<'r>(reads: Option<&'r Reads>, of: &At) -> Vec<&'r Handle> {
    let handles = reads.into_iter().flat_map(|reads| &reads.handles);
    handles.filter(|(at, _)| at == of).map(|(_, handle)| handle).collect()
}

/// A link for each workload of a component, or one for a component without any.
fn of_end(
    of: &At,
    end: &End,
    external: bool,
    ports: impl Fn(&[Pods]) -> Vec<ContainerPort>,
) -> Vec<Link> {
    let link = |labels: Option<Vec<(String, String)>>, pods: &[Pods]| Link {
        of: of.clone(),
        name: end.name.clone(),
        namespace: end.namespace.clone(),
        labels,
        ports: ports(pods),
        external,
        entrance: end.entrance,
    };
    if end.pods.is_empty() {
        return vec![link(None, &[])];
    }
    let of_pods = |pods: &Pods| link(Some(pods.labels.clone()), std::slice::from_ref(pods));
    end.pods.iter().map(of_pods).collect()
}

/// The ports of pods to which handles of their component lead: those that the handles name, and all of them where one
/// names none. `namespace` alone leads nowhere.
fn ports(end: &End, pods: &[Pods], handles: &[&Handle]) -> Vec<ContainerPort> {
    let all = || pods.iter().flat_map(|pods| &pods.ports);
    let mut found: Vec<ContainerPort> = Vec::new();
    for handle in handles.iter().filter(|handle| &*handle.field != "namespace") {
        let named = handle.key.as_deref().map(|name| named_ports(end, name));
        match named.filter(|named| !named.is_empty()) {
            Some(named) => {
                found.extend(all().filter(|port| named.iter().any(|one| one.is(port))).cloned());
            }
            None => found.extend(all().cloned()),
        }
    }
    let mut distinct: Vec<ContainerPort> = Vec::new();
    // In the order of the pods, whatever the order of the handles.
    for port in all() {
        let same =
            |other: &ContainerPort| other.number == port.number && other.protocol == port.protocol;
        if found.iter().any(same) && !distinct.iter().any(same) {
            distinct.push(port.clone());
        }
    }
    distinct
}

/// A port as something names it.
enum Named<'n> {
    Name(&'n str),
    Number(i64, &'n str),
}

impl Named<'_> {
    fn is(&self, port: &ContainerPort) -> bool {
        match *self {
            Named::Name(name) => port.name == name,
            Named::Number(number, protocol) => port.number == number && port.protocol == protocol,
        }
    }
}

/// What a name stands for: a port of a container, or one of a Service, which sends to one of a container.
fn named_ports<'n>(end: &'n End, name: &'n str) -> Vec<Named<'n>> {
    let mut containers = end.pods.iter().flat_map(|pods| &pods.ports);
    if containers.any(|port| port.name == name) {
        return vec![Named::Name(name)];
    }
    let services = end.services.iter().filter(|port| port.name == name);
    let target = |port: &'n ServicePort| match &port.target {
        TargetPort::Name(target) => Named::Name(target),
        TargetPort::Number(number) => Named::Number(*number, &port.protocol),
    };
    services.map(target).collect()
}

/// Where the objects of a program lie, but for those that are derived; `None` where something is wrong with it.
#[salsa::tracked]
pub fn objects(db: &dyn salsa::Database, program: Program) -> Option<Vec<ObjectAt>> {
    let own = units_of(db, program.root(db)).len();
    let mut objects = Vec::new();
    for (number, unit) in values(db, program) {
        let edges = edges(db, program, unit);
        if !edges.sound {
            return None;
        }
        // Files that are used emit nothing of their own; what they know of the outside holds.
        objects.extend(edges.objects.iter().filter(|at| number < own || at.external).cloned());
    }
    Some(objects)
}
