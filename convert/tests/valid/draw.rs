//! Random choices by a seed.

use serde_json::{Map, Value};

/// A source of choices: the same seed, the same choices.
pub(super) struct Draw(fastrand::Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound)
    }

    pub(super) fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    /// A field in one of three cases.
    pub(super) fn maybe(&mut self, fields: &mut Map<String, Value>, name: &str, value: impl Fn(&mut Self) -> Value) {
        if self.below(3) == 0 {
            let value = value(self);
            fields.insert(name.to_owned(), value);
        }
    }

    /// A text as people write them, and as they do not.
    pub(super) fn word(&mut self) -> String {
        let words = [
            "web",
            "Orders_API.v2",
            "a",
            "9",
            "LOG_LEVEL",
            "my key",
            "",
            "ä",
            "-x-",
            "a/b",
            "..",
            "x=y",
            "$(HOME)",
            "🦊",
            "a\tb",
            "team:name",
            "http-metrics-internal",
            "café au lait",
            "www.example.com",
            "UPPER",
        ];
        match self.below(8) {
            0 => "long-".repeat(1 + self.below(40)),
            1 => (0..self.below(12)).map(|_| self.0.char(..)).collect(),
            _ => self.of(&words).to_owned(),
        }
    }

    /// A name of a host, or nearly one.
    pub(super) fn name(&mut self) -> String {
        let names = [
            "shop.example.com",
            "*.example.com",
            "Shop.Example.com",
            "a_b.example.com",
            "-a.example.com",
            "10.0.0.1",
            "*shop.example.com",
            "a..b",
            "shop",
            "www-?.example.com",
            "xn--caf-dma.example.com",
        ];
        match self.below(6) {
            0 => self.word(),
            1 => format!("{}.example.com", "a".repeat(60 + self.below(8))),
            _ => self.of(&names).to_owned(),
        }
    }

    pub(super) fn long(&mut self) -> String {
        self.word().repeat(1 + self.below(400))
    }

    pub(super) fn number(&mut self) -> Value {
        let numbers = [0_u64, 1, 2, 5, 30, 61, 128, 512, 3600, 2_147_483_647, 2_147_483_648, 4_294_967_296];
        numbers[self.below(numbers.len())].into()
    }
}
