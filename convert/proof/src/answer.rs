//! What the two sides answered, and what they asked of others meanwhile.

use serde::Deserialize;

/// One side's answer to a request.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub struct Answer {
    /// Its status; 101 where it opened a socket.
    pub status: u16,
    /// Its headers as they came, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body by base64, without its content encoding; of a socket the list of what came, as JSON.
    pub body: String,
    /// Why there is none.
    pub error: Option<String>,
    /// Whether its script threw, and nobody caught it.
    pub threw: bool,
    /// What the script asked of others before it answered, or shortly after.
    pub asked: Vec<Asked>,
}

/// A request of a script.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(default)]
pub struct Asked {
    /// Whether it went to the origin behind the Worker's own hosts, or to somebody else.
    pub to: Other,
    /// Its method.
    pub method: String,
    /// Its whole address.
    pub url: String,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body by base64.
    pub body: String,
}

/// Whom a script asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub enum Other {
    /// The origin behind its own hosts.
    Origin,
    /// Anybody else.
    #[default]
    Internet,
}

/// The answers to one request.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub struct Exchange {
    /// The original's.
    pub original: Answer,
    /// The converted one's; of a model it is filled in by the model.
    pub converted: Answer,
}

impl Answer {
    /// The body as bytes; as it stands where it is no base64.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        crate::bodies::bytes(&self.body)
    }

    /// Every value of a header, in their order.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }
}
