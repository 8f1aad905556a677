//! `people.yaml`, version 1: who is in which team, and what follows from that.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The version of the format.
    pub schema: PeopleVersion,
    /// How groups are called, the same in every system.
    #[serde(default)]
    pub names: GroupNames,
    /// The systems in which groups and their members are kept. One that is left out is not touched.
    #[serde(default)]
    pub systems: Systems,
    /// Everybody, by a short name of your own, which teams and roles name.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// The teams, by the name that they have in the deployment repository.
    #[serde(default)]
    pub teams: BTreeMap<String, Team>,
    /// Groups of people across teams: who is on call, auditors, those whom an app lets in.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// What people log in to by Entra ID, by a short name of your own.
    #[serde(default)]
    pub applications: BTreeMap<String, Application>,
}

/// The versions of the format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
pub enum PeopleVersion {
    /// The first.
    #[serde(rename = "caravan.people/v1")]
    V1,
}

/// The one scheme of names.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct GroupNames {
    /// The group of a team; `{team}` stands for its name. Without it, `platform.groups.team` of caravan.yaml.
    pub team: Option<String>,
    /// The group of a role; `{role}` stands for its name. A role with a `group` of its own needs none.
    pub role: Option<String>,
}

/// The systems in which groups and their members are kept. Kubernetes and Argo CD follow the platform, and stand nowhere here.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Systems {
    /// Entra ID: groups, members, and who may log in to what.
    pub entra: Option<EntraSystem>,
    /// AWS IAM Identity Center: groups, members, and who may do what in which account.
    pub aws: Option<AwsSystem>,
    /// Datadog: teams and their members.
    pub datadog: Option<DatadogSystem>,
    /// GitHub: teams and their members.
    pub github: Option<GithubSystem>,
}

/// Entra ID.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct EntraSystem {
    /// The tenant, by its id. Without it, `platform.auth.tenant` of caravan.yaml.
    pub tenant: Option<String>,
}

/// AWS IAM Identity Center.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct AwsSystem {
    /// The account that runs it, by its 12 digits: the organization's, or the one to which it is delegated.
    pub account: String,
    /// The region in which it was switched on.
    pub region: String,
    /// Who makes its groups and fills them.
    pub groups: AwsGroups,
}

/// Who makes the groups of IAM Identity Center.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum AwsGroups {
    /// Entra ID, by SCIM: only what they may do is written, and they are found by their names.
    Scim,
    /// Nobody else: groups and members are written here; users are found by their user name.
    Here,
}

/// Datadog.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DatadogSystem {
    /// The site: `datadoghq.eu`.
    pub site: String,
}

/// GitHub.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct GithubSystem {
    /// The organization.
    pub organization: String,
}

/// Somebody: by the user principal name of their Microsoft account, by its object id, or by both.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Person {
    /// The user principal name in Entra ID: `ada@example.com`.
    pub upn: Option<String>,
    /// The object id in Entra ID, which stays when a name changes. It is what is looked up where it is there.
    pub object_id: Option<String>,
    /// The user name at AWS and the address at Datadog, where that is not the `upn`.
    pub email: Option<String>,
    /// The login at GitHub.
    pub github: Option<String>,
}

/// A team.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Team {
    /// Who answers for it: members who may also change who is in it at Datadog and GitHub.
    pub owners: Vec<String>,
    /// Who else is in it.
    pub members: Vec<String>,
    /// The name of its group, where the scheme's does not fit.
    pub group: Option<String>,
    /// What is there already and is taken over; without it everything is made.
    pub existing: ExistingGroups,
    /// The environments in whose clusters it sees its namespace. Without it, all.
    pub environments: Option<Vec<String>>,
    /// What it may do in AWS.
    pub aws: Vec<AwsGrant>,
    /// Whether it has a team at Datadog; without it, it has.
    pub datadog: Option<bool>,
    /// Whether it has a team at GitHub; without it, it has.
    pub github: Option<bool>,
}

/// A group of people across teams.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    /// Who answers for it: members who may also change who is in it at Datadog and GitHub.
    pub owners: Vec<String>,
    /// Who else is in it.
    pub members: Vec<String>,
    /// The name of its group, where the scheme's does not fit.
    pub group: Option<String>,
    /// What is there already and is taken over; without it everything is made.
    pub existing: ExistingGroups,
    /// The teams in whose namespaces and projects it may do what the team's people may; `"*"` is every team.
    pub teams: Vec<String>,
    /// The environments in whose clusters that is so. Without it, all.
    pub environments: Option<Vec<String>>,
    /// What it may do in AWS.
    pub aws: Vec<AwsGrant>,
    /// Whether it has a team at Datadog; without it, it has none.
    pub datadog: Option<bool>,
    /// Whether it has a team at GitHub; without it, it has none.
    pub github: Option<bool>,
}

/// The ids of groups that are there already: each is imported and not made a second time.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ExistingGroups {
    /// The object id of the group in Entra ID.
    pub entra: Option<String>,
    /// Who of the people here is in that group already: their memberships are imported, too, since Entra ID takes nobody twice.
    pub entra_members: Vec<String>,
    /// The id of the group in IAM Identity Center.
    pub aws: Option<String>,
    /// The id of the team at Datadog.
    pub datadog: Option<String>,
    /// Who of the people here is in that team already: their memberships are imported, too.
    pub datadog_members: Vec<String>,
    /// The slug or id of the team at GitHub.
    pub github: Option<String>,
}

/// A permission set in accounts.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct AwsGrant {
    /// The name of the permission set, which is there already.
    pub permission_set: String,
    /// The accounts, by their 12 digits.
    pub accounts: Vec<String>,
}

/// Something that people log in to by Entra ID.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Application {
    /// The client id of one that is there already; without it, it is made.
    pub client_id: Option<String>,
    /// Of one that is there already: the value of the app role that groups get in it (`User`).
    pub app_role: Option<String>,
    /// Of one that is made: where Entra ID sends people back to.
    pub redirects: Vec<String>,
    /// The teams that may log in. Without `teams` and `roles`, all groups may.
    pub teams: Option<Vec<String>>,
    /// The roles that may log in.
    pub roles: Option<Vec<String>>,
}
