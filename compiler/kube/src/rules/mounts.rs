//! What is mounted of a volume: files of a ConfigMap or Secret that it does not have (XR-052), devices as files (XR-061),
//! and claims for each pod that no container uses (XR-063).

use super::{Program, Violation, keys};
use crate::facts::{ConfigAt, Detail, SubPath, VolumeUse, Workload};
use crate::tree::Step;

/// Files that are mounted alone and that the ConfigMap or Secret does not have: a folder is made in their place.
pub(super) fn missing_files(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for used in &workload.sub_paths {
            let at = ConfigAt::Volume(used.volume);
            let Some(config) =
                workload.configs.iter().find(|config| config.at == at && !config.optional)
            else {
                continue;
            };
            let source = program.find("", config.kind, &facts.identity, &config.name);
            let known = source.and_then(|(_, source)| match &source.detail {
                Detail::Config(source) => source.keys.as_ref(),
                _ => None,
            });
            let Some(files) = used.listed.as_ref().or(known) else { continue };
            if files.iter().any(|file| is_in(&used.file, file)) {
                continue;
            }
            let (container, mount) = used.at;
            let steps = [&container.steps()[..], &keys(&["volumeMounts"]), &[Step::Index(mount)]];
            let path = [steps.concat(), keys(&["subPath"])].concat();
            let message = format!("{} {} gives no file `{}`", config.kind, config.name, used.file);
            let label = format!("its files: {}", files.join(", "));
            let violation = Violation::error("XR-052", object, workload.path(&path), message)
                .meant(&used.file, files.iter().map(String::as_str));
            found.push(match (&used.listed, source) {
                (None, Some((at, _))) => violation.related(at, Vec::new(), label),
                _ => violation.related(object, volume(workload, used), label),
            });
        }
    }
}

/// A file, or a folder above it.
fn is_in(wanted: &str, file: &str) -> bool {
    let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
    let below = file.strip_prefix(wanted);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn volume(workload: &Workload, used: &SubPath) -> Vec<Step> {
    workload.path(&[keys(&["volumes"]), vec![Step::Index(used.volume)]].concat())
}

/// Devices that are mounted as files, and claims of files that are used as devices.
pub(super) fn of_another_mode(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let wrong = |name: &str, used: &VolumeUse, at: usize, path: Vec<Step>| {
            let (mode, list) = match used.device {
                true => ("files", "volumeMounts"),
                false => ("a device", "volumeDevices"),
            };
            let message = format!("claim {name} is for {mode}");
            Violation::error("XR-061", object, workload.path(&used.steps()), message)
                .related(at, path, "it says so here")
                .help(format!("name it in `{list}`, or change the claim's `volumeMode`"))
        };
        for claim in &workload.claims {
            let own = program.find("", "PersistentVolumeClaim", &facts.identity, &claim.name);
            let Some((at, own)) = own else { continue };
            let Detail::Claim(declared) = &own.detail else { continue };
            // What is external need not say so.
            let differs = claim.uses.iter().find(|used| used.device != declared.block);
            if let Some(used) = differs.filter(|used| !own.external || !used.device) {
                found.push(wrong(&claim.name, used, at, keys(&["spec", "volumeMode"])));
            }
        }
        for (index, template) in workload.templates.iter().enumerate() {
            let path = [keys(&["spec", "volumeClaimTemplates"]), vec![Step::Index(index)]].concat();
            let differs = template.uses.iter().find(|used| used.device != template.claim.block);
            if let Some(used) = differs {
                let path = [path, keys(&["spec", "volumeMode"])].concat();
                found.push(wrong(&template.name, used, object, path));
            }
        }
    }
}

/// Claims that a StatefulSet makes for each pod, and that no container uses.
pub(super) fn unused_templates(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let unused =
            workload.templates.iter().enumerate().filter(|(_, claim)| claim.uses.is_empty());
        for (index, template) in unused.filter(|_| !workload.containers.is_empty()) {
            let path = [keys(&["spec", "volumeClaimTemplates"]), vec![Step::Index(index)]];
            let path = [path.concat(), keys(&["metadata", "name"])].concat();
            let message = format!("no container mounts `{}`, which each pod claims", template.name);
            found.push(
                Violation::error("XR-063", object, path, message)
                    .related(object, workload.path(&keys(&["containers"])), "none of these")
                    .help("mount it, or leave it out"),
            );
        }
    }
}
