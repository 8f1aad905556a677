//! What somebody says of a new app, and the plconfig that it is.

use caravan_convert_lift::plconfig::{Auth, AuthMode, Component, ComponentType, Ingress, PlConfig, Use, UseKind};
use clap::ValueEnum;
use std::collections::BTreeMap;

/// How an app runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum AppKind {
    // Serves requests on a port.
    Web,
    // Runs without being asked.
    Worker,
    // Runs by the clock.
    Cron,
}

/// Whether an app is reached from outside the cluster.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Outside {
    // By its Service alone.
    No,
    // By an address of the platform.
    Yes,
}

/// How callers prove who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum AuthKind {
    // They are not asked: everybody comes in.
    None,
    // People log in with a browser.
    Login,
    // A token of a person or a program.
    Bearer,
    // A token of a program.
    Service,
}

/// What an app uses that is shared: `files=iam:arn:aws:iam::123456789012:role/shop`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Used {
    pub(super) alias: String,
    pub(super) kind: UseKind,
    pub(super) name: String,
}

/// Everything that is said of a new app.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    pub(super) app: String,
    pub(super) team: String,
    pub(super) kind: AppKind,
    pub(super) image: String,
    /// Of `web`.
    pub(super) port: Option<u16>,
    /// Of `cron`.
    pub(super) schedule: Option<String>,
    /// Of `cron`.
    pub(super) timezone: Option<String>,
    /// Whether it is reached from outside the cluster.
    pub(super) outside: bool,
    pub(super) hosts: Vec<String>,
    pub(super) auth: AuthKind,
    pub(super) groups: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) audience: Option<String>,
    pub(super) uses: Vec<Used>,
    /// At least one.
    pub(super) environments: Vec<String>,
}

/// What stands before the first line.
const HEADER: &str = "\
# Begun by `caravan new app`. From here on it is yours: change it, and the manifests beside it follow (`caravan render`).
";

impl Answers {
    /// The text of the plconfig. Whether it is one, whoever reads it says.
    ///
    /// # Errors
    /// Never in practice: only when it can't be written as YAML.
    pub(super) fn plconfig(&self) -> Result<String, String> {
        let name = match self.kind {
            AppKind::Web => "web",
            AppKind::Worker => "worker",
            AppKind::Cron => "cron",
        };
        let of_use = |used: &Used| {
            let made = Use { kind: used.kind, name: used.name.clone(), access: Vec::new(), env: None };
            (used.alias.clone(), made)
        };
        let config = PlConfig {
            app: self.app.clone(),
            team: self.team.clone(),
            image: Some(self.image.clone()),
            uses: self.uses.iter().map(of_use).collect(),
            components: BTreeMap::from([(name.to_owned(), self.component())]),
            environments: self.environments.iter().map(|name| (name.clone(), serde_json::json!({}))).collect(),
            ..PlConfig::default()
        };
        Ok(format!("{HEADER}{}", config.write().map_err(|error| error.to_string())?))
    }

    fn component(&self) -> Component {
        let kind = match self.kind {
            AppKind::Web => ComponentType::Web,
            AppKind::Worker => ComponentType::Worker,
            AppKind::Cron => ComponentType::Cron,
        };
        let ingress = Ingress { hosts: self.hosts.clone(), auth: self.auth(), ..Ingress::default() };
        Component {
            kind,
            port: self.port,
            schedule: self.schedule.clone(),
            timezone: self.timezone.clone(),
            ingress: self.outside.then_some(ingress),
            ..Component::default()
        }
    }

    fn auth(&self) -> Option<Auth> {
        let mode = match self.auth {
            AuthKind::None => return None,
            AuthKind::Login => AuthMode::Login,
            AuthKind::Bearer => AuthMode::Bearer,
            AuthKind::Service => AuthMode::Service,
        };
        Some(Auth {
            mode,
            groups: self.groups.clone(),
            scopes: self.scopes.clone(),
            audience: self.audience.clone(),
            public: Vec::new(),
        })
    }
}

/// Reads `ALIAS=TYPE:NAME`.
///
/// # Errors
/// For a person: what is missing.
pub(super) fn parse_use(text: &str) -> Result<Used, String> {
    let wanted = "is not ALIAS=TYPE:NAME, as in files=iam:arn:aws:iam::123456789012:role/shop";
    let (alias, rest) = text.split_once('=').ok_or_else(|| format!("`{text}` {wanted}"))?;
    let (kind, name) = rest.split_once(':').ok_or_else(|| format!("`{text}` {wanted}"))?;
    let known: Result<UseKind, _> = serde_json::from_value(kind.into());
    let kind = known.map_err(|error| format!("`{kind}`: {error}"))?;
    if alias.is_empty() || name.is_empty() {
        return Err(format!("`{text}` {wanted}"));
    }
    Ok(Used { alias: alias.to_owned(), kind, name: name.to_owned() })
}
