//! IAM: the roles that instance profiles give.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::Value;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[CallRow {
    api: "iam:ListInstanceProfiles",
    source: Source::Ec2,
    global: true,
    start: Start::Root("{}"),
    fed_by: &[],
    collector: Collector::One(instance_profiles),
}];

fn instance_profiles(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::InstanceProfile, list(body, "InstanceProfiles"), |profile| {
        text(profile, "Arn").map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn a_profile_is_recorded_under_its_arn() {
        let profile = json!({"Arn": "arn:aws:iam::123456789012:instance-profile/web", "Roles": [{"Arn": "arn:aws:iam::123456789012:role/web"}]});
        let found = found(&request("iam:ListInstanceProfiles", json!({})), json!({"InstanceProfiles": [profile]}));
        assert_eq!((found.elements[0].name.as_str(), found.count), (profile["Arn"].as_str().unwrap(), 1));
    }
}
