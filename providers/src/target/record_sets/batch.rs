//! What a change of record sets takes of a change batch.

use super::super::batch::BatchPart;
use super::super::fencing_token::FencingToken;
use super::super::record_set::RecordSet;
use super::super::snapshot::Snapshot;
use super::{RecordSetsTarget, sets_of};

/// Records and characters of values that one request may have (Route 53 developer guide, "Quotas", `ChangeResourceRecordSets`:
/// 1,000 `ResourceRecord` elements and 32,000 characters in all `Value` elements; an `UPSERT`, which counts twice, is never made).
const LIMIT: (usize, usize) = (1000, 32_000);

/// Those that go and those that come, with the fencing tokens; what stays is not named. An alias, which has no values, counts
/// as one record.
pub(super) fn part(
    target: &RecordSetsTarget,
    (before, after): (&Snapshot, &Snapshot),
    tokens: [Option<&FencingToken>; 2],
) -> BatchPart {
    let (before, after) = (sets_of(before), sets_of(after));
    let goes = before.iter().filter(|set| !after.contains(set));
    let comes = after.iter().filter(|set| !before.contains(set));
    let sizes = goes.chain(comes).map(size);
    // A value of a TXT record has quotes.
    let tokens = tokens.into_iter().flatten().map(|token| (1, token.to_string().chars().count() + 2));
    let (records, characters) = sizes.chain(tokens).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    BatchPart { key: format!("{}/{}", target.account, target.zone), records, characters, limit: LIMIT }
}

fn size(set: &RecordSet) -> (usize, usize) {
    (set.values.len().max(1), set.values.iter().map(|value| value.chars().count()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Alias, SettledBy, TargetKind};
    use caravan_inventory::AccountId;

    fn target(zone: &str) -> RecordSetsTarget {
        RecordSetsTarget {
            account: AccountId::new("123456789012"),
            zone: zone.to_owned(),
            name: "shop.example.com.".to_owned(),
            types: vec!["A".to_owned()],
            settled_by: SettledBy::NameServers,
        }
    }

    fn set(identifier: &str, values: &[&str]) -> RecordSet {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        RecordSet { kind: "A".to_owned(), set_identifier: Some(identifier.to_owned()), values, ..RecordSet::default() }
    }

    fn size_of(before: Vec<RecordSet>, after: Vec<RecordSet>, token: Option<&FencingToken>) -> (usize, usize) {
        let change = (&Snapshot::Records(before), &Snapshot::Records(after));
        let part = target("Z1").batch(change, [token, None]).unwrap();
        (part.records, part.characters)
    }

    #[test]
    fn what_goes_and_what_comes_is_counted_and_what_stays_is_not() {
        let (old, new) = (set("old", &["192.0.2.1", "192.0.2.22"]), set("new", &["192.0.2.3"]));
        let alias = Alias { zone: "Z2".to_owned(), name: "lb.example.net.".to_owned(), evaluate_health: false };
        let alias = RecordSet { alias: Some(alias), ..set("alias", &[]) };
        let token = FencingToken { run: "r1".to_owned(), epoch: 1, sequence: 12 };
        assert_eq!(size_of(vec![old.clone()], vec![new.clone()], None), (3, 9 + 10 + 9));
        assert_eq!(
            size_of(vec![old.clone(), new.clone()], vec![old.clone()], Some(&token)),
            (2, 9 + "\"r1/1/12\"".len())
        );
        assert_eq!(size_of(vec![alias], vec![old], None), (3, 19));
        assert_eq!(size_of(vec![new.clone()], vec![new], None), (0, 0));
    }

    #[test]
    fn names_of_one_zone_share_a_batch_up_to_its_limits() {
        let part = |zone: &str, records: usize, characters: usize| {
            let key = format!("123456789012/{zone}");
            BatchPart { key, records, characters, limit: LIMIT }
        };
        let nothing = (&Snapshot::Records(Vec::new()), &Snapshot::Records(Vec::new()));
        assert_eq!(target("Z1").batch(nothing, [None, None]), Some(part("Z1", 0, 0)));
        assert_eq!(part("Z1", 600, 100).with(&part("Z1", 400, 200)), Some(part("Z1", 1000, 300)));
        assert_eq!(part("Z1", 600, 100).with(&part("Z1", 401, 200)), None);
        assert_eq!(part("Z1", 6, 16_000).with(&part("Z1", 4, 16_000)), Some(part("Z1", 10, 32_000)));
        assert_eq!(part("Z1", 6, 16_000).with(&part("Z1", 4, 16_001)), None);
        assert_eq!(part("Z1", 1, 1).with(&part("Z2", 1, 1)), None);
    }
}
