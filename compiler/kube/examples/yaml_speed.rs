//! Measures what this crate does for a large program: looking up types, building trees, reading facts, checking
//! rules across objects, and writing. `cargo run --release -p depc-kube --example yaml_speed`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use kube::facts::{Facts, facts};
use kube::tree::Tree;
use kube::{json, rules, types, yaml};

const SERVICES: usize = 10_000;

fn main() {
    let start = Instant::now();
    let found = types::newest("Deployment")
        .and_then(|kind| kind.info().ty.field("spec"))
        .and_then(|spec| spec.ty.object())
        .and_then(|spec| spec.field("template"));
    println!("first look-up of a kind and two fields: {:?} ({})", start.elapsed(), found.is_some());
    let start = Instant::now();
    for _ in 0..1000 {
        black_box(
            types::newest(black_box("Deployment")).and_then(|kind| kind.info().ty.field("spec")),
        );
    }
    println!("each after that: {:?}", start.elapsed() / 1000);

    let mut tree = Tree::new();
    let start = Instant::now();
    for n in 0..SERVICES {
        objects(&mut tree, n);
    }
    let took = start.elapsed();
    println!(
        "built {} objects, {} nodes: {took:?}, {:?} a node",
        tree.roots().len(),
        tree.len(),
        took / tree.len() as u32
    );

    let mut out = Vec::new();
    for _ in 0..3 {
        out.clear();
        let start = Instant::now();
        yaml::documents(tree.roots(), &mut out);
        speed("YAML", out.len(), start);
    }
    out.clear();
    let start = Instant::now();
    json::list(tree.roots(), json::Layout::Compact, &mut out);
    speed("JSON", out.len(), start);

    let start = Instant::now();
    let all: Vec<Facts> = tree.roots().map(facts).collect();
    println!("facts of {} objects: {:?}", all.len(), start.elapsed());
    let all: Vec<&Facts> = all.iter().collect();
    let start = Instant::now();
    let broken = rules::violations(&all, &Default::default()).len();
    println!("all rules across objects: {:?}, {broken} violations", start.elapsed());
}

fn speed(what: &str, bytes: usize, start: Instant) {
    let took = start.elapsed();
    println!(
        "{what}: {bytes} bytes in {took:?}, {:.0} MB/s",
        bytes as f64 / took.as_secs_f64() / 1e6
    );
}

/// A Deployment, a Service and an autoscaler of usual size, and three small objects.
fn objects(tree: &mut Tree, n: usize) {
    head(tree, "apps/v1", "Deployment", n);
    tree.key("spec").begin_map(0);
    tree.key("selector").begin_map(0);
    tree.key("matchLabels");
    labels(tree, n);
    tree.end(false);
    tree.key("template").begin_map(0);
    tree.key("metadata").begin_map(0);
    tree.key("labels");
    labels(tree, n);
    tree.end(false);
    tree.key("spec").begin_map(0);
    tree.key("containers").begin_list(0);
    tree.begin_map(0);
    tree.key("name").text(format_args!("service-{n}"), 1);
    tree.key("image").text(format_args!("ghcr.io/your-org/service-{n}:v0.2.9"), 1);
    tree.key("ports").begin_list(0);
    tree.begin_map(0);
    tree.key("name").str("http", 0);
    tree.key("containerPort").int(3000, 0);
    tree.end(false);
    tree.end(false);
    tree.key("env").begin_list(0);
    for (name, value) in
        [("LOG_LEVEL", "info"), ("COOKIE_SECURE", "false"), ("REPOS_ROOT", "/data/repos")]
    {
        tree.begin_map(0);
        tree.key("name").str(name, 2);
        tree.key("value").str(value, 3);
        tree.end(false);
    }
    tree.begin_map(0);
    tree.key("name").str("NEXT_URL", 0);
    tree.key("value").text(format_args!("http://service-{}.app.svc:3000", n + 1), 0);
    tree.end(false);
    tree.end(false);
    tree.key("resources").begin_map(0);
    tree.key("requests").begin_map(0);
    tree.key("cpu").str("100m", 0);
    tree.key("memory").str("256Mi", 0);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);

    head(tree, "v1", "Service", n);
    tree.key("spec").begin_map(0);
    tree.key("selector");
    labels(tree, n);
    tree.key("ports").begin_list(0);
    tree.begin_map(0);
    tree.key("name").str("http", 0);
    tree.key("port").int(3000, 0);
    tree.key("targetPort").str("http", 0);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.end(false);

    head(tree, "autoscaling/v2", "HorizontalPodAutoscaler", n);
    tree.key("spec").begin_map(0);
    tree.key("scaleTargetRef").begin_map(0);
    tree.key("apiVersion").str("apps/v1", 0);
    tree.key("kind").str("Deployment", 0);
    tree.key("name").text(format_args!("service-{n}"), 0);
    tree.end(false);
    tree.key("minReplicas").int(2, 0);
    tree.key("maxReplicas").int(10, 0);
    tree.end(false);
    tree.end(false);

    for kind in ["ServiceAccount", "ConfigMap", "Secret"] {
        head(tree, "v1", kind, n);
        tree.end(false);
    }
}

fn head(tree: &mut Tree, api_version: &str, kind: &str, n: usize) {
    tree.begin_map(0);
    tree.key("apiVersion").str(api_version, 0);
    tree.key("kind").str(kind, 0);
    tree.key("metadata").begin_map(0);
    tree.key("name").text(format_args!("service-{n}"), 0);
    tree.key("namespace").str("app", 0);
    tree.key("labels");
    labels(tree, n);
    tree.end(false);
}

fn labels(tree: &mut Tree, n: usize) {
    tree.begin_map(0);
    tree.key("app.kubernetes.io/name").text(format_args!("service-{n}"), 0);
    tree.key("app.kubernetes.io/instance").text(format_args!("service-{n}"), 0);
    tree.end(false);
}
