use super::*;
use camino::Utf8PathBuf;

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    (folder, path)
}

#[test]
fn only_what_differs_is_written() {
    let (_kept, root) = folder();
    let first = write_tree(&root, [("a/b/c.yaml", "one"), ("a/b/d.yaml", "two"), ("top", "three")]).unwrap();
    assert_eq!(
        first,
        Written {
            written: 3,
            unchanged: 0,
            bytes: 11
        }
    );
    let before = fs::metadata(root.join("a/b/d.yaml")).unwrap().modified().unwrap();

    let second = write_tree(&root, [("a/b/c.yaml", "ONE"), ("a/b/d.yaml", "two"), ("top", "three")]).unwrap();
    assert_eq!(
        second,
        Written {
            written: 1,
            unchanged: 2,
            bytes: 3
        }
    );
    assert_eq!(
        fs::metadata(root.join("a/b/d.yaml")).unwrap().modified().unwrap(),
        before
    );
    assert_eq!(
        read_file(&root, "a/b/c.yaml").unwrap().as_deref(),
        Some(b"ONE".as_slice())
    );
    assert_eq!(read_file(&root, "a/b/none").unwrap(), None);
    assert_eq!(read_file(&root, "no/such/folder").unwrap(), None);
    let left: Vec<_> = fs::read_dir(root.join("a/b"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn comparing_names_what_is_missing_and_what_differs() {
    let (_kept, root) = folder();
    write_tree(&root, [("a/one", "1"), ("a/two", "2")]).unwrap();
    let found = compare_tree(
        &root,
        [("a/one", "1"), ("a/two", "3"), ("a/three", "3"), ("b/four", "4")],
    )
    .unwrap();
    assert_eq!(
        found,
        [
            Difference::Differs("a/two".to_owned()),
            Difference::Missing("a/three".to_owned()),
            Difference::Missing("b/four".to_owned())
        ]
    );
    assert!(!root.join("b").exists());
}

#[test]
fn no_path_leaves_the_folder() {
    let (_kept, root) = folder();
    for path in ["../out", "a/../../out", "/etc/out", "", "a/", "./a", "a//b", "a/\0"] {
        let error = write_tree(&root, [(path, "x")]).unwrap_err();
        assert!(matches!(error, WriteError::Outside { .. }), "{path}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let (_kept, root) = folder();
    let (_other, outside) = folder();
    std::os::unix::fs::symlink(&outside, root.join("linked")).unwrap();
    std::os::unix::fs::symlink(outside.join("file"), root.join("file")).unwrap();
    for path in ["linked/file", "linked/deep/file", "file"] {
        let error = write_tree(&root, [(path, "x")]).unwrap_err();
        assert!(
            matches!(error, WriteError::InTheWay { what: "a link", .. }),
            "{path}: {error}"
        );
        assert!(compare_tree(&root, [(path, "x")]).is_err());
        assert!(read_file(&root, path).is_err());
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_named() {
    let (_kept, root) = folder();
    write_tree(&root, [("a/b", "x")]).unwrap();
    let error = write_tree(&root, [("a", "x")]).unwrap_err();
    assert!(error.to_string().contains("is a folder; move it away"), "{error}");
    let error = write_tree(&root, [("a/b/c", "x")]).unwrap_err();
    assert!(error.to_string().contains("is a file; move it away"), "{error}");
}

#[test]
fn a_full_disk_is_told_apart() {
    let error = io(Utf8PathBuf::from("/tree/a"), "write", ErrorKind::StorageFull.into());
    assert!(error.is_full() && error.to_string().contains("make room"));
    assert!(
        !io(
            Utf8PathBuf::from("/tree/a"),
            "write",
            ErrorKind::PermissionDenied.into()
        )
        .is_full()
    );
}
