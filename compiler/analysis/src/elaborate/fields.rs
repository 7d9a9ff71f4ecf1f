//! Fields that Helm charts, Kubernetes or other tools have, and that are said otherwise here.

/// How something is said here that other tools have a field for.
pub(super) enum Elsewhere {
    /// It has another name.
    Called(&'static str),
    /// It is said in another way.
    Said(&'static str),
}

/// What is meant by the name of a field that Helm charts, Kubernetes or other tools have, where `has` knows a field that
/// says it.
pub(super) fn of_field(name: &str, has: &dyn Fn(&str) -> bool) -> Option<Elsewhere> {
    use Elsewhere::{Called, Said};
    if matches!(name, "this" | "self") {
        return Some(Said("a field stands by its name alone: `name = value`"));
    }
    if has("backend") && matches!(name, "service" | "port" | "serviceName" | "paths" | "rules") {
        return Some(Said("it leads to an endpoint of a service: `backend = web.endpoints.http`"));
    }
    if has("data") && !name.contains(|c: char| c.is_ascii_lowercase()) {
        return Some(Said("keys of one's own stand in `data { … }`"));
    }
    let (field, said) = match name {
        "replicaCount" | "replicasCount" | "instances" | "count" | "deploy" => {
            ("replicas", Called("replicas"))
        }
        "environment" | "enviroment" | "envVars" | "variables" | "envs" => ("env", Called("env")),
        "entrypoint" | "cmd" => ("command", Called("command")),
        "arguments" | "argv" | "params" => ("args", Called("args")),
        "mem" | "ram" => ("memory", Called("memory")),
        "periodSeconds" => ("period", Said("it is a duration: `period = 10s`")),
        "timeoutSeconds" => ("timeout", Said("it is a duration: `timeout = 1s`")),
        "failureThreshold" => ("failures", Called("failures")),
        "httpGet" | "tcpSocket" => (
            "path",
            Said(
                "a probe asks a port by its name, and over HTTP for a path: `port = \"http\", path = \"/\"`",
            ),
        ),
        "initialDelaySeconds" => {
            ("failures", Said("other probes wait until `startup` says that the pod has started"))
        }
        "minReplicas" | "maxReplicas" | "autoscaling" | "autoscale" | "scaling" | "hpa"
        | "keda" => {
            ("scale", Said("the fewest and the most pods are said in one: `scale = 2..10`"))
        }
        "containerPort" | "targetPort" | "servicePort" | "listen" | "expose" | "port" => {
            ("ports", Said("ports have names: `ports { http = 8080 }`"))
        }
        "resources" | "requests" | "limits" | "cpuRequest" | "memoryRequest" | "cpuRequests"
        | "memoryRequests" => (
            "memoryLimit",
            Said(
                "what it needs are fields of its own: `cpu = 100m`, `memory = 256Mi`, `memoryLimit = 512Mi`",
            ),
        ),
        "volumes" | "volumeMounts" | "persistence" | "storage" | "pvc" => (
            "mounts",
            Said(
                "what is mounted stands beside its path: `mounts { \"/data\" = claim / \"folder\" }`",
            ),
        ),
        "user" | "runAsUser" | "uid" => ("runAs", Called("runAs")),
        "probe" | "probes" | "healthCheck" | "healthcheck" | "health" | "readinessProbe"
        | "readiness" => ("ready", Called("ready")),
        "livenessProbe" | "liveness" => ("live", Called("live")),
        "serviceAccountName" => ("serviceAccount", Called("serviceAccount")),
        "container_name" | "fullnameOverride" | "nameOverride" => ("name", Called("name")),
        "terminationGracePeriodSeconds" | "stop_grace_period" => {
            ("gracePeriod", Said("it is a duration: `gracePeriod = 30s`"))
        }
        "ingress" | "domain" | "domains" | "hosts" | "route" => (
            "endpoints",
            Said(
                "an Ingress is a component of its own, `use std.network.Ingress`: `ingress = Ingress { hosts = [\"…\"], backend = web.endpoints.http }`",
            ),
        ),
        "env_file" | "envFile" | "configMap" | "configmap" | "config" => (
            "envFrom",
            Said(
                "values from a ConfigMap or a Secret are components of their own, `use std.config.Config`: `settings = Config { data { … } }`, and `envFrom = [settings]`",
            ),
        ),
        "secret" | "secrets" => (
            "env",
            Said(
                "a variable is read from a Secret by `use std.config.secret`: `env { PASSWORD = secret(\"name\", \"key\") }`",
            ),
        ),
        "tag" | "repository" | "registry" | "imageTag" => (
            "image",
            Said("an image is one text with its tag: `image = \"ghcr.io/your-org/web:\\(tag)\"`"),
        ),
        "cron" | "crontab" | "timer" => ("schedule", Called("schedule")),
        "data" | "stringData" => (
            "keys",
            Said(
                "this is a Secret that somebody else makes, with the names of its keys: `keys = [\"password\"]`; one of your own is a `k8s.Secret { metadata { … }, stringData { … } }`",
            ),
        ),
        "build" | "dockerfile" => (
            "image",
            Said("images are built elsewhere, and named: `image = \"ghcr.io/your-org/web:1.0.0\"`"),
        ),
        "restart" | "restartPolicy" => (
            "image",
            Said(
                "a service is always started again; what runs to its end is a `Job`, or by the clock a `Cron`: `use std.workload.Job`",
            ),
        ),
        "schedule" => {
            ("image", Said("what runs by the clock is a `Cron`: `use std.workload.Cron`"))
        }
        "cpuLimit" | "cpuLimits" => (
            "pod",
            Said(
                "a limit of processor time stands further in: `pod.containers { [name] { resources { limits { cpu = 1 } } } }`",
            ),
        ),
        "container" | "mainContainer" => {
            ("pod", Said("it stands further in, by its name: `pod.containers { [name] { … } }`"))
        }
        "podSecurityContext" => ("pod", Said("it stands further in: `pod.securityContext { … }`")),
        "loadBalancer" => {
            ("service", Said("it stands further in: `service.spec.type = \"LoadBalancer\"`"))
        }
        "files" | "configFiles" => (
            "mounts",
            Said(
                "files are the keys of a Config, `use std.config.Config`, which is mounted: `mounts { \"/etc/app\" = settings.files }`",
            ),
        ),
        "nodeSelector" => ("pod", Said("it stands further in: `pod.nodeSelector { … }`")),
        "serviceType" => {
            ("service", Said("it stands further in: `service.spec.type = \"NodePort\"`"))
        }
        "annotations" => (
            "metadata",
            Said(
                "it stands further in: `metadata.annotations { … }`, or that of an object, such as `service.metadata.annotations`",
            ),
        ),
        "podAnnotations" | "podLabels" => (
            "podMetadata",
            Said(
                "it stands further in: `podMetadata.annotations { … }`, `podMetadata.labels { … }`",
            ),
        ),
        "pdb" | "podDisruptionBudget" | "minAvailable" | "maxUnavailable" => {
            ("mayMiss", Said("how many pods may be missing at once is said by `mayMiss = 1`"))
        }
        "strategyType" | "updateStrategy" => ("strategy", Called("strategy")),
        "networks" | "networkPolicy" | "links" => {
            ("callers", Said("who may reach it is said by `isolated` and `callers`"))
        }
        "sidecars" | "sidecar" | "extraContainers" => (
            "pod",
            Said(
                "a further container has its name as key: `pod.containers { proxy { image = \"…\" } }`",
            ),
        ),
        "kind" | "apiVersion" | "spec" => (
            "deployment",
            Said(
                "this is no object but makes several: fields of the Deployment stand in `deployment { … }`; an object by itself is written `k8s.Deployment { … }`",
            ),
        ),
        "startupProbe" => ("startup", Called("startup")),
        "depends" | "dependsOn" | "depends_on" => (
            "env",
            Said(
                "nothing is started in an order here: who reads another's `endpoints` depends on it",
            ),
        ),
        _ => return None,
    };
    has(field).then_some(said)
}
