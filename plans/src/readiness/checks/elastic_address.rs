//! `elastic-address`: a public address that others may have on a list.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let addresses: Vec<_> = subject
        .of_kind(ObservationKind::Ec2Address)
        .filter_map(|address| Some((address.body["publicIp"].as_str()?.to_owned(), at(address, "/publicIp"))))
        .collect();
    if addresses.is_empty() {
        return Vec::new();
    }
    let (names, evidence): (Vec<String>, Vec<_>) = addresses.into_iter().unzip();
    let text = format!("it has {}, which others may reach it by, or know its calls by", some_of(&names, 3));
    vec![Finding::new(text, evidence, "ask who has the address on a list, before anything of it is taken down")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::Fixture;
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn an_elastic_address_is_named() {
        let documents = [(ObservationKind::Ec2Address, json!({"publicIp": "198.51.100.7", "instanceId": "i-1"}))];
        let (text, places) = Fixture::new(WorkloadKind::Ec2, &documents).note(NoteKind::ElasticAddress);
        assert_eq!(text, "it has 198.51.100.7, which others may reach it by, or know its calls by");
        assert_eq!(places, ["/publicIp"]);
        assert!(Fixture::new(WorkloadKind::Ec2, &[]).notes(NoteKind::ElasticAddress).is_empty());
    }
}
