//! `docs/readiness.md` is the table of the code.

use super::{NoteKind, UNKNOWN};

#[test]
#[expect(clippy::disallowed_methods, reason = "a test that reads the documentation")]
fn the_documentation_has_each_check_and_no_other() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/readiness.md");
    let page = std::fs::read_to_string(path).unwrap();
    let rows: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 5).collect();
    let wanted: Vec<String> = NoteKind::ALL
        .iter()
        .map(|kind| {
            format!(
                "| `{}` | {} | {} | {} |",
                kind.as_str(),
                kind.severity().as_str(),
                kind.who().as_str(),
                kind.about()
            )
        })
        .collect();
    assert_eq!(rows, wanted, "the table should be:\n{}", wanted.join("\n"));
    for unknown in UNKNOWN {
        let line = format!("- {}: {}", unknown.what, unknown.reason);
        assert!(page.lines().any(|other| other == line), "the page lacks:\n{line}");
    }
}
