//! Hostile and broken input: each file ends with its own state and a reason, and no other file suffers (D5).

use super::{folder, put, scanned};
use camino::Utf8PathBuf;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const TASK: &str = r#"{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1"}]}"#;

#[test]
fn broken_files_fail_alone_and_say_where() {
    let (_kept, dir) = folder();
    put(&dir, "good.json", TASK);
    put(&dir, "bomb.json", "[".repeat(100_000));
    put(&dir, "comma.json", "{\n  \"family\": \"api\",\n}");
    put(&dir, "cut.json", &TASK[..40]);
    put(&dir, "empty.json", " \n");
    put(&dir, "latin1.json", b"{\"family\": \"\xe4\"}");
    put(&dir, "port.json", "{\"containerDefinitions\": [{\"portMappings\": [{\"containerPort\": <PORT>}]}]}");
    put(&dir, "twice.json", r#"{"family": "a", "family": "b", "containerDefinitions": []}"#);
    put(&dir, "trailing.json", format!("{TASK} {TASK}"));
    let heap = scanned(&[dir]);
    let states: Vec<_> = heap.lines().iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(states.iter().filter(|state| *state == "failed").count(), 8, "{:?}", heap.lines());
    for (name, says) in [
        ("bomb.json", "deeper than 127 levels"),
        ("comma.json", "line 3, column 1"),
        ("cut.json", "EOF"),
        ("empty.json", "is empty"),
        ("latin1.json", "byte 12"),
        ("port.json", "placeholder outside quotes"),
        ("twice.json", "called twice"),
        ("trailing.json", "trailing characters"),
    ] {
        assert!(heap.reason(name).contains(says), "{name}: {}", heap.reason(name));
    }
    assert!(heap.lines().contains(&"files/good.json complete ecs.task-definition".to_owned()));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the file is made for the test")]
fn a_gigabyte_is_refused_unread() {
    let (_kept, dir) = folder();
    // Sparse: it has the length without the blocks.
    fs::File::create(dir.join("huge.json")).unwrap().set_len(1 << 30).unwrap();
    put(&dir, "good.json", TASK);
    let heap = scanned(&[dir]);
    assert_eq!(heap.lines(), ["files/good.json complete ecs.task-definition", "files/huge.json failed"]);
    assert!(heap.reason("huge.json").contains("1073741824 bytes"), "{}", heap.reason("huge.json"));
}

#[test]
fn links_are_followed_inside_and_end_in_loops_and_outside() {
    let (_kept, outside) = folder();
    put(&outside, "secret.json", TASK);
    let (_kept, dir) = folder();
    put(&dir, "real/task.json", TASK);
    symlink(dir.join("real"), dir.join("again")).unwrap();
    symlink(&dir, dir.join("real/loop")).unwrap();
    symlink(dir.join("real/task.json"), dir.join("link.json")).unwrap();
    symlink(outside.join("secret.json"), dir.join("out.json")).unwrap();
    symlink(dir.join("nowhere.json"), dir.join("gone.json")).unwrap();
    let heap = scanned(&[dir]);
    assert_eq!(
        heap.lines(),
        [
            "files/again/loop skipped",
            "files/again/task.json complete ecs.task-definition",
            "files/gone.json failed",
            "files/link.json complete ecs.task-definition",
            "files/out.json skipped",
            "files/real skipped",
        ]
    );
    assert!(heap.reason("out.json").contains("leaves the folder"));
}

#[test]
fn hidden_and_made_folders_are_passed_over_and_names_count_only_in_folders() {
    let (_kept, dir) = folder();
    for name in
        [".git/task.json", "node_modules/x/task.json", "target/task.json", "notes.txt", "task.yaml", "deploy/TASK.JSON"]
    {
        put(&dir, name, TASK);
    }
    assert_eq!(
        scanned(std::slice::from_ref(&dir)).lines(),
        ["files/deploy/TASK.JSON complete ecs.task-definition", "files/task.yaml skipped"]
    );
    let named = scanned(&[dir.join("notes.txt"), dir.join("task.yaml"), dir.join("missing.json")]);
    assert_eq!(
        named.lines(),
        ["files/notes.txt complete ecs.task-definition", "files/task.yaml skipped", "files/missing.json failed"]
    );
    assert!(named.reason("task.yaml").contains("YAML") && named.reason("missing.json").contains("can't be opened"));
}

#[test]
fn the_same_path_under_two_arguments_gives_two_names() {
    let (_kept, dir) = folder();
    put(&dir, "a/task.json", TASK);
    put(&dir, "b/task.json", TASK);
    let lines = scanned(&[dir.join("a"), dir.join("b"), dir.join("b/task.json")]).lines();
    let second = dir.join("b/task.json");
    assert_eq!(
        lines,
        [
            "files/task.json complete ecs.task-definition".to_owned(),
            format!("files/{} complete ecs.task-definition", second.as_str().trim_start_matches('/'))
        ]
    );
}

#[test]
fn what_may_not_be_read_fails_alone() {
    let (_kept, dir) = folder();
    put(&dir, "locked.json", TASK);
    put(&dir, "shut/task.json", TASK);
    put(&dir, "good.json", TASK);
    fs::set_permissions(dir.join("locked.json"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(dir.join("shut"), fs::Permissions::from_mode(0o000)).unwrap();
    let may_read_all = fs::read_dir(dir.join("shut")).is_ok();
    let lines = scanned(std::slice::from_ref(&dir)).lines();
    fs::set_permissions(dir.join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(lines.contains(&"files/good.json complete ecs.task-definition".to_owned()));
    // Root reads everything; then there is nothing more to see.
    if !may_read_all {
        assert!(
            lines.contains(&"files/locked.json failed".to_owned()) && lines.contains(&"files/shut failed".to_owned()),
            "{lines:?}"
        );
    }
}

#[test]
fn something_else_than_a_file_is_not_read() {
    let heap = scanned(&[Utf8PathBuf::from("/dev/zero")]);
    assert_eq!(heap.lines(), ["files/zero failed"]);
}
