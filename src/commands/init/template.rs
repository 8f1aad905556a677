//! The text of a new `caravan.yaml`: what was found, and every other key as a comment with its default.

use super::aws::Found;
use crate::env;
use crate::reference::{KEYS, about};
use std::fmt::Write as _;

/// The text.
pub(super) fn text(found: &Found) -> String {
    let mut text = String::from(
        "# Caravan's configuration. Lines behind `#` are what holds without them. No secret stands in this file.\n\
        schema: caravan.config/v1\n",
    );
    section(&mut text, "accounts", "");
    text.push_str(&accounts(found));
    section(&mut text, "ownership", "");
    text.push_str(OWNERSHIP);
    for name in ["platform", "waves", "probes"] {
        section(&mut text, name, &format!("# {name}:\n"));
        keys(&mut text, name);
    }
    for key in KEYS.iter().filter(|key| matches!(key.path, "drivers" | "lease")) {
        let default = key.default().unwrap_or_default();
        let _written = write!(text, "\n# {} ({})\n# {}: {default}\n", sentence(key.about), key.takes, key.path);
    }
    let _written = write!(
        text,
        "\n# Vanity domains have {} of their own: docs/configuration.md.\n",
        ELSEWHERE.map(|name| format!("`{name}`")).join(", ")
    );
    text
}

/// The sections of what most companies do not do: the documentation has their keys.
const ELSEWHERE: [&str; 3] = ["domains", "moves", "lookups"];

/// A section's title.
fn section(text: &mut String, name: &str, begin: &str) {
    text.push('\n');
    for line in about(name).trim_end().lines() {
        let _written = writeln!(text, "# {line}");
    }
    text.push_str(begin);
}

/// The keys of a section with their defaults, each below what it is for; what stands in lists is in the documentation.
fn keys(text: &mut String, section: &str) {
    let mut group = "";
    for key in KEYS.iter().filter(|key| key.path.split('.').next() == Some(section) && !key.path.contains("[]")) {
        let parts: Vec<&str> = key.path.split('.').collect();
        let nested = parts.len() > 2;
        let of = if nested { parts[1] } else { "" };
        if of != group && nested {
            let _written = writeln!(text, "#   {of}:");
        }
        group = of;
        let indent = if nested { "    " } else { "  " };
        let default = key.default().unwrap_or_default();
        let value = if default.contains('{') { format!("\"{default}\"") } else { default };
        let _written = writeln!(text, "# {indent}# {} ({})\n# {indent}{}: {value}", key.about, key.takes, key.name());
    }
}

fn sentence(about: &str) -> String {
    let mut letters = about.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The accounts: the one that AWS named, and how others are written.
fn accounts(found: &Found) -> String {
    let region = found.region.as_deref().unwrap_or("eu-central-1");
    let profile = |begin: &str| match &found.profile {
        Some(profile) => format!("{begin}    profile: {}\n", serde_json::Value::from(profile.as_str())),
        None => String::new(),
    };
    let mut text = match &found.account {
        Some(account) => format!("accounts:\n  - id: \"{account}\"\n    regions: [{region}]\n{}", profile("")),
        None => format!(
            "accounts: []\n#  - id: \"123456789012\" # twelve digits, in quotes\n#    regions: [{region}]\n{}",
            profile("#")
        ),
    };
    text.push_str(
        "#  - id: \"210987654321\"\n#    regions: [eu-central-1, us-east-1]\n\
        #    role: arn:aws:iam::210987654321:role/caravan-read # assumed with the credentials at hand\n\
        #    external_id: given-by-the-account # where the role asks for one\n\
        #    endpoint: https://vpce.example.com # where the APIs have another address\n",
    );
    let token = if found.has_token { ", which is set here" } else { "" };
    let _written = write!(
        text,
        "#  - provider: cloudflare\n#    id: 0123456789abcdef0123456789abcdef\n\
        #    token_env: {} # the name of a variable{token}; or token_file, a path\n",
        env::CLOUDFLARE_API_TOKEN
    );
    text
}

const OWNERSHIP: &str = "\
ownership: []
#  - tags: {team: \"*\"}
#    team: ${tag:team}
#  - account: \"123456789012\"
#    environment: production
#  - {cluster: \"staging-*\", environment: staging}
#  - {path: \"*/payments/*\", team: payments}
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::reference::Key;
    use crate::yaml;

    fn found() -> Found {
        Found {
            account: Some("111122223333".to_owned()),
            region: Some("eu-west-1".to_owned()),
            profile: Some("par: cels".to_owned()),
            ..Found::default()
        }
    }

    fn read(text: &str) -> Config {
        yaml::parse("caravan.yaml".into(), text).unwrap_or_else(|failure| panic!("{:#}\n{text}", failure.error))
    }

    #[test]
    fn a_new_file_says_what_was_found_and_nothing_else() {
        let config = read(&text(&found()));
        assert_eq!(config.accounts.len(), 1);
        assert_eq!(config.accounts[0].id.as_str(), "111122223333");
        assert_eq!(config.accounts[0].regions[0].as_str(), "eu-west-1");
        assert_eq!((config.platform, config.lease), (Config::default().platform, 15));
        assert!(read(&text(&Found::default())).accounts.is_empty());
    }

    /// What stands behind `#` is what somebody gets who takes the `#` away.
    #[test]
    fn each_comment_is_a_key_that_can_be_taken() {
        let text = text(&Found::default());
        let begin = text.find("# platform:").unwrap();
        let (given, commented) = text.split_at(begin);
        let taken: String = commented
            .lines()
            .filter(|line| {
                line.starts_with("#   ")
                    || ["# platform:", "# waves:", "# probes:", "# drivers:", "# lease:"]
                        .iter()
                        .any(|key| line.starts_with(key))
            })
            .map(|line| format!("{}\n", &line[2..]))
            .collect();
        let config = read(&format!("{given}\n{taken}"));
        // Whether a region was said is told apart, and no setting.
        let settings = |platform| serde_json::to_value(platform).unwrap();
        assert_eq!(settings(config.platform), settings(Config::default().platform));
        assert_eq!(config.waves, Config::default().waves);
        let is_elsewhere = |key: &Key| ELSEWHERE.contains(&key.path.split('.').next().unwrap());
        for key in KEYS.iter().filter(|key| !key.path.contains("[]") && key.path != "schema" && !is_elsewhere(key)) {
            assert!(taken.contains(&format!("{}:", key.name())), "{}", key.path);
        }
        let accounts = given.split("accounts: []\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let accounts: String = accounts.lines().map(|line| format!("{}\n", &line[1..])).collect();
        let config = read(&format!("schema: caravan.config/v1\naccounts:\n{accounts}"));
        assert_eq!(config.accounts.len(), 3);
        assert!(config.accounts.iter().all(|account| account.check().is_ok()));
    }
}
