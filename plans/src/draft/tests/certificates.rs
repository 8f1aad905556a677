//! No probe asks by TLS for a name that the certificates of its listener do not carry.

use super::*;

/// What stands in front of the group `ours`: its rules, the names that lead there, and what was read of certificates.
fn drafted(default: &Value, rules: Vec<Observation>, names: &[&str], certificates: Vec<Observation>) -> Drafted {
    let group = |name: &str| seen(ObservationKind::TargetGroup, name, json!({"HealthCheckPath": "/up"}));
    let listener = json!({"LoadBalancerArn": BALANCER, "Port": 443, "Protocol": "HTTPS", "DefaultActions": default,
                          "Certificates": [{"CertificateArn": "arn:first"}]});
    let balancer = json!({"LoadBalancerArn": BALANCER, "LoadBalancerName": "edge", "DNSName": DNS});
    let estate = Estate {
        record_sets: names.iter().map(|name| record(name, &json!({}))).collect(),
        rules,
        listeners: vec![seen(ObservationKind::Listener, LISTENER, listener)],
        load_balancers: vec![seen(ObservationKind::LoadBalancer, BALANCER, balancer)],
        target_groups: vec![group("ours"), group("theirs")],
        certificates,
        ..Estate::default()
    };
    draft("one", &[workload([&group("ours")])], &estate, &NewSide::default())
}

fn certificate(arn: &str, name: &str, others: &[&str]) -> Observation {
    let body = json!({"CertificateArn": arn, "DomainName": name, "SubjectAlternativeNames": others});
    seen(ObservationKind::Certificate, arn, body)
}

fn all_of_listener(arns: &[&str]) -> Observation {
    let all: Vec<Value> = arns.iter().map(|arn| json!({"CertificateArn": arn})).collect();
    seen(ObservationKind::ListenerCertificates, LISTENER, json!({"ListenerArn": LISTENER, "Certificates": all}))
}

fn probed(drafted: &Drafted) -> Vec<&str> {
    let shifts = drafted.spec.shifts.iter();
    let probes = shifts.flat_map(|shift| shift.probes.old.iter().chain(&shift.probes.new));
    let mut hosts: Vec<&str> = probes.map(|probe| probe.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

#[test]
fn a_name_that_no_certificate_carries_is_left_out_with_those_that_they_carry() {
    let names = ["example.com", "www.example.com", "a.b.example.com", "WWW.Example.org"];
    for (certificates, carried) in [
        (vec![certificate("arn:first", "example.com", &["*.example.com"])], vec!["example.com", "www.example.com"]),
        (vec![certificate("arn:first", "*.example.com", &[])], vec!["www.example.com"]),
        (
            vec![
                certificate("arn:first", "example.com", &[]),
                certificate("arn:second", "www.example.ORG", &["a.b.example.com"]),
                all_of_listener(&["arn:first", "arn:second"]),
            ],
            vec!["a.b.example.com", "example.com", "www.example.org"],
        ),
    ] {
        let drafted = drafted(&to("ours"), Vec::new(), &names, certificates);
        assert_eq!(probed(&drafted), carried, "{:?}", drafted.left_out);
        assert_eq!(drafted.left_out.len(), names.len() - carried.len(), "{:?}", drafted.left_out);
        for text in &drafted.left_out {
            assert!(text.contains("no certificate of edge:443 that was read carries it"), "{text}");
            assert!(text.contains(carried[0]) || text.contains("*.example.com"), "{text}");
        }
    }
}

#[test]
fn what_was_not_read_of_certificates_leaves_nothing_out() {
    let names = ["shop.example.com", "www.example.com"];
    let summary = json!({"CertificateArn": "arn:first", "DomainName": "other.example.net", "HasAdditionalSubjectAlternativeNames": true,
                         "SubjectAlternativeNameSummaries": ["other.example.net"]});
    let mut only_some = seen(ObservationKind::Certificate, "arn:first", summary);
    only_some.body["SubjectAlternativeNameSummaries"] = json!([]);
    for certificates in [
        Vec::new(),
        vec![only_some],
        vec![certificate("arn:first", "other.example.net", &[]), all_of_listener(&["arn:first", "arn:unread"])],
    ] {
        let drafted = drafted(&to("ours"), Vec::new(), &names, certificates);
        assert_eq!((probed(&drafted), drafted.left_out.len()), (names.to_vec(), 0), "{:?}", drafted.left_out);
    }
}

/// A rule moves by itself where its names are shared; it is asked for by one that its certificate has.
#[test]
fn a_rule_is_asked_for_by_a_name_that_its_certificate_carries() {
    let both = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example.com", "b.example.com"]}}, path("/up")]);
    let rules = || vec![rule(1, &both, &to("ours"))];
    let asked = |name: &str| {
        let drafted = drafted(
            &to("theirs"),
            rules(),
            &["a.example.com", "b.example.com"],
            vec![certificate("arn:first", name, &[])],
        );
        assert_eq!(moves(&drafted), ["1"], "{:?}", drafted.left_out);
        probed(&drafted).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(asked("b.example.com"), ["b.example.com"]);
    assert_eq!(asked("*.example.com"), ["a.example.com"]);
    let unknown = asked("c.example.net");
    assert!(unknown.len() == 1 && crate::blank::is_blank(&unknown[0]), "{unknown:?}");
}
