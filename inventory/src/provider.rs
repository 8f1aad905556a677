//! Providers: a cloud whose API is read, or files in Git.

use serde::{Deserialize, Serialize};

/// Who says what is there: a cloud whose API is asked, or files that teams keep in Git.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Cloudflare.
    Cloudflare,
    /// Files: they have no account and no region of their own.
    Files,
}

impl Provider {
    /// Every provider.
    pub const ALL: &[Self] = &[Self::Aws, Self::Cloudflare, Self::Files];

    /// The name in ids, files and the database, and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Cloudflare => "cloudflare",
            Self::Files => "files",
        }
    }

    /// The provider of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|provider| provider.as_str() == text)
    }
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_json() {
        for provider in Provider::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.as_str());
            assert_eq!(Provider::parse(provider.as_str()), Some(provider));
        }
        assert_eq!(Provider::parse("AWS"), None);
    }
}
