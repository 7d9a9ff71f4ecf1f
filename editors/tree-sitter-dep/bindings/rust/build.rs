//! Generates the parser from `grammar.js` and compiles it, with the scanner. What is generated stands in the folder of
//! the build, `grammar`, as it would in the repository of a grammar; the command of this package writes it elsewhere.

use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::Path;

use rquickjs::loader::{BuiltinLoader, BuiltinResolver};
use rquickjs::{CatchResultExt, Context, Ctx, Module, Object, Runtime};

/// The version of tables that the oldest of the editors reads: Neovim 0.7 and later.
const ABI: usize = 14;

/// What the generator sets for the program that runs a grammar: the path of it.
const GRAMMAR: &str = "TREE_SITTER_GRAMMAR_PATH";

/// The generator has a grammar run by a program that takes JavaScript on standard input. Called so, this is that
/// program, so that no other need be there.
fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(GRAMMAR) {
        Ok(grammar) => {
            print!("{}", evaluated(&grammar)?);
            Ok(())
        }
        Err(_) => build(),
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&std::env::var("OUT_DIR")?).join("grammar");
    fs::create_dir_all(folder.join("src"))?;
    // The description of the grammar stands beside it, for the version that is written into the parser.
    for file in ["grammar.js", "tree-sitter.json", "src/scanner.c"] {
        println!("cargo:rerun-if-changed={file}");
        fs::copy(file, folder.join(file))?;
    }
    println!("cargo:rerun-if-changed=bindings/rust/build.rs");
    tree_sitter_generate::generate_parser_in_directory(
        &folder,
        None::<&Path>,
        None::<&Path>,
        ABI,
        None,
        std::env::current_exe()?.to_str(),
        true,
        tree_sitter_generate::OptLevel::default(),
    )?;
    let sources = folder.join("src");
    cc::Build::new()
        .std("c11")
        .include(&sources)
        .flag_if_supported("-Wno-unused-parameter")
        .flag_if_supported("-Wno-unused-but-set-variable")
        .files([sources.join("parser.c"), sources.join("scanner.c")])
        .compile("tree-sitter-dep");
    Ok(())
}

/// What a grammar is, as JSON: it is run by the program on standard input, which defines what grammars are made of.
fn evaluated(grammar: &str) -> Result<String, Box<dyn Error>> {
    let mut program = String::new();
    std::io::stdin().read_to_string(&mut program)?;
    let runtime = Runtime::new()?;
    runtime.set_loader(
        BuiltinResolver::default().with_module(grammar),
        BuiltinLoader::default().with_module(grammar, fs::read(grammar)?),
    );
    let run = |ctx: &Ctx<'_>| -> rquickjs::Result<String> {
        // The program asks for the first to know where it is run, and for the second which grammar it is to import;
        // a grammar gives itself away in the third.
        ctx.globals().set("native", true)?;
        ctx.globals().set("__ts_grammar_path", grammar)?;
        ctx.globals().set("module", Object::new(ctx.clone())?)?;
        Module::evaluate(ctx.clone(), "program", program)?.finish::<()>()?;
        ctx.globals().get("output")
    };
    let output = Context::full(&runtime)?
        .with(|ctx| run(&ctx).catch(&ctx).map_err(|error| error.to_string()))?;
    Ok(output)
}
