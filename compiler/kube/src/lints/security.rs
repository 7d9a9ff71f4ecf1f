//! Kubernetes' own levels of security for pods, `baseline` and `restricted`, and two lints beyond.
//!
//! The checks are those of pod-security-admission 1.36; a namespace can ask a server to enforce them.

use crate::server::judge::{At, Judge};
use crate::tree::{Ref, Step};

/// The first minor in which a probe or hook must not ask another host.
const HOSTS_SINCE: u8 = 34;
/// The first minor in which users of their own make a root in the pod harmless.
const USERS_SINCE: u8 = 35;

const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const VOLUMES: [&str; 9] = [
    "configMap",
    "downwardAPI",
    "emptyDir",
    "projected",
    "secret",
    "csi",
    "persistentVolumeClaim",
    "ephemeral",
    "image",
];

/// What is not as the level `restricted` wants a pod, which includes `baseline`: ids from L-201 to L-212 are of the
/// latter. Of each check the first place, as a path that begins at the pod, which may be a template.
pub fn breaches(pod: Ref<'_>, minor: u8) -> Vec<(&'static str, Vec<Step>)> {
    let mut judge = Judge::placing(minor, super::below("L-231") & !super::below("L-201"));
    self::pod(&mut judge, &At::root(pod));
    judge.found.into_iter().map(|found| (found.rule, found.path)).collect()
}

pub(super) fn pod(j: &mut Judge, pod: &At<'_, '_>) {
    let spec = pod.get("spec");
    if !spec.is_set() {
        return;
    }
    let own = spec.get("securityContext");
    of_pod(j, pod, &spec, &own);
    let windows = spec.to(&["os", "name"]).str() == "windows";
    let users = j.minor >= USERS_SINCE && spec.get("hostUsers").is_false();
    for list in LISTS {
        for container in spec.get(list).items() {
            let context = container.get("securityContext");
            let name = container.get("name").str();
            self::container(j, &container, &context, name);
            users_and_profiles(j, &own, &context, name, (windows, users));
            if !windows {
                rights(j, &context, name);
            }
        }
    }
}

/// What concerns the pod as a whole.
fn of_pod(j: &mut Judge, pod: &At<'_, '_>, spec: &At<'_, '_>, own: &At<'_, '_>) {
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        let at = spec.get(field);
        if at.is_true() {
            j.hint(
                &at,
                "L-201",
                format_args!("with `{field}` the pod is part of its node"),
                "leave it out",
            );
        }
    }
    for volume in spec.get("volumes").items() {
        let host = volume.get("hostPath");
        if host.is_set() {
            j.hint(
                &host,
                "L-204",
                "this volume is a folder of the node",
                "take a volume of another kind",
            );
        }
        let other = volume
            .entries()
            .find(|(field, at)| *field != "name" && at.is_set() && !VOLUMES.contains(field));
        if let Some((field, at)) = other {
            let message = format_args!("`{field}` is no volume for pods that administer nothing");
            j.hint(&at, "L-223", message, "claim what is needed: `persistentVolumeClaim`");
        }
    }
    for sysctl in own.get("sysctls").items() {
        let name = sysctl.get("name");
        if !is_safe(name.str(), j.minor) {
            let message = format_args!("`{}` changes more than this pod", name.str());
            j.hint(&name, "L-211", message, "leave it to whoever has the nodes");
        }
    }
    let annotations = pod.to(&["metadata", "annotations"]);
    for (key, profile) in annotations.entries() {
        let of_container = key.starts_with("container.apparmor.security.beta.kubernetes.io/");
        if of_container
            && profile.str() != "runtime/default"
            && !profile.str().starts_with("localhost/")
        {
            j.hint(&profile, "L-207", "AppArmor is switched off", "leave it out");
        }
    }
    context(j, own);
}

/// What a pod and a container say alike.
fn context(j: &mut Judge, at: &At<'_, '_>) {
    let armor = at.to(&["appArmorProfile", "type"]);
    if !matches!(armor.str(), "" | "RuntimeDefault" | "Localhost") {
        j.hint(&armor, "L-207", "AppArmor is switched off", "set `RuntimeDefault`");
    }
    let label = at.get("seLinuxOptions");
    let kind = label.get("type");
    let kinds = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
    if !kinds.contains(&kind.str()) {
        let message =
            format_args!("`{}` is a label of SELinux for more than containers", kind.str());
        j.hint(&kind, "L-208", message, "leave it out");
    }
    for field in ["user", "role"] {
        let at = label.get(field);
        if !at.str().is_empty() {
            j.hint(
                &at,
                "L-208",
                format_args!("`{field}` is not for pods to choose"),
                "leave it out",
            );
        }
    }
    let seccomp = at.to(&["seccompProfile", "type"]);
    if seccomp.str() == "Unconfined" {
        j.hint(&seccomp, "L-210", "all calls of the kernel are open", "set `RuntimeDefault`");
    }
    let windows = at.to(&["windowsOptions", "hostProcess"]);
    if windows.is_true() {
        j.hint(&windows, "L-212", "this container is a process of the node", "leave it out");
    }
}

fn container(j: &mut Judge, at: &At<'_, '_>, context: &At<'_, '_>, name: &str) {
    let privileged = context.get("privileged");
    if privileged.is_true() {
        let message = format_args!("container `{name}` may do all that its node may");
        j.hint(&privileged, "L-202", message, "add the `capabilities` that it needs instead");
    }
    for added in context.to(&["capabilities", "add"]).items() {
        if !CAPABILITIES.contains(&added.str()) {
            let message =
                format_args!("container `{name}` gets `{}`, which reaches beyond it", added.str());
            j.hint(&added, "L-203", message, "do without");
        }
    }
    for port in at.get("ports").items() {
        let port = port.get("hostPort");
        if port.number() != 0 {
            let message = format_args!("this is port {} of the node", port.number());
            j.hint(&port, "L-205", message, "let a Service lead to the pod");
        }
    }
    if j.minor >= HOSTS_SINCE {
        hosts(j, at);
    }
    self::context(j, context);
    let mount = context.get("procMount");
    if !matches!(mount.str(), "" | "Default") {
        let message = "more of `/proc` can be seen than is good";
        j.hint(&mount, "L-209", message, "leave it out");
        j.hint(&mount, "L-227", message, "leave it out");
    }
    if !context.get("readOnlyRootFilesystem").is_true() {
        let message = format_args!("container `{name}` can change its own image's files");
        let help = "set `readOnlyRootFilesystem`, and mount what it writes to";
        j.hint(&context.get("readOnlyRootFilesystem"), "L-231", message, help);
    }
}

fn hosts(j: &mut Judge, container: &At<'_, '_>) {
    let lifecycle = container.get("lifecycle");
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    let places = probes.map(|field| container.get(field)).into_iter();
    for at in places.chain(["postStart", "preStop"].map(|field| lifecycle.get(field))) {
        for way in ["httpGet", "tcpSocket"] {
            let way = at.get(way);
            let host = way.get("host");
            if !host.str().is_empty() {
                let message = format_args!("the node asks `{}` for this pod", host.str());
                j.hint(&host, "L-206", message, "leave it out: the pod itself is asked");
            }
        }
    }
}

/// Who it runs as, and what it may ask of the kernel. What a container does not say, its pod says for all.
fn users_and_profiles(
    j: &mut Judge,
    pod: &At<'_, '_>,
    own: &At<'_, '_>,
    name: &str,
    (windows, users): (bool, bool),
) {
    let (here, there) = (own.get("runAsNonRoot"), pod.get("runAsNonRoot"));
    let kept = if here.is_set() { here.is_true() } else { there.is_true() };
    if !kept && !users {
        let message = format_args!("container `{name}` may run as root");
        j.hint(&here, "L-224", message, "set `runAsNonRoot`");
    }
    for user in [own.get("runAsUser"), pod.get("runAsUser")] {
        if user.int() == Some(0) && !users {
            j.hint(&user, "L-225", "user 0 is root", "name another user");
        }
    }
    let (here, there) = (own.get("seccompProfile"), pod.get("seccompProfile"));
    let kind = if here.is_set() { here.get("type").str() } else { there.get("type").str() };
    if kind.is_empty() && !windows {
        let message =
            format_args!("nothing says which calls of the kernel container `{name}` may make");
        j.hint(&here, "L-226", message, "set the type `RuntimeDefault`");
    } else if kind == "Unconfined" && !windows {
        let message = format_args!("container `{name}` may make all calls of the kernel");
        j.hint(&here, "L-226", message, "set the type `RuntimeDefault`");
    }
}

fn rights(j: &mut Judge, context: &At<'_, '_>, name: &str) {
    let gain = context.get("allowPrivilegeEscalation");
    if !gain.is_false() {
        let message =
            format_args!("container `{name}` may gain rights that it does not begin with");
        j.hint(&gain, "L-221", message, "set `allowPrivilegeEscalation` to false");
    }
    let capabilities = context.get("capabilities");
    let (drop, add) = (capabilities.get("drop"), capabilities.get("add"));
    let drops = |wanted: &[&str]| drop.items().any(|one| wanted.contains(&one.str()));
    if !drops(&["ALL"]) {
        let message = format_args!("container `{name}` keeps rights of root");
        j.hint(&drop, "L-222", message, "drop `ALL`");
    }
    for added in add.items() {
        if added.str() != "NET_BIND_SERVICE" {
            let message =
                format_args!("container `{name}` gets `{}`, a right of root", added.str());
            j.hint(&added, "L-222", message, "do without");
        }
    }
    if !drops(&["ALL", "NET_RAW"]) {
        let message = format_args!("container `{name}` can send packets in the name of others");
        j.hint(&drop, "L-232", message, "drop `NET_RAW`, or `ALL`");
    }
}

/// Whether a sysctl concerns the pod alone.
fn is_safe(name: &str, minor: u8) -> bool {
    let since = match name {
        "kernel.shm_rmid_forced"
        | "net.ipv4.ip_local_port_range"
        | "net.ipv4.tcp_syncookies"
        | "net.ipv4.ping_group_range"
        | "net.ipv4.ip_unprivileged_port_start" => 0,
        "net.ipv4.ip_local_reserved_ports" => 27,
        "net.ipv4.tcp_keepalive_time"
        | "net.ipv4.tcp_fin_timeout"
        | "net.ipv4.tcp_keepalive_intvl"
        | "net.ipv4.tcp_keepalive_probes" => 29,
        "net.ipv4.tcp_rmem" | "net.ipv4.tcp_wmem" => 32,
        _ => return name.is_empty(),
    };
    minor >= since
}
