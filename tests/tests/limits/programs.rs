//! Programs that have as much of something as is asked for.

use super::Files;

pub(super) fn one(text: String) -> Files {
    vec![("app.dep".to_owned(), text)]
}

pub(super) fn rows(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

pub(super) fn bytes(count: usize) -> Files {
    let start = "x = 1 // ";
    one(format!("{start}{}\n", "x".repeat(count - start.len() - 1)))
}

pub(super) fn items(count: usize) -> Files {
    one(rows(count, |n| format!("let _x{n} = 1")))
}

pub(super) fn used(count: usize) -> Files {
    let mut files = one(rows(count - 1, |n| format!("use \"./f{n}.dep\" as _f{n}")));
    files.extend((0..count - 1).map(|n| (format!("f{n}.dep"), "x = 1\n".to_owned())));
    files
}

/// Files that have so many bytes together, each far fewer than one may.
pub(super) fn together(count: usize) -> Files {
    let each = count / 8;
    let main = rows(8, |n| format!("use \"./f{n}.dep\" as _f{n}"));
    let length = |n: usize| each + if n == 0 { count % 8 } else { 0 } - main.len() / 8;
    let rest = main.len() % 8;
    let text = |n: usize| bytes(length(n) - if n == 1 { rest } else { 0 });
    let used =
        (0..8).flat_map(|n| text(n).into_iter().map(move |(_, text)| (format!("f{n}.dep"), text)));
    used.chain(one(main.clone())).collect()
}

pub(super) fn overlays(count: usize) -> Files {
    let below = |n: usize| if n == 1 { "base".to_owned() } else { format!("o{}", n - 1) };
    let overlay = |n: usize| {
        let name = if n == count { "app".to_owned() } else { format!("o{n}") };
        (format!("{name}.dep"), format!("overlay \"./{}.dep\"\n", below(n)))
    };
    (1..=count).map(overlay).chain([("base.dep".to_owned(), "x = 1\n".to_owned())]).collect()
}

pub(super) fn ancestors(count: usize) -> Files {
    let schemas = rows(count, |n| format!("schema S{n} extends S{} {{}}", n + 1));
    one(format!("{schemas}schema S{count} {{\n  a: Int\n}}\nx = S0 {{ a = 1 }}\n"))
}

pub(super) fn union(count: usize) -> Files {
    // The union is a part itself.
    let literals: Vec<String> = (1..count).map(|n| format!("\"a{n}\"")).collect();
    one(format!("type T = {}\nx: T = \"a1\"\n", literals.join(" | ")))
}

pub(super) fn nested(count: usize) -> Files {
    let row = rows(count - 1, |n| format!("let a{} = [a{n}]", n + 1));
    one(format!("let a0 = [1]\n{row}x = json(a{})\n", count - 1))
}

pub(super) fn calls(count: usize) -> Files {
    let function = "let f: fn(Int) -> Int = n => if n == 0 then 0 else f(n - 1)\n";
    one(format!("{function}x: Int = f({})\n", count - 1))
}

pub(super) fn data(json: String) -> Files {
    let mut files = one("let data = import \"data.json\"\nx = 1\n".to_owned());
    files.push(("data.json".to_owned(), json));
    files
}

pub(super) fn tokens(count: usize) -> Files {
    let (sums, rest) = ((count - 4) / 4, (count - 4) % 4);
    one(format!("x = [{}{}]\n", "1 + 1,".repeat(sums), "1".repeat(rest.min(1))))
}

pub(super) fn elements(count: usize) -> Files {
    one(format!("x = len(range({count}))\ny = [{}]\n", "1,".repeat(count)))
}
