//! What is hard to emit: objects, rules over them, and what is cast to them.

use super::{Cases, lines};

/// A ConfigMap by its name, with what stands in its data.
fn config(name: &str, data: &str) -> String {
    format!("k8s.ConfigMap {{ metadata {{ name = {name} }}, data {{ {data} }} }}")
}

pub(super) fn add(cases: &mut Cases) {
    cases.file("one object with a million leaves", || {
        let many = "for a in range(1000) for b in range(1000)";
        format!(
            "x = {}\n",
            config("\"c\"", "")
                .replace("data {  }", &format!("data = {{ [\"k\\(a)-\\(b)\"] = \"v\" {many} }}"),)
        )
    });
    cases.file("an object of lists in lists", || {
        let row = lines(60, |n| format!("let a{} = [a{n}, a{n}]", n + 1));
        let object = "k8s.Object { apiVersion = \"a.example.com/v1\", kind = \"A\", metadata { name = \"a\" }, spec = a60 }";
        format!("let a0 = [1]\n{row}x = {object}\n")
    });
    cases.asked("one long text in a thousand objects", &["build", "main.dep"], || {
        format!(
            "let a = \"x\".repeat(4000000)\nx = [{} for n in range(1000)]\n",
            config("\"c\\(n)\"", "A = a")
        )
    });
    cases.asked("one long text a thousand times in an object", &["build", "main.dep"], || {
        let keys: Vec<String> = (0..1_000).map(|n| format!("k{n} = a")).collect();
        format!("let a = \"x\".repeat(1000000)\nx = {}\n", config("\"c\"", &keys.join(", ")))
    });
    cases.asked("objects as large as may be without end", &["build", "main.dep"], || {
        let pod = |n| {
            let args = "a, ".repeat(20);
            format!(
                "x{n} = k8s.Pod {{ metadata {{ name = \"p{n}\" }}, spec {{ containers {{ c {{ image = \"a:1\", args = [{args}] }} }} }} }}"
            )
        };
        format!("let a = \"x\".repeat(1000000)\n{}", lines(300, pod))
    });
    cases.file("one name for a hundred thousand objects", || {
        lines(100, |n| format!("x{n} = [{} for n in range(1000)]", config("\"c\"", "A = \"a\"")))
    });
    let objects = |count: usize| {
        lines(count, |n| format!("o{n} = {}", config(&format!("\"o{n}\""), "A = \"a\"")))
    };
    cases.file("services that each lack a claim of their own", || {
        let services = lines(3_000, |n| {
            format!("s{n} = Service {{ image = \"a/b:1\", ports {{ http = 80 }}, mounts {{ \"/m\" = Folder {{ claim = \"c{n}\" }} }} }}")
        });
        format!("use std.workload.Service\nuse std.storage.Folder\n{services}")
    });
    cases.file("services of one name", || {
        let services = lines(4_000, |n| {
            format!("s{n} = Service with Common {{ image = \"a/b:1\", ports {{ http = 80 }} }}")
        });
        format!("use std.workload.{{Service, Workload}}\ntrait Common for Workload {{ name = \"app\" }}\n{services}")
    });
    cases.file("as many Services before one label as Deployments behind it", || {
        lines(2_000, |n| {
            format!(
                "d{n} = k8s.Deployment {{ metadata {{ name = \"d{n}\" }}, spec {{ selector {{ matchLabels {{ app = \"x\" }} }}, template {{ metadata {{ labels {{ app = \"x\" }} }}, spec {{ containers {{ a {{ image = \"a/b:1\" }} }} }} }} }} }}\ns{n} = k8s.Service {{ metadata {{ name = \"s{n}\" }}, spec {{ selector {{ app = \"x\" }}, ports {{ \"{}\" {{}} }} }} }}",
                n + 1
            )
        })
    });
    cases.file("components of as many lets, each asked for its name", || {
        let lets = lines(8_000, |n| {
            format!("let s{n} = Service {{ image = \"a/b:1\", ports {{ http = 80 }} }}")
        });
        let names = lines(8_000, |n| format!("v{n} = s{n}.name"));
        format!("use std.workload.Service\n{lets}{names}")
    });
    cases.file("a thousand rules over a thousand objects", || {
        let rules = lines(1_000, |n| {
            format!("every \"r{n}\" k8s.ConfigMap as c where c.metadata.name != \"\" {{\n  metadata.labels {{ l{n} = \"1\" }}\n}}")
        });
        objects(1_000) + &rules
    });
    cases.file("a thousand checks of a thousand objects", || {
        let rules = lines(1_000, |n| {
            format!("every \"r{n}\" k8s.ConfigMap as c {{\n  check c.metadata.name == \"\": \"\\(c.metadata.name)\"\n}}")
        });
        objects(1_000) + &rules
    });
    cases.file("a thousand rules that all objects of one item break", || {
        let rules = lines(1_000, |n| {
            format!(
                "every \"r{n}\" k8s.ConfigMap as c {{ check c.metadata.labels.x is set: \"x\" }}"
            )
        });
        let made = config("\"c\\(i)\"", "A = \"a\"");
        format!("cms = [{made} for i in range(3000)]\n{rules}")
    });
    cases.file("rules that read all objects", || {
        let all: Vec<String> = (0..300).map(|n| format!("len(o{n}.metadata.name)")).collect();
        let rules = lines(100, |n| {
            format!(
                "every \"r{n}\" k8s.ConfigMap {{\n  metadata.annotations {{ a{n} = str({}) }}\n}}",
                all.join(" + ")
            )
        });
        objects(300) + &rules
    });
    cases.file("ten thousand exemptions", || {
        let allow = lines(10_000, |n| format!("  allow \"r{n}\": \"so it is\""));
        format!(
            "x = k8s.ConfigMap {{\n  metadata {{ name = \"c\" }}\n{allow}}}\nevery \"r0\" k8s.ConfigMap as c {{\n  check len(c.data) > 0: \"empty\"\n}}\n"
        )
    });
    cases.file("a hundred thousand containers", || {
        "x = k8s.Pod { metadata { name = \"p\" }, spec { for n in range(100000) { containers[\"c\\(n)\"].image = \"a:1\" } } }\n".to_owned()
    });
    cases.file("ten thousand ports on one address", || {
        let ports = lines(10_000, |n| format!("    ports[\"p{n}\"] {{ port = 80 }}"));
        format!("x = k8s.Service {{\n  metadata {{ name = \"s\" }}\n  spec {{\n{ports}  }}\n}}\n")
    });
    cases.file("services that select each other's pods", || {
        lines(3_000, |n| {
            format!(
                "d{n} = k8s.Deployment {{ metadata {{ name = \"d{n}\" }}, spec {{ selector.matchLabels {{ a = \"a\" }}, template {{ metadata.labels {{ a = \"a\" }}, spec.containers[\"c\"].image = \"a:1\" }} }} }}\ns{n} = k8s.Service {{ metadata {{ name = \"s{n}\" }}, spec {{ selector {{ a = \"a\" }}, ports[\"p\"] {{ port = 1 }} }} }}"
            )
        })
    });
    let pods = |count: usize| {
        lines(count, |n| {
            format!(
                "d{n} = k8s.Deployment {{ metadata {{ name = \"d{n}\" }}, spec {{ selector.matchLabels {{ a = \"a\" }}, template {{ metadata.labels {{ a = \"a\" }}, spec.containers[\"c\"].image = \"a:1\" }} }} }}"
            )
        })
    };
    cases.file("budgets that all protect the same pods", || {
        pods(3_000)
            + &lines(3_000, |n| {
                format!(
                    "b{n} = k8s.PodDisruptionBudget {{ metadata {{ name = \"b{n}\" }}, spec {{ selector.matchLabels {{ a = \"a\" }}, maxUnavailable = 0 }} }}"
                )
            })
    });
    cases.file("policies that are all for the same pods", || {
        let service = "s = k8s.Service { metadata { name = \"s\" }, spec { selector { a = \"a\" }, ports[\"p\"] { port = 1 } } }\n";
        let policies = lines(3_000, |n| {
            format!(
                "p{n} = k8s.NetworkPolicy {{ metadata {{ name = \"p{n}\" }}, spec {{ podSelector.matchLabels {{ a = \"a\" }}, policyTypes = [\"Ingress\", \"Egress\"], ingress = [{{ ports = [{{ port = \"zz{n}\" }}] }}], egress = [{{ ports = [{{ protocol = \"UDP\", port = {} }}] }}] }} }}",
                53 + n % 2
            )
        });
        format!("{}{service}{policies}", pods(3_000))
    });
    cases.file("autoscalers of one target of many containers", || {
        let containers = lines(500, |n| format!("  containers[\"c{n}\"].image = \"a:1\""));
        let scalers = lines(3_000, |n| {
            format!(
                "h{n} = k8s.HorizontalPodAutoscaler {{ metadata {{ name = \"h{n}\" }}, spec {{ scaleTargetRef {{ apiVersion = \"apps/v1\", kind = \"Deployment\", name = \"big\" }}, maxReplicas = 3, metrics = [{{ type = \"Resource\", resource {{ name = \"cpu\", target {{ type = \"Utilization\", averageUtilization = 50 }} }} }}] }} }}"
            )
        });
        format!(
            "big = k8s.Deployment {{ metadata {{ name = \"big\" }}, spec {{ selector.matchLabels {{ a = \"z\" }}, template {{ metadata.labels {{ a = \"z\" }}, spec {{\n{containers}}} }} }} }}\n{scalers}"
        )
    });
    let pods = |count: usize| {
        lines(count, |n| {
            format!(
                "p{n} = k8s.Pod {{ metadata {{ name = \"p{n}\", labels {{ app = \"p{n}\", all = \"x\" }} }}, spec {{ containers {{ a {{ image = \"a:1.0\" }} }} }} }}"
            )
        })
    };
    cases.file("budgets that each leave out one of many pods", || {
        pods(5_000) + &lines(5_000, |n| format!("b{n} = k8s.PodDisruptionBudget {{ metadata {{ name = \"b{n}\" }}, spec {{ minAvailable = 1, selector.matchExpressions = [{{ key = \"app\", operator = \"NotIn\", values = [\"p{n}\"] }}] }} }}"))
    });
    cases.file("budgets that each choose one of many pods", || {
        pods(5_000) + &lines(5_000, |n| format!("b{n} = k8s.PodDisruptionBudget {{ metadata {{ name = \"b{n}\" }}, spec {{ minAvailable = 1, selector {{ matchLabels {{ all = \"x\" }}, matchExpressions = [{{ key = \"app\", operator = \"In\", values = [\"p{n}\"] }}] }} }} }}"))
    });
    cases.file("quotas of the requests of many pods", || {
        pods(5_000) + &lines(5_000, |n| format!("q{n} = k8s.ResourceQuota {{ metadata {{ name = \"q{n}\" }}, spec {{ hard {{ \"requests.cpu\" = {n} }} }} }}"))
    });
    cases.file("services of the library without end", || {
        "use std.workload.Service\nx = { [\"s\\(n)\"] = Service { image = \"a:1.0\", ports { http = 8080 } } for n in range(100000) }\n".to_owned()
    });
    cases.file("services that each read all others", || {
        let all: Vec<String> =
            (0..150).map(|n| format!("U{n} = s{n}.endpoints.http.url")).collect();
        let all = all.join(", ");
        let services = lines(150, |n| {
            format!(
                "s{n} = Service {{ image = \"a:1.0\", ports {{ http = 8080 }}, env {{ {all} }} }}"
            )
        });
        format!("use std.workload.Service\n{services}")
    });
    cases.file("objects within objects", || {
        let open = "metadata { annotations { a = yaml(k8s.ConfigMap { ".repeat(2_000);
        format!("x = k8s.ConfigMap {{ {open}\n")
    });
    cases.file("fields that are all computed from one loop", || {
        let fields = lines(1_000, |n| format!("  f{n}: Int = slow + {n}"));
        let schema = format!(
            "schema S {{\n  slow: Int = len([a for a in range(60000) if a < 0])\n{fields}}}\n"
        );
        let reads = lines(1_000, |n| format!("x{n} = s.f{n}"));
        format!("{schema}s = S {{}}\n{reads}")
    });
}
