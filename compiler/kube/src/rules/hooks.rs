//! XR-100: Services that a server calls, be it for a webhook, a conversion or an API.

use std::collections::BTreeSet;

use super::absent::make_or_declare;
use super::{Program, Violation, keys};
use crate::facts::{Detail, Hook};

/// Services that are not there, ports that they do not have, and what nobody can trust.
pub(super) fn services(program: &Program<'_>, found: &mut Vec<Violation>) {
    let namespaces: BTreeSet<&str> = program
        .objects()
        .filter(|(_, facts)| !facts.external)
        .map(|(_, facts)| facts.identity.namespace.as_str())
        .collect();
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let hooks = match &facts.detail {
            Detail::Hooks(hooks) => hooks,
            Detail::Definition(definition) => &definition.hooks,
            _ => continue,
        };
        for hook in hooks {
            let known = namespaces.contains(hook.namespace.as_str());
            called(program, object, hook, known, found);
        }
    }
}

fn called(
    program: &Program<'_>,
    object: usize,
    hook: &Hook,
    known: bool,
    found: &mut Vec<Violation>,
) {
    let Hook { name, namespace, port, .. } = hook;
    let path = |field: &str| [&hook.path[..], &keys(&[field])].concat();
    if !hook.certified {
        let message = format!("nothing says by which certificate Service/{name} is known");
        let config = hook.path.split_last().map(|(_, config)| config.to_vec());
        found.push(
            Violation::error("XR-100", object, config.unwrap_or_default(), message).warning().help(
                "set `caBundle`, or the annotation by which something in the cluster does so",
            ),
        );
    }
    let Some((at, other)) = program.find_in("", "Service", namespace, name) else {
        let message = format!("no Service `{name}` in this program");
        let help = make_or_declare("Service", name);
        let violation = Violation::error("XR-100", object, path("name"), message);
        let violation = violation.lacks("", "Service", namespace, name).help(help);
        // Of a namespace in which the program makes nothing, it need not know what is in it.
        found.push(if known { violation } else { violation.warning() });
        return;
    };
    let Detail::Service(service) = &other.detail else { return };
    if !service.ports.is_empty() && !service.ports.iter().any(|own| own.number == *port) {
        let own: Vec<String> = service.ports.iter().map(|port| port.number.to_string()).collect();
        let message = format!("Service/{name} has no port {port}");
        found.push(Violation::error("XR-100", object, path("port"), message).related(
            at,
            keys(&["spec", "ports"]),
            format!("its ports: {}", own.join(", ")),
        ));
    }
    if hook.closes
        && let Some((pods_at, pods, workload)) =
            program.selected(namespace, &service.selector).next()
    {
        let message = format!(
            "while Service/{name} does not answer, no pod can be made: not those of {} either, which answer for it",
            pods.identity.shown()
        );
        found.push(
            Violation::error("XR-100", object, path("name"), message)
                .warning()
                .related(pods_at, workload.labels_path(), "these pods")
                .help("leave out their namespace by a `namespaceSelector`, or set `failurePolicy` to `Ignore`"),
        );
    }
}
