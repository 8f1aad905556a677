//! The engine's revision follows its sources: whoever changes the transition function can't forget to raise it.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "this test reads the sources, or fails loudly")]

use caravan_cutover_engine::{OLDEST_REVISION, REVISION};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Each revision with the SHA-256 of the sources of the transition function, the first eight bytes. A row is never changed
/// once a run was driven by its revision.
const REVISIONS: &[(u32, &str)] = &[
    (1, "4aef4c6633654851"),
    (2, "20a9833267e675a8"),
    (3, "5f374017843e8866"),
    (4, "d0a7cd3ed3e55722"),
    (5, "6ea45b8f95f07d65"),
    (6, "f1079f315ae07cb7"),
    (7, "ceb4b6b2cede6a57"),
    (8, "0465af2a3a82e434"),
    (9, "62554085eef522e7"),
    (10, "2af1072f28eec745"),
    (11, "5949324d250cb527"),
    (12, "b560bb35d22eba5a"),
    (13, "c3956ebc23b8e3c0"),
    (14, "328836fa5fdb2c2f"),
    (15, "dd0215e0f608548f"),
    (16, "4bfa3e78d23e2fb2"),
    (17, "44b5ad6e37349221"),
];

/// What decides how an entry is taken in: the transition function, the tasks and writes that follow, and the replay.
fn sources() -> Vec<PathBuf> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(src.join("transition")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.extend(["task.rs", "replay.rs"].map(|name| src.join(name)));
    files.sort();
    files
}

fn digest() -> String {
    let mut digest = Sha256::new();
    for file in sources() {
        digest.update(file.file_name().unwrap().as_encoded_bytes());
        digest.update([0]);
        digest.update(std::fs::read(&file).unwrap());
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_changed_transition_function_has_a_new_revision() {
    assert!(sources().len() > 10, "{:?}", sources());
    let (last, known) = REVISIONS.last().unwrap();
    let digest = digest();
    assert_eq!(
        (*last, *known),
        (REVISION, digest.as_str()),
        "the sources of the transition function have changed: raise REVISION in src/revision.rs, and add the row \
         ({}, \"{digest}\") here. Where an older journal would come to another state, raise OLDEST_REVISION, too",
        REVISION + 1
    );
    assert!(REVISIONS.iter().zip(1..).all(|((revision, _), number)| *revision == number), "{REVISIONS:?}");
    assert!((OLDEST_REVISION..=REVISION).contains(&REVISION), "OLDEST_REVISION is a later one");
}
