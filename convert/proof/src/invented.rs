//! Values in place of secrets: nobody's, and the same on both sides.

use caravan_inventory::Redacted;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Letters of a value: as many as make base64 and hexadecimal bytes whole.
const LETTERS: usize = 32;

/// What stands in for the secrets of one Worker and of those that it calls: each has a value of its own, equal secrets have equal ones.
#[derive(Clone, Debug, Default)]
pub struct Invented {
    /// In the order in which they were met.
    known: Vec<String>,
}

impl Invented {
    /// The value for a secret of which no more is known than what it is called.
    pub fn of_name(&mut self, name: &str) -> String {
        self.value(format!("name {name}"))
    }

    /// A text with a value in place of each mark.
    pub fn fill(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for span in Redacted::find(text) {
            out.push_str(&text[from..span.range.start]);
            out.push_str(&self.of_mark(span.mark));
            from = span.range.end;
        }
        out + &text[from..]
    }

    /// The value for what was redacted to this mark.
    pub(crate) fn of_mark(&mut self, mark: Redacted) -> String {
        self.value(format!("mark {mark}"))
    }

    /// By its number, so that nothing leads back from it to a fingerprint.
    fn value(&mut self, key: String) -> String {
        let at = self.known.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.known.push(key);
            self.known.len() - 1
        });
        let mut out = String::with_capacity(LETTERS);
        for byte in Sha256::digest(format!("invented for a proof {at}")).iter().take(LETTERS / 2) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// All values that were given out.
    pub(crate) fn values(&self) -> Vec<String> {
        let mut again = self.clone();
        self.known.iter().map(|key| again.value(key.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Invented;
    use caravan_inventory::Redacted;

    #[test]
    fn equal_secrets_have_equal_values_and_nothing_of_the_mark_is_in_them() {
        let mut invented = Invented::default();
        let (one, other) = (Redacted::new(0xfeed), Redacted::new(0xbeef));
        let text = invented.fill(&format!("a {one} b {other} c {one}"));
        let parts: Vec<&str> = text.split(' ').collect();
        assert_eq!(parts[1], parts[5]);
        assert_ne!(parts[1], parts[3]);
        assert!(!text.contains("redacted") && !text.contains("feed"));
        assert_eq!(invented.values(), [parts[1], parts[3]]);
        assert_ne!(invented.of_name("TOKEN"), invented.of_name("OTHER"));
    }
}
