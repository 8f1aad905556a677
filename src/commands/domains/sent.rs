//! `domain-messages.jsonl`: what customers were told, by whom and when. A line is added and none is ever changed, so that it can be kept
//! in Git, and whoever may write it needs no right to the journal.

use crate::error::{Failure, FailureKind};
use crate::files;
use crate::paths;
use crate::permit::WritePermit;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover_domains::SentMessage;
use rustix::fs::{FlockOperation, flock};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// The first line.
const HEAD: &str = "{\"schema\":\"caravan.domain-messages/v1\"}";

/// The first line, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
}

/// Where it lies.
pub(super) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, paths::MESSAGES)
}

/// Every message that was sent, the oldest first; none without the file. A last line without its end was never acknowledged, and is
/// none.
///
/// # Errors
/// When it can't be read, or a line of it is none: the file and the line are named.
pub(super) fn read(dir: &Utf8Path) -> Result<Vec<SentMessage>, Failure> {
    let path = path(dir);
    let text = match text(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::caused(FailureKind::Work, error).context(format!("can't read {path}"))),
    };
    let mut sent = Vec::new();
    for (number, line) in (1..).zip(text.split_inclusive('\n').filter(|line| line.ends_with('\n'))) {
        if number == 1 {
            let known =
                serde_json::from_str::<Head>(line).is_ok_and(|head| head.schema == "caravan.domain-messages/v1");
            if !known {
                return Err(Failure::new(
                    FailureKind::Work,
                    format!("{path}:1: this version of Caravan can't read it"),
                ));
            }
        } else {
            let read = serde_json::from_str(line);
            sent.push(read.map_err(|error| {
                Failure::caused(FailureKind::Work, error)
                    .context(format!("{path}:{number}: is no message"))
                    .hint("put the line right, or take it from Git as it was")
            })?);
        }
    }
    Ok(sent)
}

#[expect(clippy::disallowed_methods, reason = "the command line reads its own file")]
fn text(path: &Utf8Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// Adds a message; when this returns, it is on the disk.
///
/// # Errors
/// When the disk does not take it.
pub(super) fn add(dir: &Utf8Path, message: &SentMessage, _permit: &WritePermit) -> Result<(), Failure> {
    let path = path(dir);
    let line = serde_json::to_string(message).map_err(|error| Failure::caused(FailureKind::Work, error))?;
    append(&path, &line).map_err(|error| files::failure(&path, error))
}

fn append(path: &Utf8Path, line: &str) -> io::Result<()> {
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    // Whoever adds one at the same moment waits; the lock goes with the file.
    flock(&file, FlockOperation::LockExclusive)?;
    let mut there = Vec::new();
    file.read_to_end(&mut there)?;
    // What a process that died has left of a line was never acknowledged.
    let whole = there.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    file.set_len(whole as u64)?;
    file.seek(SeekFrom::End(0))?;
    let head = if whole == 0 { format!("{HEAD}\n") } else { String::new() };
    file.write_all(format!("{head}{line}\n").as_bytes())?;
    file.sync_all()
}
