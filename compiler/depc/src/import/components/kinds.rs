//! Components that are no Deployments: with volumes of their own, on each node, once, and by the clock.

use kube::tree::Ref;

use super::program::Program;
use super::{Candidate, Numbered, number, quoted, sibling, text};

/// What the volume of each pod is called.
const VOLUME: &str = "data";

pub(super) fn stateful(set: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = set.1;
    let service = sibling(object, "Service", all)?;
    let mut program = Program::of("Stateful", object, &["spec", "template", "spec"])?;
    program.number("replicas", number(object, &["spec", "replicas"]), 1)?;
    let claim = object.at(&["spec", "volumeClaimTemplates", "0", "spec"])?;
    let size = text(claim, &["resources", "requests", "storage"])?;
    program.body.set("size", &quoted(size));
    let mounts = program.pod.at(&["containers", "0", "volumeMounts"])?;
    let mount = mounts.items().find(|mount| text(*mount, &["name"]) == Some(VOLUME))?;
    program.body.set("path", &quoted(text(mount, &["mountPath"])?));
    if let Some(class) = text(claim, &["storageClassName"]) {
        program.body.set("storageClass", &quoted(class));
    }
    let kept = ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"];
    if text(object, &kept) == Some("Delete") {
        program.body.set("keepVolumes", "false");
    }
    program.holds(all, Some(VOLUME))?;
    // Ten minutes are given to start.
    program.asks([Some((5, 10 * 60 / 5)), Some((5, 3)), Some((20, 3))])?;
    Some(program.candidate(vec![set.0, service.0]))
}

pub(super) fn daemon(set: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = set.1;
    let mut program = Program::of("Daemon", object, &["spec", "template", "spec"])?;
    if program.pod.get("tolerations").is_some() {
        program.body.set("everywhere", "true");
    }
    let unavailable = object.at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"])?;
    match unavailable.as_str() {
        Some(share) => program.body.set("unavailable", share),
        None => program.number("unavailable", unavailable.as_int(), 1)?,
    }
    program.holds(all, None)?;
    program.asks([None; 3])?;
    Some(program.candidate(vec![set.0]))
}

pub(super) fn job(job: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = job.1;
    let mut program = Program::of("Job", object, &["spec", "template", "spec"])?;
    program.number("retries", number(object, &["spec", "backoffLimit"]), 3)?;
    program.time("deadline", number(object, &["spec", "activeDeadlineSeconds"]), 3_600)?;
    program.time("kept", number(object, &["spec", "ttlSecondsAfterFinished"]), 86_400)?;
    program.holds(all, None)?;
    program.asks([None; 3])?;
    Some(program.candidate(vec![job.0]))
}

pub(super) fn cron(job: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = job.1;
    let template = ["spec", "jobTemplate", "spec", "template", "spec"];
    let mut program = Program::of("Cron", object, &template)?;
    program.body.set("schedule", &quoted(text(object, &["spec", "schedule"])?));
    for (field, name, default) in
        [("zone", "timeZone", "Etc/UTC"), ("overlapping", "concurrencyPolicy", "Forbid")]
    {
        let value = text(object, &["spec", name])?;
        if value != default {
            program.body.set(field, &quoted(value));
        }
    }
    program.time("lateBy", number(object, &["spec", "startingDeadlineSeconds"]), 600)?;
    let of_job = object.at(&["spec", "jobTemplate", "spec"])?;
    program.number("retries", number(of_job, &["backoffLimit"]), 1)?;
    program.time("deadline", number(of_job, &["activeDeadlineSeconds"]), 3_600)?;
    if object.at(&["spec", "suspend"]).and_then(Ref::as_bool) == Some(true) {
        program.body.set("paused", "true");
    }
    program.holds(all, None)?;
    program.asks([None; 3])?;
    Some(program.candidate(vec![job.0]))
}
