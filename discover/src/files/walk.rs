//! From paths to files, in a fixed order.

use super::{Refusal, wrangler};
use crate::user_data::is_user_data;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::UnitState;
use std::collections::BTreeSet;
use std::io::Read;
use std::{fs, io};

/// How much of a file tells whether it is user data.
const HEAD: u64 = 1024;

/// Folders that hold what programs made, not what people keep.
const PASSED_OVER: &[&str] = &["node_modules", "target"];
/// How the files are called that are looked at below a folder.
const LOOKED_AT: &[&str] = &["json", "yaml", "yml", "template", "tfstate"];
/// How the files may be called that are looked at where they begin as user data does.
const PERHAPS: &[&str] = &["txt", "cfg", "sh", "userdata", "mime", "ps1"];
/// How files may be called besides that are looked at where their name says that they are user data; what they are else is said.
const CALLED: &[&str] =
    &["", "txt", "cfg", "sh", "userdata", "mime", "ps1", "toml", "tpl", "tftpl", "b64", "base64", "gz"];
/// Words in the names of files that are user data.
const OF_USER_DATA: &[&str] =
    &["user-data", "user_data", "userdata", "cloud-init", "cloud_init", "cloudinit", "cloud-config"];

/// One file, or what stood in the way of it.
pub(super) struct WalkedEntry {
    /// Its path as units and ids carry it: relative to the argument.
    pub(super) name: String,
    /// The file, or why there is none to read.
    pub(super) what: What,
}

/// What is at a path.
pub(super) enum What {
    /// A file to read.
    File(Utf8PathBuf),
    /// Nothing that can be read.
    Refused(Refusal),
}

/// What a walk found.
pub(super) struct Walked {
    /// Every file, and what stood in the way.
    pub(super) entries: Vec<WalkedEntry>,
    /// Whether every folder could be listed: only then is what was not found not there.
    pub(super) is_whole: bool,
}

/// Every file below the paths: arguments in their order, folders sorted.
pub(super) fn walk(paths: &[Utf8PathBuf]) -> Walked {
    let mut taken = BTreeSet::new();
    let mut entries = Vec::new();
    for path in paths {
        for mut entry in walk_one(path) {
            if !taken.insert(entry.name.clone()) {
                entry.name = with_argument(path, &entry.name);
                if !taken.insert(entry.name.clone()) {
                    // The same file twice.
                    continue;
                }
            }
            entries.push(entry);
        }
    }
    let is_failed =
        |entry: &WalkedEntry| matches!(&entry.what, What::Refused(refusal) if refusal.state == UnitState::Failed);
    let is_whole = !entries.iter().any(is_failed);
    Walked { entries, is_whole }
}

fn walk_one(path: &Utf8Path) -> Vec<WalkedEntry> {
    let name = || path.file_name().unwrap_or(path.as_str()).to_owned();
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => match path.canonicalize_utf8() {
            Ok(root) => Folder { root: root.clone(), above: BTreeSet::from([root]) }.walk(path, ""),
            Err(error) => vec![failed(name(), "the folder can't be opened", &error)],
        },
        Ok(_) => vec![WalkedEntry { name: name(), what: What::File(path.to_owned()) }],
        Err(error) => vec![failed(name(), &format!("{path} can't be opened"), &error)],
    }
}

/// A folder under way.
struct Folder {
    /// The argument, without links: nothing outside is read.
    root: Utf8PathBuf,
    /// The folders walked so far, without links: a loop ends here.
    above: BTreeSet<Utf8PathBuf>,
}

impl Folder {
    fn walk(&mut self, folder: &Utf8Path, prefix: &str) -> Vec<WalkedEntry> {
        let listed = folder.read_dir_utf8().and_then(|listing| listing.collect::<io::Result<Vec<_>>>());
        let mut listed = match listed {
            Ok(listed) => listed,
            Err(error) => {
                return vec![failed(prefix.trim_end_matches('/').to_owned(), "the folder can't be read", &error)];
            }
        };
        listed.sort_by(|one, other| one.file_name().cmp(other.file_name()));
        listed.iter().flat_map(|entry| self.step(entry.path(), format!("{prefix}{}", entry.file_name()))).collect()
    }

    fn step(&mut self, path: &Utf8Path, name: String) -> Vec<WalkedEntry> {
        let file_name = path.file_name().unwrap_or_default();
        let is_ours = |extension: &str| LOOKED_AT.iter().any(|ours| extension.eq_ignore_ascii_case(ours));
        let is_looked_at =
            path.extension().is_some_and(is_ours) || wrangler::is_config(file_name) || begins_as_user_data(&name, path);
        if file_name.starts_with('.') {
            return Vec::new();
        }
        let about = match fs::metadata(path) {
            Ok(about) => about,
            Err(error) if is_looked_at => return vec![failed(name, "the link or file can't be opened", &error)],
            Err(_) => return Vec::new(),
        };
        if !about.is_dir() && !is_looked_at || about.is_dir() && PASSED_OVER.contains(&file_name) {
            return Vec::new();
        }
        let real = match path.canonicalize_utf8() {
            Ok(real) if real.starts_with(&self.root) => real,
            Ok(real) => {
                return vec![refused(
                    name,
                    format!("a link that leaves the folder, to {real}: name it as an argument to read it"),
                )];
            }
            Err(error) => return vec![failed(name, "the path can't be resolved", &error)],
        };
        if !about.is_dir() {
            return vec![WalkedEntry { name, what: What::File(path.to_owned()) }];
        }
        if !self.above.insert(real) {
            return vec![refused(name, "a link to a folder that is read already".to_owned())];
        }
        self.walk(path, &format!("{name}/"))
    }
}

/// Whether a file is called as user data is.
pub(super) fn is_called_user_data(file_name: &str) -> bool {
    let small = file_name.to_ascii_lowercase();
    OF_USER_DATA.iter().any(|word| small.contains(word))
}

/// Whether a file is called so, or stands in a folder that is: below an argument, or the argument itself.
pub(super) fn is_of_user_data(name: &str, file: &Utf8Path) -> bool {
    let folder = file.parent().and_then(Utf8Path::file_name).unwrap_or_default();
    let root = file.as_str().strip_suffix(name).and_then(|root| Utf8Path::new(root).file_name()).unwrap_or_default();
    [name, folder, root].into_iter().any(is_called_user_data)
}

/// Whether a file that may be anything begins as user data does.
#[expect(clippy::disallowed_methods, reason = "reading files is this source's work")]
fn begins_as_user_data(name: &str, path: &Utf8Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let named = is_of_user_data(name, path);
    if !named && !PERHAPS.contains(&extension.as_str()) || !fs::metadata(path).is_ok_and(|about| about.is_file()) {
        return false;
    }
    if named && CALLED.contains(&extension.as_str()) {
        return true;
    }
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && is_user_data(&head, named || is_kept_as_text(&extension))
}

/// Whether a file's name says that it is kept as a text: a script in it is one that somebody gives to a machine.
pub(super) fn is_kept_as_text(extension: &str) -> bool {
    matches!(extension, "txt" | "userdata" | "mime" | "ps1")
}

/// `<argument>/<path>`, without `./` and a leading `/`.
fn with_argument(argument: &Utf8Path, name: &str) -> String {
    let argument = if argument.is_dir() { argument } else { argument.parent().unwrap_or(Utf8Path::new("")) };
    let parts = argument.as_str().split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.chain([name]).collect::<Vec<_>>().join("/")
}

fn refused(name: String, reason: String) -> WalkedEntry {
    WalkedEntry { name, what: What::Refused(Refusal { state: UnitState::Skipped, reason }) }
}

fn failed(name: String, what: &str, error: &io::Error) -> WalkedEntry {
    WalkedEntry { name, what: What::Refused(Refusal { state: UnitState::Failed, reason: format!("{what}: {error}") }) }
}
