//! `open-login`: a port for log-ins that is open to the whole internet.

use crate::readiness::note::Finding;
use crate::readiness::places::list;
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind};
use serde_json::Value;

/// SSH and RDP.
const PORTS: [u64; 2] = [22, 3389];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut evidence = Vec::new();
    for instance in subject.instances() {
        for group in list(&instance.body["groupSet"]).iter().filter_map(|group| group["groupId"].as_str()) {
            let Some((id, body)) = subject.estate.body(ObservationKind::SecurityGroup, instance, group) else {
                continue;
            };
            let open = list(&body["ipPermissions"]).iter().enumerate().filter(|(_, permission)| is_open(permission));
            evidence.extend(
                open.map(|(number, _)| Evidence { observation: id.clone(), path: format!("/ipPermissions/{number}") }),
            );
        }
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    let text = "log-ins to it are open to the whole internet, and nobody logs in to the platform's machines";
    vec![Finding::new(
        text,
        evidence,
        "close the port; Session Manager needs none. If that is all it is for, retire it",
    )]
}

fn is_open(permission: &Value) -> bool {
    let within = |port: &u64| {
        permission["fromPort"].as_u64().is_some_and(|from| from <= *port)
            && permission["toPort"].as_u64().is_some_and(|to| to >= *port)
    };
    let anywhere = list(&permission["ipRanges"]).iter().any(|range| range["cidrIp"] == "0.0.0.0/0")
        || list(&permission["ipv6Ranges"]).iter().any(|range| range["cidrIpv6"] == "::/0");
    anywhere && (permission["ipProtocol"] == "-1" || PORTS.iter().any(within))
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::instance;
    use caravan_inventory::ObservationKind;
    use serde_json::json;

    #[test]
    fn only_what_is_open_to_everybody_counts() {
        let with = |port: u64, from: &str| {
            let permission =
                json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": [{"cidrIp": from}]});
            let group = json!({"ipPermissions": [permission]});
            let fixture = instance(json!({"groupSet": [{"groupId": "sg-1"}]}));
            fixture.beside(ObservationKind::SecurityGroup, "sg-1", group).notes(NoteKind::OpenLogin).len()
        };
        assert_eq!((with(22, "0.0.0.0/0"), with(22, "10.0.0.0/8"), with(443, "0.0.0.0/0")), (1, 0, 0));
    }
}
