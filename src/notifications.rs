//! `notifications:` in `caravan.yaml`: who is told of what, at addresses that stand in the environment.

use crate::env;
use crate::error::{Failure, FailureKind};
use camino::Utf8Path;
use caravan_cutover::notice::{NoticeKind, Receiver, Sender};
use caravan_cutover_notify::{AddressError, Email, Slack, Webhook};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Who is told: exactly one of `webhook`, `slack` and `email`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiverSettings {
    /// Their name: the journal keeps under it what they were told.
    pub(crate) name: String,
    /// What they are told of; everything without it.
    #[serde(default = "everything")]
    about: Vec<NoticeKind>,
    /// Takes the notice as JSON.
    #[serde(default)]
    webhook: Option<Hook>,
    /// An incoming webhook of Slack.
    #[serde(default)]
    slack: Option<Hook>,
    /// Mail.
    #[serde(default)]
    email: Option<Mail>,
}

/// Where a webhook is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hook {
    /// The variable that holds the URL.
    url_env: String,
}

/// Where mail is taken, from whom, and to whom.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Mail {
    /// The variable that holds the URL of the mail server.
    server_env: String,
    /// The variable that holds the sender's address.
    from_env: String,
    /// The variable that holds the receivers' addresses, with commas between.
    to_env: String,
}

fn everything() -> Vec<NoticeKind> {
    NoticeKind::ALL.to_vec()
}

/// What the types can't hold.
///
/// # Errors
/// What is wrong, and where. A value that may be an address is not repeated.
pub(crate) fn check(receivers: &[ReceiverSettings]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (at, receiver) in receivers.iter().enumerate() {
        let wrong = |text: String| Err(format!("notifications[{at}]{text}"));
        if receiver.name.trim().is_empty() {
            return wrong(".name is empty".to_owned());
        }
        if !seen.insert(&receiver.name) {
            return wrong(format!(".name: {} stands there twice", receiver.name));
        }
        if receiver.about.is_empty() {
            return wrong(".about is empty: leave it out to be told of everything".to_owned());
        }
        let ways = [receiver.webhook.is_some(), receiver.slack.is_some(), receiver.email.is_some()]
            .iter()
            .filter(|is| **is)
            .count();
        if ways != 1 {
            return wrong(" wants exactly one of `webhook`, `slack` and `email`".to_owned());
        }
        if let Some((key, _)) = receiver.variables().into_iter().find(|(_, name)| !env::is_name(name)) {
            return wrong(format!(".{key} is the name of an environment variable, never the address itself"));
        }
    }
    Ok(())
}

/// Receiver number `at` of this file, with what takes notices there.
///
/// # Errors
/// A configuration failure that names the variable that is not set, or what is wrong with its value without saying it.
pub(crate) fn receiver(file: &Utf8Path, at: usize, settings: &ReceiverSettings) -> Result<Receiver, Failure> {
    let wrong = |key: &str, variables: &str, text: &str| {
        let place = format!("{file}: notifications[{at}]{key} ({}): {variables} {text}", settings.name);
        Failure::new(FailureKind::Configuration, place)
            .hint(format!("set {variables} in the environment of whatever runs `caravan cutover run`"))
    };
    let value = |key: &str, variable: &str| {
        env::get(variable).filter(|value| !value.is_empty()).ok_or_else(|| wrong(key, variable, "is not set"))
    };
    let unusable =
        |key: &str, variables: &str, error: &AddressError| wrong(key, variables, &format!("can't be used: {error}"));
    let sender: Box<dyn Sender> = match (&settings.webhook, &settings.slack, &settings.email) {
        (Some(Hook { url_env }), ..) => {
            let key = ".webhook.url_env";
            Box::new(Webhook::new(&value(key, url_env)?).map_err(|error| unusable(key, url_env, &error))?)
        }
        (_, Some(Hook { url_env }), _) => {
            let key = ".slack.url_env";
            Box::new(Slack::new(&value(key, url_env)?).map_err(|error| unusable(key, url_env, &error))?)
        }
        (_, _, Some(Mail { server_env, from_env, to_env })) => {
            let server = value(".email.server_env", server_env)?;
            let (from, to) = (value(".email.from_env", from_env)?, value(".email.to_env", to_env)?);
            let all = format!("{server_env}, {from_env} or {to_env}");
            Box::new(Email::new(&server, &from, &to).map_err(|error| unusable(".email", &all, &error))?)
        }
        (None, None, None) => return Err(wrong("", "the receiver", "has no address")),
    };
    Ok(Receiver { name: settings.name.clone(), kinds: settings.about.iter().copied().collect(), sender })
}

impl ReceiverSettings {
    /// Every key that names a variable, with that name.
    fn variables(&self) -> Vec<(&'static str, &str)> {
        let mut variables = Vec::new();
        variables.extend(self.webhook.iter().map(|hook| ("webhook.url_env", hook.url_env.as_str())));
        variables.extend(self.slack.iter().map(|hook| ("slack.url_env", hook.url_env.as_str())));
        if let Some(mail) = &self.email {
            variables.push(("email.server_env", mail.server_env.as_str()));
            variables.push(("email.from_env", mail.from_env.as_str()));
            variables.push(("email.to_env", mail.to_env.as_str()));
        }
        variables
    }
}
