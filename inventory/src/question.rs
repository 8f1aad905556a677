//! Questions that only a person can answer, and people's decisions.

use crate::{QuestionId, WorkloadId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Something that only a person can tell.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable as long as the workload and the field exist.
    pub id: QuestionId,
    /// The workload that it concerns.
    pub workload: WorkloadId,
    /// The question itself, one sentence.
    pub text: String,
    /// The answers that are understood; empty when any text is.
    pub options: Vec<String>,
    /// What is assumed until somebody answers.
    pub assumed: Option<String>,
    /// The digest of what an answer rests on beside the question's words, which may leave it out. In no file: it is found anew with
    /// each question.
    #[serde(skip)]
    pub rests_on: Option<String>,
}

impl Question {
    /// What an answer to it is kept with ([`Decision::asked`]).
    #[must_use]
    pub fn digest(&self) -> String {
        digest_of_question(&self.text, self.rests_on.as_deref())
    }
}

/// A person's answer.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The answer: one of the question's options, or any text when it has none.
    pub answer: String,
    /// Why, for whoever reads it in a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of what was asked when it was given ([`digest_of_question`]); none of an answer that somebody wrote by hand. An answer
    /// that lets somebody in holds only while the same is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
}

impl Decision {
    /// Whether it answers this question: it was given to these words and to what they rest on, or nobody kept to which.
    #[must_use]
    pub fn answers(&self, text: &str, rests_on: Option<&str>) -> bool {
        self.asked.as_ref().is_none_or(|asked| *asked == digest_of_question(text, rests_on))
    }
}

/// Begins what a question says of what is known at the moment, which is no part of what is asked: an answer changes it.
pub const KNOWN_NOW: &str = " (Known now: ";

/// What tells one question from another: the first eight bytes of the SHA-256 of its words and of what they rest on, in hexadecimal
/// digits; without what follows [`KNOWN_NOW`].
#[must_use]
pub fn digest_of_question(text: &str, rests_on: Option<&str>) -> String {
    let text = text.split_once(KNOWN_NOW).map_or(text, |(asked, _)| asked);
    let mut digest = Sha256::new_with_prefix(text);
    if let Some(rests_on) = rests_on {
        digest.update([0]);
        digest.update(rests_on);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// All answers, by question id: the content of `decisions.yaml`.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Decisions(pub BTreeMap<QuestionId, Decision>);

impl Decisions {
    /// The answer to a question, if there is one.
    #[must_use]
    pub fn answer(&self, question: &QuestionId) -> Option<&str> {
        self.0.get(question).map(|decision| decision.answer.as_str())
    }
}
