//! Images: XR-073, the Secrets by which they are pulled, and XR-105, one image in two versions.

use std::collections::BTreeMap;

use super::absent::make_or_declare;
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
                        .help(make_or_declare("Secret", name)),
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

/// Images of which the program runs several versions.
pub(super) fn versions(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut first: BTreeMap<&str, (&str, usize, Vec<Step>)> = BTreeMap::new();
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for (at, image) in &workload.images {
            let (name, version) = parts(image);
            let steps = [at.steps().to_vec(), keys(&["image"])].concat();
            let path = workload.path(&steps);
            let (known, other, there) =
                first.entry(name).or_insert_with(|| (version, object, path.clone()));
            if *known != version {
                let message =
                    format!("`{name}` is {} here, and {} elsewhere", shown(version), shown(known));
                found.push(
                    Violation::error("XR-105", object, path, message)
                        .note()
                        .related(*other, there.clone(), "this is the other version")
                        .help("let both name one version, or say that it is meant: `allow \"XR-105\": \"…\"`"),
                );
            }
        }
    }
}

/// What an image is called, and its tag or digest.
fn parts(image: &str) -> (&str, &str) {
    if let Some((name, digest)) = image.split_once('@') {
        return (parts(name).0, digest);
    }
    match image.rsplit_once(':') {
        // A colon before the last slash is that of a registry's port.
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, ""),
    }
}

fn shown(version: &str) -> String {
    if version.is_empty() { "without a version".to_owned() } else { format!("`{version}`") }
}
