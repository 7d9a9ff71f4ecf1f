//! Security contexts of pods and containers, and what an operating system has none of.

use super::FieldError;
use super::container;
use super::judge::{At, Judge};
use super::text;
use crate::names;

/// The largest id of a user or a group.
const LARGEST: i64 = i32::MAX as i64;

/// The capabilities of Linux, without `CAP_`.
const CAPABILITIES: [&str; 42] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// What concerns the pod as a whole.
pub(super) fn pod(j: &mut Judge, spec: &At<'_, '_>) {
    let context = spec.get("securityContext");
    for field in ["runAsUser", "runAsGroup", "fsGroup"] {
        j.within(&context.get(field), 0, LARGEST);
    }
    for group in context.get("supplementalGroups").items() {
        j.within(&group, 0, LARGEST);
    }
    j.one_of(&context.get("fsGroupChangePolicy"), &["Always", "OnRootMismatch"]);
    j.one_of(&context.get("supplementalGroupsPolicy"), &["Merge", "Strict"]);
    j.one_of(&context.get("seLinuxChangePolicy"), &["MountOption", "Recursive"]);
    let (user, no_root) = (context.get("runAsUser"), context.get("runAsNonRoot"));
    let containers = spec.get("containers");
    let inherits = containers.items().any(|container| {
        let own = container.get("securityContext");
        !own.get("runAsUser").is_set() && !own.get("runAsNonRoot").is_set()
    });
    if user.int() == Some(0) && no_root.is_true() && inherits {
        j.broken(
            &user,
            "K-security-context",
            "user 0 is root, and `runAsNonRoot` is true: no container ever starts",
        );
    }
    profiles(j, &context);
    sysctls(j, spec, &context);
    windows_options(j, &context.get("windowsOptions"));
    let host_process = host_process_anywhere(spec, &context);
    let network = spec.get("hostNetwork");
    if host_process && !network.is_true() {
        let message = "`hostNetwork` must be true, because a container has `hostProcess`";
        j.invalid(&network, "K-security-context", message);
    }
    let shared = spec.get("shareProcessNamespace");
    if shared.is_true() && spec.get("hostPID").is_true() {
        let message = "`shareProcessNamespace` and `hostPID` cannot both be true";
        j.invalid(&shared, "K-one-of", message);
    }
    if spec.get("hostUsers").is_false() {
        for field in ["hostNetwork", "hostPID", "hostIPC"] {
            if spec.get(field).is_true() {
                let message = format!("`{field}` cannot be true while `hostUsers` is false");
                j.forbidden(&spec.get(field), "K-one-of", message);
            }
        }
        for list in ["containers", "initContainers"] {
            for container in spec.get(list).items() {
                let devices = container.get("volumeDevices");
                if devices.is_filled() {
                    let message = "`volumeDevices` cannot be used while `hostUsers` is false";
                    j.forbidden(&devices, "K-one-of", message);
                }
            }
        }
    }
    operating_system(j, spec, &context);
}

fn host_process_anywhere(spec: &At<'_, '_>, context: &At<'_, '_>) -> bool {
    let list = |name| {
        let list = spec.get(name);
        list.items().any(|container| {
            container.to(&["securityContext", "windowsOptions", "hostProcess"]).is_true()
        })
    };
    context.to(&["windowsOptions", "hostProcess"]).is_true()
        || list("containers")
        || list("initContainers")
}

/// A container's `securityContext`.
pub(super) fn container(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>) {
    for field in ["runAsUser", "runAsGroup"] {
        j.within(&at.get(field), 0, LARGEST);
    }
    j.one_of(&at.get("procMount"), &["Default", "Unmasked"]);
    if at.get("procMount").str() == "Unmasked" && !spec.get("hostUsers").is_false() {
        let message = "`procMount` can be Unmasked only while `hostUsers` is false";
        j.invalid(&at.get("procMount"), "K-security-context", message);
    }
    profiles(j, at);
    windows_options(j, &at.get("windowsOptions"));
    let add = at.to(&["capabilities", "add"]);
    if at.get("allowPrivilegeEscalation").is_false() {
        if at.get("privileged").is_true() {
            let message = "a privileged container can always gain privileges: `allowPrivilegeEscalation` cannot be false";
            j.invalid(at, "K-security-context", message);
        }
        for capability in add.items() {
            let name = capability.str();
            let message = "with this capability a container can always gain privileges: `allowPrivilegeEscalation` cannot be false";
            if name == "CAP_SYS_ADMIN" {
                j.invalid(&capability, "K-security-context", message);
            } else if name == "SYS_ADMIN" {
                j.broken(&capability, "K-security-context", message);
            }
        }
    }
    for list in [&add, &at.to(&["capabilities", "drop"])] {
        for capability in list.items() {
            let name = capability.str();
            let bare = name.strip_prefix("CAP_").unwrap_or(name);
            if !CAPABILITIES.contains(&bare) {
                let message = format!("Linux has no capability `{name}`");
                j.broken(&capability, "K-capability", message);
            }
        }
    }
    let outer = spec.get("securityContext");
    let effective =
        |field: &'static str| if at.get(field).is_set() { (at, field) } else { (&outer, field) };
    let (user_at, user) = effective("runAsUser");
    let (root_at, no_root) = effective("runAsNonRoot");
    // Reported where one of both is the container's own; otherwise once, at the pod.
    let own = at.get(user).is_set() || at.get(no_root).is_set();
    if own && user_at.get(user).int() == Some(0) && root_at.get(no_root).is_true() {
        let message = "user 0 is root, and `runAsNonRoot` is true: the container never starts";
        j.broken(&user_at.get(user), "K-security-context", message);
    }
}

/// Profiles of seccomp and AppArmor.
fn profiles(j: &mut Judge, context: &At<'_, '_>) {
    for field in ["seccompProfile", "appArmorProfile"] {
        let profile = context.get(field);
        if !profile.is_set() {
            continue;
        }
        let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
        match kind.str() {
            "" => j.required(&kind, format!("a `{field}` needs a `type`")),
            "Localhost" => {
                if local.str().is_empty() {
                    j.required(
                        &local,
                        "`localhostProfile` must be given, because the type is Localhost",
                    );
                } else if field == "seccompProfile" {
                    j.well_formed(&local, "K-path", "profile", text::relative_path);
                } else if !text::unpadded(local.str()) {
                    j.invalid(
                        &local,
                        "K-path",
                        "`localhostProfile` must not begin or end with a blank",
                    );
                } else if local.str().len() > 4095 {
                    j.refuse(
                        &local,
                        "K-size",
                        FieldError::TooLong,
                        "`localhostProfile` must have at most 4095 characters",
                    );
                }
            }
            "RuntimeDefault" | "Unconfined" => {
                if local.is_set() {
                    j.invalid(
                        &local,
                        "K-one-of",
                        "`localhostProfile` fits only the type Localhost",
                    );
                }
            }
            other => j.unsupported(&kind, other, &["Localhost", "RuntimeDefault", "Unconfined"]),
        }
    }
}

fn sysctls(j: &mut Judge, spec: &At<'_, '_>, context: &At<'_, '_>) {
    let sysctls = context.get("sysctls");
    let doubles = sysctls.repeats(|one| one.get("name").str());
    for (number, sysctl) in sysctls.items().enumerate() {
        let name = sysctl.get("name");
        let text = name.str();
        if text.is_empty() {
            j.required(&name, "a sysctl needs a name");
            continue;
        }
        let ipc = ["kernel.shm", "kernel.msg", "fs.mqueue."];
        if text.len() > 253 || !is_sysctl(text) {
            j.invalid(&name, "K-sysctl", format!("`{text}` is no name of a sysctl"));
        } else if doubles.contains(&number) {
            j.duplicate(&name, format!("the sysctl `{text}` is set twice"));
        } else if text.replace('/', ".").starts_with("net.") && spec.get("hostNetwork").is_true() {
            j.invalid(
                &name,
                "K-sysctl",
                format!("`{text}` is the node's own while `hostNetwork` is true"),
            );
        } else if spec.get("hostIPC").is_true()
            && (text == "kernel.sem" || ipc.iter().any(|start| text.starts_with(start)))
        {
            j.invalid(
                &name,
                "K-sysctl",
                format!("`{text}` is the node's own while `hostIPC` is true"),
            );
        }
    }
}

/// Parts of lower-case letters, digits, `-` and `_`, between dots or slashes.
fn is_sysctl(name: &str) -> bool {
    let part = |part: &str| {
        let edge = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.bytes().all(|c| edge(c) || c == b'-' || c == b'_')
            && part.bytes().next().is_some_and(edge)
            && part.bytes().next_back().is_some_and(edge)
    };
    name.split(['.', '/']).all(part)
}

fn windows_options(j: &mut Judge, at: &At<'_, '_>) {
    let spec_name = at.get("gmsaCredentialSpecName");
    if spec_name.is_set()
        && let Err(why) = names::dns_subdomain(spec_name.str())
    {
        j.invalid(&spec_name, "K-name", format!("credential spec `{}` {why}", spec_name.str()));
    }
    let content = at.get("gmsaCredentialSpec");
    if content.is_set() && (content.str().is_empty() || content.str().len() > 64 * 1024) {
        j.invalid(&content, "K-size", "`gmsaCredentialSpec` must have 1 to 65536 bytes");
    }
    let user = at.get("runAsUserName");
    if user.is_set() {
        let text = user.str();
        let (domain, name) = text.split_once('\\').unwrap_or(("", text));
        let message = if text.is_empty() {
            "`runAsUserName` must not be empty"
        } else if text.chars().any(char::is_control) {
            "`runAsUserName` must not have control characters"
        } else if name.contains('\\') {
            "`runAsUserName` must have at most one `\\`"
        } else if text.contains('\\') && (domain.is_empty() || domain.len() > 256) {
            "the domain in `runAsUserName` must have 1 to 256 characters"
        } else if name.is_empty() || name.len() > 104 {
            "the user in `runAsUserName` must have 1 to 104 characters"
        } else if name.bytes().all(|c| c == b'.' || c == b' ') {
            "the user in `runAsUserName` must not consist of dots and blanks"
        } else if name.contains([
            '"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']',
        ]) {
            "the user in `runAsUserName` must not have any of \" / \\ : ; | = , + * ? < > @ [ ]"
        } else {
            return;
        };
        j.invalid(&user, "K-security-context", message);
    }
}

/// What the other operating system has none of.
fn operating_system(j: &mut Judge, spec: &At<'_, '_>, context: &At<'_, '_>) {
    let os = spec.get("os");
    if !os.is_set() {
        return;
    }
    let name = os.get("name");
    let (of_pod, of_container): (&[&str], &[&str]) = match name.str() {
        "windows" => (
            &[
                "appArmorProfile",
                "seLinuxOptions",
                "seccompProfile",
                "fsGroup",
                "fsGroupChangePolicy",
                "sysctls",
                "runAsUser",
                "runAsGroup",
                "supplementalGroups",
                "supplementalGroupsPolicy",
            ],
            &[
                "appArmorProfile",
                "seLinuxOptions",
                "seccompProfile",
                "capabilities",
                "readOnlyRootFilesystem",
                "privileged",
                "allowPrivilegeEscalation",
                "procMount",
                "runAsUser",
                "runAsGroup",
            ],
        ),
        "linux" => (&["windowsOptions"], &["windowsOptions"]),
        "" => {
            j.required(&name, "`os` needs a name");
            return;
        }
        other => {
            j.unsupported(&name, other, &["linux", "windows"]);
            return;
        }
    };
    let refuse = |j: &mut Judge, at: &At<'_, '_>| {
        if at.is_set() {
            let message = format!(
                "`{}` cannot be set, because the operating system is {}",
                at.field(),
                name.str()
            );
            j.forbidden(at, "K-security-context", message);
        }
    };
    for field in of_pod {
        refuse(j, &context.get(field));
    }
    if name.str() == "windows" {
        for field in ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"] {
            let place = spec.get(field);
            if place.is_true() || field == "hostUsers" {
                refuse(j, &place);
            }
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec.get(list).items() {
            let context = container.get("securityContext");
            for field in of_container {
                refuse(j, &context.get(field));
            }
        }
    }
}

/// The annotations that seccomp had before it had fields.
pub(super) fn seccomp_annotations(j: &mut Judge, at: &At<'_, '_>, annotations: &At<'_, '_>) {
    let spec = at.get("spec");
    let pairs = |prefix: &'static str| {
        annotations
            .entries()
            .filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value)))
    };
    for (rest, value) in pairs("seccomp.security.alpha.kubernetes.io/pod") {
        if rest.is_empty() {
            let field = spec.to(&["securityContext", "seccompProfile"]);
            seccomp_agrees(j, value.str(), &field);
        }
    }
    for (name, value) in pairs("container.seccomp.security.alpha.kubernetes.io/") {
        container::with_name(&spec, name, |container| {
            seccomp_agrees(j, value.str(), &container.to(&["securityContext", "seccompProfile"]));
        });
    }
}

fn seccomp_agrees(j: &mut Judge, annotation: &str, field: &At<'_, '_>) {
    let wanted = match annotation {
        "runtime/default" | "docker/default" => "RuntimeDefault",
        "unconfined" => "Unconfined",
        text if text.starts_with("localhost/") => "Localhost",
        _ => return,
    };
    let kind = field.get("type");
    if field.is_set() && kind.str() != wanted {
        let message = format!("the annotation says `{annotation}`, and the field `{}`", kind.str());
        j.forbidden(&kind, "K-one-of", message);
    }
}
