//! What can be written on the command line.

use analysis::path;
use analysis::workspace::Options;
use analysis::workspace::project::kubernetes_version;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Compiles .dep files into Kubernetes objects.
#[derive(Parser, Debug)]
#[command(name = "depc", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Colours in what is said about a program.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

// The options of a command are put together only when it is called: those of all of them would take a twentieth of the
// time of a small build.
#[derive(Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Print the Kubernetes objects of programs.
    Build(Build),
    /// Say what is wrong with programs, and print nothing else.
    Check(Check),
    /// Say what is wrong with objects in YAML or JSON, whoever made them.
    Validate(Validate),
    /// Write objects in YAML or JSON as a program that builds the same objects.
    Import(Import),
    /// Run the tests of files, and compare snapshots.
    Test(Test),
    /// Lay out files in the one style there is.
    Fmt(Fmt),
    /// Pin what the packages of dep.toml hold: write dep.lock.
    Lock(Lock),
    /// Say where a value comes from, or what an error code means.
    Explain(Explain),
    /// List what can be set: the inputs of a program, with types, defaults and docs.
    Inputs(Inputs),
    /// Draw which services use what of which others.
    Graph(GraphOf),
    /// Print what modules offer, as Markdown: their items with the fields that users may set.
    Doc(Doc),
    /// Say what differs between two sets of objects, of programs or in YAML, and what follows from it.
    Diff(Diff),
    /// Print the value of an expression in the scope of a file.
    Eval(Eval),
    /// Serve an editor over standard input and output, by the Language Server Protocol.
    Lsp(Lsp),
    /// Print the version.
    Version,
    /// Print the completions of commands and options for a shell.
    Completions {
        /// The shell that will read them.
        shell: Shell,
    },
}

#[derive(Args, Debug)]
pub struct Lsp {
    /// Standard input and output are the stream; there is no other, and editors that ask for it mean this.
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Args, Debug)]
pub struct Build {
    /// Files to build, each a program of its own; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,

    #[command(flatten)]
    pub given: Given,

    /// `yaml` (or `-`), `json`, or a folder that gets one file for each object.
    #[arg(short, long, value_name = "yaml|json|DIR", default_value = "yaml")]
    pub output: String,

    /// Write where each part of each object comes from, as JSON: object, path, `file:line:column`.
    #[arg(long, value_name = "FILE")]
    pub source_map: Option<String>,

    /// In which form problems are told, on standard error.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,

    #[command(flatten)]
    pub deny: Deny,
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("mending").multiple(true)))]
pub struct Check {
    /// Files, and folders whose .dep files are meant; `-` is standard input.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<String>,

    #[command(flatten)]
    pub given: Given,

    /// Check every combination of the values that inputs take: switches, modes, the ends of ranges.
    #[arg(long)]
    pub matrix: bool,

    /// In which form problems are told; any but `text` goes to standard output.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,

    /// Make the changes that leave no doubt, and tell what is wrong still.
    #[arg(long, group = "mending")]
    pub fix: bool,

    /// Show what --fix would change, and write nothing.
    #[arg(long, group = "mending")]
    pub diff: bool,

    /// Make also the changes that say what you must have meant to say, such as `override`.
    #[arg(long, requires = "mending")]
    pub unsafe_fixes: bool,

    #[command(flatten)]
    pub deny: Deny,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc validate deploy/                             all objects of a folder, and how they fit together
  helm template shop | depc validate -              what another tool prints
  depc validate deploy/ --external cluster.yaml     with objects that are there already
  depc validate deploy/ --kube-version 1.33         for servers of another version")]
pub struct Validate {
    /// Files, and folders whose files of YAML and JSON are meant; `-` is standard input.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<String>,

    /// Objects that are there already: what refers to them is content. Nothing is said of them.
    #[arg(long, value_name = "FILE|DIR")]
    pub external: Vec<String>,

    /// Definitions of custom kinds: CustomResourceDefinitions, or OpenAPI documents of a cluster, as `use crd` reads
    /// them. Those among the objects count too.
    #[arg(long, value_name = "FILE|DIR")]
    pub crd: Vec<String>,

    /// The Kubernetes version that the objects are for, in place of the one in dep.toml: `1.34`.
    #[arg(long = "kube-version", value_name = "VERSION", value_parser = kubernetes_version)]
    pub kubernetes: Option<u8>,

    /// In which form problems are told; any but `text` goes to standard output.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,

    #[command(flatten)]
    pub deny: Deny,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc import deploy/ -o shop.dep                   a program of all objects of a folder
  helm template shop | depc import - > shop.dep     of what another tool prints

The program is built before it is printed, and each object compared with what was read.")]
pub struct Import {
    /// Files, and folders whose files of YAML and JSON are meant; `-` is standard input.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<String>,

    /// Definitions of custom kinds: CustomResourceDefinitions, or OpenAPI documents of a cluster, as `use crd` reads
    /// them. Those among the objects count too.
    #[arg(long, value_name = "FILE|DIR")]
    pub crd: Vec<String>,

    /// The file to write; one that is there is not overwritten.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,

    /// The Kubernetes version that the objects are for, in place of the one in dep.toml: `1.34`.
    #[arg(long = "kube-version", value_name = "VERSION", value_parser = kubernetes_version)]
    pub kubernetes: Option<u8>,

    /// In which form problems are told, on standard error.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

// What is said of a program besides its file. (A doc comment would be taken for the help of each command that takes it.)
#[derive(Args, Debug)]
pub struct Given {
    /// Set the values of a YAML or JSON file, below what `--set` sets. Of several files, the last wins.
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    values: Vec<String>,

    /// Set a value, as a last overlay would: `--set app.scale=2..4`, `--set 'app.env[LOG_LEVEL]=debug'`. Of two for one
    /// field, the last wins.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = setting)]
    settings: Vec<String>,

    /// Set a text to what a file holds, above what `--set` sets: `--set-file app.config=app.conf`.
    #[arg(id = "set-file", long, value_name = "PATH=FILE", value_parser = setting_of_file)]
    files: Vec<String>,

    /// The Kubernetes version that the objects are for, in place of the one in dep.toml: `1.34`.
    #[arg(long = "kube-version", value_name = "VERSION", value_parser = kubernetes_version)]
    kubernetes: Option<u8>,
}

impl Given {
    /// The files that values are read from.
    pub fn paths(&self) -> Vec<String> {
        let texts = self.files.iter().filter_map(|file| Some(file.split_once('=')?.1.to_owned()));
        self.values.iter().cloned().chain(texts).collect()
    }

    pub fn options(&self) -> Options {
        Options {
            values: self.values.clone(),
            settings: self.settings.clone(),
            files: self.files.clone(),
            kubernetes: self.kubernetes,
            varied: false,
        }
    }
}

#[derive(Args, Debug)]
pub struct Lock {
    /// A file or folder of the project.
    #[arg(value_name = "FILE|DIR", default_value = ".")]
    pub path: String,
}

#[derive(Args, Debug)]
pub struct Test {
    /// Files, and folders whose .dep files are meant.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<String>,

    #[command(flatten)]
    pub given: Given,

    /// Run only the tests whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// Store what there is now as the snapshots.
    #[arg(long)]
    pub update: bool,

    /// How the results are told.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TestFormat::Text)]
    pub format: TestFormat,
}

/// In which form problems are told.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportFormat {
    /// With the lines of source, for people.
    Text,
    /// One line for each problem, for `grep` and editors.
    Concise,
    /// All that is known of each problem.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// Annotations of GitHub's workflows.
    Github,
    /// GitLab's report of code quality.
    Gitlab,
    /// XML that build servers read.
    Junit,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TestFormat {
    /// A line for each test.
    Text,
    /// XML that build servers read.
    Junit,
}

#[derive(Args, Debug)]
pub struct Fmt {
    /// Files, and folders whose .dep files are meant; `-` reads standard input and prints.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<String>,

    /// Write nothing, and fail where something is to be done.
    #[arg(long)]
    pub check: bool,

    /// Write nothing, and print what would change.
    #[arg(long)]
    pub diff: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc explain prod.dep                             all objects, and where they are made
  depc explain prod.dep deployment/app              an object, with a place beside every leaf
  depc explain prod.dep deployment/app spec.template.spec.containers[app].image
                                                    the layers that made a leaf, and why one won
  depc explain prod.dep app.scale                   the same for a value of the program
  depc explain E0402                                what an error means, and how to mend it")]
pub struct Explain {
    /// A file, or the code of an error.
    #[arg(value_name = "FILE|CODE")]
    pub subject: String,

    /// An object that the file emits (`deployment/app`), or a value of its program (`app.scale`).
    #[arg(value_name = "OBJECT|PATH")]
    pub what: Option<String>,

    /// A field of the object.
    #[arg(value_name = "FIELD")]
    pub field: Option<String>,

    #[command(flatten)]
    pub given: Given,
}

#[derive(Args, Debug)]
pub struct Inputs {
    /// The file whose inputs are meant; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub file: String,

    #[command(flatten)]
    pub given: Given,

    /// How they are listed.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Listing::Text)]
    pub output: Listing,
}

#[derive(Args, Debug)]
pub struct GraphOf {
    /// The file whose components are meant; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub file: String,

    #[command(flatten)]
    pub given: Given,

    /// How the graph is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Drawing::Text)]
    pub format: Drawing,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drawing {
    /// Each component, and below it those whose handles it uses.
    Text,
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    Text,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc doc                                          the modules of the library
  depc doc std.workload                             what a module of the library offers
  depc doc platform/ > platform.md                  the pages of all modules of a folder")]
pub struct Doc {
    /// Modules of the library, such as `std.workload` or all of `std`; one thing of them, `std.workload.Service`; types
    /// of Kubernetes, `k8s.Deployment`; files, and folders whose .dep files are meant.
    /// Where nothing is named, the modules of the library are listed.
    #[arg(value_name = "NAME|FILE|DIR")]
    pub modules: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc diff staging.dep prod.dep                    what production has otherwise
  git show main:app.yaml | depc diff - app.dep      what a change would do to what was built before
  depc diff deploy/ app.dep --format markdown       for a review: which object, which leaf, where it is written

The exit code is 0 where nothing differs, 1 where something does, and 2 where one of them cannot be read.")]
pub struct Diff {
    /// A program, or a file or folder of YAML or JSON; `-` is standard input, with YAML.
    #[arg(value_name = "OLD")]
    pub old: String,

    /// What takes its place.
    #[arg(value_name = "NEW")]
    pub new: String,

    #[command(flatten)]
    pub given: Given,

    /// How differences are told.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiffFormat {
    /// For people.
    Text,
    /// For other programs.
    Json,
    /// For reviews.
    Markdown,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  depc eval app.dep 'app.scale.end ?? 1'
  depc eval app.dep '[k for k, s in { a = app, b = gitserver } if len(s.ports) > 1]' -o json")]
pub struct Eval {
    /// The file whose names the expression may use; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// The expression.
    #[arg(value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub expression: String,

    #[command(flatten)]
    pub given: Given,

    /// How the value is written.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Notation::Dep)]
    pub output: Notation,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// As it would be written in a `.dep` file.
    Dep,
    Json,
    Yaml,
}

#[derive(Args, Debug)]
pub struct Deny {
    /// What counts as an error too.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Denied>,
}

impl Deny {
    /// Whether warnings count as errors.
    pub fn warnings(&self) -> bool {
        self.deny == Some(Denied::Warnings)
    }
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Denied {
    Warnings,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// Where the output is a terminal.
    Auto,
    Always,
    Never,
}

fn setting_of_file(text: &str) -> Result<String, String> {
    match path::setting(&setting(text)?) {
        Some((_, "")) => Err("the name of a file stands after `=`".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

fn setting(text: &str) -> Result<String, String> {
    match path::setting(text) {
        Some((path, _)) if path::segments(path).is_empty() => {
            Err("the path before `=` is empty".to_owned())
        }
        Some((path, _)) if path::has_gap(path) => {
            Err("a name is missing between two dots of the path, or behind the last".to_owned())
        }
        Some(_) => Ok(text.to_owned()),
        None if text.contains('=') => {
            Err("a bracket or a quote in the path is not closed".to_owned())
        }
        None => Err("write PATH=VALUE".to_owned()),
    }
}
