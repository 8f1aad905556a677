//! The key file.

use super::super::{KeyError, read_or_create_key};
use camino::Utf8PathBuf;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().join("redaction.key")).unwrap();
    (folder, path)
}

#[test]
fn a_key_is_made_once_for_its_owner_alone() {
    let (folder, path) = place();
    let key = read_or_create_key(&path).unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(read_or_create_key(&path).unwrap(), key);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn many_at_once_get_one_key() {
    let (_kept, path) = place();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| read_or_create_key(&path))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap())
            .collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the key is damaged for the test")]
fn an_open_or_damaged_key_is_refused() {
    let (_kept, path) = place();
    read_or_create_key(&path).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(read_or_create_key(&path), Err(KeyError::Open { mode: found, .. }) if found == mode));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "short").unwrap();
    assert!(matches!(
        read_or_create_key(&path),
        Err(KeyError::Length { bytes: 5, .. })
    ));
}
