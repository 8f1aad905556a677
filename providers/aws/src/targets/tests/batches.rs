//! Several names of one zone: one change batch, one look at the zone, one question for the change.

use super::{Aws, OURS, change, records, rule};
use caravan_providers::target::{Ask, FencingToken, RecordSetsTarget, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};

const ACCEPTED: &str = "<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C7</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>";
const IN_SYNC: &str = "<GetChangeResponse><ChangeInfo><Id>/change/C7</Id><Status>INSYNC</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo></GetChangeResponse>";

fn named(name: &str, zone: &str) -> Target {
    let Target::Records(target) = records() else { unreachable!() };
    Target::Records(RecordSetsTarget { name: format!("{name}.example.com."), zone: zone.to_owned(), ..target })
}

/// A write of a name that takes our fencing token away.
fn back(name: &str, zone: &str) -> Write {
    let write = change(named(name, zone));
    let of_name = |snapshot: Snapshot| match snapshot {
        Snapshot::Records(mut sets) => {
            sets.iter_mut().for_each(|set| set.name = format!("{name}.example.com."));
            Snapshot::Records(sets)
        }
        other => other,
    };
    let token_before = Some(FencingToken { run: "r1".to_owned(), epoch: 1, sequence: 4 });
    Write { before: of_name(write.before), after: of_name(write.after), token_before, token_after: None, ..write }
}

fn bodies(aws: &Aws) -> Vec<String> {
    let said = aws.said.lock().unwrap();
    said.asked.iter().filter(|request| !request.contains(super::IDENTITY)).cloned().collect()
}

#[tokio::test]
async fn writes_of_one_zone_are_one_batch_of_exact_deletes_and_creates() {
    for names in [&["a"][..], &["a", "b"], &["c", "a", "b", "d", "e"]] {
        let aws = Aws::start(OURS).await;
        aws.answers(200, ACCEPTED);
        let writes: Vec<Write> = names.iter().map(|name| back(name, "Z1")).collect();
        let reply = aws.targets().write_all(&writes).await.unwrap();
        assert_eq!(reply, Reply::Accepted { ticket: Some("C7".to_owned()) });
        let requests = bodies(&aws);
        let [request] = &requests[..] else { panic!("{requests:?}") };
        assert!(request.starts_with("POST /2013-04-01/hostedzone/Z1/rrset"), "{request}");
        // Of each name: what stands there and our token go, the original comes.
        assert_eq!(request.matches("<Action>DELETE</Action>").count(), 2 * names.len());
        assert_eq!(request.matches("<Action>CREATE</Action>").count(), names.len());
        assert!(!request.contains("UPSERT"));
        for name in names {
            assert_eq!(request.matches(&format!("<Name>{name}.example.com.</Name>")).count(), 2);
            assert_eq!(request.matches(&format!("<Name>_caravan.{name}.example.com.</Name>")).count(), 1);
        }
    }
}

#[tokio::test]
async fn what_shares_no_zone_is_refused_and_nothing_is_sent() {
    let aws = Aws::start(OURS).await;
    for writes in [vec![back("a", "Z1"), back("b", "Z2")], vec![back("a", "Z1"), change(rule())], Vec::new()] {
        let refused = aws.targets().write_all(&writes).await.unwrap_err();
        assert!(matches!(refused, CallError::Rejected(_)), "{refused:?}");
    }
    assert_eq!(aws.asked(), (0, 0));
}

#[tokio::test]
async fn names_of_one_zone_are_observed_by_its_pages() {
    let set = |name: &str, kind: &str, value: &str| {
        format!(
            "<ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
        )
    };
    let page = |sets: &[String]| {
        format!(
            "<ListResourceRecordSetsResponse><ResourceRecordSets>{}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>",
            sets.concat()
        )
    };
    let aws = Aws::start(OURS).await;
    let targets = aws.targets();
    let calls = ["a", "b", "gone"].map(|name| Call::Observe(named(name, "Z1")));
    aws.answers(
        200,
        page(&[
            set("example.com.", "TXT", "&quot;something else&quot;"),
            set("a.example.com.", "A", "192.0.2.1"),
            set("_caravan.a.example.com.", "TXT", "&quot;r1/2/3&quot;"),
            set("b.example.com.", "A", "192.0.2.2"),
            set("_caravan.b.example.com.", "TXT", "&quot;a note of somebody&quot;"),
        ]),
    );
    let Reply::All(answers) = targets.observe(&Call::All(calls.to_vec())).await.unwrap() else { unreachable!() };
    let [Ok(Reply::Observed { snapshot, token }), Err(CallError::Rejected(_)), Ok(gone)] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert!(matches!(snapshot, Snapshot::Records(sets) if sets.len() == 1 && sets[0].values == ["192.0.2.1"]));
    assert_eq!(*token, Some(FencingToken { run: "r1".to_owned(), epoch: 2, sequence: 3 }));
    assert_eq!(*gone, Reply::Observed { snapshot: Snapshot::Records(Vec::new()), token: None });
    assert_eq!(bodies(&aws).len(), 1);
    // Names of several zones, and other questions, are asked for one by one.
    let calls = vec![Call::Observe(named("a", "Z1")), Call::Observe(named("a", "Z2"))];
    aws.answers(200, page(&[set("a.example.com.", "A", "192.0.2.1")]));
    let Reply::All(answers) = targets.observe(&Call::All(calls)).await.unwrap() else { unreachable!() };
    assert!(answers.len() == 2 && answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(bodies(&aws).len(), 1 + 4);
}

/// A zone of more pages than there are names: the most that is booked for them is what is asked.
#[tokio::test]
async fn names_of_a_large_zone_make_no_more_requests_than_are_booked() {
    let page = "<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>0.example.com.</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.9</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets><IsTruncated>true</IsTruncated><NextRecordName>z.example.com.</NextRecordName><NextRecordType>A</NextRecordType><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>";
    for names in [2_u64, 5] {
        let aws = Aws::start(OURS).await;
        aws.answers(200, page.to_owned());
        let calls: Vec<Call> = (0..names).map(|at| Call::Observe(named(&format!("n{at}"), "Z1"))).collect();
        let Reply::All(answers) = aws.targets().observe(&Call::All(calls)).await.unwrap() else { unreachable!() };
        assert_eq!(answers.len() as u64, names);
        let most = named("n0", "Z1").kind().requests_together(Ask::Observe, names);
        assert_eq!(bodies(&aws).len() as u64, most);
    }
}

#[tokio::test]
async fn one_change_is_asked_for_once() {
    let aws = Aws::start(OURS).await;
    aws.answers(200, IN_SYNC);
    let status =
        |name: &str, ticket: &str| Call::Status { write: Box::new(back(name, "Z1")), ticket: ticket.to_owned() };
    let calls = vec![status("a", "C7"), status("b", "C7"), status("c", "C8"), status("d", "C7")];
    let answer = aws.targets().observe(&Call::All(calls)).await.unwrap();
    assert_eq!(answer, Reply::All(vec![Ok(Reply::Settled); 4]));
    assert_eq!(bodies(&aws).len(), 2);
}
