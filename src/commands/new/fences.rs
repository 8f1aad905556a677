//! What the fences of the platform would refuse: said before anything is written, and not by a cluster afterwards.

use crate::deployed::DeployedApp;
use caravan_convert::{Company, Platform, file_needs, foreign_images};
use caravan_inventory::TeamName;
use std::collections::BTreeMap;

/// Everything that would be refused, for a person.
///
/// # Errors
/// When the text is no plconfig that can be rendered.
pub(super) fn refusals(
    text: &str,
    team: &str,
    app: &str,
    platform: &Platform,
    people: Option<&Company>,
    others: &[DeployedApp],
) -> Result<Vec<String>, String> {
    let mut refused = Vec::new();
    if let Some(people) = people
        && !TeamName::parse(team).is_ok_and(|team| people.has_team(&team))
    {
        refused.push(format!("people.yaml has no team {team}: nobody would see the app; add the team there first"));
    }
    let taken = taken(team, app, platform, others);
    for (environment, needs) in file_needs(text, platform).map_err(|error| error.to_string())? {
        for image in foreign_images(platform, &needs) {
            refused.push(format!(
                "the image {image} is of no registry below `platform.registries` in caravan.yaml: {}",
                platform.registries.join(", ")
            ));
        }
        for host in
            needs.hosts.iter().filter_map(|host| Some((host, taken.get(&(environment.to_string(), host.clone()))?)))
        {
            refused.push(format!("in {environment} the name {} is {}'s: a name belongs to one app", host.0, host.1));
        }
    }
    refused.sort();
    refused.dedup();
    Ok(refused)
}

/// The names that other apps have, by environment.
fn taken(team: &str, app: &str, platform: &Platform, others: &[DeployedApp]) -> BTreeMap<(String, String), String> {
    let mut taken = BTreeMap::new();
    for other in others.iter().filter(|other| (other.team.as_str(), other.app.as_str()) != (team, app)) {
        for (environment, needs) in file_needs(&other.text, platform).unwrap_or_default() {
            for host in needs.hosts {
                taken.insert((environment.to_string(), host), other.name());
            }
        }
    }
    taken
}
