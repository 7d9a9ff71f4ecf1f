//! Prints how fast files are cut, lexed and parsed, in MB/s: `cargo run --release -p depc-syntax --example speed`.
//!
//! Once where every item looks different, so that each shape is parsed, and once where all look alike, so that one shape serves them all.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// The system tells in steps of some milliseconds how long a thread was busy.
const LONG_ENOUGH: Duration = Duration::from_millis(200);

fn main() {
    for (name, different) in [("all shapes different", true), ("all shapes alike", false)] {
        let text = program(10_000, different);
        let size = text.len() as f64 / 1e6;
        let best = |mut run: Box<dyn FnMut() -> usize>| {
            let mut fastest = f64::INFINITY;
            for _ in 0..5 {
                let (start, busy) = (Instant::now(), busy_seconds());
                let mut runs = 0.0;
                while start.elapsed() < LONG_ENOUGH {
                    std::hint::black_box(run());
                    runs += 1.0;
                }
                let elapsed = match (busy, busy_seconds()) {
                    (Some(before), Some(after)) => after - before,
                    _ => start.elapsed().as_secs_f64(),
                };
                fastest = fastest.min(elapsed / runs);
            }
            size / fastest
        };
        let items: Vec<String> =
            syntax::cut(&text).items.iter().map(|item| text[item.range()].to_owned()).collect();
        let tokens: Vec<syntax::Tokens> = items.iter().map(|item| syntax::lex(item)).collect();
        let shapes: std::collections::BTreeSet<&str> =
            tokens.iter().map(|tokens| &*tokens.kinds).collect();
        println!("{name}: {size:.1} MB, {} items, {} shapes", items.len(), shapes.len());
        let whole = text.clone();
        println!(
            "  cut           {:7.0} MB/s",
            best(Box::new(move || syntax::cut(&whole).items.len()))
        );
        let lexed = items.clone();
        println!(
            "  lex           {:7.0} MB/s",
            best(Box::new(move || lexed.iter().map(|item| syntax::lex(item).len()).sum()))
        );
        let parsed = tokens.clone();
        println!(
            "  parse         {:7.0} MB/s",
            best(Box::new(move || parsed
                .iter()
                .map(|tokens| syntax::parse(&tokens.kinds).len())
                .sum()))
        );
        let interned = tokens.clone();
        println!(
            "  parse, shared {:7.0} MB/s",
            best(Box::new(move || {
                let mut known: BTreeMap<&str, syntax::Shape> = BTreeMap::new();
                interned
                    .iter()
                    .map(|tokens| {
                        known
                            .entry(&tokens.kinds)
                            .or_insert_with(|| syntax::parse(&tokens.kinds))
                            .len()
                    })
                    .sum()
            }))
        );
        println!(
            "  format        {:7.0} MB/s",
            best(Box::new(move || syntax::format(&text).text.len()))
        );
    }
}

/// How long this thread has been on a processor, where the system tells: other work on the machine does not count then.
fn busy_seconds() -> Option<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(statistics.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// A program of so many services. Where they are to differ, each has its own choice of entries.
fn program(count: usize, different: bool) -> String {
    let mut text = String::from("use std.workload.Service\n\n");
    for index in 0..count {
        let bits = if different { index } else { 0b101_0101 };
        let _ = writeln!(
            text,
            "/// Service number {index}.\nservice{index} = Service with Common {{\n  ports {{ http = {}, metrics = 9090 }}",
            3000 + index % 1000
        );
        let entries = [
            "  default scale = 2..10\n",
            "  mounts { \"/data/repos\" = data / \"repos\" }\n",
            "  image = \"\\(registry)/\\(name):\\(tag)\"\n",
            "  env { LOG_LEVEL = \"info\", DB_URL = secret(\"db\", \"url\") }\n",
            "  deployment.spec.template.spec { dnsPolicy = \"ClusterFirst\" }\n",
            "  when mode == \"large\" and not small { replicas = 9 }\n",
            "  resources { requests { cpu = 500m, memory = 200Mi } }\n",
            "  args += [\"--verbose\", if debug then \"--debug\"]\n",
            "  check max >= min: \"max (\\(max)) is below min\"\n",
            "  labels { [k] = v for k, v in extra if k != \"app\" }\n",
            "  url = gitserver.endpoints.http.url ?? \"none\"\n",
            "  timeout = if fast then 5s else 30s\n",
            "  probe { path = \"/healthz\", port = ports.http }\n",
            "  runAs = 1000 + 1\n",
        ];
        for (bit, entry) in entries.iter().enumerate() {
            if bits >> bit & 1 == 1 {
                text.push_str(entry);
            }
        }
        text.push_str("}\n\n");
    }
    text
}
