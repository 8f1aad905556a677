//! A root module: its versions and providers, what it takes over or adds, and what it no longer holds.

use super::hcl::{Body, From, Item, Value, print};
use super::people;
use super::place::{Location, ModuleName, Owner, Part};
use super::settings::TerraformSettings;
use crate::provenance::{Origin, Rule, Trace};
use crate::{File, Platform};
use std::collections::{BTreeMap, BTreeSet};

/// The oldest Terraform: from 1.10 on S3 locks a state by itself, from 1.7 on there is `removed`.
const TERRAFORM: &str = ">= 1.10.0";
/// The oldest that knows arguments which stay in no state.
const TERRAFORM_WRITE_ONLY: &str = ">= 1.11.0";
/// The provider; nothing uses an argument that only this major version has.
const AWS: &str = "~> 6.0";

const VERSIONS: Rule = Rule { name: "versions", says: "what the module is run with, and where its state is" };
const PROVIDERS: Rule = Rule { name: "providers", says: "one provider for each account and region of its resources" };
const HEADER: Rule = Rule { name: "header", says: "a word about what the file is" };
const QUARANTINE: Rule = Rule { name: "quarantine", says: "what is not taken over, and why" };
const REMOVED: Rule =
    Rule { name: "removed", says: "what was taken over once and is not any more: Terraform forgets it" };

/// What one module is made of.
#[derive(Default)]
pub(super) struct Module {
    /// By file, without `.tf`.
    pub(super) files: BTreeMap<&'static str, Body>,
    /// Files of which each is one app's, by the name without `.tf`.
    pub(super) apps: BTreeMap<String, Body>,
    pub(super) locations: BTreeSet<Location>,
    /// The providers besides AWS's.
    pub(super) others: BTreeSet<Other>,
    /// The addresses of what it holds.
    pub(super) addresses: BTreeSet<String>,
    /// What it would hold, with the reason why it does not.
    pub(super) quarantine: Vec<(String, String, From)>,
    /// The addresses that it held once.
    pub(super) removed: BTreeSet<String>,
}

/// A provider besides AWS's, as a module is given it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Other {
    /// Groups and people of a tenant of Entra ID.
    AzureAd { tenant: String },
    /// Teams at Datadog, by its site.
    Datadog { site: String },
    /// Teams of an organization at GitHub.
    Github { organization: String },
    /// A Keycloak, by its URL.
    Keycloak { url: String },
    /// What is made by chance.
    Random,
}

impl Module {
    /// Its files by their paths in the tree. `before` are files that were generated once: those of which nothing is left
    /// say so, since Git would keep what stood there.
    pub(super) fn files(
        &self,
        name: &ModuleName,
        platform: &Platform,
        before: impl Iterator<Item = String>,
        trace: Trace,
    ) -> BTreeMap<String, File> {
        let folder = format!("infrastructure/{}", name.path());
        let mut bodies: BTreeMap<String, Body> = BTreeMap::new();
        let mut add = |file: &str, says: &str, body: Body| {
            let mut whole = vec![Item::comment(says, &fixed(HEADER))];
            if !body.is_empty() {
                whole.push(Item::Blank);
                whole.extend(body);
            }
            bodies.insert(format!("{folder}/{file}.tf"), whole);
        };
        add("versions", &versions_header(name, &platform.terraform), self.versions(name, platform));
        add("providers", &self.providers_header(&platform.terraform), self.providers(&platform.terraform));
        for (file, body) in &self.files {
            add(file, &subject_header(name), body.clone());
        }
        for (file, body) in &self.apps {
            add(file, &subject_header(name), body.clone());
        }
        if !self.quarantine.is_empty() {
            add("quarantine", QUARANTINED, self.quarantined());
        }
        if !self.removed.is_empty() {
            add("removed", FORGOTTEN, self.forgotten());
        }
        for path in before {
            bodies.entry(path).or_insert_with(|| vec![Item::comment(EMPTY, &fixed(HEADER))]);
        }
        bodies.into_iter().map(|(path, body)| (path, print(&body, trace))).collect()
    }

    fn providers_header(&self, settings: &TerraformSettings) -> String {
        let accounts: BTreeSet<_> = self.locations.iter().map(|location| &location.account).collect();
        if accounts.is_empty() && !self.others.is_empty() {
            return OTHERS.to_owned();
        }
        let mut text = "Made by caravan: one provider for each account and region. Another account than the one that \
                        stands\nthere is refused before anything is read."
            .to_owned();
        if accounts.len() > 1 && settings.role.is_none() {
            text.push_str(
                "\nThere are several accounts, and one set of credentials reaches one: `platform.terraform.role` in \
                 caravan.yaml\nis the role that Terraform assumes in each.",
            );
        }
        text
    }

    fn providers(&self, settings: &TerraformSettings) -> Body {
        let mut body = Body::new();
        for location in &self.locations {
            let Location { account, region } = location;
            let from = fixed(PROVIDERS);
            let mut arguments = vec![
                Item::argument("alias", Value::text(location.alias()), &from),
                Item::argument("region", Value::text(region.as_str()), &from),
                Item::argument("allowed_account_ids", Value::List(vec![Value::text(account.as_str())]), &from),
            ];
            if let Some(role) = &settings.role {
                let from = set(PROVIDERS, "terraform/role");
                let role = role.replace("{account}", account.as_str());
                let assume = vec![Item::argument("role_arn", Value::text(role), &from)];
                arguments.extend([Item::Blank, Item::block("assume_role", &[], &from, assume)]);
            }
            if !body.is_empty() {
                body.push(Item::Blank);
            }
            body.push(Item::block("provider", &["aws"], &from, arguments));
        }
        for block in self.others.iter().filter_map(Other::block) {
            if !body.is_empty() {
                body.push(Item::Blank);
            }
            body.push(block);
        }
        body
    }

    fn versions(&self, name: &ModuleName, platform: &Platform) -> Body {
        let from = fixed(VERSIONS);
        let mut needed: BTreeMap<&str, (&str, &str)> = self.others.iter().map(Other::source).collect();
        // What a module once held is forgotten by the provider that it had.
        for (other, source) in [("azuread", AZUREAD), ("datadog", DATADOG), ("github", GITHUB), ("keycloak", KEYCLOAK)]
        {
            if self.removed.iter().any(|address| address.starts_with(&format!("{other}_"))) {
                needed.insert(other, source);
            }
        }
        let terraform = if self.others.contains(&Other::Random) { TERRAFORM_WRITE_ONLY } else { TERRAFORM };
        // Whoever keeps the people of another system has nothing to do with AWS.
        let has_aws = !matches!(name.owner, Owner::People(_))
            || !self.locations.is_empty()
            || self.removed.iter().any(|address| address.starts_with("aws_"));
        if has_aws {
            needed.insert("aws", ("hashicorp/aws", AWS));
        }
        let required = needed.into_iter().map(|(name, (source, version))| {
            let source = vec![("source".to_owned(), Value::text(source)), ("version".to_owned(), Value::text(version))];
            Item::argument(name, Value::Object(source), &from)
        });
        let mut body = vec![
            Item::argument("required_version", Value::text(terraform), &from),
            Item::Blank,
            Item::block("required_providers", &[], &from, required.collect()),
        ];
        if let Some(state) = state(name, platform) {
            body.extend([Item::Blank, state]);
        }
        vec![Item::block("terraform", &[], &from, body)]
    }

    fn quarantined(&self) -> Body {
        let mut body = Body::new();
        for (id, reason, from) in &self.quarantine {
            let from = From { rule: QUARANTINE, origins: from.origins.clone() };
            body.push(Item::comment(format!("{id}: {reason}"), &from));
        }
        body
    }

    fn forgotten(&self) -> Body {
        let from = fixed(REMOVED);
        let mut body = Body::new();
        for address in &self.removed {
            let stay = vec![Item::argument("destroy", Value::Bool(false), &from)];
            let inner = vec![
                Item::argument("from", Value::Expression(address.clone()), &from),
                Item::Blank,
                Item::block("lifecycle", &[], &from, stay),
            ];
            if !body.is_empty() {
                body.push(Item::Blank);
            }
            body.push(Item::block("removed", &[], &from, inner));
        }
        body
    }
}

const OTHERS: &str = "Made by caravan: who is asked, and nobody's credentials: they come from the environment.";
const QUARANTINED: &str = "Made by caravan: what is not taken over yet, and why. Nothing of it is in Terraform.";
const FORGOTTEN: &str = "Made by caravan: what stood here once and does not any more. Terraform forgets it, and leaves it as \
                         it is.";
const EMPTY: &str = "Made by caravan: nothing of what stood here is left.";

const AZUREAD: (&str, &str) = ("hashicorp/azuread", "~> 3.0");
const DATADOG: (&str, &str) = ("DataDog/datadog", "~> 4.0");
const GITHUB: (&str, &str) = ("integrations/github", "~> 6.0");
const KEYCLOAK: (&str, &str) = ("keycloak/keycloak", "~> 5.2");
const RANDOM: (&str, &str) = ("hashicorp/random", "~> 3.7");

impl Other {
    /// Its name in modules, where it is from and its version.
    const fn source(&self) -> (&'static str, (&'static str, &'static str)) {
        match self {
            Self::AzureAd { .. } => ("azuread", AZUREAD),
            Self::Datadog { .. } => ("datadog", DATADOG),
            Self::Github { .. } => ("github", GITHUB),
            Self::Keycloak { .. } => ("keycloak", KEYCLOAK),
            Self::Random => ("random", RANDOM),
        }
    }

    /// As resources name it: one module may ask several Keycloaks.
    pub(super) fn reference(&self) -> String {
        match self {
            Self::Keycloak { url } => format!("keycloak.{}", alias(url)),
            Self::AzureAd { .. } | Self::Datadog { .. } | Self::Github { .. } | Self::Random => {
                self.source().0.to_owned()
            }
        }
    }

    /// Its settings; none where there are none.
    fn block(&self) -> Option<Item> {
        let from = set(PROVIDERS, "auth");
        let arguments = match self {
            Self::Random => return None,
            Self::AzureAd { tenant } => vec![Item::argument("tenant_id", Value::text(tenant), &from)],
            Self::Datadog { site } => {
                let from = people::from(PROVIDERS, "/systems/datadog");
                vec![Item::argument("api_url", Value::text(format!("https://api.{site}/")), &from)]
            }
            Self::Github { organization } => {
                let from = people::from(PROVIDERS, "/systems/github");
                vec![Item::argument("owner", Value::text(organization), &from)]
            }
            Self::Keycloak { url } => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
                let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
                let mut arguments = vec![
                    Item::argument("alias", Value::text(alias(url)), &from),
                    Item::argument("url", Value::text(format!("{scheme}://{host}")), &from),
                ];
                if !path.is_empty() {
                    arguments.push(Item::argument("base_path", Value::text(format!("/{path}")), &from));
                }
                arguments
            }
        };
        Some(Item::block("provider", &[self.source().0], &from, arguments))
    }
}

/// The name of a Keycloak among others.
fn alias(url: &str) -> String {
    super::place::identifier(url.split_once("://").map_or(url, |(_, rest)| rest))
}

fn subject_header(name: &ModuleName) -> String {
    match name.part {
        Part::New if matches!(name.owner, Owner::People(_)) => {
            "Made by caravan from people.yaml: change that. A plan that destroys a membership, an assignment or a permission \
             takes\nsomebody's access away, as the file says; one that destroys anything else is to be looked into, not applied."
        }
        Part::Adopt => {
            "Made by caravan from what was found: each resource is there already and is taken over as it is. A \
                        plan that\nwould add, change or destroy anything is to be looked into, not applied."
        }
        Part::New => {
            "Made by caravan: what is added. A plan that would change or destroy anything is to be looked into, not \
                      applied."
        }
    }
    .to_owned()
}

fn versions_header(name: &ModuleName, settings: &TerraformSettings) -> String {
    let kept = if settings.organization.is_some() || settings.bucket.is_some() {
        ""
    } else {
        "\nNo place for its state is set (`platform.terraform` in caravan.yaml): it would stay beside these files. State \
         holds\nmore than these files do, and does not belong into Git."
    };
    format!("Made by caravan: the module {}.{kept}", name.path())
}

/// Where the module's state is kept.
fn state(name: &ModuleName, platform: &Platform) -> Option<Item> {
    let settings = &platform.terraform;
    let path = name.path();
    if let Some(organization) = &settings.organization {
        let of_organization = set(VERSIONS, "terraform/organization");
        let from = set(VERSIONS, "terraform/workspace_prefix");
        let workspace = format!("{}{}", settings.workspace_prefix, path.replace('/', "-"));
        let workspaces = vec![Item::argument("name", Value::text(workspace), &from)];
        let body = vec![
            Item::argument("organization", Value::text(organization), &of_organization),
            Item::Blank,
            Item::block("workspaces", &[], &from, workspaces),
        ];
        return Some(Item::block("cloud", &[], &of_organization, body));
    }
    let bucket = settings.bucket.as_ref()?;
    let from = set(VERSIONS, "terraform/bucket");
    let body = vec![
        Item::argument("bucket", Value::text(bucket), &from),
        Item::argument("key", Value::text(format!("infrastructure/{path}.tfstate")), &from),
        Item::argument("region", Value::text(&*platform.region), &set(VERSIONS, "region")),
        Item::argument("use_lockfile", Value::Bool(true), &from),
    ];
    Some(Item::block("backend", &["s3"], &from, body))
}

/// What a rule decides alone.
pub(super) fn fixed(rule: Rule) -> From {
    From { rule, origins: vec![Origin::Default] }
}

/// What a setting of the platform decides.
pub(super) fn set(rule: Rule, name: &'static str) -> From {
    From { rule, origins: vec![Origin::Setting { name }] }
}
