//! XR-091: pods that no node is for, where the program declares the nodes that there are.

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Node, Wanted, Workload};
use crate::tree::Step;

/// Pods whose labels, terms and tolerations leave no node, and more pods than nodes where no two may be on one. Without
/// any Node in the program nothing is known of nodes, and nothing is said.
pub(super) fn unfit(program: &Program<'_>, found: &mut Vec<Violation>) {
    let nodes: Vec<(usize, &Facts, &Node)> = program
        .objects()
        .filter_map(|(at, facts)| match &facts.detail {
            Detail::Node(node) => Some((at, facts, &**node)),
            _ => None,
        })
        .collect();
    let Some(&(first, ..)) = nodes.first() else { return };
    let none = Wanted::default();
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        if facts.identity.kind == "DaemonSet" {
            continue;
        }
        let wanted = workload.nodes.as_deref().unwrap_or(&none);
        let labelled = nodes.iter().filter(|(.., node)| wanted.takes(node));
        let fit = labelled.clone().filter(|(.., node)| wanted.stands(node)).count();
        let warn = |path: &[&str], message: String| {
            let path = workload.path(&keys(path));
            Violation::error("XR-091", object, path, message).warning().absence()
        };
        if fit == 0 {
            found.push(match labelled.clone().next() {
                Some((at, of, node)) => {
                    let taint = node.taints.first().map(|(key, ..)| key.as_str());
                    let message = format!(
                        "no node takes these pods: they do not stand the taint `{}`",
                        taint.unwrap_or_default()
                    );
                    warn(&["tolerations"], message)
                        .related(
                            *at,
                            keys(&["spec", "taints"]),
                            format!("the taints of {}", of.identity.shown()),
                        )
                        .help("add a toleration, or name other nodes")
                }
                None => {
                    let (path, what) = wanted.unmet(&nodes);
                    warn(&path, format!("no node has {what}"))
                        .related(first, keys(&["metadata", "labels"]), "the labels of one")
                        .help("ask for labels that nodes have; the program says which nodes there are")
                }
            });
            continue;
        }
        let Some(term) = wanted.alone else { continue };
        let most = most(program, object, workload);
        if usize::try_from(most).is_ok_and(|most| most > fit) {
            let required = "requiredDuringSchedulingIgnoredDuringExecution";
            let path = ["affinity", "podAntiAffinity", required];
            let path = [keys(&path), vec![Step::Index(term)]].concat();
            let message = format!(
                "of {most} pods no two may be on one node, and {fit} of the nodes take them"
            );
            found.push(
                Violation::error("XR-091", object, workload.path(&path), message)
                    .warning()
                    .related(object, keys(&["spec", "replicas"]), "so many pods")
                    .help("prefer it only, or spread them by `topologySpreadConstraints`"),
            );
        }
    }
}

/// How many pods there may be at once.
fn most(program: &Program<'_>, object: usize, workload: &Workload) -> i64 {
    let scaled = program.scaler_of(object);
    let most = scaled.and_then(|scaled| scaled.autoscaler.max);
    most.or(workload.replicas).unwrap_or(1)
}

impl Wanted {
    /// Whether a node has what is asked for.
    fn takes(&self, node: &Node) -> bool {
        let labels = &node.labels;
        self.labels.iter().all(|label| labels.binary_search(label).is_ok())
            && (self.terms.is_empty()
                || self.terms.iter().any(|term| term.iter().all(|one| one.holds(labels))))
    }

    /// Whether the pods stand all taints of a node.
    fn stands(&self, node: &Node) -> bool {
        node.taints.iter().all(|taint| self.tolerations.iter().any(|own| own.stands(taint)))
    }

    /// What no node has, and where it is asked for.
    fn unmet(&self, nodes: &[(usize, &Facts, &Node)]) -> (Vec<&str>, String) {
        let anywhere =
            |label| nodes.iter().any(|(.., node)| node.labels.binary_search(label).is_ok());
        let label = self.labels.iter().find(|label| !anywhere(label));
        match (label, self.labels.is_empty()) {
            (Some((key, value)), _) => {
                (vec!["nodeSelector", key.as_str()], format!("the label `{key}: {value}`"))
            }
            (None, false) if self.terms.is_empty() => {
                (vec!["nodeSelector"], "all of these labels".to_owned())
            }
            _ => (vec!["affinity", "nodeAffinity"], "what these pods ask for".to_owned()),
        }
    }
}
