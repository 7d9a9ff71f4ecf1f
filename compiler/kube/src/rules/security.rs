//! XR-093: pods that a server refuses, because their namespace enforces a level of security.

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts};

/// What each check is about, by the id of its lint.
const CHECKS: [(&str, &str); 19] = [
    ("L-201", "it is part of its node"),
    ("L-202", "a container is privileged"),
    ("L-203", "a container gets a capability that reaches beyond it"),
    ("L-204", "a volume is a folder of the node"),
    ("L-205", "a container takes a port of the node"),
    ("L-206", "a probe asks another host"),
    ("L-207", "AppArmor is switched off"),
    ("L-208", "it has a label of SELinux that is not for containers"),
    ("L-209", "a container sees more of `/proc`"),
    ("L-210", "all calls of the kernel are open"),
    ("L-211", "a sysctl concerns more than the pod"),
    ("L-212", "a container is a process of the node"),
    ("L-221", "a container may gain rights: `allowPrivilegeEscalation` is not false"),
    ("L-222", "a container keeps rights of root: it does not drop `ALL`, or adds some"),
    ("L-223", "a volume is of a kind that is not for all"),
    ("L-224", "a container may run as root: `runAsNonRoot` is not true"),
    ("L-225", "it names root as its user"),
    ("L-226", "a container has no `seccompProfile`"),
    ("L-227", "a container sees more of `/proc`"),
];

/// The first check of the level `restricted`.
const RESTRICTED: &str = "L-221";

/// Pods, and what makes pods, of which the level of their namespace lets none be made. Each check is told once.
pub(super) fn enforced(program: &Program<'_>, found: &mut Vec<Violation>) {
    let enforces =
        |facts: &Facts| matches!(&facts.detail, Detail::Namespace(level) if !level.is_empty());
    if !program.objects().any(|(_, facts)| enforces(facts)) {
        return;
    }
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let namespace = &facts.identity.namespace;
        let Some((at, own)) = program.find_in("", "Namespace", "", namespace) else { continue };
        let Detail::Namespace(level) = &own.detail else { continue };
        for breach in &workload.breaches {
            let check = breach.check;
            let holds = level == "restricted" || (level == "baseline" && check < RESTRICTED);
            if !holds {
                continue;
            }
            let about = CHECKS.iter().find(|(id, _)| *id == check).map_or("", |(_, about)| about);
            let message =
                format!("no pod can be made: `{namespace}` enforces `{level}`, and {about}");
            found.push(
                Violation::error("XR-093", object, workload.path_in_pod(&breach.path()), message)
                    .related(
                        at,
                        keys(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]),
                        "the level of the namespace",
                    )
                    .help(format!(
                        "mend it, as {check} says, or put the pod into another namespace"
                    )),
            );
        }
    }
}
