//! Jobs and CronJobs.

use super::judge::{At, Judge};
use super::{FieldError, container, cron, pod, selector, text};
use crate::names;

pub(super) fn job(j: &mut Judge, at: &At<'_, '_>) {
    let (spec, name) = (at.get("spec"), at.to(&["metadata", "name"]));
    self::spec(j, &spec, completions(&spec));
    if name.str().len() > 63 {
        let message = format!(
            "Job name `{}` must have at most 63 characters: its pods carry it as a label",
            name.str()
        );
        j.invalid(&name, "K-name", message);
    } else if spec.get("completionMode").str() == "Indexed" {
        let last = completions(&spec).unwrap_or(0) - 1;
        let longest = format!("{}-{last}", name.str());
        if last >= 0
            && !name.str().is_empty()
            && let Err(why) = names::dns_label(&longest)
        {
            let message = format!("the hostname `{longest}` of its last pod {why}");
            j.invalid(&name, "K-name", message);
        }
    }
    let choice = spec.get("selector");
    selector::selector(j, &choice);
    if spec.get("manualSelector").is_true() {
        if !choice.is_set() {
            j.required(&choice, "`selector` must be given, because `manualSelector` is true");
        } else {
            let labels = spec.to(&["template", "metadata", "labels"]);
            if let Some(why) = selector::unmet(&choice, &labels) {
                let message =
                    format!("the selector does not match the labels of the template: {why}");
                j.invalid(&labels, "K-selector-labels", message);
            }
        }
    } else {
        if choice.is_set() {
            let message =
                "the server makes the `selector` of a Job, unless `manualSelector` is true";
            j.invalid(&choice, "K-selector", message);
        }
        generated_labels(j, at, &spec.to(&["template", "metadata", "labels"]));
    }
}

/// What selects the pods of a Job is set by a server, which takes no other value for it. Of a CronJob's it is not asked.
fn generated_labels(j: &mut Judge, at: &At<'_, '_>, labels: &At<'_, '_>) {
    let name = at.to(&["metadata", "name"]);
    for key in ["job-name", "batch.kubernetes.io/job-name"] {
        let own = labels.get(key);
        if own.is_set() && !name.str().is_empty() && own.str() != name.str() {
            let message = format!("`{key}` is `{}`; a server sets it to the Job's name", own.str());
            j.invalid(&own, "K-selector-labels", message);
        }
    }
    for key in ["controller-uid", "batch.kubernetes.io/controller-uid"] {
        let own = labels.get(key);
        if own.is_set() {
            let message = format!("`{key}` is set by the server, to what nobody knows before");
            j.invalid(&own, "K-selector-labels", message);
        }
    }
}

pub(super) fn cron_job(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let schedule = spec.get("schedule");
    if schedule.str().is_empty() {
        j.required(&schedule, "a CronJob needs a `schedule`");
    } else if let Err(why) = cron::schedule(schedule.str()) {
        j.invalid(&schedule, "K-schedule", format!("schedule `{}` {why}", schedule.str()));
    } else if cron::never_fires(schedule.str()) {
        let message = format!("schedule `{}` never comes: no month has such a day", schedule.str());
        j.broken(&schedule, "K-schedule", message);
    }
    let zone = spec.get("timeZone");
    if zone.is_set()
        && let Err(why) = cron::time_zone(zone.str())
    {
        j.invalid(&zone, "K-time-zone", format!("time zone `{}` {why}", zone.str()));
        if let (Some(near), Some(last)) = (cron::near_zone(zone.str()), j.found.last_mut()) {
            last.help = Some(format!("write `{near}`"));
        }
    }
    for field in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"]
    {
        j.not_negative(&spec.get(field));
    }
    let deadline = spec.get("startingDeadlineSeconds");
    if let Some(seconds) = deadline.int().filter(|seconds| (0..10).contains(seconds)) {
        let message = format!(
            "`startingDeadlineSeconds` is {seconds}; below 10 a run may be missed, because schedules are looked at every 10 s"
        );
        j.warn(&deadline, "K-range", message);
    }
    j.one_of(&spec.get("concurrencyPolicy"), &["Allow", "Forbid", "Replace"]);
    let template = spec.get("jobTemplate");
    let meta = template.get("metadata");
    let before = j.found.len();
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    // A server takes them, and then can make no Job of the template.
    for refusal in j.found.iter_mut().skip(before) {
        refusal.stricter = true;
    }
    let job = template.get("spec");
    // What servers write into a Job that does not say how often it is to succeed, they do not write here.
    self::spec(j, &job, job.get("completions").int());
    let manual = job.get("manualSelector");
    if manual.is_true() {
        j.unsupported(&manual, "true", &["false"]);
    }
    if job.get("selector").is_set() {
        let message = "the server makes the `selector` of each Job";
        j.invalid(&job.get("selector"), "K-selector", message);
    }
}

/// How often a Job is to succeed; 1 where neither this nor how many run at once is said.
fn completions(spec: &At<'_, '_>) -> Option<i64> {
    let default = (!spec.get("parallelism").is_set()).then_some(1);
    spec.get("completions").int().or(default)
}

/// `count` is how often it is to succeed.
fn spec(j: &mut Judge, at: &At<'_, '_>, count: Option<i64>) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    ] {
        j.not_negative(&at.get(field));
    }
    let mode = at.get("completionMode");
    j.one_of_given(&mode, &["NonIndexed", "Indexed"]);
    indexes(j, at, mode.str() == "Indexed", count);
    let manager = at.get("managedBy");
    if manager.is_set() {
        j.well_formed(&manager, "K-path", "`managedBy`", text::domain_prefixed_path);
        if manager.str().len() > 63 {
            j.refuse(
                &manager,
                "K-size",
                FieldError::TooLong,
                "`managedBy` must have at most 63 characters",
            );
        }
    }
    let replacement = at.get("podReplacementPolicy");
    let failures = at.get("podFailurePolicy");
    if failures.is_set() {
        j.one_of(&replacement, &["Failed"]);
        failure_policy(j, at, &failures);
    } else {
        j.one_of(&replacement, &["Failed", "TerminatingOrFailed"]);
    }
    let successes = at.get("successPolicy");
    if successes.is_set() {
        success_policy(j, &successes, mode.str() == "Indexed", count.unwrap_or(0));
    }
    let template = at.get("template");
    pod::template(j, &template);
    let inner = template.get("spec");
    let restart = inner.get("restartPolicy");
    if matches!(restart.str(), "" | "Always") {
        j.required(&restart, "the pods of a Job end: `restartPolicy` must be OnFailure or Never");
    } else if failures.is_set() && restart.str() == "OnFailure" {
        j.invalid(
            &restart,
            "K-one-of",
            "`restartPolicy` must be Never, because there is a `podFailurePolicy`",
        );
    }
}

/// `count` is how often it is to succeed.
fn indexes(j: &mut Judge, at: &At<'_, '_>, indexed: bool, count: Option<i64>) {
    let (completions_at, parallelism) = (at.get("completions"), at.get("parallelism"));
    let (limit, failed) = (at.get("backoffLimitPerIndex"), at.get("maxFailedIndexes"));
    if !indexed {
        for place in [&limit, &failed] {
            if place.is_set() {
                j.invalid(
                    place,
                    "K-one-of",
                    format!("`{}` needs the completion mode Indexed", place.field()),
                );
            }
        }
        return;
    }
    j.not_negative(&limit);
    j.not_negative(&failed);
    if failed.is_set() && !limit.is_set() {
        j.required(&limit, "`backoffLimitPerIndex` must be given, because `maxFailedIndexes` is");
    }
    let Some(count) = count else {
        j.required(
            &completions_at,
            "`completions` must be given, because the completion mode is Indexed",
        );
        return;
    };
    if parallelism.number() > 100_000 {
        j.invalid(
            &parallelism,
            "K-range",
            "`parallelism` must not be above 100000, because the completion mode is Indexed",
        );
    }
    if failed.number() > 100_000 {
        j.invalid(
            &failed,
            "K-range",
            format!("`maxFailedIndexes` is {}; it must not be above 100000", failed.number()),
        );
    } else if failed.number() > count {
        let message = format!(
            "`maxFailedIndexes` is {}, above `completions`, which is {count}",
            failed.number()
        );
        j.invalid(&failed, "K-range", message);
    }
    if count > 100_000 && limit.is_set() {
        if !failed.is_set() {
            j.required(
                &failed,
                "`maxFailedIndexes` must be given, because `completions` is above 100000",
            );
        }
        for place in [&parallelism, &failed] {
            if place.number() > 10_000 && place.number() <= 100_000 {
                let message = format!(
                    "`{}` must not be above 10000, because `completions` is above 100000",
                    place.field()
                );
                j.invalid(place, "K-range", message);
            }
        }
    }
}

fn failure_policy(j: &mut Judge, spec: &At<'_, '_>, at: &At<'_, '_>) {
    let rules = at.get("rules");
    if rules.count() > 20 {
        j.too_many(&rules, 20);
    }
    for rule in rules.items() {
        let action = rule.get("action");
        match action.str() {
            "" => j.required(&action, "a rule needs an `action`"),
            "FailIndex" if !spec.get("backoffLimitPerIndex").is_set() => {
                j.invalid(&action, "K-one-of", "the action FailIndex needs `backoffLimitPerIndex`");
            }
            "Count" | "FailIndex" | "FailJob" | "Ignore" => {}
            other => j.unsupported(&action, other, &["Count", "FailIndex", "FailJob", "Ignore"]),
        }
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        match (codes.is_set(), conditions.is_filled()) {
            (true, true) => {
                j.invalid(&rule, "K-one-of", "a rule has either `onExitCodes` or `onPodConditions`")
            }
            (false, false) => {
                j.invalid(&rule, "K-one-of", "a rule needs `onExitCodes` or `onPodConditions`")
            }
            _ => {}
        }
        if codes.is_set() {
            exit_codes(j, spec, &codes);
        }
        if conditions.count() > 20 {
            j.too_many(&conditions, 20);
        }
        for condition in conditions.items() {
            let (kind, status) = (condition.get("type"), condition.get("status"));
            j.named(&kind, "K-label", "condition type", names::qualified_name);
            // Where there is none, servers write True.
            j.one_of(&status, &["False", "True", "Unknown"]);
        }
    }
}

fn exit_codes(j: &mut Judge, spec: &At<'_, '_>, at: &At<'_, '_>) {
    let (operator, values, name) = (at.get("operator"), at.get("values"), at.get("containerName"));
    match operator.str() {
        "" => j.required(&operator, "`onExitCodes` needs an `operator`"),
        "In" | "NotIn" => {}
        other => j.unsupported(&operator, other, &["In", "NotIn"]),
    }
    let pod = spec.to(&["template", "spec"]);
    if name.is_set() && !container::names(&pod).any(|own| own == name.str()) {
        j.invalid(&name, "K-reference", format!("the pod has no container `{}`", name.str()));
        j.meant(name.str(), container::names(&pod));
    }
    if !values.is_filled() {
        j.invalid(&values, "K-required", "`values` must have at least one value");
    } else if values.count() > 255 {
        j.too_many(&values, 255);
    }
    let mut ordered = true;
    let mut previous = None;
    let doubles = values.repeats(|one| one.number());
    for (number, value) in values.items().enumerate() {
        let code = value.number();
        if code == 0 && operator.str() == "In" {
            j.invalid(&value, "K-range", "0 is success, and must not be among the values of In");
        }
        if doubles.contains(&number) {
            j.duplicate(&value, format!("the exit code {code} is there twice"));
        }
        ordered &= previous.is_none_or(|previous| previous <= code);
        previous = Some(code);
    }
    if !ordered {
        j.invalid(&values, "K-one-of", "`values` must be in ascending order");
    }
}

fn success_policy(j: &mut Judge, at: &At<'_, '_>, indexed: bool, total: i64) {
    if !indexed {
        j.invalid(at, "K-one-of", "a `successPolicy` needs the completion mode Indexed");
        return;
    }
    let rules = at.get("rules");
    if !rules.is_filled() {
        j.required(&rules, "a `successPolicy` needs at least one rule");
    } else if rules.count() > 20 {
        j.too_many(&rules, 20);
    }
    for rule in rules.items() {
        let (count, list) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if !count.is_set() && !list.is_set() {
            j.required(&rule, "a rule needs `succeededCount` or `succeededIndexes`");
        }
        let mut most = None;
        if list.is_set() {
            match indexes_of(list.str(), total) {
                Ok(indexes) => most = Some(indexes),
                Err(why) => j.invalid(
                    &list,
                    "K-indexes",
                    format!("`succeededIndexes` is `{}`; it {why}", list.str()),
                ),
            }
        }
        j.not_negative(&count);
        if count.number() > total {
            let message = format!(
                "`succeededCount` is {}, above `completions`, which is {total}",
                count.number()
            );
            j.invalid(&count, "K-range", message);
        } else if most.is_some_and(|most| count.number() > most) {
            let message = format!(
                "`succeededCount` is {}, above the number of `succeededIndexes`",
                count.number()
            );
            j.invalid(&count, "K-range", message);
        }
    }
}

/// How many indexes a list such as `0-2,5` has; they ascend, and are below `total`.
fn indexes_of(text: &str, total: i64) -> Result<i64, names::Why> {
    const FORM: names::Why = "must be numbers and ranges in ascending order, such as 0-2,5";
    let (mut count, mut previous) = (0, -1);
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| digits)
        };
        let (low, high) = (number(first).ok_or(FORM)?, number(last).ok_or(FORM)?);
        if low <= previous || high < low || (part.contains('-') && low == high) {
            return Err(FORM);
        }
        if high >= total {
            return Err("must have only indexes below `completions`");
        }
        count += high - low + 1;
        previous = high;
    }
    Ok(count)
}
