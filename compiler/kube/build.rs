//! Turns `data/types.txt` into Rust statics when the crate is built.
//!
//! The compiler must not pay for a table that it does not read, so nothing is decoded when it runs:
//! rows are plain constants, and names are places in one string, which keeps the tables free of
//! pointers that a loader would have to fix up.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "build/docs.rs"]
mod docs;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build/docs.rs");
    println!("cargo:rerun-if-changed=data/types.txt");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let text = fs::read_to_string(Path::new(&root).join("data/types.txt"))?;
    let out = env::var("OUT_DIR")?;
    let table = Table::parsed(&text)?;
    fs::write(Path::new(&out).join("table.rs"), table.rust()?)?;
    fs::write(Path::new(&out).join("docs"), docs::compressed(&table)?)?;
    Ok(())
}

/// A type, in the order of the file, which is the order of names.
struct Type<'a> {
    name: &'a str,
    life: Life,
    kind: Option<[&'a str; 5]>,
    fields: Vec<(&'a str, bool, &'a str, Life)>,
}

/// The versions `[since, until)`.
type Life = (u8, u8);

struct Table<'a> {
    first: u8,
    last: u8,
    types: Vec<Type<'a>>,
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Table<'a> {
    fn parsed(text: &'a str) -> Result<Self> {
        let mut table = Table { first: 0, last: 0, types: Vec::new(), numbers: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            match *words.as_slice() {
                ["V", first, last] => {
                    (table.first, table.last) = (first.parse()?, last.parse()?);
                }
                ["T", name, ref life @ ..] => {
                    let life = life_of(life.first(), (table.first, u8::MAX))?;
                    table.numbers.insert(name, table.types.len());
                    table.types.push(Type { name, life, kind: None, fields: Vec::new() });
                }
                ["K", group, version, kind, plural, scope] => {
                    let group = if group == "-" { "" } else { group };
                    let ty = table.types.last_mut().ok_or("a kind before any type")?;
                    ty.kind = Some([group, version, kind, plural, scope]);
                }
                [name, shape, ref life @ ..] => {
                    let first = table.first;
                    let ty = table.types.last_mut().ok_or("a field before any type")?;
                    // `-` alone: in every version, though the type is not.
                    let life = match life.first() {
                        None => ty.life,
                        some => life_of(some, (first, u8::MAX))?,
                    };
                    let bare = name.strip_suffix('!');
                    ty.fields.push((bare.unwrap_or(name), bare.is_some(), shape, life));
                }
                _ => return Err(format!("cannot read `{line}`").into()),
            }
        }
        Ok(table)
    }

    fn rust(&self) -> Result<String> {
        let mut names = Names::default();
        let mut shapes =
            Shapes { numbers: &self.numbers, rows: Vec::new(), places: BTreeMap::new() };
        let (mut types, mut fields, mut field_count) = (String::new(), String::new(), 0);
        let mut kinds: Vec<([&str; 5], usize)> = self
            .types
            .iter()
            .enumerate()
            .filter_map(|(number, ty)| Some((ty.kind?, number)))
            .collect();
        kinds.sort();
        for (number, ty) in self.types.iter().enumerate() {
            let kind = ty.kind.and_then(|kind| kinds.binary_search(&(kind, number)).ok());
            let kind = kind.map_or("NO_KIND".to_owned(), |kind| kind.to_string());
            let (name, (since, until)) = (names.place(ty.name)?, ty.life);
            writeln!(
                types,
                "TypeRow{{name:{name},since:{since},until:{until},fields:{field_count},kind:{kind}}},"
            )?;
            let mut previous = "";
            for &(name, required, shape, (since, until)) in &ty.fields {
                if name < previous {
                    return Err(format!("{}.{name} is not in order", ty.name).into());
                }
                previous = name;
                let prefix = prefix(name);
                let (name, shape) = (names.place(name)?, shapes.place(shape)?);
                writeln!(
                    fields,
                    "FieldRow{{prefix:{prefix},name:{name},shape:{shape},required:{required},since:{since},until:{until}}},"
                )?;
                field_count += 1;
            }
        }
        let mut rows = String::new();
        for ([group, version, kind, plural, scope], number) in &kinds {
            let (group, version) = (names.place(group)?, names.place(version)?);
            let (kind, plural, namespaced) =
                (names.place(kind)?, names.place(plural)?, *scope == "N");
            writeln!(
                rows,
                "KindRow{{group:{group},version:{version},kind:{kind},plural:{plural},\
                 namespaced:{namespaced},ty:{number}}},"
            )?;
        }
        let mut out = String::new();
        writeln!(
            out,
            "/// The oldest minor version that the table knows.\npub const FIRST: u8 = {};",
            self.first
        )?;
        writeln!(
            out,
            "/// The newest minor version that the table knows.\npub const LAST: u8 = {};",
            self.last
        )?;
        writeln!(out, "static NAMES: &str = {:?};", names.text)?;
        writeln!(out, "static TYPES: [TypeRow; {}] = [\n{types}];", self.types.len())?;
        writeln!(out, "static FIELDS: [FieldRow; {field_count}] = [\n{fields}];")?;
        writeln!(out, "static KINDS: [KindRow; {}] = [\n{rows}];", kinds.len())?;
        writeln!(
            out,
            "static SHAPES: [FieldType; {}] = [\n{}];",
            shapes.rows.len(),
            shapes.rows.concat()
        )?;
        Ok(out)
    }
}

/// As in `types.rs`.
fn prefix(name: &str) -> u64 {
    name.bytes().chain([0; 8]).take(8).fold(0, |prefix, byte| prefix << 8 | u64::from(byte))
}

fn life_of(word: Option<&&str>, full: Life) -> Result<Life> {
    let Some(word) = word else { return Ok(full) };
    let (since, until) = word.split_once('-').ok_or("a life without `-`")?;
    let since = if since.is_empty() { full.0 } else { since.parse()? };
    Ok((since, if until.is_empty() { full.1 } else { until.parse()? }))
}

/// All names in one string, each once.
#[derive(Default)]
struct Names<'a> {
    text: String,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    fn place(&mut self, name: &'a str) -> Result<String> {
        let at = *self.places.entry(name).or_insert_with(|| {
            self.text.push_str(name);
            self.text.len() - name.len()
        });
        let at =
            u16::try_from(at).map_err(|_| "the names have outgrown the 16 bits of `Name::at`")?;
        Ok(format!("Name{{at:{at},len:{}}}", u8::try_from(name.len())?))
    }
}

/// The different shapes, each once; what a list or map holds comes before it.
struct Shapes<'a> {
    numbers: &'a BTreeMap<&'a str, usize>,
    rows: Vec<String>,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Shapes<'a> {
    fn place(&mut self, shape: &'a str) -> Result<usize> {
        if let Some(place) = self.places.get(shape) {
            return Ok(*place);
        }
        let unclosed = || format!("unclosed shape `{shape}`");
        let row = if let Some(name) = shape.strip_prefix('@') {
            let number = self.numbers.get(name).ok_or_else(|| format!("no type {name}"))?;
            format!("FieldType::Object(TypeId({number}))")
        } else if let Some(inner) = shape.strip_prefix('{') {
            let elem = self.place(inner.strip_suffix('}').ok_or_else(unclosed)?)?;
            format!("FieldType::Map(Elem({elem}))")
        } else if let Some(inner) = shape.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or_else(unclosed)?;
            let (elem, keys) = inner.rsplit_once('|').unwrap_or((inner, ""));
            let list = match keys {
                "" => "ListKind::Atomic".to_owned(),
                "~" => "ListKind::Set".to_owned(),
                keys => {
                    let keys: Vec<_> =
                        keys.split(',').map(|key| key.split('=').next().unwrap_or(key)).collect();
                    format!("ListKind::Map(&{keys:?})")
                }
            };
            format!("FieldType::List{{elem:Elem({}),list:{list}}}", self.place(elem)?)
        } else {
            let variant = match shape {
                "bool" => "Bool",
                "int32" => "Int32",
                "int64" => "Int64",
                "float" => "Float",
                "str" => "Str",
                "bytes" => "Bytes",
                "time" => "Time",
                "quantity" => "Quantity",
                "intstr" => "IntOrString",
                "any" => "Any",
                _ => return Err(format!("unknown shape `{shape}`").into()),
            };
            format!("FieldType::{variant}")
        };
        self.rows.push(format!("{row},\n"));
        self.places.insert(shape, self.rows.len() - 1);
        Ok(self.rows.len() - 1)
    }
}
