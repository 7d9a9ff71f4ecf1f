//! The programs of the comparison, and the sources that each of them reads.
//!
//! `depc` is built by whoever calls this. Peers are looked for on the search path, or where an environment variable such as
//! `DEPC_BENCH_JRSONNET` says; what is not there is left out. Their sources are made by a `gen.py` beside a `model.py` that
//! says what comes out, in `../shared/bench` or the folder that `DEPC_BENCH_PEERS` names.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// A program with its arguments, and the folder in which it is called.
pub struct Competitor {
    pub name: &'static str,
    pub program: PathBuf,
    pub arguments: &'static [&'static str],
    pub folder: PathBuf,
}

/// Name, folder among the peers' sources, arguments.
type Peer = (&'static str, &'static str, &'static [&'static str]);

const PEERS: [Peer; 3] = [
    ("jrsonnet", ".", &["-S", "jsonnet/main-yaml.jsonnet"]),
    ("helm", ".", &["template", "x", "helm", "-f", "helm/values-prod.yaml"]),
    (
        "cue",
        "cue",
        &["export", "lib.cue", "services.cue", "prod.cue", "-e", "stream", "--out", "text"],
    ),
];

/// All programs that are installed, with their sources written; `depc` comes first.
pub fn competitors(size: usize, folder: &Path) -> Result<Vec<Competitor>> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let own = folder.join("sources-depc");
    let generator = tests::root().join("tests/bench/gen");
    checked(Command::new(generator).arg(size.to_string()).arg(&own))?;
    let mut all = vec![Competitor {
        name: "depc",
        program: depc()?,
        arguments: &["build", "prod.dep"],
        folder: own,
    }];
    let Some(generator) = peers().map(|peers| peers.join("gen.py")) else { return Ok(all) };
    let sources = folder.join("sources-peers");
    let mut written = false;
    for (name, inner, arguments) in PEERS {
        let Some(program) = installed(name) else { continue };
        if !written {
            checked(Command::new("python3").arg(&generator).arg(size.to_string()).arg(&sources))?;
            written = true;
        }
        all.push(Competitor { name, program, arguments, folder: sources.join(inner) });
    }
    Ok(all)
}

/// What the model says of an output of `depc`, where there is one.
pub fn verified(size: usize, output: &Path) -> Result<String> {
    let Some(peers) = peers() else { return Ok("not compared with a model".to_owned()) };
    let compared = Command::new("python3")
        .arg(peers.join("verify.py"))
        .arg(size.to_string())
        .arg(output)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    let said = String::from_utf8_lossy(&compared.stdout);
    let said = said.trim().rsplit('/').next().unwrap_or_default().to_owned();
    if compared.status.success() { Ok(said) } else { Err(format!("the model differs: {said}")) }
}

/// The release build of the command, beside this program or where `DEPC_BENCH_DEPC` says.
fn depc() -> Result<PathBuf> {
    if let Some(named) = env::var_os("DEPC_BENCH_DEPC") {
        return Ok(named.into());
    }
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let depc = this.with_file_name(format!("depc{}", env::consts::EXE_SUFFIX));
    if depc.is_file() { Ok(depc) } else { Err(format!("{} is not there", depc.display())) }
}

/// The folder with the peers' generator.
fn peers() -> Option<PathBuf> {
    let named = env::var_os("DEPC_BENCH_PEERS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| tests::root().join("../shared/bench"));
    folder.join("gen.py").is_file().then_some(folder)
}

/// Where a peer is.
fn installed(name: &str) -> Option<PathBuf> {
    let named: Option<OsString> = env::var_os(format!("DEPC_BENCH_{}", name.to_uppercase()));
    if let Some(named) = named {
        return Some(named.into());
    }
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

/// Runs a command that has nothing to say.
fn checked(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}
