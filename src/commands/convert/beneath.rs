//! Apps that people wrote by hand stand on the platform as converted ones do.

use super::stale;
use camino::Utf8Path;
use caravan_convert::{App, AppAuth, Closed, Demand, Open, Platform, file_auth, file_closed, file_needs};
use caravan_inventory::TeamName;
use std::collections::BTreeSet;

/// Adds what they ask for; gives those that can't be read, which the platform does not know.
pub(super) fn add_written_by_hand(
    demand: &mut Demand,
    out: &Utf8Path,
    apps: &[App],
    platform: &Platform,
) -> BTreeSet<Open> {
    let mut open = BTreeSet::new();
    for stranger in stale::strangers(out, apps).into_iter().filter(|one| !one.is_lifted) {
        let place = format!("deployment/teams/{}/apps/{}/plconfig.yaml", stranger.team, stranger.app);
        let team = TeamName::parse(&stranger.team).map_err(|error| error.to_string());
        let needs = file_needs(&stranger.text, platform).map_err(|error| error.to_string());
        match team.and_then(|team| Ok((team, needs?))) {
            Ok((team, needs)) => {
                needs.iter().for_each(|(environment, needs)| demand.add(&team, &stranger.app, environment, needs));
            }
            Err(problem) => {
                let what = format!("all that {}/{} asks of the platform: {problem}", stranger.team, stranger.app);
                open.insert(Open { what, remedy: format!("in {place}; `caravan render` says more") });
            }
        }
    }
    open
}

/// What they need at whoever says who callers are; of one that can't be read, nothing: that is said where the platform is made.
pub(super) fn auth_written_by_hand(out: &Utf8Path, apps: &[App], platform: &Platform) -> Vec<AppAuth> {
    let strangers = stale::strangers(out, apps).into_iter().filter(|one| !one.is_lifted);
    strangers.filter_map(|stranger| file_auth(&stranger.text, platform).ok()).flatten().collect()
}

/// What of them lets nobody in, since nobody says who callers are; of one that can't be read, nothing, as above.
pub(super) fn closed_written_by_hand(out: &Utf8Path, apps: &[App], platform: &Platform) -> Vec<Closed> {
    let mut closed = Vec::new();
    for stranger in stale::strangers(out, apps).into_iter().filter(|one| !one.is_lifted) {
        let path = format!("deployment/teams/{}/apps/{}/plconfig.yaml", stranger.team, stranger.app);
        let found = file_closed(&stranger.text, platform).unwrap_or_default().into_iter();
        closed.extend(found.map(|(environment, components)| Closed { path: path.clone(), environment, components }));
    }
    closed
}
