//! `depc eval`: the value of an expression in the scope of a file.

use analysis::expression::{self, Notation};
use analysis::mask::Shown;
use analysis::workspace::EXPRESSION;

use crate::arguments::{self, Eval};
use crate::report::{rendered, texts};
use crate::{FAILED, Io, WRONG, print, programs, say};

pub fn run(arguments: &Eval, io: &mut Io<'_>) -> u8 {
    let Some(disk) =
        programs::open_with(io, std::slice::from_ref(&arguments.file), &arguments.given.paths())
    else {
        return FAILED;
    };
    let loaded = programs::loaded(io, &disk, &arguments.file, &arguments.given.options());
    let (mut workspace, loaded) = match loaded {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let notation = match arguments.output {
        arguments::Notation::Dep => Notation::Dep,
        arguments::Notation::Json => Notation::Json,
        arguments::Notation::Yaml => Notation::Yaml,
    };
    let expression = arguments.expression.as_str();
    match expression::value(&mut workspace, &loaded, expression, notation) {
        Ok(text) => {
            programs::say_if_wrong(io, &workspace, &loaded, &arguments.file);
            print(io, &text)
        }
        Err(found) => {
            let masked = analysis::diagnostic::masked(&workspace, found.iter());
            let text = |path: &str| match path {
                EXPRESSION => Some(Shown::whole(expression)),
                path => texts(&workspace, &masked)(path),
            };
            let text = rendered(&text, found.iter(), io.color);
            say(io, &String::from_utf8_lossy(&text));
            WRONG
        }
    }
}
