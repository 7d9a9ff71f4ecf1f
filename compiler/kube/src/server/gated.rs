//! Fields that a version of Kubernetes has and drops without a word, because their feature is off there until a later
//! version. Where a cluster has it switched on nothing is lost, so that this is a warning.

use super::judge::{At, Judge};

/// The way to a field, and the first minor in which its feature is on by itself.
type Field = (&'static [&'static str], u8);

/// Of a pod's `spec`.
const OF_PODS: &[Field] = &[
    (&["hostUsers"], 33),
    (&["resources"], 34),
    (&["resourceClaims"], 34),
    (&["securityContext", "supplementalGroupsPolicy"], 33),
    (&["hostnameOverride"], 35),
];

/// Of a container.
const OF_CONTAINERS: &[Field] = &[
    (&["resources", "claims"], 34),
    (&["securityContext", "procMount"], 33),
    (&["restartPolicyRules"], 35),
];

/// Of an autoscaler.
const OF_AUTOSCALERS: &[Field] =
    &[(&["behavior", "scaleDown", "tolerance"], 35), (&["behavior", "scaleUp", "tolerance"], 35)];

pub(super) fn pod(j: &mut Judge, spec: &At<'_, '_>) {
    told(j, spec, OF_PODS);
}

pub(super) fn container(j: &mut Judge, at: &At<'_, '_>) {
    told(j, at, OF_CONTAINERS);
}

pub(super) fn autoscaler(j: &mut Judge, spec: &At<'_, '_>) {
    told(j, spec, OF_AUTOSCALERS);
}

fn told(j: &mut Judge, at: &At<'_, '_>, fields: &[Field]) {
    let minor = j.minor;
    for (way, from) in fields.iter().filter(|(_, from)| minor < *from) {
        let place = at.to(way);
        if place.is_set() {
            let field = place.field();
            let message = format!(
                "`{field}` has no effect in Kubernetes 1.{minor}: its feature is off there, and on from 1.{from}"
            );
            j.warn(&place, "K-dropped", message);
        }
    }
}
