//! Where a secret lies: the values of `secrets`.

use std::fmt;
use std::str::FromStr;

/// Where a secret lies, written `[STORE:]KEY[#PROPERTY][?stage=STAGE|?version=VERSION]`.
///
/// - `checkout#DATABASE_URL`: a property of a secret in the team's own store; the store's prefix for the team stands
///   before the key.
/// - `sm:prod/checkout/db-credentials#password`: AWS Secrets Manager, by the secret's name as it is.
/// - `sm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db#password`: by ARN, of another account, or where one
///   name may be that of several secrets.
/// - `ssm:/prod/checkout/api-key`: AWS Systems Manager Parameter Store, by name or ARN.
/// - `sm:prod/db#password?stage=AWSPREVIOUS`, `sm:prod/db?version=6d38…`: a fixed version.
///
/// Without a property it is the whole text of the secret. A secret's value never stands here (C5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SecretRef {
    /// Who keeps it.
    pub store: SecretStore,
    /// Its name or ARN there.
    pub key: String,
    /// One property of a secret that is a JSON object.
    pub property: Option<String>,
    /// Which of its versions; none is the current one.
    pub version: Option<SecretVersion>,
}

/// Who keeps a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecretStore {
    /// The team's own store, under the team's prefix.
    Team,
    /// AWS Secrets Manager, by full name or ARN.
    SecretsManager,
    /// AWS Systems Manager Parameter Store, by full name or ARN.
    ParameterStore,
}

/// One version of a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SecretVersion {
    /// By a label that moves, such as `AWSPREVIOUS`.
    Stage(String),
    /// By the id of a version that never changes.
    Id(String),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.store {
            SecretStore::Team => "",
            SecretStore::SecretsManager => "sm:",
            SecretStore::ParameterStore => "ssm:",
        })?;
        f.write_str(&self.key)?;
        if let Some(property) = &self.property {
            write!(f, "#{property}")?;
        }
        match &self.version {
            Some(SecretVersion::Stage(stage)) => write!(f, "?stage={stage}"),
            Some(SecretVersion::Id(id)) => write!(f, "?version={id}"),
            None => Ok(()),
        }
    }
}

impl FromStr for SecretRef {
    type Err = String;

    /// Reads a reference.
    ///
    /// # Errors
    /// When the key or a property or version that is announced is empty: a sentence fragment that names the text.
    fn from_str(text: &str) -> Result<Self, String> {
        let (store, rest) = match text.split_once(':') {
            Some(("sm", rest)) => (SecretStore::SecretsManager, rest),
            Some(("ssm", rest)) => (SecretStore::ParameterStore, rest),
            _ => (SecretStore::Team, text),
        };
        let (rest, version) = split_version(rest);
        let (key, property) = match rest.split_once('#') {
            Some((key, property)) => (key, Some(property)),
            None => (rest, None),
        };
        let empty_version = matches!(&version, Some(SecretVersion::Stage(v) | SecretVersion::Id(v)) if v.is_empty());
        if key.is_empty() || property == Some("") || empty_version {
            return Err(format!(
                "`{text}` is no secret such as checkout#API_KEY, sm:prod/db#password or ssm:/prod/key"
            ));
        }
        Ok(Self { store, key: key.to_owned(), property: property.map(str::to_owned), version })
    }
}

fn split_version(text: &str) -> (&str, Option<SecretVersion>) {
    if let Some((rest, stage)) = text.rsplit_once("?stage=") {
        (rest, Some(SecretVersion::Stage(stage.to_owned())))
    } else if let Some((rest, id)) = text.rsplit_once("?version=") {
        (rest, Some(SecretVersion::Id(id.to_owned())))
    } else {
        (text, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_back_as_they_were_written() {
        for text in [
            "checkout",
            "checkout#DATABASE_URL",
            "sm:prod/checkout/db-credentials#password",
            "sm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db#password",
            "ssm:/prod/checkout/api-key",
            "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/prod/key",
            "sm:prod/db#password?stage=AWSPREVIOUS",
            "sm:me@example.com?version=6d38",
        ] {
            assert_eq!(text.parse::<SecretRef>().unwrap().to_string(), text);
        }
        let arn: SecretRef = "sm:arn:aws:secretsmanager:eu-west-1:1:secret:db#p".parse().unwrap();
        assert_eq!(arn.key, "arn:aws:secretsmanager:eu-west-1:1:secret:db");
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "#x", "sm:", "db#", "db?stage="] {
            assert!(text.parse::<SecretRef>().is_err(), "{text}");
        }
    }
}
