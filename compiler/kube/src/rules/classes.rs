//! Classes of storage (XR-061), and of pods (XR-090), that nobody makes.

use super::absent::declared;
use super::{Program, Violation, keys};
use crate::facts::{Claim, Detail};
use crate::tree::Step;

/// Claims of a class that is not there.
pub(super) fn of_storage(program: &Program<'_>, found: &mut Vec<Violation>) {
    // A volume that is made by hand may have a class that is only a name.
    if program.objects().any(|(_, facts)| {
        is(facts.identity.group.as_str(), "", &facts.identity.kind, "PersistentVolume")
    }) {
        return;
    }
    let of = Class { rule: "XR-061", group: "storage.k8s.io", kind: "StorageClass" };
    let known = of.is_known(program);
    let mut check = |object: usize, claim: &Claim, path: Vec<Step>| {
        if let Some(class) = claim.class.as_deref().filter(|class| !class.is_empty())
            && claim.volume.is_empty()
        {
            found.extend(of.missing(program, known, object, class, path));
        }
    };
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        match &facts.detail {
            Detail::Claim(claim) => check(object, claim, keys(&["spec", "storageClassName"])),
            Detail::Workload(workload) => {
                for (index, template) in workload.templates.iter().enumerate() {
                    let list = [keys(&["spec", "volumeClaimTemplates"]), vec![Step::Index(index)]];
                    let path = [list.concat(), keys(&["spec", "storageClassName"])].concat();
                    check(object, &template.claim, path);
                }
            }
            _ => {}
        }
    }
}

/// Pods of a class that is not there, and two classes that both are for all other pods.
pub(super) fn of_pods(program: &Program<'_>, found: &mut Vec<Violation>) {
    let priority = Class { rule: "XR-090", group: "scheduling.k8s.io", kind: "PriorityClass" };
    let runtime = Class { rule: "XR-090", group: "node.k8s.io", kind: "RuntimeClass" };
    let known = (priority.is_known(program), runtime.is_known(program));
    let mut first: Option<usize> = None;
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        match &facts.detail {
            Detail::Workload(workload) => {
                let name = workload.priority_class.as_str();
                // A server makes these itself.
                if !matches!(name, "" | "system-node-critical" | "system-cluster-critical") {
                    let path = workload.path(&keys(&["priorityClassName"]));
                    found.extend(priority.missing(program, known.0, object, name, path));
                }
                if !workload.runtime_class.is_empty() {
                    let path = workload.path(&keys(&["runtimeClassName"]));
                    let name = &workload.runtime_class;
                    found.extend(runtime.missing(program, known.1, object, name, path));
                }
            }
            Detail::Priority(true) => match first {
                None => first = Some(object),
                Some(first) => {
                    let path = || keys(&["globalDefault"]);
                    let message = "two PriorityClasses are for all pods that name none".to_owned();
                    found.push(
                        Violation::error("XR-090", object, path(), message)
                            .related(first, path(), "the other one")
                            .help("set `globalDefault` of one of them alone"),
                    );
                }
            },
            _ => {}
        }
    }
}

/// A kind of classes that are of the whole cluster.
struct Class {
    rule: &'static str,
    group: &'static str,
    kind: &'static str,
}

impl Class {
    /// Whether the program makes or declares any: then it says which there are. Otherwise they may be the cluster's.
    fn is_known(&self, program: &Program<'_>) -> bool {
        let mut ids = program.objects().map(|(_, facts)| &facts.identity);
        ids.any(|id| is(&id.group, self.group, &id.kind, self.kind))
    }

    fn missing(
        &self,
        program: &Program<'_>,
        known: bool,
        object: usize,
        name: &str,
        path: Vec<Step>,
    ) -> Option<Violation> {
        let Class { rule, group, kind } = *self;
        if program.find_in(group, kind, "", name).is_some() {
            return None;
        }
        let message = format!("no {kind} `{name}` in this program");
        let help =
            format!("make it, or, where the cluster has it, declare it: {}", declared(kind, name));
        let violation = Violation::error(rule, object, path, message);
        let violation = violation.lacks(group, kind, "", name).help(help);
        Some(if known { violation } else { violation.warning() })
    }
}

fn is(group: &str, wanted: &str, kind: &str, wanted_kind: &str) -> bool {
    group == wanted && kind == wanted_kind
}
