//! `depc lock`: writes `dep.lock`, which pins what the packages of a project hold.

use analysis::mask::Shown;
use analysis::workspace::project::project;
use analysis::workspace::{Files as _, Lock as Pinned, hash, joined, lock_text, text_of_plain};

use crate::arguments::Lock;
use crate::disk::{self, Disk};
use crate::programs;
use crate::report::rendered;
use crate::{FAILED, FINE, Io, WRONG, say};

pub fn run(arguments: &Lock, io: &mut Io<'_>) -> u8 {
    let disk = Disk::new(io.folder.clone(), None);
    let path = &arguments.path;
    let Some(mut canonical) = disk.canonical(path) else {
        say(io, &format!("error: {path}: no such file\n"));
        return FAILED;
    };
    let mut shown = path.clone();
    if disk.is_folder(path) {
        // Whatever lies in the folder is of the same project.
        canonical = joined(&canonical, "dep.toml");
        shown = joined(path, "dep.toml");
    }
    let project = project(&disk, &shown, &canonical);
    if disk.canonical(&joined(&project.root, "dep.toml")).is_none() {
        say(io, &format!("error: there is no dep.toml above {path}\n"));
        return FAILED;
    }
    // What dep.lock holds so far is what is to be written.
    let problems: Vec<_> =
        project.problems.iter().filter(|problem| problem.code == "E0706").collect();
    if !problems.is_empty() {
        let text = |path: &str| {
            let text = project.texts.iter().find(|text| *text.path == *path);
            text.map(|text| Shown::whole(&text.text))
        };
        let text = rendered(&text, problems.into_iter(), io.color);
        say(io, &String::from_utf8_lossy(&text));
        return WRONG;
    }
    let mut packages: Vec<(&str, Pinned)> = Vec::new();
    for package in &project.packages {
        let Some(folder) = &package.folder else { continue };
        match pinned(&disk, folder) {
            Ok(files) => packages.push((&package.name, files)),
            Err(reason) => {
                say(io, &format!("error: {} cannot be pinned: {reason}\n", package.name));
                return FAILED;
            }
        }
    }
    let files: usize = packages.iter().map(|(_, files)| files.len()).sum();
    let count = packages.len();
    let text = lock_text(packages.iter().map(|(name, files)| (*name, files)));
    let at = disk.path(&project.root).join("dep.lock");
    if let Err(error) = disk::replace(&at, text.as_bytes()) {
        return programs::unwritable(io, "dep.lock", &error);
    }
    say(
        io,
        &format!("dep.lock pins {} of {}\n", counted(files, "file"), counted(count, "package")),
    );
    FINE
}

/// The hashes of all files in a folder: of modules, and of what they may import and embed. What is no text is none of
/// these.
fn pinned(disk: &Disk, folder: &str) -> Result<Pinned, String> {
    let mut files = Pinned::new();
    for path in disk.all_files(folder).map_err(|error| error.to_string())? {
        let relative = path.strip_prefix(folder).unwrap_or(&path).trim_start_matches('/');
        let text = match text_of_plain(disk, relative, &path) {
            Ok(text) => text,
            Err(error) if path.ends_with(".dep") => return Err(error.message),
            Err(_) => continue,
        };
        files.insert(relative.to_owned(), hash(&text));
    }
    Ok(files)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
