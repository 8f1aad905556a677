//! Workloads, edges, domains and questions, replaced all at once.

use super::*;
use crate::{LinkScope, StoreError, WorkloadFilter};
use caravan_inventory::{
    Confidence, Domain, DomainRequest, Edge, EdgeKind, Evidence, Hostname, Inspection, Language, Looked, Question,
    QuestionId,
};

const ECS: LinkScope<'_> = LinkScope { kinds: &[WorkloadKind::Ecs], domains: true };

fn edge(from: &str, to: &str) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind: EdgeKind::Calls,
        confidence: Confidence::Inferred,
        direction: None,
        evidence: Evidence { observation: service("web", 0).id, path: "/environment/0".to_owned() },
    }
}

fn question(workload: &Workload) -> Question {
    Question {
        id: QuestionId::new(format!("owner/{}", workload.id)),
        workload: workload.id.clone(),
        text: "Who owns it?".to_owned(),
        options: vec!["parcels".to_owned(), "mail".to_owned()],
        assumed: None,
        rests_on: None,
    }
}

fn domain(name: &str, customer: Option<&str>, seen: bool) -> Domain {
    Domain {
        name: Hostname::new(name),
        customer: customer.map(ToOwned::to_owned),
        target: Some("lb.example.com".to_owned()),
        observation: seen.then(|| service("web", 0).id),
        request: None,
        inspection: None,
    }
}

fn linked() -> (Store, Workload, Workload) {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web", "api"]);
    let web = workload("web", WorkloadKind::Ecs, vec![service("web", 0).id, service("api", 0).id]);
    let function = workload("resize", WorkloadKind::Lambda, Vec::new());
    let links = store.replace_links(ECS).unwrap();
    for workload in [&web, &function] {
        links.workload(workload).unwrap();
        links.question(&question(workload)).unwrap();
        links.edge(&edge(workload.id.as_str(), "host:db.example.com")).unwrap();
    }
    links.edge(&edge("ecs.service/other", "host:db.example.com")).unwrap();
    links.domain(&domain("a.example.com", None, true)).unwrap();
    links.domain(&domain("b.example.com", Some("Bauer"), true)).unwrap();
    links.domain(&domain("c.example.com", None, false)).unwrap();
    links.commit().unwrap();
    (store, web, function)
}

#[test]
fn what_was_linked_is_read_back() {
    let (store, web, function) = linked();
    assert_eq!(store.workload(&web.id).unwrap().unwrap(), web);
    assert_eq!(store.workloads(&WorkloadFilter::default(), None, 9).unwrap(), [web.clone(), function.clone()]);
    let parts: Vec<_> = store.observations_of(&web).unwrap().into_iter().map(|part| part.name).collect();
    assert_eq!(parts, ["web", "api"], "in the order of the parts, not of the ids");
    assert_eq!(store.workloads_with(&service("api", 0).id).unwrap(), std::slice::from_ref(&web.id));
    assert_eq!(store.edges_from(web.id.as_str()).unwrap(), [edge(web.id.as_str(), "host:db.example.com")]);
    assert_eq!(store.edges_to("host:db.example.com").unwrap().len(), 3);
    assert_eq!(store.questions(None, 9).unwrap(), [question(&web), question(&function)]);
    assert_eq!(store.questions_of(&function.id).unwrap(), [question(&function)]);
    assert_eq!(store.domains(Some(&Hostname::new("a.example.com")), 1).unwrap()[0].name.as_str(), "b.example.com");
}

#[test]
fn relinking_replaces_its_scope_and_nothing_else() {
    let (mut store, web, function) = linked();
    store.replace_links(ECS).unwrap().commit().unwrap();
    assert_eq!(store.workload(&web.id).unwrap(), None);
    assert_eq!(store.workloads(&WorkloadFilter::default(), None, 9).unwrap(), std::slice::from_ref(&function));
    assert_eq!(store.questions(None, 9).unwrap(), [question(&function)]);
    let left: Vec<_> = store.edges_to("host:db.example.com").unwrap().into_iter().map(|edge| edge.from).collect();
    assert_eq!(left, [function.id.as_str()]);
    let domains = store.domains(None, 9).unwrap();
    assert_eq!(domains[0], Domain { target: None, observation: None, ..domain("b.example.com", Some("Bauer"), true) });
    assert_eq!(domains[1..], [domain("c.example.com", None, false)]);

    let links = store.replace_links(LinkScope { kinds: &[], domains: false }).unwrap();
    links.domain(&domain("b.example.com", None, true)).unwrap();
    links.commit().unwrap();
    assert_eq!(store.domains(None, 1).unwrap(), [domain("b.example.com", Some("Bauer"), true)], "the customer stays");
}

#[test]
fn a_relinking_that_is_dropped_changes_nothing() {
    let (mut store, ..) = linked();
    let before = exported(&store);
    let links = store.replace_links(LinkScope { kinds: WorkloadKind::ALL, domains: true }).unwrap();
    assert_eq!(links.store().workloads(&WorkloadFilter::default(), None, 9).unwrap(), []);
    links.workload(&workload("new", WorkloadKind::Ecs, Vec::new())).unwrap();
    drop(links);
    assert_eq!(exported(&store), before);
}

#[test]
fn linking_reads_while_it_writes_and_ends_the_scan_with_it() {
    let (mut store, ..) = linked();
    let scan = ScanId::new("01B");
    let work = begin(&mut store, "01B", 100, &["services"]);
    store.record_page(&page(&work[0], vec![service("web", 100)])).unwrap();
    let link = |store: &mut Store| {
        let links = store.replace_links(ECS).unwrap();
        assert_eq!(links.finish_scan(&scan, at(109)).unwrap().gone, 1);
        links
            .store()
            .observations_by_kind(ObservationKind::EcsService, None, None, |seen| {
                links.workload(&workload(&seen.name, WorkloadKind::Ecs, vec![seen.id]))
            })
            .unwrap();
        (links.store().workloads(&WorkloadFilter::default(), None, 9).unwrap().len(), links.commit())
    };
    let killed = store.replace_links(ECS).unwrap();
    killed.finish_scan(&scan, at(109)).unwrap();
    drop(killed);
    assert_eq!(store.unfinished_scan().unwrap().unwrap().id, scan, "a kill in between leaves the scan to be resumed");
    let (workloads, committed) = link(&mut store);
    committed.unwrap();
    assert_eq!(workloads, 2, "web, and the function that is not in scope; api is gone");
    assert_eq!(store.unfinished_scan().unwrap(), None);
}

#[test]
fn what_was_never_observed_cannot_be_linked() {
    let mut store = Store::in_memory().unwrap();
    let links = store.replace_links(ECS).unwrap();
    let ghost = workload("ghost", WorkloadKind::Ecs, vec![service("ghost", 0).id]);
    assert!(matches!(links.workload(&ghost), Err(StoreError::Dangling { .. })));
    assert!(matches!(links.edge(&edge("a", "b")), Err(StoreError::Dangling { .. })));
    assert!(matches!(
        links.question(&question(&workload("none", WorkloadKind::Ec2, Vec::new()))),
        Err(StoreError::Dangling { .. })
    ));
}

/// A look that found nothing.
pub(super) fn look(second: i64, reason: &str) -> Inspection {
    let unknown = || reason.to_owned();
    Inspection {
        at: at(second),
        zone: Looked::Unknown(unknown()),
        records: Looked::Unknown(unknown()),
        caa: Looked::Found(None),
        challenge: Looked::Unknown(unknown()),
        certificate: Looked::Unknown(unknown()),
        https: Looked::Unknown(unknown()),
        http: Looked::Unknown(unknown()),
    }
}

#[test]
fn what_people_said_and_what_was_looked_up_outlives_linking() {
    let (mut store, ..) = linked();
    let [a, new] = ["a.example.com", "new.example.com"].map(Hostname::new);
    let request = DomainRequest { tier: Some(2), ..DomainRequest::default() };
    let listed = [&a, &new].map(|name| (name.clone(), "Adler".to_owned(), request.clone()));
    store.list_domains(&listed).unwrap();
    store.record_inspections(&[(a.clone(), look(20, "second"))]).unwrap();
    store.record_inspections(&[(a.clone(), look(10, "first"))]).unwrap();
    let found = store.domain(&a).unwrap().unwrap();
    assert_eq!((found.target.as_deref(), found.observation), (Some("lb.example.com"), Some(service("web", 0).id)));
    assert_eq!(found.inspection, Some(look(20, "second")), "an older look changes nothing");

    store.replace_links(ECS).unwrap().commit().unwrap();
    let found = store.domain(&a).unwrap().unwrap();
    assert_eq!((found.customer.as_deref(), &found.request, &found.target), (Some("Adler"), &Some(request), &None));
    assert_eq!(found.inspection, Some(look(20, "second")));
    assert!(store.domain(&new).unwrap().is_some());
    assert_eq!(store.domain(&Hostname::new("nowhere.example.com")).unwrap(), None);
}

#[test]
fn a_list_that_says_less_takes_nothing_away() {
    let (mut store, ..) = linked();
    let name = Hostname::new("a.example.com");
    let whole = DomainRequest {
        contact: Some("dns@a.example.com".to_owned()),
        window: Some("2027-01-16 02:00-04:00 Europe/Vienna".to_owned()),
        language: Some(Language::De),
        tier: Some(2),
    };
    store.list_domains(&[(name.clone(), "Adler".to_owned(), whole.clone())]).unwrap();
    store.list_domains(&[(name.clone(), "Adler".to_owned(), DomainRequest::default())]).unwrap();
    assert_eq!(store.domain(&name).unwrap().unwrap().request, Some(whole.clone()));
    let later = DomainRequest { tier: Some(4), ..DomainRequest::default() };
    store.list_domains(&[(name.clone(), "Adler".to_owned(), later.clone())]).unwrap();
    let both = DomainRequest { tier: Some(4), ..whole };
    assert_eq!(store.domain(&name).unwrap().unwrap().request, Some(both.clone()));

    // An import of another inventory takes nothing away, either.
    let known = store.domain(&name).unwrap().unwrap();
    let less = Domain { request: Some(DomainRequest { tier: Some(1), ..DomainRequest::default() }), ..known };
    let links = store.replace_links(ECS).unwrap();
    links.domain(&less).unwrap();
    links.commit().unwrap();
    let all = DomainRequest { tier: Some(1), ..both };
    assert_eq!(store.domain(&name).unwrap().unwrap().request, Some(all));
}
