//! XR-073: the Secrets by which images are pulled.

use super::{Program, Violation, keys};
use crate::facts::Detail;
use crate::tree::Step;

/// Secrets for pulling images that are not there, or are not made for it.
pub(super) fn pull_secrets(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for (index, name) in
            workload.pull_secrets.iter().enumerate().filter(|(_, name)| !name.is_empty())
        {
            let steps = [keys(&["imagePullSecrets"]), vec![Step::Index(index)], keys(&["name"])];
            let path = workload.path(&steps.concat());
            let Some((at, secret)) = program.find("", "Secret", &facts.identity, name) else {
                let message = format!("no Secret `{name}` in this program");
                let namespace = &facts.identity.namespace;
                found.push(
                    Violation::error("XR-073", object, path, message)
                        .warning()
                        .lacks("", "Secret", namespace, name)
                        .help("make it, or, where it is made elsewhere, declare it: `external k8s.Secret`"),
                );
                continue;
            };
            let Detail::Config(secret) = &secret.detail else { continue };
            let Some(own) = &secret.keys else { continue };
            if !own.iter().any(|key| key == ".dockerconfigjson" || key == ".dockercfg") {
                let message = format!("Secret {name} is none by which images are pulled");
                found.push(
                    Violation::error("XR-073", object, path, message)
                        .warning()
                        .related(at, Vec::new(), "it has no key `.dockerconfigjson`")
                        .help("name a Secret of the type `kubernetes.io/dockerconfigjson`"),
                );
            }
        }
    }
}
