//! The text of a file as the compiler reads it, or why there is none.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::show::nearest;
use crate::workspace::{Files, ReadError, folder, joined};

/// Why the text of a file is not to be had.
#[derive(Clone, Debug)]
pub struct Unreadable {
    pub code: u16,
    pub message: String,
    pub help: Option<String>,
}

impl From<Unreadable> for Diagnostic {
    fn from(why: Unreadable) -> Self {
        let diagnostic = Self::error(why.code, None, why.message);
        Self { help: why.help, ..diagnostic }
    }
}

/// The text without a byte order mark and with `\n` for every line break, so that neither is ever part of a value.
pub fn normalised(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.contains("\r\n") {
        true => Cow::Owned(text.replace("\r\n", "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Reads and cuts a file, which the user knows as `display`.
pub fn text_of_file(
    files: &dyn Files,
    display: &str,
    canonical: &str,
) -> Result<(String, syntax::Cuts), Unreadable> {
    let text = text_of_plain(files, display, canonical)?;
    let cuts = syntax::cut(&text);
    if cuts.items.len() > limits::FILE_ITEMS {
        let message = format!("{display} has more than {} items", limits::FILE_ITEMS);
        return Err(Unreadable { code: 703, message, help: None });
    }
    Ok((text, cuts))
}

/// Reads a file of any kind of text.
pub fn text_of_plain(
    files: &dyn Files,
    display: &str,
    canonical: &str,
) -> Result<String, Unreadable> {
    let text = raw_text(files, display, canonical)?;
    let other = match normalised(&text) {
        // What is as it should be is not copied.
        Cow::Borrowed(same) if same.len() == text.len() => None,
        other => Some(other.into_owned()),
    };
    Ok(other.unwrap_or(text))
}

/// The text of a file as it is.
pub fn raw_text(files: &dyn Files, display: &str, canonical: &str) -> Result<String, Unreadable> {
    let error = |code, message| Unreadable { code, message, help: None };
    let bytes = files.read(canonical, limits::FILE_BYTES).map_err(|reason| match reason {
        ReadError::Missing => error(701, format!("{display}: no such file")),
        ReadError::Directory => {
            let listed = files.list(canonical).unwrap_or_default();
            let first = listed.iter().find(|name| name.ends_with(".dep"));
            // The folder in which the command runs has no name.
            let folder = if display.is_empty() { "." } else { display };
            let help = first.map(|name| {
                format!("name a file in it, such as {}/{name}", folder.trim_end_matches('/'))
            });
            Unreadable { help, ..error(701, format!("{folder} is a directory")) }
        }
        ReadError::TooLarge => {
            error(703, format!("{display} is larger than {} MiB", limits::FILE_BYTES >> 20))
        }
        ReadError::Other(reason) => error(701, format!("{display} cannot be read: {reason}")),
    })?;
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if utf16 {
        let help = Some("save it as UTF-8".to_owned());
        return Err(Unreadable {
            help,
            ..error(702, format!("{display} is UTF-16, and not UTF-8"))
        });
    }
    String::from_utf8(bytes).map_err(|broken| {
        let at = broken.utf8_error().valid_up_to();
        let bytes = broken.as_bytes();
        let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let byte = bytes.get(at).copied().unwrap_or_default();
        error(
            702,
            format!("{display} is not UTF-8: byte 0x{byte:02x} at line {line}, column {column}"),
        )
    })
}

/// Why there is nothing at a path that has no canonical form: it is not there, or leads in a circle.
pub fn absent(files: &dyn Files, path: &str) -> Unreadable {
    let missing = || {
        let help = near(files, path).map(|near| format!("did you mean {near}?"));
        Unreadable { code: 701, message: format!("{path}: no such file"), help }
    };
    raw_text(files, path, path).err().unwrap_or_else(missing)
}

/// The nearest folder above a file that holds a `dep.toml`, else the file's own.
pub fn project_root(files: &dyn Files, canonical: &str) -> String {
    let own = folder(canonical);
    let mut at = own;
    loop {
        if files.exists(&joined(at, "dep.toml")) {
            return at.to_owned();
        }
        if at.is_empty() || at == "/" {
            return own.to_owned();
        }
        at = folder(at);
    }
}

/// The path of the program that was meant by one at which nothing is: one of nearly that name in its folder.
fn near(files: &dyn Files, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').map_or((".", path), |(folder, name)| (folder, name));
    let listed = files.list(&files.canonical(folder)?).ok()?;
    let programs = listed.iter().map(String::as_str).filter(|name| name.ends_with(".dep"));
    let near = nearest(name, programs)?;
    Some(format!("{}{near}", path.strip_suffix(name).unwrap_or_default()))
}
