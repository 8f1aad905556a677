//! What becomes of a file that exists already (C4): a human's edit is never overwritten.

/// What stands on the disk, as the conversion asks for it.
pub trait Existing {
    /// The text of a file, by its path in the tree; none when there is no file.
    ///
    /// # Errors
    /// When there is something that can't be read: why, for a person. It is left alone.
    fn read(&self, path: &str) -> Result<Option<String>, String>;
}

impl<F: Fn(&str) -> Result<Option<String>, String>> Existing for F {
    fn read(&self, path: &str) -> Result<Option<String>, String> {
        self(path)
    }
}

/// Nothing exists yet.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Existing for Nothing {
    fn read(&self, _path: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// What becomes of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Merged {
    /// The generated text stands there, now or already.
    Generated,
    /// A human's text stays as it is; nothing new was generated.
    Kept(String),
    /// The human's changes and the new ones together.
    Both(String),
    /// The human's text stays, and what is new could not be brought in: why.
    Conflict(String),
}

/// Three ways: `base` is what was generated last, `theirs` what is generated now.
pub(crate) fn three_way(base: Option<&str>, existing: Option<&str>, theirs: &str) -> Merged {
    let Some(mine) = existing else { return Merged::Generated };
    if mine == theirs || base == Some(mine) {
        return Merged::Generated;
    }
    match base {
        None => Merged::Conflict("exists and was not generated; move it away or make it equal".to_owned()),
        Some(base) if base == theirs => Merged::Kept(mine.to_owned()),
        Some(base) => match diffy::merge(base, mine, theirs) {
            Ok(both) => Merged::Both(both),
            Err(marked) => Merged::Conflict(conflicting_lines(&marked)),
        },
    }
}

/// As [`three_way`], where digests alone are known of what was generated last (`base`) and is generated now (`theirs`):
/// nothing can be merged, a changed file stays as it is.
pub(crate) fn by_digest(base: Option<&str>, existing: Option<&str>, theirs: &str) -> Merged {
    let Some(mine) = existing else { return Merged::Generated };
    let digest = self::digest(mine.as_bytes());
    if digest == theirs || base == Some(digest.as_str()) {
        return Merged::Generated;
    }
    match base {
        None => Merged::Conflict("exists and was not generated; move it away or make it equal".to_owned()),
        Some(base) if base == theirs => Merged::Kept(mine.to_owned()),
        Some(_) => {
            let why = "was changed by hand, and what is generated changed too; move the change into plconfig.yaml";
            Merged::Conflict(why.to_owned())
        }
    }
}

/// The digest of a generated file, as ledgers carry it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("blake3:{}", blake3::hash(bytes).to_hex())
}

/// Says where the first conflict stands.
fn conflicting_lines(marked: &str) -> String {
    let line = marked.lines().position(|line| line.starts_with("<<<<<<<")).unwrap_or_default() + 1;
    format!("was changed by hand near line {line}, and what is generated changed there too; bring both together there")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "a: 1\nb: 2\nc: 3\nd: 4\n";

    #[test]
    fn an_edit_and_a_new_generation_come_together() {
        let mine = "a: 1\nb: 2\nc: 3\nd: 5 # mine\n";
        let theirs = "a: 9\nb: 2\nc: 3\nd: 4\n";
        let both = "a: 9\nb: 2\nc: 3\nd: 5 # mine\n";
        assert_eq!(three_way(Some(BASE), Some(mine), theirs), Merged::Both(both.to_owned()));
        assert_eq!(three_way(Some(BASE), Some(mine), BASE), Merged::Kept(mine.to_owned()));
        assert_eq!(three_way(Some(BASE), Some(BASE), theirs), Merged::Generated);
        assert_eq!(three_way(Some(BASE), None, theirs), Merged::Generated);
    }

    #[test]
    fn a_conflict_is_left_alone_and_named() {
        let mine = "a: 1\nb: 7\nc: 3\nd: 4\n";
        let theirs = "a: 1\nb: 8\nc: 3\nd: 4\n";
        let Merged::Conflict(why) = three_way(Some(BASE), Some(mine), theirs) else { panic!("no conflict") };
        assert!(why.contains("line 2"), "{why}");
        assert!(matches!(three_way(None, Some(mine), theirs), Merged::Conflict(_)));
    }

    #[test]
    fn a_changed_manifest_is_a_conflict_only_when_the_generated_one_changed() {
        let base = digest(BASE.as_bytes());
        let of = |theirs: &str| by_digest(Some(&base), Some("mine"), &digest(theirs.as_bytes()));
        assert_eq!(of(BASE), Merged::Kept("mine".to_owned()));
        assert!(matches!(of("new"), Merged::Conflict(_)));
        assert_eq!(by_digest(Some(&base), Some(BASE), &digest(b"new")), Merged::Generated);
    }
}
