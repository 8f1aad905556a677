//! The key of the fingerprints: 32 random bytes in a file that only its owner may read.

use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::sync::atomic::{AtomicU64, Ordering};

/// 256 bits, the block that HMAC-SHA256 (RFC 2104) gains from.
const KEY_BYTES: usize = 32;

/// The system's source of randomness.
const RANDOM: &str = "/dev/urandom";

/// Tells the files of several threads apart while they are written.
static ATTEMPTS: AtomicU64 = AtomicU64::new(0);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others than the owner may read or write it.
    #[error(
        "key file {path} may be read by others (mode {mode:o}): run `chmod 600 {path}`, and renew it if others had access"
    )]
    Open {
        /// The file.
        path: Utf8PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It holds something else than a key.
    #[error(
        "key file {path} holds {bytes} bytes instead of {KEY_BYTES}: restore it, or remove it and scan anew, since fingerprints of another key compare with nothing"
    )]
    Length {
        /// The file.
        path: Utf8PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// It could not be read or written.
    #[error("key file {path}: cannot {action}")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Reads the key from `path`, and makes the file with a new random key when there is none.
///
/// When it returns, the file exists with mode 0600. Processes that start at once get the same key.
///
/// # Errors
/// When the file is open to others, is no key, or cannot be read or written.
pub fn read_or_create_key(path: &Utf8Path) -> Result<Vec<u8>, KeyError> {
    match read(path)? {
        Some(key) => Ok(key),
        None => {
            create(path)?;
            read(path)?.ok_or_else(|| KeyError::Io {
                path: path.to_owned(),
                action: "read it after it was made",
                source: io::ErrorKind::NotFound.into(),
            })
        }
    }
}

/// The key, or none when there is no such file.
#[expect(clippy::disallowed_methods, reason = "this module's work is the key file")]
fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, KeyError> {
    let failed = |action| move |source| KeyError::Io { path: path.to_owned(), action, source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open it")(error)),
    };
    let about = file.metadata().map_err(failed("see its permissions"))?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    if about.len() != KEY_BYTES as u64 {
        return Err(KeyError::Length { path: path.to_owned(), bytes: about.len() });
    }
    let mut key = Vec::with_capacity(KEY_BYTES);
    file.take(KEY_BYTES as u64).read_to_end(&mut key).map_err(failed("read it"))?;
    Ok(Some(key))
}

/// Makes the file whole: written beside its place, then linked there, so that nobody ever sees half a key.
#[expect(clippy::disallowed_methods, reason = "this module's work is the key file")]
fn create(path: &Utf8Path) -> Result<(), KeyError> {
    let failed = |action| move |source| KeyError::Io { path: path.to_owned(), action, source };
    let mut key = [0; KEY_BYTES];
    File::open(RANDOM).and_then(|mut random| random.read_exact(&mut key)).map_err(failed("get random bytes for it"))?;
    let number = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    let beside = Utf8PathBuf::from(format!("{path}.{}-{number}.new", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(&key).and_then(|()| file.sync_all()));
    let linked = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&beside);
    linked.and(removed).map_err(failed("write it"))
}
