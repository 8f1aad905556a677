//! What the name servers of a zone answer once a change has reached them.

use super::super::record_set::{RecordSet, dns_name};
use super::super::snapshot::Snapshot;
use super::{RecordSetsTarget, sets_of};
use crate::Write;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Whose word it is that a change of record sets has reached users.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettledBy {
    /// Route 53's alone. What was sealed before name servers were asked has this; a private zone has no others.
    #[default]
    Provider,
    /// Every name server of the zone, besides: each must answer what was written.
    NameServers,
}

impl SettledBy {
    /// Whether it is what plans have that say nothing.
    #[must_use]
    pub fn is_provider(&self) -> bool {
        *self == Self::Provider
    }
}

/// One question to a name server, with the answer that shows a change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameQuestion {
    /// The name, with its trailing dot.
    pub name: String,
    /// The record type: `TXT`, `A`, …
    pub kind: String,
    wanted: Wanted,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Wanted {
    /// Exactly these values.
    Exactly(BTreeSet<String>),
    /// Anything but the fencing tokens of this run: below a wildcard another answer takes the place of none.
    NoTokenOf(String),
    /// Some of these values: which of several sets is answered is up to their weights.
    SomeOf(BTreeSet<String>),
    /// Anything: where an alias leads changes all the time.
    Anything,
}

/// What a name server answered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NameAnswer {
    /// Whether it speaks for the zone itself.
    pub is_authoritative: bool,
    /// The values of the type that was asked for; empty when there is none.
    pub values: Vec<String>,
}

/// A label that nobody has: what a wildcard answers is asked by it.
const ANY_LABEL: &str = "caravan-settled";

impl RecordSetsTarget {
    /// What is to be asked of each name server to see that a write has reached it: the fencing token, which is new with each
    /// write and comes and goes in the same batch, and what the name itself answers. Empty for a write that moves nobody.
    #[must_use]
    pub fn questions(&self, write: &Write) -> Vec<NameQuestion> {
        let (Snapshot::Records(_), true) = (&write.after, write.before != write.after) else { return Vec::new() };
        let wanted = match (&write.token_after, &write.token_before) {
            (Some(after), _) => Some(Wanted::Exactly([after.to_string()].into())),
            (None, before) => before.as_ref().map(|before| Wanted::NoTokenOf(format!("{}/", before.run))),
        };
        let token = wanted.map(|wanted| NameQuestion { name: self.token_name(), kind: "TXT".to_owned(), wanted });
        let sets = sets_of(&write.after);
        let kinds: BTreeSet<&str> = sets.iter().map(|set| set.kind.as_str()).collect();
        let names = kinds.into_iter().filter_map(|kind| {
            let answered = || sets.iter().filter(|set| set.kind == kind && set.weight != Some(0));
            let wanted = match kind {
                "A" | "AAAA" | "CNAME" if answered().all(|set| set.alias.is_none()) => {
                    Wanted::SomeOf(answered().flat_map(|set| values(kind, set)).collect())
                }
                // A load balancer may have no address of the other family.
                "AAAA" => return None,
                _ => Wanted::Anything,
            };
            Some(NameQuestion { name: self.asked_name(), kind: kind.to_owned(), wanted })
        });
        token.into_iter().chain(names).collect()
    }

    fn asked_name(&self) -> String {
        self.name.strip_prefix("*.").map_or_else(|| self.name.clone(), |parent| format!("{ANY_LABEL}.{parent}"))
    }
}

impl NameQuestion {
    /// Why an answer does not show the change; none when it does.
    #[must_use]
    pub fn unanswered(&self, answer: &NameAnswer) -> Option<String> {
        let Self { name, kind, wanted } = self;
        if !answer.is_authoritative {
            return Some(format!("does not speak for {name}"));
        }
        let said: BTreeSet<String> = answer.values.iter().map(|value| value_of(kind, value)).collect();
        let shows = match wanted {
            Wanted::Exactly(wanted) => said == *wanted,
            Wanted::NoTokenOf(run) => !said.iter().any(|value| value.starts_with(run)),
            Wanted::SomeOf(wanted) => !said.is_empty() && said.is_subset(wanted),
            Wanted::Anything => !said.is_empty(),
        };
        let said = || if said.is_empty() { "nothing".to_owned() } else { Vec::from_iter(said.clone()).join(", ") };
        (!shows).then(|| format!("answers {} for {kind} {name}", said()))
    }
}

fn values<'a>(kind: &'a str, set: &'a RecordSet) -> impl Iterator<Item = String> + 'a {
    set.values.iter().map(move |value| value_of(kind, value))
}

/// A value in the one form in which both are compared.
fn value_of(kind: &str, value: &str) -> String {
    match kind {
        "A" | "AAAA" => value.parse::<IpAddr>().map_or_else(|_| value.to_owned(), |address| address.to_string()),
        "CNAME" => dns_name(value),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Alias, FencingToken, Target};
    use caravan_inventory::AccountId;

    fn target(name: &str) -> RecordSetsTarget {
        RecordSetsTarget {
            account: AccountId::new("123456789012"),
            zone: "Z1".to_owned(),
            name: name.to_owned(),
            types: vec!["A".to_owned(), "AAAA".to_owned()],
            settled_by: SettledBy::NameServers,
        }
    }

    fn set(kind: &str, weight: u8, values: &[&str]) -> RecordSet {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        RecordSet { kind: kind.to_owned(), weight: Some(weight), values, ..RecordSet::default() }
    }

    fn write(target: &RecordSetsTarget, after: Vec<RecordSet>, token: bool) -> Write {
        let token_after = token.then(|| FencingToken { run: "r1".to_owned(), epoch: 2, sequence: 3 });
        Write {
            target: Target::Records(target.clone()),
            before: Snapshot::Records(Vec::new()),
            after: Snapshot::Records(after),
            token_before: None,
            token_after,
            in_flight: 30,
        }
    }

    fn says(values: &[&str]) -> NameAnswer {
        NameAnswer { is_authoritative: true, values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[test]
    fn a_name_server_shows_a_change_by_the_token_and_by_what_it_answers() {
        let target = target("shop.example.com.");
        let after = vec![set("A", 90, &["192.0.2.1"]), set("A", 10, &["192.0.2.2", "192.0.2.3"])];
        let questions = target.questions(&write(&target, after, true));
        let [token, name] = &questions[..] else { panic!("{questions:?}") };
        assert_eq!((token.name.as_str(), token.kind.as_str()), ("_caravan.shop.example.com.", "TXT"));
        assert_eq!(token.unanswered(&says(&["r1/2/3"])), None);
        for stale in [&["r1/2/2"][..], &[], &["r1/2/3", "r1/2/2"]] {
            assert!(token.unanswered(&says(stale)).unwrap().contains("for TXT _caravan.shop"));
        }
        let foreign = NameAnswer { is_authoritative: false, ..says(&["r1/2/3"]) };
        assert_eq!(token.unanswered(&foreign).unwrap(), "does not speak for _caravan.shop.example.com.");
        for shows in [&["192.0.2.1"][..], &["192.0.2.3", "192.0.2.2"]] {
            assert_eq!(name.unanswered(&says(shows)), None);
        }
        assert_eq!(name.unanswered(&says(&["192.0.2.9"])).unwrap(), "answers 192.0.2.9 for A shop.example.com.");
        assert_eq!(name.unanswered(&says(&[])).unwrap(), "answers nothing for A shop.example.com.");
    }

    #[test]
    fn a_side_of_weight_0_is_not_answered_and_no_token_is_left_behind() {
        let wildcard = target("*.shops.example.com.");
        let after = vec![set("CNAME", 0, &["old.example.net"]), set("CNAME", 100, &["NEW.example.net"])];
        let token_before = Some(FencingToken { run: "r1".to_owned(), epoch: 2, sequence: 3 });
        let back = Write { token_before, ..write(&wildcard, after.clone(), false) };
        let questions = wildcard.questions(&back);
        let [token, name] = &questions[..] else { panic!("{questions:?}") };
        assert_eq!(token.name, "_caravan-wildcard.shops.example.com.");
        assert_eq!(token.unanswered(&says(&[])), None);
        // A wildcard of the zone answers for the name of the token once that is gone.
        assert_eq!(token.unanswered(&says(&["v=spf1 -all"])), None);
        assert!(token.unanswered(&says(&["v=spf1 -all", "r1/1/9"])).is_some());
        assert_eq!(wildcard.questions(&write(&wildcard, after, false)).len(), 1, "there was no token");
        assert!(token.unanswered(&says(&["r1/2/3"])).is_some());
        assert_eq!(name.name, "caravan-settled.shops.example.com.");
        assert_eq!(name.unanswered(&says(&["new.example.net."])), None);
        assert!(name.unanswered(&says(&["old.example.net."])).is_some());
    }

    #[test]
    fn where_an_alias_leads_is_any_address_and_a_token_alone_asks_nothing() {
        let target = target("shop.example.com.");
        let alias = Alias { zone: "Z2".to_owned(), name: "lb.example.net.".to_owned(), evaluate_health: false };
        let aliased = |kind: &str| RecordSet { alias: Some(alias.clone()), ..set(kind, 100, &[]) };
        let change = write(&target, vec![aliased("A"), aliased("AAAA")], true);
        let questions = target.questions(&change);
        assert_eq!(questions.iter().map(|question| question.kind.as_str()).collect::<Vec<_>>(), ["TXT", "A"]);
        assert_eq!(questions[1].unanswered(&says(&["198.51.100.7"])), None);
        assert!(questions[1].unanswered(&says(&[])).is_some());
        assert!(target.questions(&Write { before: change.after.clone(), ..change }).is_empty());
    }
}
